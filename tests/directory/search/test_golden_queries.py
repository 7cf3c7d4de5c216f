"""Queries of four languages that must find what people mean, on every engine."""

import csv
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from directory.authz import VISITOR, Actor
from directory.listings.record import ListingRecord
from directory.models import Role
from directory.search import searching
from directory.search.engine import Engine
from tests.directory.listings.test_create_services import create

DATA = Path(__file__).parent.parent.parent / "data"


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture
def keys(session: Session, indexed: Callable[[], int]) -> dict[str, uuid.UUID]:
    """The golden listings, indexed, by their key in the file."""
    listings = rows("golden_listings.csv")
    records = [
        ListingRecord(
            organization_name="Golden",
            service_name=row["name"],
            description=row["description"],
            taxonomy_terms=(row["terms"],),
            latitude=float(row["latitude"]),
            longitude=float(row["longitude"]),
            language=row["language"],
            sensitivity=row["sensitivity"],
            texts={
                ("service_name", language): row[language]
                for language in ("fr", "es", "ar")
                if row[language]
            },
        )
        for row in listings
    ]
    made = create(session, *records)
    indexed()
    return {row["key"]: ids.service_id for row, ids in zip(listings, made, strict=True)}


def test_every_golden_query_finds_its_listing(
    session: Session, engine_of_search: Engine, keys: dict[str, uuid.UUID]
) -> None:
    names = {key: name for name, key in keys.items()}
    missed = []
    for row in rows("golden_queries.csv"):
        for country in ("XA", None):
            hits = searching.search(
                session, engine_of_search, row["query"], country=country, actor=VISITOR
            )
            if keys[row["expected"]] not in hits.ids[:3]:
                missed.append(
                    (row["query"], row["expected"], [names[k] for k in hits.ids])
                )
    assert not missed


def test_a_misspelling_is_corrected_and_said(
    session: Session, engine_of_search: Engine, keys: dict[str, uuid.UUID]
) -> None:
    hits = searching.search(
        session, engine_of_search, "hopsital", country="XA", actor=VISITOR
    )
    assert hits.corrected == "hospital"


@pytest.mark.parametrize(
    "query", ["quietharbour", "quietharbuor", "quiethar", "gender violence"]
)
def test_a_restricted_listing_shows_in_no_hit_and_no_spelling(
    session: Session, engine_of_search: Engine, keys: dict[str, uuid.UUID], query: str
) -> None:
    for actor in (VISITOR, Actor(role=Role.AUTHORITY, user_id=uuid.uuid4())):
        hits = searching.search(
            session, engine_of_search, query, country=None, actor=actor
        )
        assert not hits.ids
        assert hits.corrected is None
        assert hits.suggestion is None


def test_trained_staff_find_it_by_its_words(
    session: Session, engine_of_search: Engine, keys: dict[str, uuid.UUID]
) -> None:
    actor = Actor(role=Role.SUPERVISOR, can_see_restricted=True, user_id=uuid.uuid4())
    hits = searching.search(
        session, engine_of_search, "quietharbour", country="XA", actor=actor
    )
    assert hits.ids == [keys["secret"]]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "   ",
        "the of",
        "'",
        "\\",
        "a&b|!c",
        "zq" + "0" * 14,
        "%",
        "* OR *",
        "🙂",
        "x" * 500,
    ],
)
def test_odd_queries_find_nothing_and_break_nothing(
    session: Session, engine_of_search: Engine, keys: dict[str, uuid.UUID], query: str
) -> None:
    hits = searching.search(
        session, engine_of_search, query, country=None, actor=VISITOR
    )
    assert not hits.ids
