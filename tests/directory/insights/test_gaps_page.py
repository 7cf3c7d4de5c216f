"""The grid of gaps: services count where they reach, not where they stand."""

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from directory.authz import Actor
from directory.insights import gaps
from directory.models import Role, User
from tests.factories import TODAY, area, make_service_at_location, make_user

Sign = Callable[[User], FlaskClient]
ADMIN = Actor(role=Role.ADMIN)
SOUTH_SHAPE = {
    "type": "Polygon",
    "coordinates": [[[10.5, 0.5], [11, 0.5], [11, 1], [10.5, 1], [10.5, 0.5]]],
}


def counts(session: Session, actor: Actor = ADMIN) -> dict[str, int]:
    grid = gaps.grid(session, actor=actor, country="XA", today=TODAY)
    health = next(term for term in grid.categories if term.code == "health")
    return {one.code: grid.count(one, health) for one in grid.areas}


@pytest.mark.parametrize(
    ("coverage", "expected"),
    [
        ({}, {"XA-N": 1, "XA-S": 0}),
        ({"coverage_areas": ("XA-S",)}, {"XA-N": 0, "XA-S": 1}),
        ({"coverage_areas": ("XA-SW", "XA-NE")}, {"XA-N": 1, "XA-S": 1}),
        ({"coverage_areas": ("XA",)}, {"XA-N": 1, "XA-S": 1}),
        ({"coverage_radius_km": 30.0}, {"XA-N": 1, "XA-S": 0}),
        ({"coverage_radius_km": 160.0}, {"XA-N": 1, "XA-S": 1}),
        ({"coverage_geojson": json.dumps(SOUTH_SHAPE)}, {"XA-N": 0, "XA-S": 1}),
        ({"coverage": "national"}, {"XA-N": 1, "XA-S": 1}),
        ({"coverage": "remote"}, {"XA-N": 1, "XA-S": 1}),
        (
            {"coverage": "national", "coverage_excluded_areas": ("XA-S",)},
            {"XA-N": 1, "XA-S": 0},
        ),
        ({"status": "inactive"}, {"XA-N": 0, "XA-S": 0}),
        ({"sensitivity": "L2"}, {"XA-N": 0, "XA-S": 0}),
    ],
)
def test_a_service_counts_where_it_reaches(
    session: Session, coverage: dict[str, Any], expected: dict[str, int]
) -> None:
    make_service_at_location(session, **coverage)
    assert counts(session) == expected


def test_a_service_of_two_leaves_counts_once_in_its_category(session: Session) -> None:
    make_service_at_location(
        session, taxonomy_terms=("health.primary", "health.hospital")
    )
    assert counts(session)["XA-N"] == 1


def test_the_page_names_what_is_missing(
    session: Session, supervisor: User, client_of: Sign, page: Callable[..., Any]
) -> None:
    make_service_at_location(session)
    shown = page("/insights/gaps?country=XA", by=client_of(supervisor))
    assert "In 25 pairs of area and category" in shown.text
    assert '<td class="is-lone">1</td>' in shown.text
    assert '/services?term=health&amp;country=XA">Health care</a>' in shown.text
    assert "1 of 1" in shown.text


def test_the_file_says_the_same(
    session: Session, supervisor: User, client_of: Sign
) -> None:
    make_service_at_location(session)
    text = client_of(supervisor).get("/insights/gaps.csv?country=XA").text
    rows = {
        row["area_code"]: row
        for row in csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    }
    assert (rows["XA-N"]["health"], rows["XA-N"]["located"]) == ("1", "1")
    assert rows["XA-S"]["health"] == "0"


def test_an_authority_sees_its_own_area_only(
    session: Session, authority: User, client_of: Sign
) -> None:
    make_service_at_location(session)
    by = client_of(authority)
    text = by.get("/insights/gaps").text
    assert "North" in text
    assert "South" not in text
    make_service_at_location(session, latitude=2.0, longitude=15.0)
    session.commit()
    assert by.get("/insights/gaps?country=XB").status_code == 404


def test_training_does_not_add_protected_services_to_the_counts(
    session: Session, client_of: Sign
) -> None:
    trained = make_user(session, role="supervisor", can_see_restricted=True)
    by = client_of(trained)
    make_service_at_location(session)
    session.commit()
    before = by.get("/insights/gaps.csv").text
    for level in ("L2", "L3"):
        make_service_at_location(
            session, sensitivity=level, area_code="XA-N", latitude=None, longitude=None
        )
    session.commit()
    assert by.get("/insights/gaps.csv").text == before


def test_an_area_named_like_a_formula_is_disarmed(
    session: Session, supervisor: User, client_of: Sign
) -> None:
    make_service_at_location(session)
    north = area(session, "XA-N")
    north.name = "=1+1"
    session.commit()
    text = client_of(supervisor).get("/insights/gaps.csv?lang=fr").text
    assert ",=1+1" not in text
    assert "'=1+1" in text
