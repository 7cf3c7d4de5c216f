"""Writes the timeline of a referral: one event per move or remark, never edited."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.models import Referral, ReferralEvent
from directory.referrals.moves import NOTHING_SAID, By, Said
from directory.referrals.states import State


def write(
    session: Session,
    referral: Referral,
    *,
    move: str,
    source: State | None,
    by: By,
    said: Said = NOTHING_SAID,
    now: datetime,
) -> ReferralEvent:
    """Add the next event; its number is unique per referral, so two cannot take one place."""
    last = session.scalar(
        select(ReferralEvent.sequence)
        .where(ReferralEvent.referral_id == referral.id)
        .order_by(ReferralEvent.sequence.desc())
        .limit(1)
    )
    event = ReferralEvent(
        referral_id=referral.id,
        sequence=(last or 0) + 1,
        at=now,
        move=move,
        from_state=source,
        to_state=referral.state,
        actor_kind=by.party,
        user_id=by.actor.user_id if by.actor else None,
        is_proxy=by.as_proxy,
        code=said.reason or said.outcome or said.contact,
        note=said.text,
        details=_details(said),
    )
    session.add(event)
    session.flush()
    return event


def _details(said: Said) -> dict[str, Any] | None:
    dates = {"expected_on": said.expected_on, "appointment_at": said.appointment_at}
    details: dict[str, Any] = {
        name: value.isoformat() for name, value in dates.items() if value
    }
    if said.advisory_ids:
        details["advisories"] = [str(key) for key in said.advisory_ids]
    return details or None
