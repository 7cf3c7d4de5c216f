"""Finding pairs: the keys miss nothing that a full comparison finds, and what changed is enough."""

import random
from collections.abc import Callable
from datetime import timedelta
from itertools import combinations
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from directory.duplicates import finding, names, work
from directory.duplicates.comparison import FOUND, Entry, alike, compare
from directory.duplicates.entries import hosts, phone_keys
from directory.listings import offers
from directory.models import DuplicatePair, Service
from geo.points import Point
from tests.factories import NOW

Twins = Callable[..., tuple[Any, Any]]
Find = Callable[[], list[DuplicatePair]]
WORDS = (
    "Aboaso",
    "Mampong",
    "Kumasi",
    "Sainte Anne",
    "الموصل",
    "Gitaru",
    "Lukeka",
    "Xela",
)
KINDS = ("Clinic", "Health Centre", "Hospital", "Dispensary 2", "Girls School", "")


def made_up(count: int) -> list[Entry]:
    """Entries around two towns, many of them slips of each other."""
    chance = random.Random(4)  # noqa: S311 -- made-up listings, not secrets
    found = []
    for number in range(count):
        name = f"{chance.choice(WORDS)} {chance.choice(WORDS)} {chance.choice(KINDS)}"
        if chance.random() < 0.3 and len(name) > 6:
            slip = chance.randrange(3, len(name) - 1)
            name = name[:slip] + name[slip + 1 :]
        place = Point(
            latitude=chance.choice((3.0, 3.6)) + chance.random() / 40,
            longitude=11 + chance.random() / 40,
        )
        found.append(
            Entry(
                key=number, service=number, names=(names.read(name),), country="XA",
                place=None if chance.random() < 0.1 else place,
                phones=phone_keys([f"+233 30 222 33{chance.randrange(90)}"]),
            )
        )  # fmt: skip
    return found


def test_the_keys_miss_nearly_nothing_that_comparing_all_with_all_finds() -> None:
    entries = made_up(250)
    every = {
        (i, j)
        for i, j in combinations(range(len(entries)), 2)
        if compare(entries[i], entries[j]).score >= FOUND
    }
    shown = {
        (i, j)
        for i, j in combinations(range(len(entries)), 2)
        if alike(entries[i], entries[j]) is not None
    }
    assert shown == every, "a comparison that ends early loses nothing"
    found = {(each.left, each.right) for each in finding.find(entries)}
    assert found <= every
    assert len(found) >= 0.98 * len(every) > 20
    crossed = {(each.left, each.right) for each in finding.find(entries, entries)}
    assert found <= crossed


def test_telephones_and_websites_compare_however_they_are_written() -> None:
    assert phone_keys(["+233 30 222 3333"]) == phone_keys(["030-222-3333"])
    assert phone_keys(["112", ""]) == frozenset()
    assert hosts(["https://www.example.org/a"]) == hosts(["example.org"])
    one, other = (hosts([f"https://facebook.com/{name}"]) for name in ("a", "b"))
    assert not one & other
    assert hosts(["http://[broken", None]) == frozenset()


def test_only_what_changed_is_compared_and_what_looks_alike_no_more_leaves(
    session: Session, twins: Twins, find: Find
) -> None:
    _, second = twins()
    later = NOW + timedelta(days=5)
    assert work.search(session, now=NOW, since=later) == (0, 0)
    assert work.search(session, now=NOW, since=NOW) == (1, 1)
    assert work.search(session, now=NOW, country="XB") == (0, 0)
    assert work.search(session, now=NOW, country="XA") == (1, 0)
    (pair,) = find()
    assert (pair.country, pair.state) == ("XA", "open")
    session.execute(
        update(Service)
        .where(Service.id == second.service_id)
        .values(name="Mampong Hospital 3", last_modified=later)
    )
    offers.refresh(session, [second.service_at_location_id])
    assert work.search(session, now=NOW, since=later) == (0, 0)
    assert find() == []
