"""A referral tells of its listing: what makes it red, what shows it is open, and what red means."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from directory.authz import Actor
from directory.listings import offers
from directory.models import Offer, Role, Service, UpkeepTask, User, Verification
from directory.referrals import operations
from directory.referrals.guards import GuardRefused
from directory.referrals.lifecycle import Guard, Party
from directory.referrals.moves import By, Said
from directory.upkeep import doubts
from directory.upkeep import operations as upkeep
from directory.upkeep.operations import Check
from tests.directory.referrals.conftest import World
from tests.pages import Page

Fetch = Callable[..., Page]
KEEPER = Actor(role=Role.SUPERVISOR, email="keeper@example.org")


def service_of(world: World) -> Service:
    return world.session.get_one(Service, world.listing.service_id)


def offer_of(world: World) -> Offer:
    key = world.listing.service_at_location_id
    return world.session.get_one(Offer, key, populate_existing=True)


def answer(world: World, name: str, **said: str) -> None:
    operations.move(
        world.session,
        referral=world.sent(),
        name=name,
        by=By(Party.RECEIVER),
        said=Said(**said),  # type: ignore[arg-type]  # each test passes what Said takes
        now=world.now,
    )


def verified(world: World, days: int) -> None:
    service_of(world).assured_date = world.now.date() - timedelta(days=days)
    world.session.flush()
    offers.refresh(world.session, [world.listing.service_at_location_id])


def test_a_service_that_has_ended_is_red_at_once_with_a_task(world: World) -> None:
    answer(world, "decline", reason="discontinued")
    service = service_of(world)
    today = world.now.date()
    stale_on = offer_of(world).stale_on
    assert (service.doubted_on, service.status) == (today, "inactive")
    assert stale_on is not None
    assert stale_on < today
    task = world.session.scalars(select(UpkeepTask)).one()
    assert (task.kind, task.state, task.values) == ("closed", "open", None)


def test_an_accepted_referral_extends_the_verification_by_a_third_once(
    world: World,
) -> None:
    verified(world, 130)
    assert offer_of(world).due_on == world.now.date() - timedelta(days=10)
    answer(world, "accept")
    assert service_of(world).confirmed_on == world.now.date()
    assert offer_of(world).due_on == world.now.date() + timedelta(days=30)


def test_a_red_listing_takes_a_referral_only_after_a_call_that_day(
    world: World,
) -> None:
    service = service_of(world)
    doubts.doubt(
        world.session, actor=KEEPER, service=service, kind="phone", now=world.now
    )
    draft = world.draft()
    with pytest.raises(GuardRefused) as refusal:
        world.send(draft)
    assert refusal.value.guard is Guard.LISTING_NOT_RED
    # A keeper's e-mail of yesterday or no answer today is no call.
    upkeep.verify(
        world.session,
        actor=KEEPER,
        service=service,
        check=Check(method="phone", result="no_answer"),
        now=world.now,
    )
    with pytest.raises(GuardRefused):
        world.send(draft)
    upkeep.log_call(world.session, actor=world.actor, service=service, now=world.now)
    assert service.doubted_on is not None
    assert world.send(draft).state == "sent"
    world.now += timedelta(days=1)
    with pytest.raises(GuardRefused):
        world.send(world.draft(confirms_duplicate=True), confirms_duplicate=True)


def test_the_senders_call_is_logged_for_the_keepers(
    world: World, page: Fetch, supervisor: User, client_of: Callable[[User], FlaskClient]
) -> None:  # fmt: skip
    verified(world, 500)
    referral = world.sent(was_called=True)
    assert referral.called_on == world.now.date()
    logged = world.session.scalars(select(Verification)).one()
    assert (logged.role, logged.method, logged.result, logged.note) == (
        "counsellor",
        "phone",
        "confirmed",
        None,
    )
    path = f"/services/{world.listing.service_id}"
    shown = page(path, by=client_of(supervisor)).words
    assert "before a referral; this does not verify the listing" in shown


def test_a_doubt_is_told_on_the_page_in_the_match_and_on_the_sheet(
    world: World,
    page: Fetch,
    client: FlaskClient,
    client_of: Callable[[User], FlaskClient],
) -> None:
    path = f"/services/{world.listing.service_id}"
    body = {
        "place": {"lat": 3.0, "lon": 11.0},
        "needs": [{"term": "health.primary"}],
    }

    def score() -> float:
        answered = client.post("/api/v1/match", json=body).json
        assert answered is not None
        return float(answered["matches"][0]["score"])

    world.session.commit()
    before = score()
    doubts.doubt(
        world.session,
        actor=KEEPER,
        service=service_of(world),
        kind="moved",
        now=world.now,
    )
    world.session.commit()
    assert score() < before
    assert "we were told that it is closed" in page(path).words
    stated = client.get(f"/api/v1{path}").json
    assert stated is not None
    assert stated["freshness"] == "stale"
    sheet = page(f"/cases/{world.case.id}/sheet", by=client_of(world.worker))
    assert "This may be out of date" in sheet.words
