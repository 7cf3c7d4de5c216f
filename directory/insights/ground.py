"""What a page of figures looks at: the areas somebody may look at, and the listings that reach them."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory import authz
from directory.areas.queries import AreaRow
from directory.authz import Action, Actor
from directory.database import among
from directory.errors import NotFound
from directory.insights import gaps
from directory.insights.gaps import Setting
from directory.models import Offer, Organization, Service


@dataclass(frozen=True, slots=True)
class Ground:
    """First-level areas of a country, and the offers that reach them as /insights/gaps counts them.

    ``choices`` are all areas that the reader may look at, ``areas`` those asked for; ``areas_of``
    gives the areas of each offer among them, by its key, and leaves out the offers that reach none.
    """

    country: str
    setting: Setting
    choices: tuple[AreaRow, ...]
    areas: tuple[AreaRow, ...]
    areas_of: Mapping[uuid.UUID, frozenset[uuid.UUID]]


def survey(
    session: Session, *, actor: Actor, country: str, area: str | None, today: date
) -> Ground:
    """Return the ground of a country, or of one first-level area by its code.

    An authority sees its own areas only. Raises NotYours, or NotFound for an area that is none of
    the reader's.
    """
    authz.require(actor, Action.SEE_INSIGHTS)
    setting = gaps.setting_of(session, actor, country, today)
    choices = gaps.own_areas(session, actor, setting)
    chosen = tuple(one for one in choices if area in {None, one.code})
    if area is not None and not chosen:
        raise NotFound
    wanted = frozenset(one.id for one in chosen)
    reached = {
        key: found
        for key, area_ids in gaps.reached(session, setting).items()
        if (found := wanted & area_ids)
    }
    return Ground(country, setting, choices, chosen, reached)


@dataclass(frozen=True, slots=True)
class Owned:
    """A service that reaches the ground, and whose it is."""

    service_id: uuid.UUID
    organization_id: uuid.UUID


def owned(session: Session, ground: Ground) -> set[Owned]:
    """Return the services that reach the ground."""
    rows = session.execute(
        select(
            Offer.service_at_location_id, Offer.service_id, Offer.organization_id
        ).where(ground.setting.condition)
    )
    return {Owned(*row[1:]) for row in rows if row[0] in ground.areas_of}


def by_name(
    keys: Iterable[uuid.UUID], names: Mapping[uuid.UUID, str]
) -> tuple[tuple[uuid.UUID, str], ...]:
    """Return keys with their names, in the order of the names."""
    return tuple(
        sorted(((key, names[key]) for key in keys), key=lambda pair: pair[::-1])
    )


def names(
    session: Session, *, services: Iterable[uuid.UUID], providers: Iterable[uuid.UUID]
) -> dict[uuid.UUID, str]:
    """Return the names of services and of organizations by key; the caller may know of them all."""
    found: dict[uuid.UUID, str] = {}
    for model, keys in ((Service, services), (Organization, providers)):
        query = select(model.id, model.name).where(
            among(session, model.id, sorted(set(keys)))
        )
        found |= {row.id: row.name for row in session.execute(query)}
    return found
