"""The log of a listing's checks: who looked, how, what came of it, and when to try again."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory import authz
from directory.authz import Action, Actor
from directory.models import Area, Membership, Role, Service, User, Verification
from directory.text import N_

CONFIRMED, CORRECTED = "confirmed", "corrected"
NO_ANSWER, WRONG_NUMBER = "no_answer", "wrong_number"
CLOSED, MOVED, UNSURE = "closed", "moved", "unsure"
RESULTS: Final[Mapping[str, str]] = {
    CONFIRMED: N_("All is right"),
    CORRECTED: N_("Corrected, and right now"),
    NO_ANSWER: N_("Nobody answered"),
    WRONG_NUMBER: N_("The phone number does not work"),
    CLOSED: N_("It has closed"),
    MOVED: N_("It has moved"),
    UNSURE: N_("Not sure"),
}
RIGHT: Final = frozenset({CONFIRMED, CORRECTED})
"""Results after which the listing counts as verified."""
SHOWN: Final = 10


def latest(
    session: Session,
    service: Service,
    *,
    actor: Actor,
    area_ids: Sequence[frozenset[uuid.UUID]] = (),
) -> Sequence[Verification]:
    """Return the latest checks, newest first, for staff and those who keep the listing.

    ``area_ids``: as ``reference.listing_areas`` gives them. Others are told nothing of the log.
    """
    keeps = authz.may(actor, Action.ASSURE_LISTING, service, area_ids=area_ids)
    if actor.role not in authz.STAFF and not keeps:
        return ()
    query = (
        select(Verification)
        .where(Verification.service_id == service.id)
        .order_by(Verification.checked_at.desc(), Verification.id.desc())
        .limit(SHOWN)
    )
    return session.scalars(query).all()


def was_called(session: Session, service_id: uuid.UUID, *, today: date) -> bool:
    """Whether somebody called or went there on this day and found everything right."""
    since = datetime.combine(today, time(), UTC)
    query = select(Verification.id).where(
        Verification.service_id == service_id,
        Verification.result.in_(sorted(RIGHT)),
        Verification.method.in_(("phone", "visit")),
        Verification.checked_at >= since,
    )
    return session.scalar(query.limit(1)) is not None


def keeping_areas(
    session: Session, area_ids: Sequence[frozenset[uuid.UUID]]
) -> Sequence[uuid.UUID]:
    """Return the areas whose authority keeps a listing, the widest first: those that hold all of it.

    ``area_ids``: as ``reference.listing_areas`` gives them.
    """
    if not area_ids:
        return ()
    query = (
        select(Area.id)
        .join(Membership, Membership.area_id == Area.id)
        .join(User, User.id == Membership.user_id)
        .where(
            Area.id.in_(sorted(frozenset.intersection(*area_ids))),
            User.role == Role.AUTHORITY,
            User.is_active.is_(True),
        )
        .group_by(Area.id, Area.level)
        .order_by(Area.level)
    )
    return session.scalars(query).all()
