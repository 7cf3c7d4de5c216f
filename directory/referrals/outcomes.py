"""What became of referrals, as plain facts without a person: for indicators and maps."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory import authz, small_counts
from directory.areas import holders
from directory.authz import Action, Actor
from directory.database import among
from directory.models import (
    Case,
    Referral,
    ReferralEvent,
    Service,
    ServiceAtLocation,
)
from directory.referrals.states import State

ACCEPTING = frozenset({State.ACCEPTED, State.WAITLISTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One referral that was sent: its course in time, its need's category, its first-level area.

    ``was_accepted``: accepted or put on a waiting list at any time; likewise ``was_disputed``.
    ``area_id`` is None where the place of return is not known well enough.
    """

    state: State
    urgency: str
    category: str
    area_id: uuid.UUID | None
    sent_at: datetime
    acknowledge_due_at: datetime | None
    acknowledged_at: datetime | None
    decided_at: datetime | None
    first_service_at: datetime | None
    completed_at: datetime | None
    confirmed_at: datetime | None
    was_accepted: bool
    was_disputed: bool
    reason: str | None


def list_outcomes(
    session: Session, *, actor: Actor, sent_from: datetime, sent_before: datetime
) -> list[Outcome]:
    """Return the referrals sent in a time that this actor may count; raises NotYours.

    Those to listings that the actor may not know of are counted nowhere.
    """
    authz.require(actor, Action.SEE_INSIGHTS)
    statement = (
        select(Referral, Case.area_id, Case.latitude, Case.longitude)
        .join(Case, Case.id == Referral.case_id)
        .join(
            ServiceAtLocation, ServiceAtLocation.id == Referral.service_at_location_id
        )
        .join(Service, Service.id == ServiceAtLocation.service_id)
        .where(
            authz.counted_cases(actor),
            authz.counted_listings(actor),
            Referral.sent_at >= sent_from,
            Referral.sent_at < sent_before,
        )
        .order_by(Referral.sent_at, Referral.id)
    )
    rows = session.execute(statement).all()
    places = holders.of_places(
        session, [(row.area_id, row.latitude, row.longitude) for row in rows]
    )
    reached = _states_reached(session, [row.Referral.id for row in rows])
    return [
        _outcome(row.Referral, first_level, reached[row.Referral.id])
        for row, (first_level, holding) in zip(rows, places, strict=True)
        if authz.counts_in(actor, holding)
    ]


@dataclass(frozen=True, slots=True)
class AreaCount:
    """Referrals of one area: how many were sent, how many confirmed; None where hidden."""

    sent: int | None
    confirmed: int | None


def confirmed_by_area(
    session: Session,
    *,
    actor: Actor,
    sent_from: datetime,
    sent_before: datetime,
    below: int = 5,
) -> dict[uuid.UUID, AreaCount]:
    """Count referrals by first-level area, small counts and what would tell them hidden."""
    found = list_outcomes(
        session, actor=actor, sent_from=sent_from, sent_before=sent_before
    )
    sent = Counter(one.area_id for one in found if one.area_id is not None)
    done = Counter(
        one.area_id
        for one in found
        if one.area_id is not None and one.state is State.VERIFIED
    )
    shown_sent = small_counts.suppress(sent, below=below)
    shown_done = small_counts.suppress_parts(
        {key: done[key] for key in sent}, sent, below=below
    )
    return {key: AreaCount(shown_sent[key], shown_done[key]) for key in sent}


def _outcome(
    referral: Referral, area_id: uuid.UUID | None, reached: Collection[State]
) -> Outcome:
    if referral.sent_at is None:
        raise ValueError("a referral that was not sent has no outcome")
    return Outcome(
        state=State(referral.state),
        urgency=referral.urgency,
        category=referral.term.partition(".")[0],
        area_id=area_id,
        sent_at=referral.sent_at,
        acknowledge_due_at=referral.acknowledge_due_at,
        acknowledged_at=referral.acknowledged_at,
        decided_at=referral.decided_at,
        first_service_at=referral.first_service_at,
        completed_at=referral.completed_at,
        confirmed_at=referral.confirmed_at,
        was_accepted=not ACCEPTING.isdisjoint(reached),
        was_disputed=State.DISPUTED in reached,
        reason=referral.reason,
    )


def _states_reached(
    session: Session, referral_ids: list[uuid.UUID]
) -> Mapping[uuid.UUID, set[State]]:
    reached: dict[uuid.UUID, set[State]] = defaultdict(set)
    wanted = (*ACCEPTING, State.DISPUTED)
    statement = select(ReferralEvent.referral_id, ReferralEvent.to_state).where(
        among(session, ReferralEvent.referral_id, referral_ids),
        ReferralEvent.to_state.in_(wanted),
    )
    for referral_id, state in session.execute(statement):
        reached[referral_id].add(State(state))
    return reached
