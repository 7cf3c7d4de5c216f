"""What the directory knows of the place of return: its areas, its country, what lies close by."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from shapely.geometry.base import BaseGeometry
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.advisories import reach
from directory.advisories.reach import NOWHERE, Ground
from directory.areas import queries as areas
from directory.database import fetch
from directory.matching import outlines
from directory.matching.needs import NOT_LISTED, Needs, UnknownArea
from directory.models import Area
from geo import spatial
from geo.nearness import Surroundings
from geo.points import Point

NEARLY_KM = 10.0
"""A service whose coverage ends within this distance of the place is a near miss."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """The place of a match.

    ``point`` is the position, or a point on the surface of the area. ``holding`` are the areas that
    hold the whole place, ``countries`` the codes of the countries among them. ``nearby`` maps areas
    that do not touch the place to their distance in kilometres, at most NEARLY_KM.
    For an area, ``outline`` is its shape and ``parts`` maps each area below it to its parent.
    ``suspended``: where advisories stop referrals.
    """

    point: Point
    holding: frozenset[uuid.UUID] = frozenset()
    countries: frozenset[str] = frozenset()
    nearby: Mapping[uuid.UUID, float] = field(default_factory=dict)
    nearby_countries: Mapping[str, float] = field(default_factory=dict)
    area_id: uuid.UUID | None = None
    outline: BaseGeometry | None = None
    parts: Mapping[uuid.UUID, uuid.UUID | None] = field(default_factory=dict)
    suspended: Ground = NOWHERE

    @property
    def is_area(self) -> bool:
        """Whether the place is an area, so that distances are approximate."""
        return self.area_id is not None

    @property
    def is_suspended(self) -> bool:
        """Whether referrals into the place are stopped; a drawn shape is asked for the point."""
        point = self.point
        return bool(
            self.holding & self.suspended.area_ids
            or self.suspended.holds(point.latitude, point.longitude)
        )


def find(session: Session, needs: Needs, *, today: date) -> Whereabouts:
    """Locate the place of ``needs``; raises UnknownArea."""
    suspended = reach.suspended(session, today)
    if needs.point is not None:
        return _of_point(session, needs.point, suspended)
    return _of_area(session, needs.area_code or "", suspended)


def _of_point(session: Session, point: Point, suspended: Ground) -> Whereabouts:
    containing = areas.areas_containing(
        session, point.latitude, point.longitude, with_replaced=True
    )
    holding = {area.id: area.country for area in containing}
    for area in containing:
        # An outline may stop short of what lies in it; the tree is asked too.
        if area.parent_id is not None and area.parent_id not in holding:
            above = areas.ancestors(session, area.id)
            holding |= {each.id: each.country for each in above}
    surroundings = Surroundings(point=point, reach_km=NEARLY_KM)
    nearby = _nearby(session, surroundings, frozenset(holding))
    return Whereabouts(
        point=point,
        holding=frozenset(holding),
        countries=frozenset(holding.values()),
        nearby={area_id: km for area_id, (km, _) in nearby.items()},
        nearby_countries=_countries(nearby, frozenset(holding.values())),
        suspended=suspended,
    )


def _of_area(session: Session, code: str, suspended: Ground) -> Whereabouts:
    area = areas.area_by_code(session, code) or areas.area_by_code(
        session, code.upper()
    )
    if area is None or area.surface_point is None:
        raise UnknownArea(values={"code": code}, fields={"place.area": NOT_LISTED})
    row = fetch(session, select(*outlines.AREA).where(Area.id == area.id))
    outline = outlines.read(session, row)[area.id]
    holding = frozenset(
        {area.id, *(each.id for each in areas.ancestors(session, area.id))}
    )
    parts = _parts(session, area.id)
    surroundings = Surroundings(
        point=area.surface_point, reach_km=NEARLY_KM, outline=outline
    )
    nearby = _nearby(session, surroundings, holding | frozenset(parts))
    return Whereabouts(
        point=area.surface_point,
        holding=holding,
        countries=frozenset({area.country}),
        nearby={area_id: km for area_id, (km, _) in nearby.items()},
        nearby_countries=_countries(nearby, frozenset({area.country})),
        area_id=area.id,
        outline=outline,
        parts=parts,
        suspended=suspended,
    )


def _parts(session: Session, area_id: uuid.UUID) -> dict[uuid.UUID, uuid.UUID | None]:
    """Every area in force below this one, with its parent."""
    below = areas.descendant_ids(session, [area_id]) - {area_id}
    if not below:
        return {}
    country = select(Area.country).where(Area.id == area_id).scalar_subquery()
    query = select(Area.id, Area.parent_id).where(
        Area.country == country, Area.valid_to.is_(None)
    )
    return {each: parent for each, parent in fetch(session, query) if each in below}


def _nearby(
    session: Session, surroundings: Surroundings, holding: frozenset[uuid.UUID]
) -> dict[uuid.UUID, tuple[float, str | None]]:
    """Distances of the areas close by; with the code where the area is a country."""
    query = select(*outlines.AREA, Area.country).where(
        Area.valid_to.is_(None),
        Area.id.not_in(holding),
        spatial.in_box(Area.geometry, surroundings.box),
    )
    rows = fetch(session, query)
    shapes = outlines.read(session, rows)
    found: dict[uuid.UUID, tuple[float, str | None]] = {}
    for row in rows:
        km = surroundings.distance_km(shapes[row.id])
        if km is not None:
            found[row.id] = (km, row.country if row.level == 0 else None)
    return found


def _countries(
    nearby: Mapping[uuid.UUID, tuple[float, str | None]], own: frozenset[str]
) -> dict[str, float]:
    return {
        code: km for km, code in nearby.values() if code is not None and code not in own
    }
