"""Points and borders of the directory's own map."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from directory.maps import api
from tests.factories import make_service_at_location


def body(answer: TestResponse) -> Any:
    """The JSON of an answer."""
    return answer.get_json()


def test_listings_come_as_points_with_their_words(
    client: FlaskClient, session: Session
) -> None:
    created = make_service_at_location(session, service_name="Clinic Aurora")
    session.commit()
    answer = client.get("/api/v1/map?bbox=10,2,12,4&zoom=8")
    assert answer.mimetype == "application/geo+json"
    (feature,) = body(answer)["features"]
    assert feature["geometry"] == {"type": "Point", "coordinates": [11.0, 3.0]}
    assert feature["properties"] == {
        "id": str(created.service_at_location_id),
        "name": "Clinic Aurora",
        "term": "health.primary",
        "category": feature["properties"]["category"],
        "url": f"/services/{created.service_id}",
        "place": "North W",
        "verified": "Verified on 23 November 2026",
    }


def test_only_the_box_is_answered(client: FlaskClient, session: Session) -> None:
    make_service_at_location(session)
    session.commit()
    assert body(client.get("/api/v1/map?bbox=12,2,14,4"))["total"] == 0
    assert body(client.get("/api/v1/map?bbox=10,2,12,4"))["total"] == 1
    # Scrolled once round the world, and wider than it.
    assert body(client.get("/api/v1/map?bbox=370,2,372,4"))["total"] == 1
    assert body(client.get("/api/v1/map?bbox=-400,-95,400,95"))["total"] == 1
    assert body(client.get("/api/v1/map?bbox=170,-20,190,20"))["total"] == 0


def test_many_come_counted_in_squares(
    client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "MOST_POINTS", 2)
    for step in range(3):
        make_service_at_location(
            session, service_name=f"A{step}", latitude=3 + step / 1000
        )
    make_service_at_location(session, service_name="B", latitude=0.5, longitude=13.5)
    session.commit()
    collection = body(client.get("/api/v1/map?bbox=10,0,14,4&zoom=6"))
    assert collection["total"] == 4
    counts = [feature["properties"] for feature in collection["features"]]
    assert counts == [{"count": 1}, {"count": 3}]
    assert collection["features"][1]["geometry"]["coordinates"] == [11.0, 3.001]


@pytest.mark.parametrize(
    "query",
    [
        "bbox=1,2,3",
        "bbox=a,b,c,d",
        "bbox=5,1,4,2",
        "bbox=1,95,2,99",
        "zoom=x&bbox=1,2,3,4",
    ],
)
def test_it_refuses_a_box_that_is_none(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/api/v1/map?{query}")
    if "zoom" in query:  # The zoom is only asked for where there is much to show.
        assert answer.status_code == 200
        return
    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    assert body(answer)["code"] == "invalid_map"


def test_borders_are_those_of_the_country(client: FlaskClient) -> None:
    answer = client.get("/api/v1/map/outlines?country=XA")
    assert len(body(answer)["features"]) == 2
    assert "max-age" in answer.headers["Cache-Control"]
    world = body(client.get("/api/v1/map/outlines"))["features"]
    assert len(world) == 2
