"""Three dimensions and three levels in every area: what is there, and what is missing."""

from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from directory.authz import Actor
from directory.insights import dimensions
from directory.models import Role, User
from tests.factories import TODAY, make_service_at_location

ADMIN = Actor(role=Role.ADMIN, can_see_restricted=True)


def counts(session: Session) -> dict[tuple[str, str, str], int]:
    grid = dimensions.grid(session, actor=ADMIN, country="XA", today=TODAY)
    return {
        (area.code, dimension, level): number
        for area in grid.areas
        for dimension in dimensions.LABELS
        for level in dimensions.LEVELS
        if (number := grid.count(area, dimension, level))
    }


def test_a_service_counts_in_its_dimension_and_level_where_it_reaches(
    session: Session,
) -> None:
    make_service_at_location(
        session, taxonomy_terms=("employment.placement",), help_level="individual"
    )
    make_service_at_location(
        session,
        service_name="Groups",
        taxonomy_terms=("psychosocial.groups", "psychosocial.individual"),
        help_level="community",
        coverage_areas=("XA-N", "XA-SW"),
    )
    make_service_at_location(session, service_name="No level")
    for level in ("L2", "L3"):
        make_service_at_location(
            session,
            service_name=level,
            help_level="structural",
            sensitivity=level,
            area_code="XA-N",
            latitude=None,
            longitude=None,
        )
    assert counts(session) == {
        ("XA-N", "economic", "individual"): 1,
        ("XA-N", "psychosocial", "community"): 1,
        ("XA-S", "psychosocial", "community"): 1,
    }
    grid = dimensions.grid(session, actor=ADMIN, country="XA", today=TODAY)
    north, south = grid.areas
    lacking = list(grid.gaps.values())
    assert sum(north in areas for areas in lacking) == 7
    assert grid.gaps["economic", "individual"] == (south,)
    assert ("psychosocial", "community") not in grid.gaps
    assert grid.unstated == {north.id: 1}


def test_the_page_tells_how_many_services_are_open_to_residents(
    session: Session,
    supervisor: User,
    client_of: Callable[[User], FlaskClient],
    page: Callable[..., Any],
) -> None:
    for name, open_to in (("A", "residents"), ("B", "returnees"), ("C", None)):
        make_service_at_location(session, service_name=name, open_to=open_to)
    make_service_at_location(
        session, service_name="Quiet", open_to="residents", sensitivity="L2"
    )
    shown = page("/insights/gaps?country=XA", by=client_of(supervisor)).words
    part = shown.split("open to residents too")[1].split("verified in time")[0]
    assert "50 %" in part
    assert "1 of 2" in part
    assert "1 service does not say whom it is for." in part


def test_the_page_shows_empty_cells_as_gaps(
    session: Session,
    supervisor: User,
    client_of: Callable[[User], FlaskClient],
    page: Callable[..., Any],
) -> None:
    make_service_at_location(session, help_level="individual")
    shown = page("/insights/gaps?country=XA", by=client_of(supervisor))
    assert "Dimensions of reintegration and levels of help" in shown.text
    assert (
        "Psychosocial: Help for a person or family"
        in shown.words.split("Not there at all")[1]
    )
    assert shown.text.count('class="is-gap"') >= 17
    missing = shown.words.split("Not there at all")[1]
    assert "Economic: Help for a community – in no area" in missing
