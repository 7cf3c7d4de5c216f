"""Referrals as they stand after their course, for pages that only count them."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from directory.models import Referral, ReferralEvent, User
from tests.factories import NOW, make_case, make_need, make_service_at_location

COURSE = ("sent", "acknowledged", "accepted", "in_progress", "completed", "verified")
STAMPS = {
    "sent": "sent_at",
    "acknowledged": "acknowledged_at",
    "accepted": "decided_at",
    "waitlisted": "decided_at",
    "declined": "decided_at",
    "in_progress": "first_service_at",
    "completed": "completed_at",
    "verified": "confirmed_at",
}


def make_sent(
    session: Session,
    worker: User,
    *,
    states: Sequence[str] = ("sent",),
    place: tuple[float, float] = (3.0, 11.0),
    term: str = "health.primary",
    sent_at: datetime = NOW - timedelta(days=20),
    hours: float = 2,
    offer: Any = None,
    **case: Any,
) -> Referral:
    """A referral that went through ``states``, ``hours`` apart, for a new case at ``place``."""
    offer = offer or make_service_at_location(session)
    person = make_case(session, worker, latitude=place[0], longitude=place[1], **case)
    need = make_need(session, person, term)
    moments = {
        state: sent_at + timedelta(hours=hours * number)
        for number, state in enumerate(states)
    }
    stamps = {STAMPS[state]: moments[state] for state in states if state in STAMPS}
    referral = Referral(
        code=uuid.uuid4().hex[:8].upper(),
        case_id=person.id,
        need_id=need.id,
        service_at_location_id=offer.service_at_location_id,
        organization_id=offer.organization_id,
        term=term,
        urgency="medium",
        state=states[-1],
        disclosed=["code"],
        created_at=sent_at,
        acknowledge_due_at=sent_at + timedelta(days=3),
        **{"sent_at": sent_at, **stamps},
    )
    session.add(referral)
    session.flush()
    session.add_all(_events(referral, moments))
    session.flush()
    return referral


def _events(
    referral: Referral, moments: Mapping[str, datetime]
) -> Iterator[ReferralEvent]:
    source = "draft"
    for number, (state, moment) in enumerate(moments.items()):
        yield ReferralEvent(
            referral_id=referral.id,
            sequence=number,
            at=moment,
            move=state,
            from_state=source,
            to_state=state,
            actor_kind="sender",
        )
        source = state
