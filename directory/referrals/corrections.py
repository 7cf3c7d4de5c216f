"""What a provider's refusal says about its listing: a task for its keepers, and what is plain at once."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.authz import Actor
from directory.listings import operations as listings
from directory.listings import stored
from directory.models import Referral, Role, Service, ServiceAtLocation, ServiceStatus
from directory.referrals.states import OPEN
from directory.upkeep import doubts, kinds, work

AT_ONCE: Final[Mapping[str, Mapping[str, Any]]] = {
    "no_capacity": {"capacity_available": 0},
    "temporarily_closed": {"status": ServiceStatus.TEMPORARILY_CLOSED.value},
    "discontinued": {"status": ServiceStatus.INACTIVE.value},
}
"""What the provider itself has said of its service, and is true until somebody looks."""


def learn(session: Session, *, referral: Referral, reason: str, now: datetime) -> None:
    """Open the task of DOMAIN 12.2, and set what the provider's words leave no doubt about.

    Nothing of the person or the referral goes with it. A service that has ended turns red at once.
    Of several places none is closed: its closing must not close the others.
    """
    if reason not in kinds.AFTER_DECLINE:
        return
    service = _service(session, referral)
    kind = kinds.AFTER_DECLINE[reason]
    work.open_task(session, service_id=service.id, kind=kind, now=now)
    if reason in AT_ONCE and _places(session, service) == 1:
        _set(session, referral, AT_ONCE[reason], now=now)
    if reason in kinds.DOUBTING:
        provider = _provider(referral)
        doubts.doubt(
            session, actor=provider, service=service, kind=kind, now=now, origin="link"
        )


def seen_open(session: Session, *, referral: Referral, now: datetime) -> None:
    """A provider that accepts, or a person that was helped, shows that the service is there."""
    service = _service(session, referral)
    doubts.confirm_softly(session, service=service, today=now.date())


def other_open_referrals(session: Session, *, referral: Referral) -> list[Referral]:
    """Open referrals to the same service at the same place, which its refusal also concerns."""
    statement = select(Referral).where(
        Referral.service_at_location_id == referral.service_at_location_id,
        Referral.id != referral.id,
        Referral.state.in_([str(state) for state in OPEN]),
    )
    return list(session.scalars(statement.order_by(Referral.created_at)))


def _places(session: Session, service: Service) -> int:
    query = select(func.count()).select_from(ServiceAtLocation)
    return session.scalar(query.where(ServiceAtLocation.service_id == service.id)) or 0


def _set(
    session: Session, referral: Referral, values: Mapping[str, Any], *, now: datetime
) -> None:
    """Change the listing as its own provider, through the link."""
    key = referral.service_at_location_id
    record = replace(stored.read_records(session, [key])[key], **values)
    listings.update_services(
        session,
        actor=_provider(referral),
        records={key: record},
        now=now,
        origin="link",
    )


def _provider(referral: Referral) -> Actor:
    """The provider of a referral, as it answers through its link."""
    return Actor(
        role=Role.PROVIDER, organization_ids=frozenset({referral.organization_id})
    )


def _service(session: Session, referral: Referral) -> Service:
    query = (
        select(Service)
        .join(ServiceAtLocation, ServiceAtLocation.service_id == Service.id)
        .where(ServiceAtLocation.id == referral.service_at_location_id)
    )
    return session.scalars(query).one()
