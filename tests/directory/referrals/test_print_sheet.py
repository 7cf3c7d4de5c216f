"""The sheet is in the person's language, says what was not found, and tells nobody else's eyes too much."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from directory.cases import operations as cases
from directory.listings import hours
from directory.models import User
from tests import factories
from tests.directory.referrals.conftest import World
from tests.pages import Page

ClientOf = Callable[[User], FlaskClient]
Fetch = Callable[..., Page]


@pytest.fixture
def sheet(world: World, client_of: ClientOf, page: Fetch) -> Callable[..., Page]:
    def fetch(query: str = "") -> Page:
        staff = client_of(world.worker)
        return page(f"/cases/{world.case.id}/sheet{query}", by=staff)

    return fetch


def keep(world: World, listing: Any) -> None:
    cases.keep(
        world.session,
        actor=world.actor,
        case=world.case,
        need_id=world.need.id,
        service_at_location_id=listing.service_at_location_id,
        snapshot={},
        now=world.now,
    )


def test_it_prints_how_to_reach_a_chosen_service(
    world: World, sheet: Callable[..., Page]
) -> None:
    world.listing = factories.make_service_at_location(
        world.session,
        service_name="Riverside clinic",
        phone="+15550142",
        address="4 Mill Road",
        landmark="Behind the market",
        opening_hours="Mo-Fr 08:00-16:00",
        required_documents=("national_id", "referral_letter"),
        cost="free",
    )
    keep(world, world.listing)
    words = sheet().words
    for expected in (
        "Riverside clinic", "+15550142", "4 Mill Road", "Behind the market", "08:00–16:00",
        "National identity card", "Referral letter", "Free", "Verified on 23 November 2026",
    ):  # fmt: skip
        assert expected in words, expected
    assert words.count("Bring with you") == 1


def test_it_holds_no_name_and_no_phone_of_the_person(
    world: World, sheet: Callable[..., Page]
) -> None:
    text = sheet().text
    for secret in ("Amina", "Sundry", "+15550199", "blood pressure"):
        assert secret not in text


@pytest.mark.parametrize(
    ("language", "direction"),
    [("en", "ltr"), ("ar", "rtl"), ("fr", "ltr"), ("es", "ltr")],
)
def test_it_is_printed_in_the_chosen_language_only_there(
    world: World,
    client_of: ClientOf,
    page: Fetch,
    language: str,
    direction: str,
) -> None:
    staff = client_of(world.worker)
    sheet = page(f"/cases/{world.case.id}/sheet?lang={language}", by=staff)
    root = next(sheet.tree.iter("html"))
    assert (root.get("lang"), root.get("dir")) == (language, direction)
    after = page("/cases", by=staff)
    assert next(after.tree.iter("html")).get("lang") == "en"


def test_it_suggests_services_that_nobody_has_chosen_and_says_so(
    world: World, sheet: Callable[..., Page]
) -> None:
    words = sheet().words
    assert "Health post" in words
    assert "Nothing has been arranged yet" in words


def test_it_says_what_was_not_found(world: World, sheet: Callable[..., Page]) -> None:
    factories.make_need(world.session, world.case, term="health.dental_eye")
    assert "No service was found" in sheet().words


def test_an_outdated_listing_is_marked(
    world: World, sheet: Callable[..., Page]
) -> None:
    listing = factories.make_service_at_location(
        world.session, service_name="Old post", assured_date=date(2024, 1, 1)
    )
    keep(world, listing)
    assert "This may be out of date" in sheet().words


def status_after_sending(
    world: World, listing: Any, page: Fetch, visit: FlaskClient
) -> str:
    """What the status page shows once the service has been referred to."""
    world.listing = listing
    world.actor = replace(world.actor, can_see_restricted=True)
    world.sent()
    code = cases.sheet_code(
        world.session, actor=world.actor, case=world.case, secret_key=world.secret_key
    )
    return page(f"/s/{code}", by=visit).text


def test_a_sensitive_service_is_a_phone_number_and_nothing_more(
    session: Session,
    world: World,
    sheet: Callable[..., Page],
    page: Fetch,
    client: FlaskClient,
) -> None:
    world.worker.can_see_restricted = True
    listing = factories.make_service_at_location(
        session,
        organization_name="Women Safe",
        service_name="Counselling after violence",
        taxonomy_terms=("protection.gbv",),
        phone="+15550177",
        address="9 Quiet Street",
    )
    need = factories.make_need(session, world.case, term="protection.gbv")
    world.need = need
    keep(world, listing)
    printed = sheet()
    assert "+15550177" in printed.words
    assert "Contact point" in printed.words
    status = status_after_sending(world, listing, page, client)
    for secret in ("Women Safe", "violence", "Quiet Street", "gbv", "Gender"):
        assert secret not in printed.text, secret
        assert secret not in status, secret


def test_the_code_stays_until_it_is_renewed_and_the_old_one_dies(
    world: World, client_of: ClientOf, client: FlaskClient, page: Fetch
) -> None:
    staff = client_of(world.worker)
    address = f"/cases/{world.case.id}/sheet"

    def code() -> str:
        texts = ["".join(one.itertext()) for one in page(address, by=staff).all("bdi")]
        return next(text for text in texts if len(text) == 19 and text.count("-") == 3)

    first = code()
    assert code() == first
    assert client.get(f"/s/{first}").status_code == 200
    assert staff.post(f"{address}/renew").status_code == 303
    second = code()
    assert second != first
    assert client.get(f"/s/{first}").status_code == 404
    assert client.get(f"/s/{second}").status_code == 200


def test_the_code_of_the_case_does_not_open_the_status_page(
    world: World, client: FlaskClient, page: Callable[..., Page]
) -> None:
    for wrong in (world.case.code, "0000-0000-0000-0000"):
        shown = page(f"/s/{wrong}", status=404)
        assert "We do not know this code. Look at the sheet again." in shown.words
        typed = {each.get("name"): each.get("value") for each in shown.all("input")}
        assert typed["code"] == wrong
    answer = client.post("/s", data={"code": world.case.code})
    assert answer.status_code == 422


def test_a_stranger_finds_no_sheet(
    world: World, client: FlaskClient, client_of: ClientOf, stranger: User
) -> None:
    address = f"/cases/{world.case.id}/sheet"
    assert client_of(stranger).get(address).status_code == 404
    assert client_of(stranger).post(f"{address}/renew").status_code == 404
    assert client.get(address).status_code == 302
    assert world.case.sheet_token_hash is None


def test_days_with_the_same_hours_share_a_line() -> None:
    monday = date(2026, 11, 23)
    week = hours.week("Mo-Fr 08:00-16:00; Sa 08:00-12:00", monday)
    lines = hours.together(week)
    assert [
        (line.first.date.weekday(), line.last.date.weekday()) for line in lines
    ] == [
        (0, 4),
        (5, 5),
        (6, 6),
    ]


def test_it_prints_the_way_and_what_must_be_known_just_now(
    world: World, sheet: Callable[..., Page]
) -> None:
    said = {
        "transportation": "Bus 12 to the market",
        "address": "Hill road 3",
        "alert": "The bridge is closed",
        "texts": {("alert", "fr"): "Le pont est fermé"},
    }
    now, past = (
        factories.make_service_at_location(
            world.session, service_name=name, alert_until=until, **said
        )
        for name, until in (
            ("Riverside clinic", factories.TODAY),
            ("Hill clinic", date(2026, 11, 22)),
        )
    )
    keep(world, now)
    keep(world, past)
    words = sheet().words
    assert words.count("How to get there: Bus 12 to the market") == 2
    assert words.count("The bridge is closed") == 1
    assert "Le pont est fermé" in sheet("?lang=fr").words
