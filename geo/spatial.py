"""Spatial conditions for queries that read alike on SpatiaLite and PostGIS.

Each is an expression; ``geo/dialects/`` says how a database spells it.
"""

from typing import Any

from sqlalchemy import ColumnElement, Float, or_
from sqlalchemy.sql.elements import BindParameter
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.types import Boolean

from geo.dialects import postgis, spatialite
from geo.points import BoundingBox, Point

# Geometry columns carry no Python type of their own, hence Any.
GeometryColumn = Any


class _Condition(GenericFunction[bool]):
    """A function that is already a condition.

    SQLAlchemy would write "= 1" behind it for SQLite, which then cannot use the index inside.
    """

    type = Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> Any:  # noqa: ARG002 -- SQLAlchemy's signature
        """Return the function itself wherever it stands."""
        return self


class _Covers(_Condition):
    """``geometry`` holds the position (x, y), its border included."""

    type = Boolean()
    inherit_cache = True
    name = "homeward_covers"


class _InBox(_Condition):
    """The geometry's own box touches a box (west, south, east, north): uses the index."""

    type = Boolean()
    inherit_cache = True
    name = "homeward_in_box"


class _DistanceKm(GenericFunction[float]):
    """Kilometres on the ellipsoid from a geometry to the position (x, y)."""

    type = Float()
    inherit_cache = True
    name = "homeward_distance_km"


postgis.spell(covers=_Covers, in_box=_InBox, distance_km=_DistanceKm)
spatialite.spell(covers=_Covers, in_box=_InBox, distance_km=_DistanceKm)


def covers(shape: GeometryColumn, point: Point) -> ColumnElement[bool]:
    """Whether the shape holds the point, its border included."""
    return _Covers(shape, *_xy(point))


def in_box(geometry: GeometryColumn, box: BoundingBox) -> ColumnElement[bool]:
    """Whether the geometry's own box touches ``box``. Answered from the spatial index.

    ``geometry`` must be a mapped column of a table, which may be aliased.
    """
    return or_(
        *(
            _InBox(
                geometry, *map(_number, (part.west, part.south, part.east, part.north))
            )
            for part in box.parts()
        )
    )


def distance_km(geometry: GeometryColumn, point: Point) -> ColumnElement[float]:
    """Kilometres on the WGS 84 ellipsoid from the geometry to the point."""
    return _DistanceKm(geometry, *_xy(point))


def within(
    geometry: GeometryColumn, point: Point, radius_km: float
) -> ColumnElement[bool]:
    """Whether the geometry comes within ``radius_km`` of the point.

    The box around the circle is asked of the index first, the distance only of what is
    left.
    """
    near = in_box(geometry, BoundingBox.around(point, radius_km))
    return near & (distance_km(geometry, point) <= _number(radius_km))


def _xy(point: Point) -> tuple[BindParameter[float], BindParameter[float]]:
    return _number(point.longitude), _number(point.latitude)


def _number(value: float) -> BindParameter[float]:
    return BindParameter(None, float(value), Float(), unique=True)
