"""Watching a listing or an area: who wants to hear of changes, and what changed."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory import authz
from directory.accounts import watches
from directory.areas import queries as areas
from directory.authz import Actor
from directory.database import among
from directory.models import Change, Offer, Sensitivity, Service, Watch

MOST_NAMED = 20
"""So many changed listings are named in one message."""


def toggle(
    session: Session,
    *,
    actor: Actor,
    service_id: uuid.UUID | None = None,
    area_id: uuid.UUID | None = None,
    now: datetime,
) -> bool:
    """Begin to watch a listing or an area, or stop; return whether it is watched now.

    The caller has fetched the thing through the actor's eyes.
    """
    found = watches.own_watches(
        session, actor=actor, service_id=service_id, area_id=area_id
    )
    for watch in found:
        session.delete(watch)
    if not found:
        session.add(
            Watch(
                user_id=actor.user_id,
                service_id=service_id,
                area_id=area_id,
                created_at=now,
            )
        )
    session.flush()
    return not found


def changed_listings(
    session: Session, *, actor: Actor, since: datetime
) -> Sequence[uuid.UUID]:
    """Return the watched public listings that changed since, by name.

    Only public ones: an e-mail is read by many.
    """
    mine = session.scalars(select(Watch).where(Watch.user_id == actor.user_id)).all()
    changed = select(Change.resource_id).where(
        Change.resource_type == "service", Change.last_action_date >= since
    )
    below = areas.descendant_ids(
        session, {watch.area_id for watch in mine if watch.area_id}
    )
    public = select(Service.id).where(
        Service.id.in_(changed),
        Service.sensitivity == Sensitivity.L0,
        authz.visible_services(actor),
    )
    watched = [watch.service_id for watch in mine if watch.service_id]
    inside = select(Offer.service_id).where(
        among(session, Offer.area_id, sorted(below))
    )
    either = among(session, Service.id, watched) | Service.id.in_(inside)
    return session.scalars(
        public.where(either).order_by(Service.name).limit(MOST_NAMED)
    ).all()
