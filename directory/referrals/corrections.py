"""What a provider's refusal says about its listing: a report for review, and what is plain at once."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.authz import Actor
from directory.listings import operations as listings
from directory.listings import reports, stored
from directory.models import Referral, Role, Service, ServiceAtLocation, ServiceStatus
from directory.referrals.states import DECLINE_REASONS, OPEN

REPORTED_AS: Final[Mapping[str, str]] = {
    "out_of_area": "conditions",
    "not_eligible_age_sex": "conditions",
    "not_eligible_profile": "conditions",
    "not_eligible_other": "conditions",
    "wrong_service": "conditions",
    "no_capacity": "other",
    "temporarily_closed": "closed",
    "discontinued": "closed",
    "documents_missing": "conditions",
    "no_staff_language": "conditions",
}
"""Reasons that doubt the listing (DOMAIN 12.2), and the kind of report each opens."""

AT_ONCE: Final[Mapping[str, Mapping[str, Any]]] = {
    "no_capacity": {"capacity_available": 0},
    "temporarily_closed": {"status": ServiceStatus.TEMPORARILY_CLOSED.value},
    "discontinued": {"status": ServiceStatus.INACTIVE.value},
}
"""What the provider itself has said of its service, and is true until somebody looks."""


def learn(session: Session, *, referral: Referral, reason: str, now: datetime) -> None:
    """Open a report on the listing, and set what the provider's words leave no doubt about.

    Nothing of the person or the referral goes with it. One place of several is only reported: its
    closing must not close the others.
    """
    if reason not in REPORTED_AS:
        return
    service = session.scalars(
        select(Service)
        .join(ServiceAtLocation, ServiceAtLocation.service_id == Service.id)
        .where(ServiceAtLocation.id == referral.service_at_location_id)
    ).one()
    reports.report_listing(
        session,
        service=service,
        kind=REPORTED_AS[reason],
        text=f"A referral was not accepted: {DECLINE_REASONS[reason]}.",
        language="en",
        now=now,
    )
    if reason in AT_ONCE and _places(session, service) == 1:
        _set(session, referral, AT_ONCE[reason], now=now)


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
    provider = Actor(
        role=Role.PROVIDER, organization_ids=frozenset({referral.organization_id})
    )
    record = replace(stored.read_records(session, [key])[key], **values)
    listings.update_services(
        session, actor=provider, records={key: record}, now=now, origin="link"
    )
