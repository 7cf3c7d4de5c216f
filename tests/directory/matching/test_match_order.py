"""Results are in an order that anybody can recompute from what is printed."""

from datetime import timedelta
from typing import Any

import pytest

from tests import factories
from tests.directory.matching.conftest import Ask, List, criterion, keys


def _recomputed(result: dict[str, Any]) -> float:
    weighed = [each for each in result["criteria"] if each["weight"]]
    total = sum(each["weight"] for each in weighed)
    return float(sum(each["weight"] * each["value"] for each in weighed) / total)


def _many(offer: List) -> None:
    for number in range(24):
        offer(
            latitude=3.0 + number % 7 / 50,
            longitude=11.0 + number % 3 / 50,
            cost=(None, "free", "subsidised", "paid")[number % 4],
            languages=((), ("fr",), ("ar", "en"))[number % 3],
            minimum_age=(None, 18)[number % 2],
            capacity_available=(None, 0, 5)[number % 3],
            assured_date=None
            if number % 5 == 0
            else factories.TODAY - timedelta(days=number * 12),
            coverage_areas=("XA",) if number % 2 else (),
            service_id=f"s{number}",
        )


def test_the_score_is_the_weighted_mean_of_what_is_printed(
    offer: List, ask: Ask
) -> None:
    _many(offer)
    answer = ask(person={"languages": ["ar"]}, limit=100)
    assert answer["total"] == len(answer["matches"]) == 24
    for match in answer["matches"]:
        assert match["score"] == pytest.approx(_recomputed(match), abs=0.0005)
        assert match["score"] == round(match["score"], 4)
        for each in match["criteria"]:
            if each["status"] == "unknown":
                assert each["value"] == 0.5


def test_order_is_by_score_then_distance_then_key(offer: List, ask: Ask) -> None:
    _many(offer)
    offer(latitude=None, longitude=None, coverage_areas=("XA",))
    twins = sorted(offer(coverage_areas=("XA",)) for _ in range(3))
    matches = ask(limit=100)["matches"]

    def order(match: dict[str, Any]) -> Any:
        distance = match["distance_km"]
        return (
            -match["score"],
            distance is None,
            distance or 0.0,
            match["service_at_location_id"],
        )

    assert matches == sorted(matches, key=order)
    assert [key for key in keys(matches) if key in twins] == twins


def test_the_limit_cuts_the_list_and_not_the_total(offer: List, ask: Ask) -> None:
    _many(offer)
    everything = ask(limit=500)["matches"]
    first = ask(limit=5)
    assert first["matches"] == everything[:5]
    assert first["total"] == 24
    assert ask()["matches"] == everything[:20]


def test_full_is_worth_nothing_and_unknown_half(offer: List, ask: Ask) -> None:
    full = offer(capacity_available=0)
    free = offer(capacity_available=4)
    matches = {each["service_at_location_id"]: each for each in ask()["matches"]}
    assert criterion(matches[full], "capacity")["value"] == 0
    assert criterion(matches[full], "capacity")["status"] == "not_met"
    assert criterion(matches[free], "capacity")["value"] == 1


def test_who_takes_new_people_comes_first_and_what_is_over_says_nothing(
    offer: List, ask: Ask
) -> None:
    day = timedelta(days=1)
    closed = offer(intake="closed", intake_until=factories.TODAY, capacity_available=9)
    waiting = offer(intake="waiting_list")
    takes = offer(intake="open")
    over = offer(intake="closed", intake_until=factories.TODAY - day)
    old = offer(capacity_available=9, capacity_updated=factories.TODAY - 31 * day)
    ended = offer(valid_to=factories.TODAY - day)
    later = offer(valid_from=factories.TODAY + day)
    matches = {each["service_at_location_id"]: each for each in ask()["matches"]}
    told = {
        key: criterion(matches[key], "capacity") for key in (closed, waiting, takes)
    }
    assert [told[key]["value"] for key in (closed, waiting, takes)] == [0.0, 0.4, 1.0]
    assert told[closed]["reason"] == "Takes nobody new until 23 November 2026."
    for key in (over, old):
        assert not [c for c in matches[key]["criteria"] if c["code"] == "capacity"]
    assert not matches.keys() & {ended, later}
    near = {each["service_at_location_id"] for each in ask()["not_matched"]}
    assert not near & {ended, later}


def test_female_staff_wanted_comes_first_and_says_why(offer: List, ask: Ask) -> None:
    nobody_knows = offer(service_name="A")
    men = offer(service_name="B", access_flags=("male_staff",))
    women = offer(service_name="C", access_flags=("female_staff", "male_staff"))
    answer = ask(preferences={"female_staff": True})
    assert keys(answer["matches"]) == [women, nobody_knows, men]
    assert [criterion(each, "staff_sex")["value"] for each in answer["matches"]] == [
        1.0,
        0.5,
        0.0,
    ]


def test_a_language_in_common_comes_first(offer: List, ask: Ask) -> None:
    silent, french, arabic = (
        offer(),
        offer(languages=("fr",)),
        offer(languages=("ar", "fr")),
    )
    answer = ask(person={"languages": ["ar"]})
    assert keys(answer["matches"]) == [arabic, silent, french]


def test_fresher_listings_come_first(offer: List, ask: Ask) -> None:
    today = factories.TODAY
    old = offer(assured_date=today - timedelta(days=300))
    due = offer(assured_date=today - timedelta(days=130))
    new = offer(assured_date=today - timedelta(days=3))
    matches = ask()["matches"]
    assert keys(matches) == [new, due, old]
    assert criterion(matches[0], "freshness")["status"] == "met"
    assert criterion(matches[2], "freshness")["value"] == 0.0


def test_a_person_can_say_what_matters_most(offer: List, ask: Ask) -> None:
    near = offer(cost="paid", coverage_areas=("XA",))
    free = offer(cost="free", latitude=3.4, coverage_areas=("XA",))
    assert keys(ask(weights={"distance": 1, "cost": 0})["matches"]) == [near, free]
    answer = ask(weights={"distance": 0, "cost": 1})
    assert keys(answer["matches"]) == [free, near]
    assert criterion(answer["matches"][0], "cost")["weight"] == 1
    assert answer["matches"][0]["score"] == pytest.approx(
        _recomputed(answer["matches"][0]), abs=0.0005
    )


def test_without_any_weight_everything_scores_nothing(offer: List, ask: Ask) -> None:
    offer()
    codes = ("need", "coverage", "age", "sex", "profile", "documents", "cost", "distance",
             "language", "freshness")  # fmt: skip
    answer = ask(weights=dict.fromkeys(codes, 0))
    assert answer["matches"][0]["score"] == 0
