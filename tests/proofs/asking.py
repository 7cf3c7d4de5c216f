"""Asks the application anything as anyone, and takes back what the asking changed.

Both worlds of a comparison get the same clock and the same dice, so that their answers can be
compared as they are: with their headers, cookies and form secrets.
"""

import os
import random
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask, Request
from itsdangerous import TimestampSigner
from sqlalchemy import Connection, MetaData, event, select
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.routing import Rule

from directory.models import Base, User
from tests.proofs.bodies import BODIES, QUERIES

READS = ("GET",)
CHANGES = ("POST", "PUT", "PATCH", "DELETE")


class CannotBeAsked(AssertionError):
    """Nobody has said how a route is asked; the text says what to add where."""


@dataclass(frozen=True, slots=True)
class Answer:
    """All that goes out over the wire, but the time of day."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    changed: bool = False
    """Whether a denied request changed the database."""

    @property
    def is_denied(self) -> bool:
        """Whether the reader was kept out, or sent to sign in."""
        return self.status in {401, 403, 404} or self.wants_sign_in

    @property
    def wants_sign_in(self) -> bool:
        """Whether the reader was sent to sign in."""
        return any(
            name == "Location" and text.startswith("/sign-in?")
            for name, text in self.headers
        )

    @property
    def text(self) -> str:
        """Everything that can be read."""
        heads = "\n".join(f"{name}: {value}" for name, value in self.headers)
        return f"{self.status}\n{heads}\n\n{self.body.decode(errors='replace')}"


@dataclass(slots=True)
class Asker:
    """Sends requests to the application; every one is undone after it was answered."""

    app: Flask
    connection: Connection
    before: Mapping[str, int] = field(default_factory=dict)
    """The fingerprint of the database before all asking, where denials are checked."""
    writes: list[str] = field(default_factory=list)
    """The writing statements of the last request."""
    look: Callable[[], Any] | None = None
    """Looks at the database before a request is taken back; what it found is in ``seen``."""
    seen: Any = None

    def ask(
        self,
        method: str,
        path: str,
        *,
        by: User | None = None,
        cookie: str = "",
        headers: Mapping[str, str] | None = None,
        **options: Any,
    ) -> Answer:
        """The answer to one request of an account, or of a visitor."""
        sent = dict(headers or {})
        if by is not None:
            sent["Cookie"] = f"homeward={self._cookie(by)}"
        elif cookie:
            sent["Cookie"] = cookie
        client = self.app.test_client(use_cookies=False)
        self.writes.clear()
        undo = self.connection.begin_nested()
        try:
            response = client.open(path, method=method, headers=sent, **options)
            body = response.get_data()
            response.close()
            kept = tuple(pair for pair in response.headers if pair[0] != "Date")
            answer = Answer(response.status_code, kept, body)
            if self.writes and self.before and answer.is_denied:
                is_changed = digest(self.connection) != self.before
                answer = replace(answer, changed=is_changed)
            if self.look is not None:
                self.seen = self.look()
            return answer
        finally:
            if undo.is_active:
                undo.rollback()

    def _cookie(self, user: User) -> str:
        serializer = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]
        made: str = serializer.dumps({"_user_id": user.session_key, "_fresh": True})
        return made


@contextmanager
def noting_writes(asker: Asker) -> Iterator[None]:
    """Keep in ``asker.writes`` what a request changes."""

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.lstrip()[:6].upper() in {"INSERT", "UPDATE", "DELETE"}:
            asker.writes.append(statement)

    event.listen(asker.connection.engine, "before_cursor_execute", note)
    try:
        yield
    finally:
        event.remove(asker.connection.engine, "before_cursor_execute", note)


def rules(app: Flask) -> Iterator[tuple[Rule, str]]:
    """Every address with every method, but the static files."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if rule.endpoint == "static":
            continue
        for method in (*READS, *CHANGES):
            if method in (rule.methods or ()):
                yield rule, method


def path_of(rule: Rule, ids: Mapping[str, str]) -> str:
    """The address of a rule for the things in ``ids``; fails where nothing is known to fill in."""

    def value(found: re.Match[str]) -> str:
        name = found[1].rpartition(":")[2]
        first = rule.rule.split("/")[1]
        for key in (f"{first}/{name}", name):
            if key in ids:
                return ids[key]
        raise CannotBeAsked(
            f"{rule.rule} cannot be asked, because nothing is known to fill in for <{name}>:"
            f" make such a thing in tests/proofs/world.py and put its id under {name!r}."
        )

    path = re.sub(r"<([^>]+)>", value, rule.rule)
    given = QUERIES.get(rule.endpoint, {})
    query = {name: text.format_map(ids) for name, text in given.items()}
    return f"{path}?{urlencode(query)}" if query else path


def body_of(rule: Rule, method: str, ids: Mapping[str, str]) -> dict[str, Any]:
    """What to send with a changing request; fails where nobody has said it."""
    if method in READS:
        return {}
    if rule.endpoint not in BODIES:
        raise CannotBeAsked(
            f"{method} {rule.rule} cannot be asked, because its form is not known:"
            f" add {rule.endpoint!r} to BODIES in tests/proofs/bodies.py."
        )
    body = BODIES[rule.endpoint]
    if body.json is not None:
        return {"json": body.json}
    filled = {
        name: given.format_map(ids)
        if isinstance(given, str)
        else [one.format_map(ids) for one in given]
        for name, given in body.form.items()
    }
    return {"data": filled}


@contextmanager
def same_dice() -> Iterator[Callable[[int], None]]:
    """Let every secret and every stamp of a request follow from the number that is thrown.

    Each length has dice of its own: how many names a query needs must not change the secrets.
    """
    dice: dict[int, random.Random] = {}
    thrown = 0

    def throw(number: int) -> None:
        nonlocal thrown
        thrown = number
        dice.clear()

    def draw(length: int) -> bytes:
        # Not a secret: the same in both worlds.
        seed = f"{thrown} {length}"
        return dice.setdefault(length, random.Random(seed)).randbytes(length)  # noqa: S311

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "urandom", draw)
        patch.setattr(random, "_urandom", draw)
        patch.setattr(TimestampSigner, "get_timestamp", lambda _self: 1_800_000_000)
        yield throw


class Learner:
    """Learns the names of the parameters that each endpoint looks for."""

    def __init__(self) -> None:
        self.names: dict[str, set[str]] = {}
        self.endpoint = ""

    def note(self, name: Any) -> None:
        """Remember that the endpoint asked for this parameter."""
        if isinstance(name, str):
            self.names.setdefault(self.endpoint, set()).add(name)


@contextmanager
def learning(app: Flask) -> Iterator[Learner]:
    """Note which parameters views read while they answer."""
    learner = Learner()

    class Noting(ImmutableMultiDict[str, str]):
        def __getitem__(self, key: str) -> str:
            learner.note(key)
            return super().__getitem__(key)

        def getlist(self, key: str, *rest: Any, **more: Any) -> Any:
            learner.note(key)
            return super().getlist(key, *rest, **more)

        def __contains__(self, key: object) -> bool:
            learner.note(key)
            return super().__contains__(key)

    class Noted(Request):
        parameter_storage_class = Noting

    kept = app.request_class
    app.request_class = Noted
    try:
        yield learner
    finally:
        app.request_class = kept


def digest(connection: Connection) -> dict[str, int]:
    """A fingerprint of every row of every table but the areas' outlines."""
    metadata: MetaData = Base.metadata
    found: dict[str, int] = {}
    for table in metadata.sorted_tables:
        if table.name in {"area", "area_cell", "area_name", "taxonomy_term"}:
            continue
        columns = [
            column
            for column in table.columns
            if "geom" not in repr(column.type).lower()
        ]
        rows = connection.execute(select(*columns)).all()
        found[table.name] = hash(frozenset(map(repr, rows)))
    return found
