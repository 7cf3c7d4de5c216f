"""The list of the directory: filters, counts, order, and who sees what."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from directory.models import User
from tests import factories
from tests.directory.listings.test_create_services import FULL, create
from tests.directory.listings.test_edit_service import SQUARE
from tests.pages import Page

Fetch = Callable[..., Page]
SignIn = Callable[[User], FlaskClient]
PLAIN = replace(
    FULL,
    coverage_areas=(),
    coverage_radius_km=None,
    organization_id=None,
    service_id=None,
    texts={},
    address=None,
)


def names(page: Page) -> list[str]:
    """The names on the cards, in order."""
    return ["".join(h.itertext()) for h in page.all("h2") if h.find("a") is not None]


def make(session: Session, name: str, **changed: Any) -> Any:
    return create(session, replace(PLAIN, service_name=name, **changed))[0]


def test_it_lists_what_a_visitor_may_see_by_name(page: Fetch, session: Session) -> None:
    for name, level in (
        ("Beta", "L0"),
        ("Alpha", "L0"),
        ("Secret", "L1"),
        ("Sealed", "L2"),
    ):
        make(session, name, sensitivity=level)
    fetched = page("/services")
    assert names(fetched) == ["Alpha", "Beta"]
    assert "2 services" in fetched.words
    assert "Secret" not in fetched.text
    assert "Health care (2)" in fetched.words.replace("All: ", "")


def test_staff_see_more_and_counts_follow(
    page: Fetch, session: Session, client_of: SignIn, counsellor: User
) -> None:
    for name, level in (("Alpha", "L0"), ("Secret", "L1"), ("Sealed", "L2")):
        make(session, name, sensitivity=level)
    fetched = page("/services", by=client_of(counsellor))
    assert names(fetched) == ["Alpha", "Secret"]
    assert "(3)" not in fetched.text


FILTERS: list[tuple[str, dict[str, Any]]] = [
    ("term=legal", {"taxonomy_terms": ("legal.aid",)}),
    ("term=legal.aid", {"taxonomy_terms": ("legal.aid",)}),
    ("country=XB", {"longitude": 15.0}),
    ("area=XA-S", {"latitude": 1.0}),
    ("area=XA-SW", {"latitude": 1.0}),
    ("cost=paid", {"cost": "paid"}),
    ("cost=unknown", {"cost": None}),
    ("language=ar", {"languages": ("ar",)}),
    ("status=inactive", {"status": "inactive"}),
    ("freshness=stale", {"assured_date": factories.TODAY - timedelta(days=300)}),
    ("freshness=due", {"assured_date": factories.TODAY - timedelta(days=130)}),
    ("freshness=unknown", {"assured_date": None}),
    ("open_to=returnees", {"open_to": "returnees"}),
    ("community=CI", {"communities": ("ML", "CI")}),
    ("lat=1&lon=13&radius_km=20", {"latitude": 1.1, "longitude": 13.0}),
    ("covers=1.2,10.7", {"coverage_geojson": SQUARE}),
    ("covers=1.2,10.7", {"coverage_radius_km": 300.0}),
    ("covers=1.2,10.7", {"coverage_areas": ("XA-S",)}),
    ("covers=1.2,10.7", {"coverage": "national"}),
    ("covers=1.2,10.7", {"latitude": 1.1, "longitude": 10.6}),
]


@pytest.mark.parametrize(("query", "changed"), FILTERS)
def test_each_filter_leaves_what_it_says(
    page: Fetch, session: Session, query: str, changed: dict[str, Any]
) -> None:
    make(session, "Other")
    make(session, "Wanted", **changed)
    assert names(page(f"/services?{query}")) == ["Wanted"]


def test_an_exclusion_takes_a_place_out_of_the_coverage(
    page: Fetch, session: Session
) -> None:
    make(session, "National", coverage="national", coverage_excluded_areas=("XA-S",))
    assert names(page("/services?covers=1.2,10.7")) == []
    assert names(page("/services?covers=3,11")) == ["National"]


def test_associations_that_serve_ivorians_in_tunis(
    page: Fetch, session: Session
) -> None:
    tunis = {"area_code": "XA-N", "latitude": 3.0}
    club = {"taxonomy_terms": ("community.associations",), **tunis}
    make(session, "Ivorians", communities=("CI",), **club)
    make(session, "Malians", communities=("ML",), **club)
    make(session, "Consulate", communities=("CI",), taxonomy_terms=("information.consular",), **tunis)  # fmt: skip
    make(session, "Elsewhere", communities=("CI",), taxonomy_terms=("community.associations",), latitude=1.0)  # fmt: skip
    make(session, "Hidden", communities=("GN",), sensitivity="L2", **club)
    asked = "/services?term=community.associations&area=XA-N"
    shown = page(asked)
    choices = {each.get("value") for each in shown.all("option")}
    assert {"CI", "ML"} <= choices
    assert "GN" not in choices, "what only a protected listing serves is not offered"
    shown = page(f"{asked}&community=CI")
    assert names(shown) == ["Ivorians"]
    assert "For people from Côte d’Ivoire" in shown.words
    links = {"".join(link.itertext()): link.get("href") for link in shown.all("a")}
    words = page(str(links["Ivorians"])).words
    assert "Serves the communities of people from: Côte d’Ivoire" in words


def test_no_place_is_called_one_for_returnees_that_does_not_say_so(
    page: Fetch, session: Session
) -> None:
    make(session, "Plain")
    make(session, "Ours", open_to="returnees")
    shown = page("/services")
    links = {"".join(link.itertext()): link.get("href") for link in shown.all("a")}
    told = {name: page(str(links[name])).words for name in ("Plain", "Ours")}
    assert "Returnees only" in told["Ours"]
    assert "eturnee" not in told["Plain"].split("Were you there?")[0]


def test_filters_combine(page: Fetch, session: Session) -> None:
    make(session, "Both", cost="paid", taxonomy_terms=("legal.aid",))
    make(session, "One", cost="paid")
    make(session, "Two", taxonomy_terms=("legal.aid",))
    assert names(page("/services?cost=paid&term=legal")) == ["Both"]


def test_a_chosen_filter_does_not_narrow_its_own_counts(
    page: Fetch, session: Session
) -> None:
    make(session, "A", cost="paid")
    make(session, "B", cost="free")
    words = page("/services?cost=paid").words
    assert "Free (1)" in words
    assert "To be paid (1)" in words


def test_orders(page: Fetch, session: Session) -> None:
    make(
        session, "A far", latitude=1.0, assured_date=factories.TODAY - timedelta(days=5)
    )
    make(
        session,
        "B near",
        latitude=2.9,
        assured_date=factories.TODAY - timedelta(days=9),
    )
    make(
        session,
        "C nowhere",
        latitude=None,
        longitude=None,
        assured_date=factories.TODAY,
    )
    assert names(page("/services?sort=name"))[0] == "A far"
    assert names(page("/services?sort=verified"))[0] == "C nowhere"
    fetched = page("/services?lat=3&lon=11&sort=distance")
    assert names(fetched) == ["B near", "A far", "C nowhere"]
    assert "11.1 km" in fetched.words


def test_restricted_listings_have_no_distance_and_come_last(
    page: Fetch, session: Session, client_of: SignIn, supervisor: User
) -> None:
    supervisor.can_see_restricted = True
    make(session, "Open", latitude=1.0)
    make(session, "Hidden", sensitivity="L2")
    client = client_of(supervisor)
    fetched = page("/services?lat=3&lon=11", by=client)
    assert names(fetched) == ["Open", "Hidden"]
    assert fetched.text.count(" km</bdi>") == 1
    assert names(page("/services?lat=3&lon=11&radius_km=5", by=client)) == []
    assert names(page("/services?area=XA-NW", by=client)) == []
    assert names(page("/services?area=XA-N", by=client)) == ["Hidden"]


def test_a_provider_finds_its_own_listings_whatever_their_level(
    page: Fetch, session: Session, client_of: SignIn, provider: User
) -> None:
    own = factories.own_organization_id(session, provider)
    ids = make(session, "Ours", sensitivity="L1", country="XA")
    make(session, "Theirs", organization_name="Blue Door")
    client = client_of(provider)
    found = names(page("/services?mine=1", by=client))
    assert found == (["Ours"] if ids.organization_id == own else [])


def test_an_authority_finds_the_listings_inside_its_areas(
    page: Fetch, session: Session, client_of: SignIn, authority: User
) -> None:
    factories.make_service_at_location(session, service_name="Here")
    factories.make_service_at_location(session, service_name="There", latitude=1.0)
    session.commit()
    client = client_of(authority)
    assert names(page("/services", by=client)) == ["Here", "There"]
    assert names(page("/services?mine=1", by=client)) == ["Here"]
    assert "No service found" in page("/services?mine=1").words


def test_pages_keep_the_filters(page: Fetch, session: Session) -> None:
    create(
        session,
        *(replace(PLAIN, service_name=f"S{i:02}", cost="paid") for i in range(45)),
    )
    fetched = page("/services?cost=paid&page=3")
    assert names(fetched) == [f"S{i:02}" for i in range(40, 45)]
    assert "Showing 41 to 45 of 45" in fetched.words
    assert 'href="/services?cost=paid&amp;page=2"' in fetched.text
    assert "This list has no page 9" in page("/services?page=9").words


def test_nothing_found_says_what_to_try(page: Fetch, session: Session) -> None:
    make(session, "A")
    words = page("/services?area=XB&radius_km=5&lat=3&lon=15&term=legal.aid").words
    for hint in (
        "No service fits",
        "Search outside this area",
        "whole category",
        "what is missing",
    ):
        assert hint in words, hint


@pytest.mark.parametrize(
    "query",
    ["page=x", "page=-1", "lat=91&lon=0", "lat=nan&lon=1", "term=%00", "covers=1", "q=%00%00",
     "area=nowhere", "sort=magic", "cost=gold", "radius_km=1e99&lat=1&lon=1", "freshness=x",
     "q=" + "x" * 3000, "country=ZZZ", "language=123"],
)  # fmt: skip
def test_nonsense_in_the_address_still_opens(
    page: Fetch, session: Session, query: str
) -> None:
    make(session, "A")
    page(f"/services?{query}")


@pytest.mark.parametrize("language", ["fr", "es", "ar"])
def test_names_are_shown_in_the_readers_language(
    page: Fetch, session: Session, language: str
) -> None:
    make(session, "Health post", texts={("service_name", language): "Other name"})
    assert names(page(f"/services?lang={language}")) == ["Other name"]


def test_a_typed_area_is_an_area(page: Fetch, session: Session) -> None:
    make(session, "There", latitude=1.0)
    make(session, "Elsewhere", latitude=3.0)
    assert names(page("/services?place=South&country=XA")) == ["There"]


def test_what_is_out_of_date_comes_last_unless_it_is_named_in_full(
    page: Fetch, session: Session, indexed: Callable[[], int]
) -> None:
    old = factories.TODAY - timedelta(days=800)
    make(session, "Clinic", assured_date=old)
    for number in range(3):
        make(session, f"Clinic of the harbour {number}", assured_date=None)
    make(session, "Another clinic", assured_date=old)
    indexed()
    current = [f"Clinic of the harbour {number}" for number in range(3)]
    assert names(page("/services")) == [*current, "Another clinic", "Clinic"]
    assert names(page("/services?q=clinic")) == ["Clinic", *current, "Another clinic"]
    by_name = names(page("/services?sort=name"))
    assert by_name == ["Another clinic", "Clinic", *current]
