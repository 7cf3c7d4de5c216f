"""Questions in words of four languages: what is looked for, where, and what to do without some words."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from directory.areas.spelling import skeleton
from directory.models import Place, PlaceName
from directory.text import normalise
from tests.directory.areas.test_ask_places import ask
from tests.directory.search.test_list_services import make
from tests.pages import Page

Fetch = Callable[..., Page]


def add_town(
    session: Session, key: int, country: str, *names: str, latitude: float = 3.0
) -> None:
    session.add(
        Place(
            id=key,
            name=names[0],
            country=country,
            latitude=latitude,
            longitude=11.0 if country == "XA" else 15.0,
            population=9,
        )
    )
    session.flush()
    for name in names:
        folded = normalise(name)
        row = PlaceName(
            place_id=key,
            normalised=folded,
            name=name,
            skeleton=skeleton(folded),
            country=country,
            population=9,
        )
        session.add(row)


@pytest.fixture
def town(session: Session, indexed: Callable[[], int]) -> None:
    """Milltown with a health post beside it, one far away, and a protected one."""
    add_town(session, 1, "XA", "Milltown", "ميلتاون")
    add_town(session, 2, "XB", "Farford")
    for number in (3, 4):
        add_town(session, number, "XA", "Twinford", latitude=1.0 + number / 2)
    make(session, "Near post", latitude=3.05)
    make(session, "Far post", latitude=1.0)
    make(session, "Quiet house", latitude=3.01, sensitivity="L2")
    indexed()


@pytest.mark.parametrize(
    "question",
    [
        "doctor near milltown",
        "Where can I find a doctor close to Milltown?",
        "où trouver un médecin à Milltown",
        "médico cerca de Milltown",
        "طبيب في ميلتاون",
        "طبيب بميلتاون",
        "Milltown doctor",
    ],
)
def test_a_place_named_in_the_question_is_where_one_looks(
    town: None, page: Fetch, client: FlaskClient, question: str
) -> None:
    shown = page("/services", query_string={"q": question})
    assert "Near post" in shown.words
    assert "Far post" not in shown.words
    assert "Quiet house" not in shown.words
    assert "You named a place: Milltown, North, Exampleland." in shown.words
    links = [link for link in shown.all("a") if link.get("class") == "removable"]
    (without,) = [
        link.get("href", "") for link in links if "Milltown" in "".join(link.itertext())
    ]
    assert "place" not in without
    assert "Far post" in page(without).words
    hrefs = [link.get("href", "") for link in shown.all("a")]
    as_words = next(href for href in hrefs if "as_words=1" in href)
    assert "You named a place" not in page(as_words).words
    found = client.get("/api/v1/services", query_string={"q": question}).get_json()
    assert [each["name"] for each in found["services"]] == ["Near post"]
    assert found["place"] == {
        "token": "town:1",
        "label": "Milltown, North, Exampleland",
    }
    assert found["services"][0]["distance_km"] < 10


def test_an_area_is_a_place_and_one_of_several_is_chosen(
    town: None, page: Fetch, client: FlaskClient
) -> None:
    found = ask(client, "/api/v1/services?q=doctor in North")
    assert found["place"]["token"] == "area:XA-N"
    assert [each["name"] for each in found["services"]] == ["Near post"]
    assert ask(client, "/api/v1/services?q=services in Exampleland")["total"] == 2
    asked = page("/services?q=doctor in Twinford")
    assert "Which place is meant?" in asked.words
    assert "Far post" in asked.words


def test_what_is_no_place_of_a_country_with_listings_stays_a_word(
    town: None, session: Session, indexed: Callable[[], int], client: FlaskClient
) -> None:
    for question in ("doctor near Farford", "doctor in need", "health in school"):
        assert ask(client, f"/api/v1/services?q={question}")["place"] is None
    # Words that are found as they stand are no place, unless a word such as "in" leads to it.
    make(session, "Milltown workshop", latitude=1.0)
    indexed()
    found = ask(client, "/api/v1/services?q=milltown workshop")
    assert found["place"] is None
    assert [each["name"] for each in found["services"]] == ["Milltown workshop"]


def test_where_no_listing_has_all_words_those_with_some_are_shown_and_it_is_said(
    town: None, page: Fetch, client: FlaskClient
) -> None:
    shown = page("/services?q=friendly doctor tomorrow morning")
    assert "No service has all of these words. These have some of them." in shown.words
    assert "Near post" in shown.words
    assert "Quiet house" not in shown.words
    assert ask(client, "/api/v1/services?q=friendly doctor")["partial"] is True
    assert ask(client, "/api/v1/services?q=doctor")["partial"] is False
    assert ask(client, "/api/v1/services?q=quiet house")["total"] == 0
    # Nor where the filters leave none of those that have all; the map and the pages show the same.
    shown = page("/services?q=far doctor&place=Milltown")
    assert "These have some of them." in shown.words
    assert "Near post" in shown.words
    (map_url,) = [frame.get("src", "") for frame in shown.all("iframe")]
    assert "any_words=1" in map_url
