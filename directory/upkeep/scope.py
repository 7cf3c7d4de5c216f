"""Which listings an account keeps, as a condition on ``Offer``: the rule of ``authz``, for many at once."""

import uuid
from collections.abc import Sequence
from typing import Final

from sqlalchemy import ColumnElement, and_, case, exists, false, func, or_, select, true
from sqlalchemy.orm import Session

from directory import authz
from directory.areas import queries as areas
from directory.authz import Actor
from directory.database import among
from directory.listings.filters import SHOWN_STATUSES
from directory.models import Offer, Role, ServiceArea

CROWD: Final = 2000


def kept_offers(session: Session, actor: Actor) -> ColumnElement[bool]:
    """The condition under which an actor keeps an offer (``Action.ASSURE_LISTING``).

    Administrators and supervisors all they may know of, providers their organizations', authorities
    what lies inside their areas by geometry; nobody else keeps any.
    """
    if authz.sees_everything(actor):
        return authz.visible_offers(actor)
    if actor.role is Role.PROVIDER and actor.organization_ids:
        return Offer.organization_id.in_(sorted(actor.organization_ids))
    if actor.role is Role.AUTHORITY and actor.area_ids:
        inside = sorted(areas.descendant_ids(session, actor.area_ids))
        return and_(authz.visible_offers(actor), inside_areas(session, inside))
    return false()


def inside_areas(session: Session, inside: Sequence[uuid.UUID]) -> ColumnElement[bool]:
    """Listings all of whose places lie in these areas; without a place, all areas served.

    ``inside``: the keys of the areas with all below them.
    """
    located = among(session, Offer.area_id, inside)
    other = Offer.__table__.alias()
    same = other.c.service_id == Offer.service_id
    outside = exists().where(same, ~among(session, other.c.area_id, inside))
    placed = exists().where(same, other.c.area_id.is_not(None))
    served = and_(
        ServiceArea.service_id == Offer.service_id, ServiceArea.is_exclusion.is_(False)
    )
    serves_inside = exists().where(served, among(session, ServiceArea.area_id, inside))
    serves_outside = exists().where(
        served,
        or_(
            ServiceArea.area_id.is_(None),
            ~among(session, ServiceArea.area_id, inside),
        ),
    )
    placeless = and_(~placed, serves_inside, ~serves_outside)
    if _is_crowded(session, located):
        # No index of areas can be used within CASE: the reader's order, by the day a check is due,
        # then leads to the first rows without sorting the thousands that lie inside.
        choice = case((Offer.area_id.is_(None), placeless), else_=located & ~outside)
        return choice.is_(true())
    return or_(and_(located, ~outside), and_(Offer.area_id.is_(None), placeless))


def _is_crowded(session: Session, located: ColumnElement[bool]) -> bool:
    """Whether so many listings lie there that sorting them all would take long."""
    some = select(Offer.service_id).where(located).limit(CROWD).subquery()
    return session.scalar(select(func.count()).select_from(some)) == CROWD


def lying_in(session: Session, inside: Sequence[uuid.UUID]) -> ColumnElement[bool]:
    """Offers that lie in these areas; read in the reader's order where there are many."""
    located = among(session, Offer.area_id, inside)
    if _is_crowded(session, located):
        return case((Offer.area_id.is_not(None), located)).is_(true())
    return located


def in_use() -> ColumnElement[bool]:
    """Listings that readers are shown: an ended one needs no check."""
    return Offer.status.in_(SHOWN_STATUSES)
