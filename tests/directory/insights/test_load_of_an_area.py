"""The load of an area: open needs of people who return there, for each place that services state."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from directory.authz import Actor
from directory.insights import load
from directory.insights.load import Load
from directory.models import Need, Role, User
from tests.directory.sent import COURSE, make_sent
from tests.factories import (
    NOW,
    TODAY,
    area,
    make_case,
    make_need,
    make_service_at_location,
    own_organization_id,
)

Sign = Callable[[User], FlaskClient]
NORTH, SOUTH = (3.0, 11.0), (1.0, 11.0)
ADMIN = Actor(role=Role.ADMIN)


def people(
    session: Session,
    worker: User,
    number: int,
    *terms: str,
    place: tuple[float, float] = NORTH,
    **case: Any,
) -> None:
    """Cases with these needs each."""
    for _ in range(number):
        latitude, longitude = place
        person = make_case(
            session, worker, latitude=latitude, longitude=longitude, **case
        )
        for term in terms:
            make_need(session, person, term)


def weighed(session: Session) -> dict[tuple[str, str], Load]:
    """What an administrator reads of the two areas of XA, by area and category ("" for all)."""
    found = load.loads(session, actor=ADMIN, country="XA", today=TODAY, below=5)
    shown = {(area.code, ""): found.total(area) for area in found.areas}
    codes = {area.id: area.code for area in found.areas}
    return shown | {(codes[key], term): one for (key, term), one in found.cells.items()}


def rows(client: FlaskClient) -> dict[str, dict[str, str]]:
    """The rows of the file by the code of their area."""
    text = client.get("/insights/gaps.csv?country=XA").text.removeprefix("\ufeff")
    return {row["area_code"]: row for row in csv.DictReader(io.StringIO(text))}


def test_it_weighs_open_needs_against_places_that_are_stated_and_still_hold(
    session: Session, counsellor: User
) -> None:
    people(session, counsellor, 12, "health.primary", "health.hospital")
    people(session, counsellor, 6, "legal.aid")
    people(session, counsellor, 9, "health.primary", place=SOUTH)
    people(session, counsellor, 9, "legal.aid", is_restricted=True)
    old = TODAY - timedelta(days=31)
    for fields in (
        {"capacity_maximum": 5, "capacity_available": 1, "capacity_updated": TODAY},
        {"capacity_available": 3, "capacity_updated": TODAY - timedelta(days=30)},
        {"capacity_maximum": 40, "capacity_updated": old},
        {},
        {"capacity_maximum": 50, "capacity_updated": TODAY, "status": "inactive"},
        {"capacity_maximum": 60, "capacity_updated": TODAY, "sensitivity": "L2"},
        {"taxonomy_terms": ("legal.aid",), "capacity_maximum": 8,
         "capacity_updated": old, "coverage_areas": ("XA",)},
        {"taxonomy_terms": ("training.digital",), "capacity_available": 0,
         "capacity_updated": TODAY},
    ):  # fmt: skip
        make_service_at_location(session, service_name=str(fields), **fields)
    found = weighed(session)
    assert found["XA-N", "health"] == Load(needs=12, places=8, stating=2, services=4)
    assert found["XA-N", "health"].per_place == 1.5
    # Nobody says today how many places there are: unknown, not none.
    assert found["XA-N", "legal"] == Load(needs=6, places=None, stating=0, services=1)
    assert found["XA-N", "training"] == Load(0, places=0, stating=1, services=1)
    assert found["XA-N", ""] == Load(needs=18, places=8, stating=3, services=6)
    assert found["XA-S", ""] == Load(needs=9, places=None, stating=0, services=1)


def test_a_need_is_open_until_the_returnee_confirmed_it_was_met(
    session: Session, supervisor: User
) -> None:
    offer = make_service_at_location(session)
    hidden = make_service_at_location(
        session, service_name="Quiet", sensitivity="L1", capacity_maximum=70
    )
    people(session, supervisor, 5, "health.primary")
    people(session, supervisor, 5, "health.primary", closed_at=NOW)
    for to, states in ((offer, COURSE), (hidden, COURSE), (offer, COURSE[:5])):
        made = make_sent(session, supervisor, states=states, offer=to)
        need = session.get_one(Need, made.need_id)
        need.status = "met" if states == COURSE else "open"
    session.flush()

    def needs_of(actor: Actor) -> int | None:
        found = load.loads(session, actor=actor, country="XA", today=TODAY, below=5)
        return found.total(found.areas[0]).needs

    own = frozenset({own_organization_id(session, supervisor)})
    assert needs_of(Actor(role=Role.SUPERVISOR, organization_ids=own)) == 6
    # That the hidden listing met a need is not told by a number.
    north = frozenset({area(session, "XA-N").id})
    assert needs_of(Actor(role=Role.AUTHORITY, area_ids=north)) == 7


def test_small_counts_are_hidden_with_those_that_would_tell_them(
    session: Session, counsellor: User, supervisor: User, client_of: Sign,
    page: Callable[..., Any],
) -> None:  # fmt: skip
    people(session, counsellor, 3, "legal.aid")
    people(session, counsellor, 7, "health.primary")
    people(session, counsellor, 20, "training.digital")
    people(session, counsellor, 4, "health.primary", place=SOUTH)
    for term in ("legal.aid", "health.primary"):
        make_service_at_location(
            session, service_name=term, taxonomy_terms=(term,), capacity_maximum=10
        )
    by = client_of(supervisor)
    north, south = (rows(by)[code] for code in ("XA-N", "XA-S"))
    assert (north["legal_open_needs"], north["legal_places"]) == ("", "10")
    assert north["legal_needs_for_each_place"] == ""
    assert north["health_open_needs"] == south["health_open_needs"] == ""
    assert north["training_open_needs"] == "20"
    assert north["training_places"] == south["places"] == "unknown"
    # The total of the south is small; that of the north would tell it from their sum.
    assert south["open_needs"] == north["open_needs"] == ""
    shown = page("/insights/gaps?country=XA", by=by).words
    part = shown.split("How many needs there are for each place")[1]
    assert "hidden" in part
    assert "stated by 1 of 1 service" in part


def test_each_reads_its_own_only(
    session: Session, counsellor: User, stranger: User, supervisor: User,
    authority: User, admin: User, provider: User, client: FlaskClient, client_of: Sign,
) -> None:  # fmt: skip
    people(session, counsellor, 6, "health.primary")
    people(session, stranger, 8, "health.primary")
    people(session, stranger, 9, "health.primary", place=SOUTH)
    make_service_at_location(session, capacity_maximum=7)
    make_service_at_location(
        session, service_name="Staff", sensitivity="L1", capacity_maximum=21
    )
    ratios = {
        user.role: (row["open_needs"], row["places"], row["needs_for_each_place"])
        for user in (supervisor, authority, admin)
        if (row := rows(client_of(user))["XA-N"])
    }
    assert ratios == {
        "supervisor": ("6", "28", "0.21"),
        "authority": ("14", "7", "2.00"),
        "admin": ("14", "28", "0.50"),
    }
    assert rows(client_of(authority)).keys() == {"XA-N"}
    assert client.get("/insights/gaps").status_code == 302
    assert client_of(provider).get("/insights/gaps.csv").status_code == 403
