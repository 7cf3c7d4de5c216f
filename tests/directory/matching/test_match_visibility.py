"""Restricted listings exist only for those who may know of them."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from directory.models import User
from tests import factories
from tests.directory.matching.conftest import Ask, List, criterion, keys

ClientOf = Callable[[User], FlaskClient]


@pytest.mark.parametrize("level", ["L1", "L2", "L3"])
def test_a_visitor_learns_nothing_of_restricted_services(
    offer: List, ask: Ask, level: str
) -> None:
    position = {"latitude": None, "longitude": None} if level == "L3" else {}
    offer(sensitivity=level, coverage_areas=("XA",), minimum_age=18, **position)
    offer(sensitivity=level, coverage_areas=("XA",), maximum_age=5, **position)
    empty = {
        "matches": [],
        "not_matched": [],
        "questions": [],
        "gaps": ["health.primary"],
        "total": 0,
    }
    assert ask() == empty
    assert ask(person={"age": 30}) == empty
    assert ask("health", person={"age": 30})["total"] == 0


def test_the_answer_is_the_same_with_and_without_them(offer: List, ask: Ask) -> None:
    offer(minimum_age=18)
    before = ask()
    offer(taxonomy_terms=("health.primary",), sensitivity="L1", minimum_age=18)
    offer(taxonomy_terms=("health.primary",), sensitivity="L2", minimum_age=18)
    assert ask() == before


def test_staff_see_level_one_and_trained_staff_all(
    offer: List,
    ask: Ask,
    client_of: ClientOf,
    counsellor: User,
    stranger: User,
    session: Session,
) -> None:
    one = offer(sensitivity="L1")
    two = offer(sensitivity="L2", coverage_radius_km=20.0)
    three = offer(
        sensitivity="L3", latitude=None, longitude=None, coverage_areas=("XA",)
    )
    assert keys(ask(by=client_of(counsellor))["matches"]) == [one]
    stranger.can_see_restricted = True
    session.flush()
    answer = ask(by=client_of(stranger))
    assert set(keys(answer["matches"])) == {one, two, three}


def test_no_distance_to_a_restricted_place_is_told(
    offer: List, ask: Ask, client_of: ClientOf, counsellor: User
) -> None:
    counsellor.can_see_restricted = True
    two = offer(sensitivity="L2", coverage_radius_km=20.0)
    trained = client_of(counsellor)
    match = ask(by=trained)["matches"][0]
    assert (match["service_at_location_id"], match["distance_km"]) == (two, None)
    assert criterion(match, "distance")["status"] == "unknown"
    # Nor is it a way to find the place by trying limits, or by how far its circle ends.
    assert ask(by=trained, preferences={"max_distance_km": 0})["total"] == 1
    near = ask(by=trained, place={"lat": 3.25, "lon": 11.0})["not_matched"][0]
    assert not any(letter.isdigit() for letter in criterion(near, "coverage")["reason"])


@pytest.mark.parametrize("role", ["provider", "authority"])
def test_others_with_accounts_see_no_more_than_visitors(
    offer: List, ask: Ask, client_of: ClientOf, session: Session, role: str
) -> None:
    offer(sensitivity="L1", organization_name="Blue Door")
    user = factories.make_user(session, role=role, organization_name="Red Door")
    assert ask(by=client_of(user))["total"] == 0
