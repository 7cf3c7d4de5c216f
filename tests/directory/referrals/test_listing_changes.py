"""A listing changes under a referral: the sender sees it, the workers are told once."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.authz import Actor
from directory.listings import operations, stored
from directory.models import Message, Role, ServiceAtLocation, User
from directory.referrals import changed_listings, changed_shortlists
from tests import factories
from tests.directory.referrals.conftest import World
from tests.pages import Page

Fetch = Callable[..., Page]
SignIn = Callable[[User], FlaskClient]
ADMIN = Actor(role=Role.ADMIN, email="admin@example.org")


def change(session: Session, key: uuid.UUID, hours: int, **changed: Any) -> None:
    session.expire_all()
    record = stored.read_records(session, [key])[key]
    operations.update_services(
        session,
        actor=ADMIN,
        records={key: replace(record, **changed)},
        now=factories.NOW + timedelta(hours=hours),
        origin="form",
    )


def test_workers_are_told_once_for_each_change_and_by_code_only(
    world: World,
    session: Session,
    page: Fetch,
    client_of: SignIn,
    counsellor: User,
) -> None:
    referral = world.send(world.draft())
    later = factories.NOW + timedelta(hours=9)
    assert changed_listings.tell_workers(session, now=later) == 0
    place = referral.service_at_location_id
    change(session, place, 1, status="temporarily closed", fees_description="New fee")
    assert changed_listings.tell_workers(session, now=later) >= 1
    assert changed_listings.tell_workers(session, now=later) == 0
    query = select(Message).where(Message.kind == changed_listings.KIND)
    message = session.scalars(query).first()
    assert message is not None
    service = session.get_one(ServiceAtLocation, place).service_id
    assert str(service) not in message.body
    assert world.listing.service_id == service
    assert "fee" not in message.body.lower()
    seen = page(f"/referrals/{referral.id}", by=client_of(counsellor))
    assert "Changed since this was sent" in seen.words
    change(session, place, 12, status="active")
    after = factories.NOW + timedelta(hours=13)
    assert changed_listings.tell_workers(session, now=after) >= 1


def test_workers_of_a_shortlist_are_told_once_and_see_what_has_changed(
    world: World,
    session: Session,
    page: Fetch,
    client_of: SignIn,
    counsellor: User,
) -> None:
    place = world.listing.service_at_location_id
    client = client_of(counsellor)
    address = f"/cases/{world.case.id}"
    kept = {"term": world.need.term, "service_at_location": str(place)}
    assert client.post(f"{address}/shortlist", data=kept).status_code == 303
    later = factories.NOW + timedelta(days=2)
    change(session, place, 24, assured_date=later.date())
    assert changed_shortlists.tell_workers(session, now=later) == 0
    assert "Changed since it was kept" not in page(address, by=client).words
    change(session, place, 25, cost="paid")
    assert changed_shortlists.tell_workers(session, now=later) == 1
    assert changed_shortlists.tell_workers(session, now=later) == 0
    query = select(Message).where(Message.kind == changed_shortlists.KIND)
    message = session.scalars(query).one()
    assert message.recipient == counsellor.email
    assert f"/cases/{world.case.id}#shortlist" in message.body
    assert world.case.code not in message.body
    assert "Changed since it was kept" in page(address, by=client).words


def test_a_mere_check_tells_nobody(world: World, session: Session) -> None:
    referral = world.send(world.draft())
    today = (factories.NOW + timedelta(days=1)).date()
    change(session, referral.service_at_location_id, 24, assured_date=today)
    later = factories.NOW + timedelta(days=2)
    assert changed_listings.tell_workers(session, now=later) == 0


def test_who_edits_a_listing_reads_who_is_affected_and_few_are_told_to_staff_only(
    world: World,
    session: Session,
    page: Fetch,
    client_of: SignIn,
    supervisor: User,
    provider: User,
) -> None:
    referral = world.send(world.draft())
    service = session.get_one(ServiceAtLocation, referral.service_at_location_id)
    path = f"/services/{service.service_id}/edit"
    told = "referral under way"
    assert told in page(path, by=client_of(supervisor)).words
    assert told not in page(path, by=client_of(provider)).words
