"""The areas that a person lives in, by their codes: what a condition on the residence is held against."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.areas import queries as areas
from directory.database import among, fetch
from directory.matching.needs import NOT_LISTED, Person, UnknownArea
from directory.matching.whereabouts import Whereabouts
from directory.models import Area


@dataclass(frozen=True, slots=True)
class Residence:
    """``within``: codes of the areas that hold the residence. ``parts``: of those that lie in it."""

    within: frozenset[str]
    parts: frozenset[str] = frozenset()


def find(session: Session, person: Person, place: Whereabouts) -> Residence | None:
    """Return where the person lives, or None where nobody said; raises UnknownArea."""
    if person.residence is not None:
        return _of_code(session, person.residence)
    if not person.lives_at_place:
        return None
    return Residence(
        within=_codes(session, place.holding), parts=_codes(session, place.parts)
    )


def _of_code(session: Session, code: str) -> Residence:
    area = areas.area_by_code(session, code) or areas.area_by_code(
        session, code.upper()
    )
    if area is None:
        raise UnknownArea(
            values={"code": code}, fields={"person.residence": NOT_LISTED}
        )
    above = areas.ancestors(session, area.id)
    below = areas.descendant_ids(session, [area.id]) - {area.id}
    return Residence(
        within=frozenset({area.code, *(each.code for each in above)}),
        parts=_codes(session, below),
    )


def _codes(session: Session, ids: Collection[uuid.UUID]) -> frozenset[str]:
    if not ids:
        return frozenset()
    query = select(Area.code).where(among(session, Area.id, list(ids)))
    return frozenset(code for (code,) in fetch(session, query))
