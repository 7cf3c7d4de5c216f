"""A question that cannot be understood is refused, naming the field; nothing else is."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.models import Case, Change
from tests.directory.matching.conftest import HERE, Ask, List

NEEDS = [{"term": "health"}]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"needs": NEEDS}, "place"),
        ({"place": {}, "needs": NEEDS}, "place"),
        ({"place": {"lat": 1}, "needs": NEEDS}, "place"),
        ({"place": {"lat": 1, "lon": 2, "area": "XA"}, "needs": NEEDS}, "place"),
        ({"place": {"lat": 91, "lon": 2}, "needs": NEEDS}, "place.lat"),
        ({"place": {"lat": "north", "lon": 2}, "needs": NEEDS}, "place.lat"),
        ({"place": {"lat": True, "lon": 2}, "needs": NEEDS}, "place.lat"),
        ({"place": {"lat": "1", "lon": 2}, "needs": NEEDS}, "place.lat"),
        ({"place": HERE, "needs": NEEDS, "person": {"age": "31"}}, "person.age"),
        ({"place": HERE, "needs": NEEDS, "limit": True}, "limit"),
        ({"place": {"area": "nowhere"}, "needs": NEEDS}, "place.area"),
        (
            {"place": HERE, "needs": NEEDS, "person": {"residence": "nowhere"}},
            "person.residence",
        ),
        (
            {"place": HERE, "needs": NEEDS, "person": {"months_since_return": -1}},
            "person.months_since_return",
        ),
        ({"place": HERE}, "needs"),
        ({"place": HERE, "needs": []}, "needs"),
        (
            {"place": HERE, "needs": [{"term": "health"}, {"term": "wealth"}]},
            "needs.1.term",
        ),
        ({"place": HERE, "needs": [{}]}, "needs.0.term"),
        (
            {"place": HERE, "needs": [{"term": "health", "urgency": "soon"}]},
            "needs.0.urgency",
        ),
        ({"place": HERE, "needs": NEEDS, "person": {"age": -1}}, "person.age"),
        ({"place": HERE, "needs": NEEDS, "person": {"sex": "x"}}, "person.sex"),
        (
            {"place": HERE, "needs": NEEDS, "person": {"languages": ["French"]}},
            "person.languages.0",
        ),
        (
            {"place": HERE, "needs": NEEDS, "person": {"profiles": ["rich"]}},
            "person.profiles.0",
        ),
        (
            {"place": HERE, "needs": NEEDS, "person": {"documents": ["x"]}},
            "person.documents.0",
        ),
        (
            {"place": HERE, "needs": NEEDS, "preferences": {"max_distance_km": -1}},
            "preferences.max_distance_km",
        ),
        ({"place": HERE, "needs": NEEDS, "limit": 0}, "limit"),
        ({"place": HERE, "needs": NEEDS, "limit": 501}, "limit"),
        ({"place": HERE, "needs": NEEDS, "lang": "xx"}, "lang"),
        (
            {"place": HERE, "needs": NEEDS, "weights": {"status": 3}},
            "weights.status.[key]",
        ),
        ([], "body"),
    ],
)
def test_the_problem_names_the_field(
    client: FlaskClient, body: Any, field: str
) -> None:
    response = client.post("/api/v1/match", json=body)
    assert response.status_code == 422
    assert response.mimetype == "application/problem+json"
    problem = response.json
    assert problem is not None
    assert (problem["status"], list(problem["fields"])) == (422, [field])
    assert problem["title"]
    assert "%(" not in response.text


def test_what_is_no_json_is_a_problem_too(client: FlaskClient) -> None:
    response = client.post("/api/v1/match", data=b"{", content_type="application/json")
    assert (response.status_code, response.mimetype) == (
        422,
        "application/problem+json",
    )
    assert client.get("/api/v1/match").status_code == 405


def test_programs_need_no_form_token(client: FlaskClient) -> None:
    client.application.config["WTF_CSRF_ENABLED"] = True
    try:
        response = client.post("/api/v1/match", json={"place": HERE, "needs": NEEDS})
    finally:
        client.application.config["WTF_CSRF_ENABLED"] = False
    assert response.status_code == 200


def test_unknown_keys_and_nulls_are_let_pass(offer: List, ask: Ask) -> None:
    offer()
    person = {"age": None, "sex": None, "profiles": None, "shoe_size": 42}
    assert ask(person=person, preferences=None, weights=None)["total"] == 1
    assert ask(preferences={"free_only": None, "max_distance_km": None})["total"] == 1


def test_a_match_leaves_nothing_behind(offer: List, ask: Ask, session: Session) -> None:
    offer()
    before = session.scalar(select(func.count()).select_from(Change))
    ask(person={"age": 31, "profiles": ["vot"]})
    assert session.scalar(select(func.count()).select_from(Change)) == before
    assert session.scalar(select(func.count()).select_from(Case)) == 0
