"""The sender's pages: check and send, keep a draft, decide, shift the arrival, take consent back."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from directory.models import Consent, Need, Referral, User
from directory.referrals import queries
from tests import factories
from tests.directory.referrals.conftest import World
from tests.pages import Page

ClientOf = Callable[[User], FlaskClient]
Fetch = Callable[..., Page]


@pytest.fixture
def staff(world: World, client_of: ClientOf) -> FlaskClient:
    return client_of(world.worker)


def form(world: World, **fields: Any) -> dict[str, Any]:
    return {
        "service_at_location": str(world.listing.service_at_location_id),
        "need": str(world.need.id),
        "urgency": "high",
        "disclosed": ["age_band", "need"],
        **fields,
    }


def only(world: World) -> Referral:
    world.session.expire_all()
    return world.session.scalars(select(Referral)).one()


def test_the_page_comes_filled_in_and_one_press_sends(
    world: World, staff: FlaskClient, page: Fetch
) -> None:
    case = f"/cases/{world.case.id}"
    query = f"service_at_location={world.listing.service_at_location_id}&term=health.primary"
    words = page(f"{case}/referrals/new?{query}", by=staff).words
    assert "Health post" in words
    assert "Red Door" in words
    sent = staff.post(
        f"{case}/referrals", data=form(world, message="Walks with a stick")
    )
    referral = only(world)
    assert sent.location == f"/referrals/{referral.id}"
    assert (referral.state, referral.urgency) == ("sent", "high")
    assert referral.message == "Walks with a stick"
    assert "Sent" in page(sent.location, by=staff).words


def test_what_was_typed_stays_when_a_guard_refuses(
    world: World, staff: FlaskClient, page: Fetch
) -> None:
    world.session.scalars(select(Consent)).one().withdrawn_at = world.now
    world.session.commit()
    data = form(world, message="Walks with a stick")
    path = f"/cases/{world.case.id}/referrals"
    refused = page(path, by=staff, method="POST", status=409, data=data)
    assert "There is no valid consent" in refused.words
    assert "Walks with a stick" in refused.words
    assert world.session.scalars(select(Referral)).all() == []


def test_an_outdated_listing_is_sent_after_a_call(
    world: World, staff: FlaskClient, page: Fetch
) -> None:
    world.listing = factories.make_service_at_location(
        world.session, service_name="Old post", assured_date=date(2024, 1, 1)
    )
    world.session.commit()
    path = f"/cases/{world.case.id}/referrals"
    refused = page(path, by=staff, method="POST", status=409, data=form(world))
    assert "I called the provider today" in refused.words
    kept = staff.post(path, data=form(world, keep="draft")).location
    for path, method, status in ((kept, "GET", 200), (f"{kept}/send", "POST", 409)):
        asked = page(path, by=staff, method=method, status=status).words
        assert "I called the provider today" in asked
        assert "A second referral" not in asked
        assert "I have read the advisory" not in asked
    assert staff.post(path, data={"was_called": "yes"}).status_code == 303
    assert only(world).called_on == world.now.date()


def test_a_draft_is_kept_and_sent_later(
    world: World, staff: FlaskClient, page: Fetch
) -> None:
    path = f"/cases/{world.case.id}/referrals"
    kept = staff.post(path, data=form(world, keep="draft"))
    referral = only(world)
    assert referral.state == "draft"
    page(kept.location, by=staff)
    world.session.get_one(Need, world.need.id).owner_id = None
    world.session.commit()
    send = f"/referrals/{referral.id}/send"
    page(send, by=staff, method="POST", status=409)
    assert only(world).state == "draft"
    world.session.get_one(Need, world.need.id).owner_id = world.worker.id
    world.session.commit()
    assert staff.post(send).status_code == 303
    assert only(world).state == "sent"


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"urgency": "sometime"}, 422),
        ({"disclosed": ["diary"]}, 422),
        ({"need": "not a key"}, 404),
        ({"service_at_location": ""}, 404),
        ({"message": "x" * 2001}, 422),
    ],
)
def test_nonsense_makes_no_referral(
    world: World, staff: FlaskClient, fields: dict[str, Any], status: int
) -> None:
    path = f"/cases/{world.case.id}/referrals"
    assert staff.post(path, data=form(world, **fields)).status_code == status
    assert world.session.scalars(select(Referral)).all() == []


def test_no_longer_returning_is_one_press(
    world: World, staff: FlaskClient, page: Fetch
) -> None:
    world.sent()
    world.session.commit()
    path = f"/cases/{world.case.id}/decision"
    assert "never why" in page(path, by=staff).words
    assert staff.post(path, data={"decision_status": "withdrawn"}).status_code == 303
    assert only(world).state == "cancelled"
    assert staff.post(path, data={"decision_status": "perhaps"}).status_code == 422


def test_the_arrival_is_previewed_before_it_moves(
    world: World, staff: FlaskClient, page: Fetch
) -> None:
    world.sent()
    world.session.commit()
    before = only(world).service_due_at
    path = f"/cases/{world.case.id}/arrival"
    assert only(world).code in page(f"{path}?to=2027-01-15", by=staff).words
    assert only(world).service_due_at == before
    page(path, by=staff, method="POST", status=422, data={"to": "soon"})
    assert staff.post(path, data={"to": "15/01/2027"}).status_code == 303
    due = only(world).service_due_at
    assert due is not None
    assert due.date() == date(2027, 1, 29)


def test_a_consent_is_taken_back_on_the_case(
    world: World, staff: FlaskClient, stranger: User, client_of: ClientOf
) -> None:
    world.sent()
    consent = world.session.scalars(select(Consent)).one()
    world.session.commit()
    path = f"/cases/{world.case.id}/consent/{consent.id}/withdraw"
    assert client_of(stranger).post(path).status_code == 404
    assert only(world).state == "sent"
    assert staff.post(path).status_code == 303
    assert only(world).state == "withdrawn"
    assert staff.post(path).status_code == 409


def test_the_worklist_filters_by_state_and_lateness(
    world: World, staff: FlaskClient, page: Fetch
) -> None:
    referral = world.sent()
    referral.acknowledge_due_at = world.now - timedelta(hours=3)
    world.session.commit()
    for query in ("", "?show=late", "?show=all&state=no_response"):
        words = page(f"/referrals{query}", by=staff).words
        assert referral.code in words, query
        assert "Answer 3 hours late" in words
    for query in ("?show=ended", "?show=all&state=sent", "?state=verified"):
        assert referral.code not in page(f"/referrals{query}", by=staff).words, query


def test_notes_attempts_and_acts_by_phone_stand_on_the_timeline(
    world: World, staff: FlaskClient, page: Fetch
) -> None:
    referral = world.sent()
    world.session.commit()
    path = f"/referrals/{referral.id}/move"
    for data in (
        {"move": "note", "note": "Called the desk"},
        {"move": "attempt", "contact": "phone"},
        {"move": "accept", "as": "proxy", "note": "Said so at noon"},
    ):
        assert staff.post(path, data=data).status_code == 303, data
    words = page(f"/referrals/{referral.id}", by=staff).words
    for expected in (
        "Called the desk",
        "Telephone call",
        "Reported by phone",
        "Said so at noon",
    ):
        assert expected in words
    bad = page(path, by=staff, method="POST", status=422, data={"move": "attempt"})
    assert "Choose how you were in contact" in bad.words
    page(
        path,
        by=staff,
        method="POST",
        status=409,
        data={"move": "acknowledge", "as": "proxy", "note": "x"},
    )
    kept = [event.move for event in queries.events(world.session, referral.id)]
    assert kept == ["create", "send", "note", "attempt", "accept"]


def test_a_provider_proposes_another_service_and_stays_free_to_accept(
    world: World, client: FlaskClient, page: Fetch
) -> None:
    referral = world.sent()
    world.session.commit()
    link = f"/r/{world.token(referral)}"
    data = {"move": "propose_redirect", "note": "The hospital does this"}
    page(link, method="POST", status=422, data={**data, "note": ""})
    assert client.post(link, data=data).status_code == 303
    assert only(world).state == "sent"
    assert client.post(link, data={"move": "accept"}).status_code == 303


def test_an_appointment_is_named_with_the_acceptance(
    world: World, client: FlaskClient, page: Fetch
) -> None:
    referral = world.sent()
    world.session.commit()
    link = f"/r/{world.token(referral)}"
    data = {
        "move": "accept",
        "appointment_on": "2026-12-01",
        "appointment_time": "09:30",
    }
    assert client.post(link, data=data).status_code == 303
    kept = only(world).appointment_at
    assert kept is not None
    assert kept.isoformat() == "2026-12-01T09:30:00+00:00"
    assert "9:30" in page(link).words
