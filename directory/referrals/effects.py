"""What a move does beside changing the state: clocks, dates, need, listing, messages."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.cases.operations import NEXT_DATE_AFTER
from directory.countries import queries as countries
from directory.listings import offers
from directory.listings.offer_sources import FEWEST_REFERRALS
from directory.models import (
    Case,
    Need,
    Offer,
    Referral,
)
from directory.referrals import clocks, corrections, events, evidence, notifications
from directory.referrals.lifecycle import Party, Transition
from directory.referrals.moves import By, Said
from directory.referrals.states import State
from directory.taxonomy.codes import Urgency
from directory.text import N_

CANCEL_REASONS: Final[Mapping[str, str]] = {
    "return_cancelled": N_("Return did not take place"),
    "mistake": N_("Made by mistake"),
    "other_service": N_("Another service was chosen"),
    "need_ended": N_("Need no longer exists"),
    "other": N_("Other"),
}
HELPED: Final = frozenset({"received_full", "received_partial"})
"""Outcomes that show a service to be there (DOMAIN 12.1)."""
ANSWER_WITHIN: Final[Mapping[str, timedelta]] = {
    Urgency.EMERGENCY: timedelta(hours=4),
    Urgency.HIGH: timedelta(hours=24),
    Urgency.MEDIUM: timedelta(hours=72),
    Urgency.LOW: timedelta(days=5),
}
"""How long the sender has for an answer, once the provider has asked."""


@dataclass(frozen=True, slots=True)
class Moved:
    """One move that has just been made."""

    session: Session
    row: Transition
    referral: Referral
    case: Case
    need: Need
    said: Said
    now: datetime


def apply(
    session: Session,
    *,
    row: Transition,
    referral: Referral,
    case: Case,
    need: Need,
    said: Said,
    now: datetime,
) -> None:
    """Carry out what belongs to the move, in the same transaction."""
    moved = Moved(session, row, referral, case, need, said, now)
    for effect in EFFECTS.get(row.move, ()):
        effect(moved)


def tell_sender(
    session: Session, *, referral: Referral, case: Case, now: datetime
) -> None:
    """Queue a message to whoever looks after the need and the case."""
    need = session.get_one(Need, referral.need_id)
    notifications.to_workers(
        session,
        referral=referral,
        user_ids=workers(case, need),
        kind="referral_answered",
        now=now,
    )


def escalate(session: Session, *, referral: Referral, now: datetime) -> bool:
    """Alert the supervisors once, when twice the time to answer has passed."""
    sent, due = referral.sent_at, referral.acknowledge_due_at
    if sent is None or due is None or now < due + (due - sent):
        return False
    if any(event.move == "escalate" for event in referral.events):
        return False
    case = session.get_one(Case, referral.case_id)
    state = State(referral.state)
    by = By(Party.SYSTEM)
    events.write(session, referral, move="escalate", source=state, by=by, now=now)
    notifications.to_workers(
        session,
        referral=referral,
        user_ids=notifications.supervisors(session, case.organization_id),
        kind="referral_escalated",
        now=now,
    )
    return True


def service_due(
    session: Session, *, referral: Referral, arrival: date | None, sent_at: datetime
) -> datetime:
    """When the service should begin, for an arrival on this date."""
    country = _country(session, referral)
    return clocks.service_due(
        referral.urgency, sent_at=sent_at, arrival=arrival, country=country
    )


def _country(session: Session, referral: Referral) -> str | None:
    return session.scalar(
        select(Offer.country).where(
            Offer.service_at_location_id == referral.service_at_location_id
        )
    )


def _start(moved: Moved) -> None:
    """Both clocks run from here, in the provider's own week; the consent's version is kept."""
    referral = moved.referral
    country = _country(moved.session, referral)
    referral.acknowledge_due_at = clocks.acknowledge_due(
        referral.urgency,
        sent_at=moved.now,
        country=country,
        rest=countries.weekend(moved.session, country),
    )
    referral.service_due_at = service_due(
        moved.session,
        referral=referral,
        arrival=moved.case.arrival_date,
        sent_at=moved.now,
    )
    facts = evidence.facts(
        moved.session, referral, case=moved.case, need=moved.need, now=moved.now
    )
    referral.consent_id = facts.consent.id if facts.consent else None


def _acknowledged(moved: Moved) -> None:
    """Any first word of the provider is also an acknowledgement."""
    if moved.referral.acknowledged_at is None:
        moved.referral.acknowledged_at = moved.now


def _dates(moved: Moved) -> None:
    moved.referral.expected_on = moved.said.expected_on or moved.referral.expected_on
    moved.referral.appointment_at = (
        moved.said.appointment_at or moved.referral.appointment_at
    )


def _first_service(moved: Moved) -> None:
    if moved.referral.first_service_at is None:
        moved.referral.first_service_at = moved.now


def _outcome(moved: Moved) -> None:
    moved.referral.outcome = moved.said.outcome


def _reason(moved: Moved) -> None:
    moved.referral.reason = moved.said.reason


def _sender_clock(moved: Moved) -> None:
    moved.referral.acknowledge_due_at = (
        moved.now + ANSWER_WITHIN[moved.referral.urgency]
    )


def _next_step(moved: Moved) -> None:
    """A referral that did not help leaves its need open, with a date on which to go on."""
    moved.need.status = "open"
    latest = moved.now.date() + NEXT_DATE_AFTER[moved.need.urgency]
    moved.need.next_date = min(moved.need.next_date or latest, latest)
    moved.need.next_date = max(moved.need.next_date, moved.now.date())
    moved.need.owner_id = moved.need.owner_id or moved.referral.created_by


def _need_met(moved: Moved) -> None:
    """Only the person's own word closes a need, and only where all of it was received."""
    if moved.referral.outcome == "received_full":
        moved.need.status = "met"
    else:
        _next_step(moved)


def _correct_listing(moved: Moved) -> None:
    corrections.learn(
        moved.session,
        referral=moved.referral,
        reason=moved.said.reason or "",
        now=moved.now,
    )


def _seen_open(moved: Moved) -> None:
    corrections.seen_open(moved.session, referral=moved.referral, now=moved.now)


def _was_helped(moved: Moved) -> None:
    """Only a person who received something shows that the service is there."""
    if moved.referral.outcome in HELPED:
        _seen_open(moved)


def _end_provider_access(moved: Moved) -> None:
    """The link stops working at once; the provider is told the end, never the reason."""
    if moved.referral.sent_at is None:
        return
    notifications.to_provider(
        moved.session, referral=moved.referral, kind="referral_ended", now=moved.now
    )


def _tell_provider(moved: Moved) -> None:
    notifications.to_provider(
        moved.session, referral=moved.referral, kind="referral_news", now=moved.now
    )


def _tell_sender(moved: Moved) -> None:
    tell_sender(moved.session, referral=moved.referral, case=moved.case, now=moved.now)


def _no_answer(moved: Moved) -> None:
    session, referral, now = moved.session, moved.referral, moved.now
    notifications.to_provider(
        session, referral=referral, kind="referral_reminder", now=now
    )
    notifications.to_workers(
        session,
        referral=referral,
        user_ids=workers(moved.case, moved.need),
        kind="referral_unanswered",
        now=now,
    )
    moved.need.next_date = now.date()


def _disputed(moved: Moved) -> None:
    _next_step(moved)
    told = [*notifications.supervisors(moved.session, moved.case.organization_id)]
    notifications.to_workers(
        moved.session,
        referral=moved.referral,
        user_ids=[*told, *workers(moved.case, moved.need)],
        kind="referral_disputed",
        now=moved.now,
    )


def _record(moved: Moved) -> None:
    """The listing's record of answers and outcomes is part of what matching reads, once it has one."""
    offer_id = moved.referral.service_at_location_id
    sent = (
        select(func.count())
        .select_from(Referral)
        .where(
            Referral.service_at_location_id == offer_id, Referral.sent_at.is_not(None)
        )
    )
    if (moved.session.scalar(sent) or 0) >= FEWEST_REFERRALS:
        offers.refresh(moved.session, [offer_id])


def workers(case: Case, need: Need) -> list[uuid.UUID | None]:
    """Return the accounts of whoever looks after the need and the case."""
    return [need.owner_id, case.caseworker_id or case.counsellor_id]


Effect = Callable[[Moved], None]
EFFECTS: Final[Mapping[str, tuple[Effect, ...]]] = {
    "send": (_start,),
    "acknowledge": (_tell_sender, _record),
    "accept": (_acknowledged, _dates, _seen_open, _tell_sender, _record),
    "waitlist": (_acknowledged, _dates, _seen_open, _tell_sender, _record),
    "decline": (
        _acknowledged,
        _reason,
        _correct_listing,
        _next_step,
        _tell_sender,
        _record,
    ),
    "ask": (_sender_clock, _tell_sender, _record),
    "answer": (_tell_provider,),
    "miss_answer": (_no_answer,),
    "begin": (_first_service, _dates),
    "complete": (_first_service, _outcome, _tell_sender, _record),
    "confirm": (_need_met, _was_helped, _tell_sender, _record),
    "dispute": (_disputed, _record),
    "resume": (_next_step, _tell_provider),
    "uphold": (_need_met, _tell_sender, _record),
    "close_dispute": (_next_step,),
    "redirect": (_end_provider_access,),
    "withdraw": (_end_provider_access, _next_step, _tell_sender),
    "cancel": (_reason, _next_step, _end_provider_access),
    "lose": (_next_step, _end_provider_access),
}
"""What follows from each move, in order; a move that is not here changes its state and stamp only."""
