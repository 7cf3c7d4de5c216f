"""Who is affected when a listing changes or closes: referrals under way, and shortlists."""

import uuid
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.authz import STAFF, Actor
from directory.models import Referral, ServiceAtLocation, ShortlistItem

LEAST_TOLD: Final = 5
"""Fewer are told to nobody but staff: small numbers tell on people."""


@dataclass(frozen=True, slots=True)
class Uses:
    """How many referrals under way and shortlisted entries use a listing."""

    referrals: int
    shortlisted: int


def uses_of(session: Session, service_id: uuid.UUID, *, actor: Actor) -> Uses | None:
    """Return who uses a listing as far as the actor may know; None where there is nothing to say."""
    places = select(ServiceAtLocation.id).where(
        ServiceAtLocation.service_id == service_id
    )
    under_way = select(func.count()).where(
        Referral.service_at_location_id.in_(places),
        Referral.sent_at.is_not(None),
        Referral.closed_at.is_(None),
    )
    kept = select(func.count()).where(ShortlistItem.service_at_location_id.in_(places))
    counts = [session.scalar(query) or 0 for query in (under_way, kept)]
    if actor.role not in STAFF:
        counts = [count if count >= LEAST_TOLD else 0 for count in counts]
    return Uses(*counts) if any(counts) else None
