"""Answers, while somebody writes a listing down, which existing ones it looks like."""

import uuid
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory import authz
from directory.authz import Actor
from directory.database import among
from directory.duplicates import entries, finding, names
from directory.listings.lookalikes import Lookalike
from directory.listings.record import ListingRecord
from directory.listings.sealing import PROTECTED
from directory.models import Address, Location, Offer, Organization, Phone
from directory.models import ServiceAtLocation as Given
from directory.text import normalise
from geo import cells
from geo.points import Point

NEAR_KM: Final = 6.0
MOST: Final = 5
_POOL: Final = 3_000
"""Listings that are compared at most, so that a form in a capital answers at once."""
_CELLS: Final = 5
"""The resolution of ``Offer.cell``."""


def lookalikes(
    session: Session, actor: Actor, record: ListingRecord
) -> list[Lookalike]:
    """Return at most five listings that the actor may know of and that look like the record."""
    asked = entries.of_record(record)
    services = _candidates(session, actor, record)
    if not services:
        return []
    known = entries.read(session, actor=actor, services=services)
    found = finding.find([asked], known)
    best: dict[Any, tuple[float, uuid.UUID]] = {}
    for each in sorted(found, key=lambda one: one.comparison.score):
        entry = known[each.right]
        best[entry.service] = (each.comparison.score, entry.key)
    chosen = sorted(best.values(), reverse=True)[:MOST]
    shown = _shown(session, [key for _, key in chosen])
    return [_lookalike(shown[key], score) for score, key in chosen if key in shown]


def _candidates(
    session: Session, actor: Actor, record: ListingRecord
) -> list[uuid.UUID]:
    """Services near, of the same name, beginning with the same word, or with the same telephone."""
    visible = authz.visible_offers(actor)
    conditions: list[Any] = []
    if record.latitude is not None and record.longitude is not None:
        place = Point(latitude=record.latitude, longitude=record.longitude)
        near = cells.disk(place, NEAR_KM, _CELLS)
        conditions.append(Offer.cell.in_(near))
    folded = normalise(record.service_name)
    if folded:
        conditions.append(Offer.sort_name == folded)
    words = names.read(record.service_name).words
    first = folded.split(" ", 1)[0] if folded else ""
    if first in words and len(first) >= 4:
        begins = (Offer.sort_name >= first, Offer.sort_name < first + "\U0010ffff")
        same_country = Offer.country == record.country if record.country else None
        conditions.append(
            begins[0] & begins[1]
            if same_country is None
            else begins[0] & begins[1] & same_country
        )
    found: dict[uuid.UUID, None] = {}
    for condition in conditions:
        query = select(Offer.service_id).where(condition, visible).limit(_POOL)
        found.update(dict.fromkeys(session.scalars(query)))
    found.update(dict.fromkeys(_of_phones(session, record.phone)))
    return list(found)


def _of_phones(session: Session, phone: str | None) -> list[uuid.UUID]:
    """Services with one of these numbers; who may know of them is asked when they are read."""
    bare = func.replace(func.replace(Phone.number, " ", ""), "-", "")
    found: list[uuid.UUID] = []
    for digits in entries.phone_keys((phone or "").split(";")):
        query = select(Phone.service_id).where(
            Phone.service_id.is_not(None), bare.like(f"%{digits}")
        )
        found += [key for key in session.scalars(query.limit(100)) if key]
    return found


def _shown(session: Session, keys: Sequence[uuid.UUID]) -> dict[uuid.UUID, Any]:
    query = (
        select(
            Offer.service_id,
            Offer.name,
            Organization.name.label("organization"),
            Address.address_1,
            Offer.sensitivity,
            Offer.service_at_location_id,
        )
        .join(Organization, Organization.id == Offer.organization_id)
        .join(Given, Given.id == Offer.service_at_location_id)
        .join(Location, Location.id == Given.location_id)
        .outerjoin(Address, Address.location_id == Location.id)
        .where(among(session, Offer.service_at_location_id, list(keys)))
    )
    return {row.service_at_location_id: row for row in session.execute(query)}


def _lookalike(row: Any, score: float) -> Lookalike:
    return Lookalike(
        service_id=row.service_id,
        name=row.name,
        organization_name=row.organization,
        address=None if row.sensitivity in PROTECTED else row.address_1 or None,
        score=score,
    )
