"""A service is matched where its coverage reaches the place, and named by how it does."""

import json
from typing import Any

import pytest

from geo.distance import destination
from geo.points import Point
from tests.directory.matching.conftest import HERE, Ask, List, criterion, failed, keys


def _square(south: float, west: float, size: float) -> str:
    ring = [
        [west, south], [west + size, south], [west + size, south + size],
        [west, south + size], [west, south],
    ]  # fmt: skip
    return json.dumps({"type": "Polygon", "coordinates": [ring]})


@pytest.mark.parametrize(
    ("fields", "covered_by"),
    [
        ({"coverage_areas": ("XA-N",)}, "area"),
        ({"coverage_areas": ("XA",)}, "area"),
        ({"coverage_geojson": _square(2.9, 10.9, 0.2)}, "shape"),
        ({"coverage_radius_km": 5.0}, "radius"),
        ({"coverage": "national"}, "national"),
        ({"coverage": "remote"}, "remote"),
        ({"coverage": "remote", "coverage_areas": ("XA-N",)}, "remote"),
        ({"coverage_areas": ("XA-N", "XA-S"), "coverage_radius_km": 5.0}, "radius"),
        ({"coverage": "national", "coverage_areas": ("XA-N",)}, "area"),
        (
            {"coverage_geojson": _square(2.9, 10.9, 0.2), "coverage_radius_km": 5.0},
            "shape",
        ),
    ],
)
def test_the_most_specific_statement_is_named(
    offer: List, ask: Ask, fields: dict[str, Any], covered_by: str
) -> None:
    offer(**fields)
    answer = ask()
    assert [match["covered_by"] for match in answer["matches"]] == [covered_by]
    coverage = criterion(answer["matches"][0], "coverage")
    assert (coverage["status"], coverage["value"]) == ("met", 1.0)


@pytest.mark.parametrize(
    "fields",
    [
        {"coverage_areas": ("XA-S",)},
        {"coverage_areas": ("XB",)},
        {"coverage_geojson": _square(0.5, 12.5, 0.2)},
        {"coverage_radius_km": 5.0, "latitude": 2.0},
        {"coverage": "national", "latitude": 1.0, "longitude": 15.0},
        {"coverage": "remote", "coverage_areas": ("XB",)},
        {"latitude": 3.0, "longitude": 12.0},
        {"latitude": None, "longitude": None, "area_code": "XA-N"},
    ],
)
def test_what_does_not_reach_the_place_is_not_listed(
    offer: List, ask: Ask, fields: dict[str, Any]
) -> None:
    offer(**fields)
    answer = ask()
    assert (answer["matches"], answer["not_matched"], answer["total"]) == ([], [], 0)
    assert answer["gaps"] == ["health.primary"]


def test_a_country_is_that_of_the_stated_area_before_the_position(
    offer: List, ask: Ask
) -> None:
    stated = offer(coverage="national", area_code="XA", latitude=1.0, longitude=13.99)
    other = offer(coverage="national", area_code="XB", latitude=3.0, longitude=11.0)
    by_country = offer(coverage="remote", latitude=None, longitude=None, country="XA")
    answer = ask()
    assert set(keys(answer["matches"])) == {stated, by_country}
    assert other not in keys(answer["not_matched"])


def test_without_any_statement_fifty_kilometres_count_as_near(
    offer: List, ask: Ask
) -> None:
    start = Point(latitude=3.0, longitude=11.0)
    at = [
        destination(start, bearing_degrees=80, distance_km=km)
        for km in (49.99, 50.01, 59.9, 60.1)
    ]
    made = [offer(latitude=point.latitude, longitude=point.longitude) for point in at]
    answer = ask()
    assert keys(answer["matches"]) == made[:1]
    match = answer["matches"][0]
    assert (match["covered_by"], criterion(match, "coverage")["status"]) == (
        "near",
        "unknown",
    )
    assert match["distance_km"] == pytest.approx(49.99, abs=0.001)
    assert keys(answer["not_matched"]) == made[1:3]
    assert failed(answer["not_matched"][0]) == ["coverage"]


def test_a_radius_ends_where_it_says(offer: List, ask: Ask) -> None:
    start = Point(latitude=3.0, longitude=11.0)
    inside = destination(start, bearing_degrees=200, distance_km=19.99)
    beyond = destination(start, bearing_degrees=200, distance_km=20.01)
    yes = offer(
        latitude=inside.latitude, longitude=inside.longitude, coverage_radius_km=20.0
    )
    no = offer(
        latitude=beyond.latitude, longitude=beyond.longitude, coverage_radius_km=20.0
    )
    answer = ask()
    assert keys(answer["matches"]) == [yes]
    assert keys(answer["not_matched"]) == [no]


def test_an_excluded_area_is_taken_out(offer: List, ask: Ask) -> None:
    offer(coverage_areas=("XA",), coverage_excluded_areas=("XA-N",))
    assert ask()["total"] == 0
    assert ask()["not_matched"] == []
    assert ask(place={"lat": 1.0, "lon": 11.0})["total"] == 1
    # Just north of the border between the two, what is left is close.
    close = ask(place={"lat": 2.05, "lon": 11.0})
    assert (close["total"], failed(close["not_matched"][0])) == (0, ["coverage"])


def test_who_states_only_what_is_excluded_is_near_elsewhere(
    offer: List, ask: Ask
) -> None:
    offer(coverage_excluded_areas=("XA-NW",))
    assert ask()["total"] == 0
    assert ask(place={"lat": 3.0, "lon": 12.01}, preferences={})["total"] == 0
    assert ask(place={"area": "XA-NW"})["total"] == 0
    offer(coverage_excluded_areas=("XA-NW",), latitude=2.1, longitude=11.9)
    assert ask(place={"lat": 1.9, "lon": 11.9})["matches"][0]["covered_by"] == "near"


def test_the_border_itself_is_covered(offer: List, ask: Ask) -> None:
    offer(coverage_areas=("XA-N",))
    assert ask(place={"lat": 2.0, "lon": 11.0})["total"] == 1


class TestOfAnArea:
    """A place may be a whole area."""

    def test_wholly_covered_is_met(self, offer: List, ask: Ask) -> None:
        offer(coverage_areas=("XA-N",))
        for code in ("XA-N", "XA-NW"):
            match = ask(place={"area": code})["matches"][0]
            assert criterion(match, "coverage")["status"] == "met"
            assert (match["covered_by"], match["distance_approximate"]) == (
                "area",
                True,
            )

    def test_partly_covered_is_unknown_and_listed(self, offer: List, ask: Ask) -> None:
        offer(coverage_areas=("XA-N",))
        match = ask(place={"area": "XA"})["matches"][0]
        assert (criterion(match, "coverage")["status"], match["covered_by"]) == (
            "unknown",
            "area",
        )

    def test_all_parts_together_are_the_whole(self, offer: List, ask: Ask) -> None:
        offer(coverage_areas=("XA-N", "XA-S"))
        match = ask(place={"area": "XA"})["matches"][0]
        assert (criterion(match, "coverage")["status"], match["covered_by"]) == (
            "met",
            "area",
        )

    def test_a_shape_and_an_area_together_are_the_whole(
        self, offer: List, ask: Ask
    ) -> None:
        ring = [[9.0, 1.9], [15.0, 1.9], [15.0, 5.0], [9.0, 5.0], [9.0, 1.9]]
        shape = json.dumps({"type": "Polygon", "coordinates": [ring]})
        offer(coverage_areas=("XA-S",), coverage_geojson=shape)
        match = ask(place={"area": "XA"})["matches"][0]
        assert (criterion(match, "coverage")["status"], match["covered_by"]) == (
            "met",
            "shape",
        )

    def test_the_statement_that_covers_it_wholly_is_named_first(
        self, offer: List, ask: Ask
    ) -> None:
        offer(coverage_radius_km=5.0, coverage="national")
        match = ask(place={"area": "XA-N"})["matches"][0]
        assert (criterion(match, "coverage")["status"], match["covered_by"]) == (
            "met",
            "national",
        )

    def test_an_excluded_part_leaves_a_part(self, offer: List, ask: Ask) -> None:
        offer(coverage_areas=("XA",), coverage_excluded_areas=("XA-N",))
        match = ask(place={"area": "XA"})["matches"][0]
        assert (criterion(match, "coverage")["status"], match["covered_by"]) == (
            "unknown",
            "area",
        )
        assert ask(place={"area": "XA-N"})["total"] == 0

    def test_other_areas_are_not_listed(self, offer: List, ask: Ask) -> None:
        offer(coverage_areas=("XA-S",), latitude=0.5)
        assert ask(place={"area": "XA-N"})["total"] == 0

    def test_distance_and_nearness_run_from_its_surface_point(
        self, offer: List, ask: Ask
    ) -> None:
        near = offer(latitude=3.1, longitude=12.0)
        offer(latitude=3.0, longitude=10.1)
        answer = ask(place={"area": "XA-N"})
        assert keys(answer["matches"]) == [near]
        match = answer["matches"][0]
        assert match["distance_km"] == pytest.approx(11.06, abs=0.01)
        assert match["distance_approximate"]


def test_a_point_is_not_approximate(offer: List, ask: Ask) -> None:
    offer()
    assert ask()["matches"][0]["distance_approximate"] is False
    assert ask(place=HERE)["matches"][0]["distance_km"] == 0
