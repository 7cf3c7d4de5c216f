"""Where advisories hold: in an area with all below it, or in a drawn shape.

A place without a position of its own counts as lying where the middle of its area lies.
"""

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from directory.advisories.words import Level
from directory.areas import queries as areas
from directory.database import among, fetch
from directory.models import Area, AreaAdvisory

Position = tuple[float | None, float | None]
"""Latitude and longitude in degrees."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place as cases and services have it: degrees, and the deepest known area."""

    latitude: float | None = None
    longitude: float | None = None
    area_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An advisory as readers see it. ``outline`` is the drawn shape, where there is no area."""

    id: uuid.UUID
    level: Level
    reason_class: str
    reason: str
    area_id: uuid.UUID | None
    country: str | None
    valid_from: date
    valid_to: date | None
    review_on: date | None
    issued_by: uuid.UUID | None
    is_lifted: bool
    outline: BaseGeometry | None = None

    def is_in_force(self, today: date) -> bool:
        """Whether it holds on a day: begun, not ended, not lifted."""
        is_over = self.valid_to is not None and self.valid_to < today
        return not self.is_lifted and self.valid_from <= today and not is_over

    def is_overdue(self, today: date) -> bool:
        """Whether somebody must look at it: its review day or its end has passed, unlifted."""
        days = [day for day in (self.review_on, self.valid_to) if day is not None]
        return not self.is_lifted and any(day < today for day in days)


@dataclass(frozen=True, slots=True)
class Ground:
    """Where some advisories hold together: areas with all below them, and drawn shapes."""

    area_ids: frozenset[uuid.UUID] = frozenset()
    shapes: tuple[BaseGeometry, ...] = ()

    def __bool__(self) -> bool:
        """Whether there is any advisory at all."""
        return bool(self.area_ids or self.shapes)

    def holds(self, latitudes: Any, longitudes: Any) -> Any:
        """Whether a drawn shape holds each position; NaN lies nowhere. Arrays or numbers."""
        inside: Any = False
        for shape in self.shapes:
            inside = inside | shapely.intersects_xy(shape, longitudes, latitudes)
        return inside


NOWHERE: Final = Ground()


def in_force(today: date) -> ColumnElement[bool]:
    """The condition that an advisory holds on a day: begun, not ended, not lifted."""
    return and_(
        AreaAdvisory.lifted_at.is_(None),
        AreaAdvisory.valid_from <= today,
        or_(AreaAdvisory.valid_to.is_(None), AreaAdvisory.valid_to >= today),
    )


def read(session: Session, *conditions: ColumnElement[bool]) -> list[Standing]:
    """Return the advisories that satisfy the conditions, the newest first."""
    query = (
        select(*_COLUMNS)
        .where(*conditions)
        .order_by(AreaAdvisory.valid_from.desc(), AreaAdvisory.id)
    )
    return [_standing(row) for row in session.execute(query)]


_COLUMNS: Final = (
    AreaAdvisory.id,
    AreaAdvisory.level,
    AreaAdvisory.reason_class,
    AreaAdvisory.reason,
    AreaAdvisory.area_id,
    AreaAdvisory.country,
    AreaAdvisory.valid_from,
    AreaAdvisory.valid_to,
    AreaAdvisory.review_on,
    AreaAdvisory.issued_by,
    AreaAdvisory.lifted_at,
    func.ST_AsBinary(AreaAdvisory.geometry, type_=None).label("outline"),
)


def _standing(row: Any) -> Standing:
    return Standing(
        id=row.id,
        level=Level(row.level),
        reason_class=row.reason_class,
        reason=row.reason,
        area_id=row.area_id,
        country=row.country,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        review_on=row.review_on,
        issued_by=row.issued_by,
        is_lifted=row.lifted_at is not None,
        outline=None if row.outline is None else shapely.from_wkb(bytes(row.outline)),
    )


def suspended(session: Session, today: date) -> Ground:
    """Return where new referrals are stopped on a day."""
    outline = func.ST_AsBinary(AreaAdvisory.geometry, type_=None).label("outline")
    query = select(AreaAdvisory.area_id, outline).where(
        AreaAdvisory.level == Level.SUSPEND, in_force(today)
    )
    return _ground(session, fetch(session, query))


def ground_of(session: Session, advisory: Standing) -> Ground:
    """Return where one advisory holds."""
    if advisory.outline is not None:
        return Ground(shapes=(_prepared(advisory.outline),))
    ids = [] if advisory.area_id is None else [advisory.area_id]
    return Ground(area_ids=frozenset(areas.descendant_ids(session, ids)))


def _ground(session: Session, rows: Iterable[Any]) -> Ground:
    found = list(rows)
    if not found:
        return NOWHERE
    ids = [row.area_id for row in found if row.area_id is not None]
    return Ground(
        area_ids=frozenset(areas.descendant_ids(session, ids)) if ids else frozenset(),
        shapes=tuple(
            _prepared(shapely.from_wkb(bytes(row.outline)))
            for row in found
            if row.outline is not None
        ),
    )


def _prepared(shape: BaseGeometry) -> BaseGeometry:
    shapely.prepare(shape)
    return shape


def holding(
    session: Session,
    spots: Collection[Spot],
    *,
    today: date,
    levels: Collection[Level] = tuple(Level),
) -> list[Standing]:
    """Return the advisories in force that hold at one of these spots, the strongest first."""
    standing = read(
        session, AreaAdvisory.level.in_([str(one) for one in levels]), in_force(today)
    )
    if not standing:
        return []
    chains = [_areas_of(session, spot) for spot in spots]
    places = list(zip(chains, positions(session, spots), strict=True))
    found = [one for one in standing if _holds(one, places)]
    order = list(Level)
    return sorted(found, key=lambda one: order.index(one.level))


def _holds(advisory: Standing, places: Iterable[tuple[Any, Position]]) -> bool:
    outline = advisory.outline
    if outline is None:
        return any(advisory.area_id in chain for chain, _ in places)
    return any(
        bool(shapely.intersects_xy(outline, longitude, latitude))
        for _, (latitude, longitude) in places
        if latitude is not None and longitude is not None
    )


def held(session: Session, ground: Ground, spots: Sequence[Spot]) -> list[bool]:
    """Say of each spot whether the ground holds it: by the tree, by outlines, by drawn shapes."""
    places = positions(session, spots)
    drawn = ground.holds(
        np.array([one[0] for one in places], dtype=np.float64),
        np.array([one[1] for one in places], dtype=np.float64),
    )
    by_shape: list[bool] = np.broadcast_to(drawn, (len(spots),)).tolist()
    if not ground.area_ids:
        return by_shape
    placed = [one for one in spots if one.latitude is not None]
    located = areas.locate_points(
        session, [(one.latitude or 0.0, one.longitude or 0.0) for one in placed]
    )
    deepest = dict(zip(placed, (found[2] for found in located), strict=False))
    return [
        shaped or one.area_id in ground.area_ids or deepest.get(one) in ground.area_ids
        for one, shaped in zip(spots, by_shape, strict=True)
    ]


def _areas_of(session: Session, spot: Spot) -> frozenset[uuid.UUID]:
    """The areas that a spot lies in: by the tree from its area, and by the outlines."""
    ids: set[uuid.UUID] = set()
    if spot.area_id is not None:
        chain = areas.ancestors(session, spot.area_id)
        ids |= {spot.area_id, *(area.id for area in chain)}
    if spot.latitude is not None and spot.longitude is not None:
        containing = areas.areas_containing(session, spot.latitude, spot.longitude)
        ids |= {area.id for area in containing}
    return frozenset(ids)


def positions(session: Session, spots: Collection[Spot]) -> list[Position]:
    """Return where each spot is: its own position, else the middle of its area."""
    ids = [one.area_id for one in spots if one.latitude is None and one.area_id]
    query = select(Area.id, Area.latitude, Area.longitude).where(
        among(session, Area.id, ids)
    )
    middles: dict[uuid.UUID | None, Position] = {}
    if ids:
        middles |= {
            row.id: (row.latitude, row.longitude) for row in fetch(session, query)
        }
    return [
        middles.get(one.area_id, (None, None))
        if one.latitude is None or one.longitude is None
        else (one.latitude, one.longitude)
        for one in spots
    ]
