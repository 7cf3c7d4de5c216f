"""Who may call what, about whose things: every route is asked by everybody and held to the table."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import flask.templating
import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.routing import Rule

from directory.models import Service, User
from tests.proofs import asking
from tests.proofs.asking import (
    Answer,
    Asker,
    CannotBeAsked,
    body_of,
    noting_writes,
    path_of,
    rules,
)
from tests.proofs.bodies import is_about_things
from tests.proofs.matrix import MATRIX, OPENED_BY, ROLES
from tests.proofs.world import World

CORNERS = ("own", "near", "far")
TOKENS = ("r/token", "s/token", "v/token", "invitations/token")
GUESSED = "0" * 26


@contextmanager
def undrawn(app: Flask) -> Iterator[None]:
    """Pages are not drawn, because only the decision matters here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app.jinja_env, "get_or_select_template", lambda _name: None)
        patch.setattr(flask.templating, "_render", lambda *_: "")
        yield


def letter(answer: Answer) -> str:
    """The answer as the table says it."""
    if answer.wants_sign_in or answer.status == 401:
        return "s"
    if answer.status >= 500:
        return "!"
    return {403: "f", 404: "n"}.get(answer.status, "y")


def without_links(ids: Mapping[str, str], held: str = "") -> dict[str, str]:
    """The ids of a corner for somebody who holds one of its links at most."""
    guessed = {name: GUESSED for name in TOKENS if name != held}
    return {**ids, **guessed}


class Cells:
    """The answers of one route, cell by cell."""

    def __init__(self, asker: Asker, rule: Rule, method: str) -> None:
        self.asker, self.rule, self.method = asker, rule, method
        self.corners = CORNERS if is_about_things(rule, method) else ("own",)
        self.changed: list[str] = []

    def of(
        self, world: World, *, by: User | None = None, cookie: str = "", held: str = ""
    ) -> str:
        """What one reader is answered about the things of each corner."""
        found = ""
        for corner in self.corners:
            mine = held if corner == "own" else ""
            ids = without_links(world.corners[corner].ids, mine)
            answer = self.asker.ask(
                self.method,
                path_of(self.rule, ids),
                by=by,
                cookie=cookie,
                **body_of(self.rule, self.method, ids),
            )
            found += letter(answer)
            if answer.changed:
                self.changed.append(f"{self.method} {self.rule.rule} about {corner}")
        return found


def test_every_route_can_be_asked_and_has_a_row(whole_app: Flask, built: World) -> None:
    needed, seen = [], set()
    for rule, method in rules(whole_app):
        name = f"{method} {rule.endpoint}"
        seen.add(name)
        try:
            path_of(rule, built.corners["own"].ids)
            body_of(rule, method, built.corners["own"].ids)
        except CannotBeAsked as error:
            needed.append(str(error))
        if name not in MATRIX:
            needed.append(
                f"{method} {rule.rule} has no row: say who may call it in"
                f" tests/proofs/matrix.py, as {name!r}."
            )
    assert not needed, "\n".join(["new routes:", *needed])
    gone = sorted(set(MATRIX) - seen)
    assert not gone, f"take rows without a route out of tests/proofs/matrix.py: {gone}"


@pytest.fixture
def watching(asker: Asker) -> Iterator[Asker]:
    """The asker, which looks at the database whenever a denied request wrote something."""
    asker.before = asking.digest(asker.connection)
    with noting_writes(asker):
        yield asker


def test_every_route_answers_every_role_as_the_table_says(
    app: Flask, built: World, watching: Asker, is_short: bool
) -> None:
    asking_now = ("authority", "provider") if is_short else ROLES
    missing, wrong, changed = [], [], []
    with undrawn(app):
        for rule, method in rules(app):
            name = f"{method} {rule.endpoint}"
            cells = Cells(watching, rule, method)
            found = {
                role: cells.of(built, by=built.people.get(role)) for role in asking_now
            }
            changed += cells.changed
            if name not in MATRIX:
                missing.append(f"{name}: {found}")
                continue
            declared = cells_of(MATRIX[name])
            wrong += [
                f"{name}, {role}: {declared[role]} in the table, but {letters}"
                for role, letters in found.items()
                if letters != declared[role]
            ]
    assert not missing, (
        "routes without a row: read these answers, and if each is meant, add the rows to"
        " tests/proofs/matrix.py:\n" + "\n".join(missing)
    )
    assert not wrong, "\n".join(["the answers differ from the table:", *wrong])
    assert not changed, f"denied, and yet the database changed: {changed}"


def cells_of(row: str) -> dict[str, str]:
    """What a row of the table says for each role."""
    return dict(zip(ROLES, row.split() if " " in row else row, strict=True))


@pytest.mark.parametrize(
    ("endpoint", "declared"),
    [
        ("listing_edits.edit", {"authority": "yyn", "provider": "ynn"}),
        ("listing_edits.create", {"authority": "yyn", "provider": "ynn"}),
    ],
)
def test_who_may_only_propose_changes_no_listing_and_makes_none(
    app: Flask, built: World, asker: Asker, endpoint: str, declared: dict[str, str]
) -> None:
    rule = next(rule for rule in app.url_map.iter_rules() if rule.endpoint == endpoint)
    renamed = select(func.count()).where(Service.name == "Clinic renamed")
    asker.look = lambda: asker.connection.scalar(renamed)
    wrong = []
    for role in ROLES:
        found = ""
        for corner in CORNERS:
            ids = built.corners[corner].ids
            options = body_of(rule, "POST", ids)
            asker.ask("POST", path_of(rule, ids), by=built.people.get(role), **options)
            found += "y" if asker.seen else "n"
        all_or_none = "yyy" if role in {"supervisor", "admin"} else "nnn"
        if found != declared.get(role, all_or_none):
            wrong.append((role, found))
    assert wrong == []


@pytest.mark.parametrize("held", TOKENS)
def test_who_holds_a_link_may_do_what_it_is_for_and_else_what_a_visitor_may(
    app: Flask, built: World, watching: Asker, held: str
) -> None:
    path = f"/{held.partition('/')[0]}/{built.corners['own'].ids[held]}"
    wrong, changed = [], []
    with undrawn(app):
        opened = watching.ask("GET", path)
        assert opened.status == 200, path
        heads = dict(opened.headers)
        cookie = heads.get("Set-Cookie", "").partition(";")[0]
        for rule, method in rules(app):
            cells = Cells(watching, rule, method)
            found = cells.of(built, cookie=cookie, held=held)
            expected = cells_of(MATRIX[f"{method} {rule.endpoint}"])["visitor"]
            if OPENED_BY.get(rule.endpoint) == held:
                expected = "ynn"
            changed += cells.changed
            if found != expected:
                wrong.append(f"{method} {rule.rule}: {expected} expected, but {found}")
    assert not wrong, wrong
    assert not changed, f"denied, and yet the database changed: {changed}"


@pytest.mark.parametrize("other", ["near", "far"])
def test_a_sheet_answers_for_no_referral_of_another_person(
    built: World, watching: Asker, other: str
) -> None:
    own, theirs = built.corners["own"].ids, built.corners[other].ids
    answer = watching.ask(
        "POST",
        f"/s/{own['s/token']}",
        data={"move": "withdraw", "referral": theirs["referral_id"]},
    )
    assert answer.status == 404
    assert not answer.changed


@pytest.mark.parametrize("other", ["near", "far"])
def test_a_thing_of_another_case_is_not_reached_through_the_own_case(
    app: Flask, built: World, watching: Asker, other: str
) -> None:
    own, theirs = built.corners["own"].ids, built.corners[other].ids
    mixed = {**theirs, "case_id": own["case_id"]}
    asked = 0
    with undrawn(app):
        for rule, method in rules(app):
            if "case_id" in rule.arguments and len(rule.arguments) > 1:
                answer = watching.ask(
                    method,
                    path_of(rule, mixed),
                    by=built.people["counsellor"],
                    **body_of(rule, method, mixed),
                )
                asked += 1
                assert answer.status == 404, (rule, answer.status)
                assert not answer.changed
    assert asked > 3
