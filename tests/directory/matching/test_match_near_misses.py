"""What nearly fits is named, with what would mend it."""

from datetime import timedelta

from sqlalchemy.orm import Session

from directory.models import AreaAdvisory
from tests import factories
from tests.directory.matching.conftest import Ask, List, criterion, failed, keys


def test_a_closed_service_tells_when_it_opens(offer: List, ask: Ask) -> None:
    until = factories.TODAY + timedelta(days=30)
    key = offer(status="temporarily closed", status_until=until)
    answer = ask()
    assert (answer["matches"], keys(answer["not_matched"])) == ([], [key])
    status = criterion(answer["not_matched"][0], "status")
    assert status["status"] == "not_met"
    assert str(until.year) in status["reason"]
    assert str(until.year) in status["remedy"]


def test_two_failures_are_a_near_miss_and_three_are_none(offer: List, ask: Ask) -> None:
    two = offer(minimum_age=60, sexes=("female",))
    offer(minimum_age=60, sexes=("female",), profiles=("vot",))
    answer = ask(person={"age": 30, "sex": "male", "profiles": []})
    assert keys(answer["not_matched"]) == [two]
    assert failed(answer["not_matched"][0]) == ["age", "sex"]


def test_soft_criteria_are_not_counted(offer: List, ask: Ask) -> None:
    key = offer(
        minimum_age=60, sexes=("female",), languages=("fr",), capacity_available=0
    )
    answer = ask(person={"age": 30, "sex": "male", "languages": ["ar"]})
    assert keys(answer["not_matched"]) == [key]
    assert set(failed(answer["not_matched"][0])) == {
        "age",
        "sex",
        "language",
        "capacity",
    }


def test_every_failure_says_what_would_mend_it(offer: List, ask: Ask) -> None:
    offer(minimum_age=60, cost="paid")
    offer(required_documents=("passport",), latitude=3.3)
    answer = ask(
        person={"age": 30, "documents": []},
        preferences={"free_only": True, "max_distance_km": 20},
    )
    assert len(answer["not_matched"]) == 2
    for result in answer["not_matched"]:
        for each in result["criteria"]:
            assert bool(each.get("remedy")) == (each["status"] == "not_met")


def test_coverage_may_end_ten_kilometres_away(offer: List, ask: Ask) -> None:
    # One degree of latitude is 110.57 km here; XA-N begins at latitude 2.
    key = offer(coverage_areas=("XA-N",))
    close = ask(place={"lat": 1.915, "lon": 11.0})
    assert keys(close["not_matched"]) == [key]
    assert failed(close["not_matched"][0]) == ["coverage"]
    assert ask(place={"lat": 1.905, "lon": 11.0})["not_matched"] == []


def test_they_are_the_twenty_nearest(offer: List, ask: Ask) -> None:
    made = [offer(latitude=3.0 + number / 100, minimum_age=60) for number in range(25)]
    nowhere = offer(
        latitude=None,
        longitude=None,
        coverage="national",
        area_code="XA",
        minimum_age=60,
    )
    listed = keys(ask(person={"age": 30})["not_matched"])
    assert listed == made[:20]
    assert nowhere not in listed


def test_a_suspended_area_stops_matches(
    offer: List, ask: Ask, session: Session
) -> None:
    here, there = offer(), offer(latitude=1.9, longitude=11.0, coverage_areas=("XA",))
    advisory = AreaAdvisory(
        area_id=factories.area(session, "XA-N").id,
        level="suspend",
        reason="fighting",
        valid_from=factories.TODAY,
        valid_to=factories.TODAY + timedelta(days=3),
        created_at=factories.NOW,
    )
    session.add(advisory)
    session.flush()
    answer = ask()
    assert (answer["total"], set(keys(answer["not_matched"]))) == (0, {here, there})
    assert failed(answer["not_matched"][0]) == ["advisory"]
    # Seen from the south, only the service in the north is behind the line.
    south = ask(place={"lat": 1.95, "lon": 11.0}, weights={})
    assert keys(south["matches"]) == [there]
    advisory.valid_to = factories.TODAY - timedelta(days=1)
    session.flush()
    assert ask()["total"] == 2


def test_without_stated_coverage_the_distance_itself_is_told(
    offer: List, ask: Ask
) -> None:
    offer(latitude=3.0, longitude=11.5)
    (missed,) = ask()["not_matched"]
    reason = criterion(missed, "coverage")["reason"]
    assert reason == "It does not say where it works, and is 55.6 km from the place."
