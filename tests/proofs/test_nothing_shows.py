"""Twenty confidential listings show nowhere: not a byte of them reaches who may not know of them."""

import logging
import re
from collections.abc import Callable, Iterator
from itertools import islice

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from directory.models import Message, User
from directory.referrals import operations as referrals
from directory.upkeep import digest, readers, reminding
from tests.factories import NOW
from tests.proofs.asking import Answer, Asker, body_of, path_of, rules
from tests.proofs.bodies import QUERIES, is_about_things
from tests.proofs.confidential import LEVELS, Hidden, hide
from tests.proofs.dice import Asked
from tests.proofs.questions import QUESTIONS
from tests.proofs.world import World

Follow = Callable[[], int]
READERS = (
    ("visitor", LEVELS),
    ("provider", LEVELS),
    ("authority", LEVELS),
    ("counsellor", tuple(level for level in LEVELS if level != "L1")),
    ("supervisor", tuple(level for level in LEVELS if level != "L1")),
)


LISTING = ("service_id", "service_at_location_id", "organization_id")


def requests(
    app: Flask, built: World, hidden: Hidden, *, with_questions: bool
) -> Iterator[Asked]:
    """Every route with public ids, with hidden ones, and with every kind of question."""
    public = built.corners["near"].ids
    for rule, method in rules(app):
        yield Asked(method, path_of(rule, public), body_of(rule, method, public))
        if is_about_things(rule, method) or rule.endpoint in QUERIES:
            for ids in hidden_ids(rule, method, built, hidden):
                yield Asked(method, path_of(rule, ids), body_of(rule, method, ids))
        if method == "GET" and with_questions:
            for query in QUESTIONS.get(rule.endpoint, ()):
                path = path_of(rule, public).partition("?")[0]
                yield Asked(method, f"{path}?{query}")


def hidden_ids(
    rule: Rule, method: str, built: World, hidden: Hidden
) -> Iterator[dict[str, str]]:
    """Hidden things of each level, the reader's own with a hidden listing, a merged listing."""
    own = built.corners["own"].ids
    for number in range(3 if method == "GET" else 1):
        found = {name: keys[number % len(keys)] for name, keys in hidden.ids.items()}
        yield {**own, **found}
    if rule.arguments & {"case_id", "run_id"}:
        yield {**own, **{name: found[name] for name in LISTING}}
    if method == "GET" and "service_id" in rule.arguments:
        yield {**own, "service_id": found["gone_id"]}


@pytest.mark.parametrize(
    ("reader", "levels"), READERS, ids=[name for name, _ in READERS]
)
def test_no_byte_of_them_reaches_who_may_not_know(
    app: Flask,
    session: Session,
    built: World,
    asker: Asker,
    indexed: Follow,
    caplog: pytest.LogCaptureFixture,
    is_short: bool,
    reader: str,
    levels: tuple[str, ...],
) -> None:
    hidden = hide(session, built, levels, staff=reader in {"counsellor", "supervisor"})
    indexed()
    by, secret, told, asked = built.people.get(reader), hidden.pattern(), [], 0
    caplog.set_level(logging.DEBUG)
    # Of the others, the two worlds are asked random questions.
    asks_much = reader in {"visitor", "authority"}
    every = requests(app, built, hidden, with_questions=asks_much)
    for one in islice(every, 0, None, 8) if is_short else every:
        answer = asker.ask(one.method, one.path, by=by, **one.options)
        asked += 1
        found = secret.search(answer.text.lower())
        if found is not None:
            told.append(f"{one.method} {one.path}: {around(answer, found)}")
        assert answer.status < 500, one
    assert asked > (30 if is_short else 250)
    assert not told, "\n".join(told)
    logged = [line for line in caplog.text.splitlines() if secret.search(line.lower())]
    assert not logged, "the log tells of them"


def test_who_is_trained_reads_them(
    session: Session, built: World, asker: Asker, indexed: Follow
) -> None:
    """The canaries are found where they may be, so that finding none means something."""
    hidden = hide(session, built, staff=False)
    indexed()
    secret = hidden.pattern()
    trained = session.scalars(select(User).where(User.can_see_restricted)).one()
    for key in hidden.ids["service_id"][:3]:
        answer = asker.ask("GET", f"/services/{key}", by=trained)
        assert answer.status == 200
        assert secret.search(answer.text.lower()), key
    found = asker.ask("GET", "/services?q=qxzvywservicename", by=trained)
    assert "Qxzvywservicename 0" in found.text


def around(answer: Answer, found: re.Match[str]) -> str:
    """A few words of an answer, to find the place by."""
    start = found.start()
    return " ".join(answer.text[max(0, start - 120) : start + 60].split())


def test_no_letter_speaks_of_them_but_to_their_own_keepers(
    session: Session, built: World
) -> None:
    hidden = hide(session, built, staff=False)
    session.commit()
    kept = set(session.scalars(select(Message.id)))
    reminding.remind(session, secret_key="0123456789abcdef-test", now=NOW)
    digest.send(session, now=NOW)
    readers.take_in(session, now=NOW)
    referrals.mark_unanswered(session, now=NOW)
    secret = hidden.pattern()
    written = [one for one in session.scalars(select(Message)) if one.id not in kept]
    assert written, "no letter was written: this test shows nothing"
    told = [
        one
        for one in written
        if secret.search(f"{one.subject}\n{one.body}".lower())
        and "qxzvyw" not in one.recipient
    ]
    assert told == []
