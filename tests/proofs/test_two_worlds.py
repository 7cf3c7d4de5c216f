"""Two worlds that differ only in confidential listings answer every reader byte for byte alike."""

import difflib
from collections.abc import Callable, Iterator, Sequence

import pytest
from flask import Flask
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from directory.models import User
from tests.proofs import dice
from tests.proofs.asking import Answer, Asker, same_dice
from tests.proofs.confidential import LEVELS, hide
from tests.proofs.dice import Asked
from tests.proofs.world import World

Follow = Callable[[], int]
FROM_STAFF = tuple(level for level in LEVELS if level != "L1")
READERS = {
    "visitor": LEVELS,
    "provider": LEVELS,
    "authority": LEVELS,
    "counsellor": FROM_STAFF,
}
SHARES = {"visitor": 0.4, "provider": 0.2, "authority": 0.2, "counsellor": 0.2}


@pytest.fixture
def compare(
    app: Flask,
    session: Session,
    connection: Connection,
    built: World,
    asker: Asker,
    indexed: Follow,
) -> Callable[[str, int, int], list[str]]:
    """Ask both worlds the same; returns what was answered differently."""

    def ask_both(reader: str, count: int, seed: int) -> list[str]:
        names = dice.parameter_names(app, asker, built)
        by = built.people.get(reader)
        difference = connection.begin_nested()
        hidden = hide(session, built, READERS[reader], staff=reader == "counsellor")
        indexed()
        asked = list(dice.throw(app, built, hidden, names, seed=seed, count=count))
        with same_dice() as throw:
            with_them = list(answers(asker, asked, by, throw))
            session.expunge_all()
            difference.rollback()
            indexed()
            without = answers(asker, asked, by, throw)
            return [
                told(one, first, second)
                for one, first, second in zip(asked, with_them, without, strict=True)
                if first != second
            ]

    return ask_both


def answers(
    asker: Asker,
    asked: Sequence[Asked],
    by: User | None,
    throw: Callable[[int], None],
) -> Iterator[Answer]:
    """The answers, each with dice of its own."""
    for number, one in enumerate(asked):
        throw(number)
        yield asker.ask(one.method, one.path, by=by, **one.options)


def told(asked: Asked, first: Answer, second: Answer) -> str:
    """What differs, in the fewest lines."""
    lines = difflib.unified_diff(
        second.text.splitlines(),
        first.text.splitlines(),
        "without",
        "with",
        lineterm="",
        n=0,
    )
    return "\n".join(
        [f"{asked.method} {asked.path} {dict(asked.options)}", *list(lines)[:12]]
    )


@pytest.mark.parametrize("reader", READERS)
def test_two_thousand_random_requests_do_not_tell_them_apart(
    compare: Callable[[str, int, int], list[str]], is_short: bool, reader: str
) -> None:
    count = 200 if is_short else 2_000
    different = compare(reader, round(count * SHARES[reader]), 3)
    assert not different, "\n\n".join(different[:8])


@pytest.mark.drill
@pytest.mark.parametrize("seed", range(25))
@pytest.mark.parametrize("reader", READERS)
def test_fifty_thousand_random_requests_do_not_tell_them_apart(
    compare: Callable[[str, int, int], list[str]], reader: str, seed: int
) -> None:
    different = compare(reader, round(2_000 * SHARES[reader]), 1_000 + seed)
    assert not different, "\n\n".join(different[:8])
