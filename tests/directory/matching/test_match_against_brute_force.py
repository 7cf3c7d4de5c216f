"""Five hundred random questions are answered as a slow and simple second matching answers them."""

import random
from typing import Any

import pytest
import shapely
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from directory.authz import Actor
from directory.listings import operations
from directory.listings.record import ListingRecord
from directory.models import Role
from tests import factories
from tests.directory.matching import naive

CASES = 500
LISTINGS = 90
TERMS = (
    "health.primary",
    "health.hospital",
    "health",
    "legal.aid",
    "legal",
    "training.digital",
)


def _listing(chance: random.Random, number: int) -> ListingRecord:
    has_position = chance.random() < 0.85
    coverage = chance.choice([None, None, None, None, None, "national", "remote"])
    latitude, longitude = _position(chance) if has_position else (None, None)
    areas = tuple(chance.sample(list(naive.AREAS), chance.choice([0, 0, 0, 1, 2])))
    excluded = tuple(chance.sample(["XA-NW", "XA-S", "XB"], int(chance.random() < 0.2)))
    return ListingRecord(
        organization_name=f"Organization {number % 9}",
        service_name=f"Service {number}",
        service_id=f"n{number}",
        taxonomy_terms=tuple(chance.sample(TERMS, chance.choice([1, 1, 2, 3]))),
        latitude=latitude,
        longitude=longitude,
        area_code=None if has_position else chance.choice(["XA", "XB", "XA-SE"]),
        coverage=coverage,
        coverage_areas=areas,
        coverage_excluded_areas=excluded if areas or coverage else (),
        coverage_radius_km=chance.choice([None, None, None, 8.0, 40.0, 120.0])
        if has_position
        else None,
        coverage_geojson=_shape(chance) if chance.random() < 0.25 else None,
        coverage_excluded_geojson=_shape(chance)
        if chance.random() < (0.25 if areas or coverage else 0)
        else None,
        coverage_travel_minutes=chance.choice([None, None, None, 45, 200])
        if has_position
        else None,
        coverage_travel_mode=chance.choice([None, "walk", "car"]),
        programmes=chance.choice([(), (), (), (), ("Return Plus", "Start Again")]),
        minimum_months_since_return=chance.choice([None, None, None, None, 3]),
        maximum_months_since_return=chance.choice([None, None, None, None, 12]),
        residence_areas=chance.choice([(), (), (), (), ("XA-N",), ("XA-SE", "XB")]),
        minimum_age=chance.choice([None, None, 18, 60]),
        maximum_age=chance.choice([None, None, None, 70]),
        sexes=chance.choice([(), (), ("female",), ("male", "other")]),
        profiles=chance.choice([(), (), ("pregnant", "vot"), ("older",)]),
        required_documents=chance.choice(
            [(), (), ("passport",), ("national_id", "letter"), ("letter",)]
        ),
        languages=chance.choice([(), ("fr",), ("ar", "en")]),
        cost=chance.choice([None, "free", "free", "subsidised", "paid"]),
        status=chance.choice(
            [None, *["active"] * 6, "temporarily closed", "inactive", "defunct"]
        ),
        assured_date=chance.choice([None, factories.TODAY]),
        capacity_available=chance.choice([None, 0, 3]),
        source="naive",
    )


def _position(chance: random.Random) -> tuple[float, float]:
    return chance.uniform(0.05, 3.95), chance.uniform(10.05, 15.95)


def _shape(chance: random.Random) -> str:
    latitude, longitude = _position(chance)
    corners = [(chance.uniform(-1.2, 1.2), chance.uniform(-1.2, 1.2)) for _ in range(6)]
    hull = shapely.MultiPoint(
        [(longitude + x, latitude + y) for x, y in corners]
    ).convex_hull
    # A dent makes some of them not convex.
    dented = hull.difference(
        shapely.Point(longitude, latitude).buffer(chance.uniform(0, 0.3), 4)
    )
    return naive.to_geojson(dented if dented.geom_type == "Polygon" else hull)


def _question(chance: random.Random) -> dict[str, Any]:
    latitude, longitude = chance.uniform(-0.3, 4.3), chance.uniform(9.7, 16.3)
    person: dict[str, Any] = {
        "age": chance.choice([None, 0, 17, 18, 45, 70, 71]),
        "sex": chance.choice([None, "female", "male", "other"]),
        "profiles": chance.choice([None, [], ["pregnant"], ["older", "vot"]]),
        "profiles_unknown": chance.choice([[], [], ["older"]]),
        "documents": chance.choice(
            [None, [], ["passport"], ["passport", "national_id"]]
        ),
        "languages": chance.choice([None, ["fr"]]),
        "programmes": chance.choice([None, None, [], ["return plus"]]),
        "months_since_return": chance.choice([None, None, 0, 3, 12, 13]),
        "residence": chance.choice([None, None, "XA", "XA-N", "XA-NW", "XA-SE"]),
    }
    place = {"lat": latitude, "lon": longitude}
    return {
        "place": {"area": chance.choice(list(naive.AREAS))}
        if chance.random() < 0.2
        else place,
        "needs": [
            {"term": term} for term in chance.sample(TERMS, chance.choice([1, 2, 3]))
        ],
        "person": {key: value for key, value in person.items() if value is not None},
        "preferences": {
            "free_only": chance.random() < 0.2,
            **(
                {"max_distance_km": chance.choice([15, 60, 200])}
                if chance.random() < 0.3
                else {}
            ),
        },
        "limit": 500,
    }


@pytest.fixture
def records(session: Session) -> dict[str, naive.Listing]:
    """The listings, by the key of their service at a location."""
    chance = random.Random(20261123)  # noqa: S311 -- made-up listings
    made = [_listing(chance, number) for number in range(LISTINGS)]
    created = operations.create_services(
        session,
        actor=Actor(role=Role.ADMIN),
        records=made,
        now=factories.NOW,
        origin="import",
    )
    return {
        str(ids.service_at_location_id): naive.Listing(record)
        for ids, record in zip(created, made, strict=True)
    }


def test_every_answer_is_that_of_the_naive_matching(
    records: dict[str, naive.Listing], client: FlaskClient
) -> None:
    chance = random.Random(7)  # noqa: S311 -- made-up questions
    seen = {"matches": 0, "near": 0, "gaps": 0}
    for number in range(CASES):
        question = _question(chance)
        response = client.post("/api/v1/match", json=question)
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json or {}
        _compare(answer, question, records, number)
        seen["matches"] += answer["total"]
        seen["near"] += len(answer["not_matched"])
        seen["gaps"] += len(answer["gaps"])
    # The comparison says something only where there is something to compare.
    assert seen["matches"] > CASES
    assert seen["near"] > CASES / 2
    assert seen["gaps"] > CASES / 50


def _compare(
    answer: dict[str, Any],
    question: dict[str, Any],
    records: dict[str, naive.Listing],
    number: int,
) -> None:
    expected: dict[tuple[str, str], naive.Verdict] = {}
    near: dict[tuple[str, str], naive.Verdict] = {}
    doubtful: set[tuple[str, str]] = set()
    terms = [each["term"] for each in question["needs"]]
    for term in terms:
        for key, record in records.items():
            verdict = naive.judge(record, question, term)
            if verdict is None:
                continue
            if verdict.is_close_call:
                doubtful.add((term, key))
            elif not verdict.failures:
                expected[term, key] = verdict
            elif len(verdict.failures) <= 2 and verdict.miss_km <= 10:
                near[term, key] = verdict
    found = {
        (each["term"], each["service_at_location_id"]): each
        for each in answer["matches"]
    }
    where = (number, question)
    assert found.keys() - doubtful == expected.keys(), where
    assert answer["total"] == len(answer["matches"]) == len(found), where
    for pair, verdict in expected.items():
        _compare_one(found[pair], verdict, where)
    _compare_order(answer["matches"], where)
    met = {term for term, _ in found}
    assert answer["gaps"] == [term for term in terms if term not in met], where
    _compare_near_misses(answer["not_matched"], near, doubtful, where)


def _compare_one(match: dict[str, Any], verdict: naive.Verdict, where: Any) -> None:
    statuses = {each["code"]: each["status"] for each in match["criteria"]}
    assert {code: statuses[code] for code in verdict.statuses} == verdict.statuses, (
        where
    )
    assert match["covered_by"] == verdict.covered_by, where
    _compare_distance(match, verdict, where)
    total = sum(each["weight"] for each in match["criteria"])
    mean = sum(each["weight"] * each["value"] for each in match["criteria"]) / total
    assert match["score"] == pytest.approx(mean, abs=0.0005), where


def _compare_distance(
    result: dict[str, Any], verdict: naive.Verdict, where: Any
) -> None:
    if verdict.kilometres is None:
        assert result["distance_km"] is None, where
    else:
        assert result["distance_km"] == pytest.approx(verdict.kilometres, abs=0.001), (
            where
        )


def _compare_order(matches: list[dict[str, Any]], where: Any) -> None:
    def order(match: dict[str, Any]) -> Any:
        far = match["distance_km"] is None
        return (
            -match["score"],
            far,
            match["distance_km"] or 0,
            match["service_at_location_id"],
        )

    assert [order(each) for each in matches] == sorted(
        order(each) for each in matches
    ), where


def _compare_near_misses(
    listed: list[dict[str, Any]],
    near: dict[tuple[str, str], naive.Verdict],
    doubtful: set[tuple[str, str]],
    where: Any,
) -> None:
    def order(pair: tuple[str, str]) -> Any:
        km = near[pair].kilometres
        return km is None, km or 0.0, pair[1]

    found = [(each["term"], each["service_at_location_id"]) for each in listed]
    sure = [pair for pair in found if pair not in doubtful]
    expected = sorted(near, key=order)
    assert len(found) == min(20, len(found)), where
    assert len(set(found)) == len(found), where
    if len(found) < 20:
        assert set(sure) == set(expected), where
    else:
        farthest = order(sure[-1])[:2]
        assert all(pair in near for pair in sure), where
        missing = [
            pair for pair in expected if order(pair)[:2] < farthest and pair not in sure
        ]
        assert not missing, where
    for each, pair in zip(listed, found, strict=True):
        if pair in near:
            failures = {c["code"] for c in each["criteria"] if c["status"] == "not_met"}
            assert set(near[pair].failures) <= failures, where
            _compare_distance(each, near[pair], where)
