"""The base map: borders from our own areas, simplified to what a screen can show."""

import math
import threading
import uuid
from collections.abc import Collection
from typing import Any, Final

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from directory.models import Area
from geo.geojson import Json, write_geometry
from geo.points import BoundingBox

SCREEN: Final = 700
"""Into so many steps the wider side is divided: about the points of a wide screen."""
KEPT: Final = 64
"""How many base maps are kept ready in this process."""
WORLD: Final = "*"
FEW, SOME = 3, 12
"""Up to how many countries are drawn with their first-level areas, and on their own at all."""

_ready: dict[tuple[str, str, int, int], tuple[Json, ...]] = {}
_lock = threading.Lock()


def base_map(session: Session, countries: Collection[str]) -> tuple[Json, ...]:
    """Return the borders to draw under what lies in these countries.

    First-level areas of a few countries, the borders of some more, or all the countries of the
    world. Kept in memory until areas are loaded or taken away; equal calls give equal geometries.
    """
    if not 0 < len(countries) <= SOME:
        return _kept(session, WORLD, level=0)
    level = 1 if len(countries) <= FEW else 0
    return tuple(
        one for code in sorted(countries) for one in _kept(session, code, level=level)
    )


def extent_of(session: Session, countries: Collection[str]) -> BoundingBox | None:
    """Return the box round the base map of some countries; None where nothing is drawn."""
    shapes = shapely.geometrycollections(
        [shapely.geometry.shape(one) for one in base_map(session, countries)]
    )
    if shapes.is_empty:
        return None
    west, south, east, north = shapes.bounds
    return BoundingBox(south=south, west=west, north=north, east=east)


def outlines_of(
    session: Session, area_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, Json]:
    """Return the simplified outlines of some areas by id; areas without one are left out."""
    return {
        area_id: simplified(shape)
        for area_id, shape in shapes_of(session, area_ids).items()
    }


def shapes_of(
    session: Session, area_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, BaseGeometry]:
    """Return the whole outlines of some areas by id; areas without one are left out."""
    statement = select(Area.id, _outline()).where(Area.id.in_(list(area_ids)))
    return {
        area_id: shapely.from_wkb(bytes(outline))
        for area_id, outline in session.execute(statement)
        if outline is not None
    }


def simplified(shape: BaseGeometry) -> Json:
    """Return a geometry with no more detail than a screen can show, as GeoJSON."""
    step = _step([shape])
    return _written(shapely.simplify(shape, step), step)


def _kept(session: Session, country: str, *, level: int) -> tuple[Json, ...]:
    count = select(func.count()).select_from(Area).where(Area.valid_to.is_(None))
    key = (
        str(session.get_bind().engine.url),
        country,
        level,
        session.scalar(count) or 0,
    )
    if key not in _ready:
        drawn = _draw(session, country, level)
        with _lock:
            if len(_ready) >= KEPT:
                _ready.clear()
            _ready[key] = drawn
    return _ready[key]


def _draw(session: Session, country: str, level: int) -> tuple[Json, ...]:
    own = Area.level == 0 if country == WORLD else Area.country == country
    shapes = _shapes(session, own, Area.level == level) or _shapes(
        session, own, Area.level == 0
    )
    if not shapes:
        return ()
    # Borders that two areas share stay shared.
    step = _step(shapes)
    coarse = shapely.coverage_simplify(shapes, tolerance=step, simplify_boundary=True)
    kept = [_without_specks(shape, step) for shape in coarse]
    return tuple(_written(shape, step) for shape in kept if not shape.is_empty)


def _without_specks(shape: BaseGeometry, step: float) -> BaseGeometry:
    """Leave out islands that would be a point, but never the whole of an area."""
    parts = [part for part in shapely.get_parts(shape) if part.area >= step * step]
    return shapely.multipolygons(parts) if parts else shape


def _written(shape: BaseGeometry, step: float) -> Json:
    """Write positions as finely as the screen shows them, and one digit more."""
    decimals = max(1, 1 - math.floor(math.log10(step))) if step > 0 else 4
    return write_geometry(shape, decimals=min(decimals, 5))


def _shapes(session: Session, *conditions: ColumnElement[bool]) -> list[BaseGeometry]:
    statement = (
        select(_outline())
        .where(Area.valid_to.is_(None), *conditions)
        .order_by(Area.code)
    )
    return [
        shapely.from_wkb(bytes(found)) for found in session.scalars(statement) if found
    ]


def _step(shapes: list[BaseGeometry]) -> float:
    west, south, east, north = shapely.total_bounds(shapes)
    return float(max(east - west, north - south)) / SCREEN


def _outline() -> Any:  # SQL of a function that has no type of its own
    return func.ST_AsBinary(Area.geometry, type_=None)
