from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from directory.areas.spelling import skeleton
from directory.models import Place, PlaceName


def ask(client: FlaskClient, path: str) -> Any:  # JSON has no narrower type
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.get_json()


@pytest.fixture
def town(session: Session) -> Session:
    session.add(
        Place(
            id=7, name="Northtown", country="XA", latitude=3, longitude=11, population=9
        )
    )
    session.flush()
    for spelling in ("northtown", "شمال"):
        session.add(
            PlaceName(
                place_id=7,
                normalised=spelling,
                name=spelling.title(),
                skeleton=skeleton(spelling),
                country="XA",
                population=9,
            )
        )
    session.commit()
    return session


def test_places_are_suggested_by_name(town: Session, client: FlaskClient) -> None:
    for typed in ("north", "Nrothtown", "شمال"):
        answer = client.get("/api/v1/places", query_string={"q": typed})
        assert answer.status_code == 200
        found = answer.get_json()["places"]
        assert "town:7" in {place["token"] for place in found}, typed
    assert ask(client, "/api/v1/places?q=north&country=XB") == {"places": []}


def test_a_town_and_the_areas_of_its_name_are_told_apart(
    town: Session, client: FlaskClient
) -> None:
    for language, words in (
        ("en", {"town:7": "Town or village", "area:XA-N": "Region"}),
        ("ar", {"town:7": "المدينة أو القرية"}),
    ):
        found = ask(client, f"/api/v1/places?q=north&lang={language}")["places"]
        told = {place["token"]: place["what"] for place in found}
        assert words.items() <= told.items()
        assert told.keys() > {"area:XA-NW"}
        assert told["area:XA-NW"] not in words.values()
    assert ask(client, "/api/v1/places?q=Exampleland&lang=fr")["places"][0]["what"] == (
        "Pays"
    )


def test_coordinates_are_understood_too(session: Session, client: FlaskClient) -> None:
    (place,) = ask(client, "/api/v1/places?q=3.0,11.0")["places"]
    assert place["code"] == "XA-NW"
    assert place["precision_m"] == pytest.approx(5566, abs=1)
    refused = ask(client, "/api/v1/places?q=99,%20100")
    assert refused["places"] == []
    assert refused["problem"]["code"] == "coordinates_range"
    (proposal,) = ask(client, "/api/v1/places?q=11.0,3.0&country=XA")["places"]
    assert proposal["token"].startswith("point:3.0")


@pytest.mark.parametrize("q", ["", "x", "%", "\x00", "a" * 5000])
def test_odd_questions_get_empty_answers(client: FlaskClient, q: str) -> None:
    answer = client.get("/api/v1/places", query_string={"q": q, "limit": "many"})
    assert answer.status_code == 200
    assert answer.get_json()["places"] == []


def test_areas_are_found_by_name_position_and_parent(client: FlaskClient) -> None:
    def codes(query: str) -> list[str]:
        return [area["code"] for area in ask(client, f"/api/v1/areas?{query}")["areas"]]

    assert codes("q=exampleland") == ["XA"]
    assert codes("lat=3&lon=11") == ["XA", "XA-N", "XA-NW"]
    assert codes("parent=XA-N") == ["XA-NE", "XA-NW"]
    assert codes("") == ["XB", "XA"]
    (deepest,) = [
        area
        for area in ask(client, "/api/v1/areas?lat=3&lon=11")["areas"]
        if area["level"] == 2
    ]
    assert deepest["parent"] == "XA-N"
    assert deepest["path"] == ["Exampleland", "North", "North W"]


@pytest.mark.parametrize(
    "query", ["lat=91&lon=1", "lat=x&lon=1", "lat=1", "lat=nan&lon=1"]
)
def test_a_bad_position_is_named(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/api/v1/areas?{query}")
    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"


def test_an_unknown_parent_is_not_found(client: FlaskClient) -> None:
    assert client.get("/api/v1/areas?parent=nowhere").status_code == 404


def test_the_taxonomy_is_whole_in_the_readers_language(client: FlaskClient) -> None:
    tree = ask(client, "/api/v1/taxonomy?lang=fr")["categories"]
    assert len(tree) == 13
    assert sum(len(category["leaves"]) for category in tree) == 89
    health = next(category for category in tree if category["code"] == "health")
    assert health["name"] == "Soins de santé"
    assert set(health["names"]) == {"en", "fr", "es", "ar"}
