"""The list, one listing and suggestions as JSON."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from directory.models import User
from tests.directory.areas.test_ask_places import ask
from tests.directory.listings.test_create_services import FULL, create
from tests.directory.search.test_list_services import make

SignIn = Callable[[User], FlaskClient]


def test_the_list_takes_the_filters_of_the_page(
    client: FlaskClient, session: Session
) -> None:
    make(session, "Paid", cost="paid")
    make(session, "Free", cost="free")
    answer = client.get("/api/v1/services?cost=paid&limit=1").get_json()
    assert [each["name"] for each in answer["services"]] == ["Paid"]
    assert (answer["total"], answer["page"], answer["pages"]) == (1, 1, 1)
    assert {"value": "free", "count": 1} in answer["facets"]["cost"]


def test_distances_are_geodesic_and_restricted_listings_have_none(
    client: FlaskClient, session: Session, client_of: SignIn, supervisor: User
) -> None:
    supervisor.can_see_restricted = True
    make(session, "Open", latitude=4.0)
    make(session, "Hidden", sensitivity="L2")
    path = "/api/v1/services?lat=3&lon=11"
    assert client.get(path).get_json()["total"] == 1
    found = client_of(supervisor).get(path).get_json()["services"]
    by_name = {each["name"]: each for each in found}
    assert by_name["Open"]["distance_km"] == pytest.approx(110.579, abs=0.01)
    for field in ("distance_km", "latitude", "longitude"):
        assert by_name["Hidden"][field] is None


def test_one_listing_speaks_the_words_of_the_file(
    client: FlaskClient, session: Session
) -> None:
    ids = create(session, replace(FULL, referral_email="secret@example.org"))[0]
    response = client.get(f"/api/v1/services/{ids.service_id}")
    place = response.get_json()["places"][0]
    assert place["service_name"] == "Health post"
    assert place["service_name:fr"] == "Poste de santé"
    assert place["external_service_id"] == "s1"
    assert place["required_documents"] == ["passport", "a letter of the chief"]
    assert "secret@example.org" not in response.text


def test_hours_are_given_as_written_and_in_the_readers_words(
    client: FlaskClient, session: Session
) -> None:
    written = "Mo-Fr 08:00-12:30,14:00-17:00; Sa 09:00-12:00"
    expected = {
        "en": "Mon – Fri 08:00–12:30, 14:00–17:00; Sat 09:00–12:00",
        "fr": "lun. – ven. 08:00–12:30, 14:00–17:00; sam. 09:00–12:00",
        "ar": "الاثنين – الجمعة 08:00–12:30، 14:00–17:00؛ السبت 09:00–12:00",
    }
    ids = create(session, replace(FULL, opening_hours=written))[0]
    asked = {
        "place": {"lat": 3.0, "lon": 11.0},
        "needs": [{"term": FULL.taxonomy_terms[0]}],
    }
    for language, words in expected.items():
        paths = "/api/v1/services", f"/api/v1/services/{ids.service_id}"
        listed, one = (ask(client, f"{path}?lang={language}") for path in paths)
        for said in (listed["services"][0], one["places"][0]):
            assert said["opening_hours"] == written
            assert said["opening_hours_words"] == words
        answer = client.post("/api/v1/match", json={**asked, "lang": language})
        match = str(answer.get_json()["not_matched"] + answer.get_json()["matches"])
        assert words in match
        assert "Mo-Fr" not in match
    create(session, replace(FULL, service_id="s2", opening_hours="when it is open"))
    told = {
        each["opening_hours"]: each["opening_hours_words"]
        for each in ask(client, "/api/v1/services")["services"]
    }
    assert told["when it is open"] is None


def test_a_restricted_listing_is_not_found(
    client: FlaskClient, session: Session
) -> None:
    ids = create(session, replace(FULL, sensitivity="L1"))[0]
    response = client.get(f"/api/v1/services/{ids.service_id}")
    assert response.status_code == 404
    assert response.mimetype == "application/problem+json"


@pytest.mark.parametrize(
    ("typed", "kind", "label"),
    [
        ("heal", "service", "Health post"),
        ("hopit", "term", "Hospital and specialist care"),
        ("مستشف", "term", "Hospital and specialist care"),
        ("nort", "area", "North"),
    ],
)
def test_it_suggests_categories_areas_and_listings(
    client: FlaskClient, session: Session, typed: str, kind: str, label: str
) -> None:
    create(session, FULL)
    found = client.get("/api/v1/suggest", query_string={"q": typed}).get_json()
    assert (kind, label) in [
        (each["kind"], each["label"]) for each in found["suggestions"]
    ]


def test_restricted_listings_are_suggested_to_nobody(
    client: FlaskClient, session: Session, client_of: SignIn, supervisor: User
) -> None:
    supervisor.can_see_restricted = True
    make(session, "Quietroom", sensitivity="L1")
    for reader in (client, client_of(supervisor)):
        assert "Quietroom" not in reader.get("/api/v1/suggest?q=quiet").text
