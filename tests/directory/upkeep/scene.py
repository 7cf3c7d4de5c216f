"""Listings in every state of freshness, and checks of them, for the tests of upkeep."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.authz import Actor
from directory.listings import offers, queries
from directory.models import (
    Offer,
    Role,
    Service,
    UpkeepTask,
    User,
    Verification,
)
from directory.upkeep import operations
from directory.upkeep.operations import Check
from tests import factories
from tests.factories import NOW, TODAY

KEEPER = Actor(role=Role.SUPERVISOR, email="keeper@example.org")


def listed(session: Session, days: int = 130, **fields: Any) -> Service:
    """A listing verified so many days ago."""
    values = {"assured_date": TODAY - timedelta(days=days), "phone": "+15550100"}
    ids = factories.make_service_at_location(session, **{**values, **fields})
    return session.get_one(Service, ids.service_id)


def hand_to(session: Session, service: Service, user: User) -> None:
    """Make a listing that of a provider's organization."""
    service.organization_id = factories.own_organization_id(session, user)
    refresh(session, service)


def check(
    session: Session,
    service: Service,
    result: str,
    *,
    now: datetime = NOW,
    **said: Any,
) -> Verification:
    """A check by telephone with this result."""
    made = Check(method="phone", result=result, **said)
    return operations.verify(
        session, actor=KEEPER, service=service, check=made, now=now
    )


def band(session: Session, service: Service, *, on: date = TODAY) -> str:
    """The band that lists read."""
    offer = session.scalars(select(Offer).where(Offer.service_id == service.id)).one()
    if offer.due_on is None or offer.stale_on is None:
        return "unknown"
    return "fresh" if on <= offer.due_on else "due" if on <= offer.stale_on else "stale"


def tasks(session: Session) -> list[str]:
    """The kinds of the open tasks."""
    found = select(UpkeepTask.kind).where(UpkeepTask.state == "open")
    return sorted(session.scalars(found))


def refresh(session: Session, service: Service) -> None:
    """Bring the derived rows of a listing up to date."""
    session.flush()
    offers.refresh(session, queries.places_of(session, service.id))
