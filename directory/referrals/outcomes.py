"""What became of referrals, as plain facts without a person: for indicators and maps."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory import authz, small_counts
from directory.areas import queries as areas
from directory.authz import Action, Actor
from directory.database import among
from directory.models import (
    Area,
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
    places = _places(
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


Place = tuple[uuid.UUID | None, float | None, float | None]
"""Stated area, latitude, longitude."""


def _places(
    session: Session, places: list[Place]
) -> list[tuple[uuid.UUID | None, frozenset[uuid.UUID]]]:
    """Return each place's first-level area and all the areas that hold it."""
    points = list(dict.fromkeys(filter(None, map(_point, places))))
    located = areas.locate_points(session, points)
    deepest = {point: found[2] for point, found in zip(points, located, strict=True)}
    stated = [
        place[0] if (point := _point(place)) is None else deepest[point]
        for place in places
    ]
    tree = _tree_above(session, {area_id for area_id in stated if area_id is not None})
    return [_holding(area_id, tree) for area_id in stated]


def _point(place: Place) -> tuple[float, float] | None:
    """Return latitude and longitude where only they say where the place is."""
    area_id, latitude, longitude = place
    if area_id is not None or latitude is None or longitude is None:
        return None
    return latitude, longitude


def _tree_above(
    session: Session, area_ids: set[uuid.UUID]
) -> dict[uuid.UUID, tuple[int, uuid.UUID | None]]:
    """Return level and parent of these areas and of all above them."""
    tree: dict[uuid.UUID, tuple[int, uuid.UUID | None]] = {}
    waiting = area_ids
    while waiting:
        statement = select(Area.id, Area.level, Area.parent_id).where(
            among(session, Area.id, list(waiting))
        )
        found = {
            row.id: (row.level, row.parent_id) for row in session.execute(statement)
        }
        tree |= found
        waiting = {parent for _, parent in found.values() if parent} - tree.keys()
    return tree


def _holding(
    area_id: uuid.UUID | None, tree: Mapping[uuid.UUID, tuple[int, uuid.UUID | None]]
) -> tuple[uuid.UUID | None, frozenset[uuid.UUID]]:
    holding: list[uuid.UUID] = []
    first_level = None
    while area_id is not None and area_id in tree:
        level, parent = tree[area_id]
        holding.append(area_id)
        first_level = area_id if level == 1 else first_level
        area_id = parent
    return first_level, frozenset(holding)
