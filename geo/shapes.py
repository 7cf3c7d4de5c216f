"""Polygons made fit to store: repaired with a report, simplified, measured, turned round."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from geo.circles import cut_at_antimeridian
from geo.points import KM_PER_DEGREE, BoundingBox, Point


class Repair(StrEnum):
    """What was done to a shape on its way in."""

    RING_CLOSED = "ring_closed"
    HEIGHT_DROPPED = "height_dropped"
    SELF_CROSSING = "self_crossing"
    NOT_SURFACE_DROPPED = "not_surface_dropped"


@dataclass(frozen=True, slots=True)
class RepairedShape:
    """A valid MultiPolygon and what it took; ``area_change`` is a share (0.1 = 10 %)."""

    shape: MultiPolygon
    repairs: tuple[Repair, ...]
    area_change: float


class NoSurface(ValueError):
    """Nothing of the geometry has a surface."""


def repair(geometry: BaseGeometry) -> RepairedShape:
    """Return the surfaces of a geometry, valid, as one MultiPolygon.

    Self-crossing outlines are untied so that what lay inside stays inside. Raises
    NoSurface when nothing is left.
    """
    repairs: list[Repair] = []
    if shapely.has_z(geometry):
        geometry = shapely.force_2d(geometry)
        repairs.append(Repair.HEIGHT_DROPPED)
    before = geometry.area
    if not geometry.is_valid:
        geometry = shapely.make_valid(geometry, method="structure")
        repairs.append(Repair.SELF_CROSSING)
    parts = _all_parts(geometry)
    surfaces = [part for part in parts if isinstance(part, Polygon) and part.area > 0]
    if not surfaces:
        raise NoSurface("the geometry has no surface")
    if len(surfaces) < len(parts) and Repair.SELF_CROSSING not in repairs:
        repairs.append(Repair.NOT_SURFACE_DROPPED)
    shape = MultiPolygon(surfaces)
    if not shape.is_valid:  # Surfaces of a collection may overlap.
        shape = as_multipolygon(shapely.union_all(surfaces))
    change = abs(shape.area - before) / before if before else 1.0
    return RepairedShape(shape, tuple(repairs), change)


def as_multipolygon(shape: BaseGeometry) -> MultiPolygon:
    """Return a polygon or several as a MultiPolygon; other parts are left out."""
    return MultiPolygon([p for p in _all_parts(shape) if isinstance(p, Polygon)])


def unrolled(shape: Polygon | MultiPolygon) -> Polygon | MultiPolygon:
    """Return a surface whose outline jumps from 180° to -180° as the parts that it means.

    Programs write such outlines for areas on both sides of the antimeridian; read as it stands,
    an outline would run round the rest of the earth. Parts beyond ±180° are brought back, too.
    """
    parts = [
        cut_at_antimeridian(_without_jump(p))
        for p in _all_parts(shape)
        if isinstance(p, Polygon)
    ]
    whole = [polygon for part in parts for polygon in shapely.get_parts(part)]
    return whole[0] if len(whole) == 1 else MultiPolygon(whole)


def _without_jump(shape: Polygon) -> Polygon:
    steps = np.abs(np.diff(shapely.get_coordinates(shape.exterior)[:, 0]))
    if not np.any((steps > 180) & (steps < 360)):
        return shape
    return shapely.transform(
        shape,
        lambda xy: xy + np.column_stack([360.0 * (xy[:, 0] < 0), np.zeros(len(xy))]),
    )


def simplify(shape: MultiPolygon, tolerance_m: float) -> MultiPolygon:
    """Drop corners that lie within ``tolerance_m`` metres of the line, keeping validity."""
    degrees = tolerance_m / 1000 / KM_PER_DEGREE
    return as_multipolygon(shapely.simplify(shape, degrees, preserve_topology=True))


def exchanged(shape: BaseGeometry) -> BaseGeometry:
    """Return the shape with latitude and longitude in each other's place."""
    return shapely.transform(shape, lambda xy: xy[:, ::-1])


def looks_exchanged(shape: BaseGeometry, expected: BoundingBox) -> bool:
    """Say whether a shape lies outside where it should be, and inside when exchanged."""
    middle = shape.centroid
    if abs(middle.y) > 90 or not expected.contains(
        Point(latitude=middle.y, longitude=middle.x)
    ):
        return abs(middle.x) <= 90 and expected.contains(
            Point(latitude=middle.x, longitude=middle.y)
        )
    return False


def bounds(shape: BaseGeometry) -> BoundingBox:
    """Return the box around a shape, in degrees."""
    west, south, east, north = shape.bounds
    return BoundingBox(south=south, west=west, north=north, east=east)


def surface_point(shape: BaseGeometry) -> Point:
    """Return a point inside the shape: its centroid where that is inside."""
    middle = shape.centroid
    if not shape.contains(middle):
        middle = shape.representative_point()
    return Point(latitude=middle.y, longitude=middle.x)


def area_km2(shape: BaseGeometry) -> float:
    """Return square kilometres on the WGS 84 ellipsoid.

    Measured in Lambert's cylindrical equal-area projection, where areas are true
    (Snyder, Map Projections, 1987, eq. 3-12 and 10-20).
    """
    return float(shapely.transform(shape, _equal_area_km).area)


def _equal_area_km(xy: np.ndarray) -> np.ndarray:
    radius_km, e = 6378.137, 0.0818191908426
    sine = np.sin(np.radians(xy[:, 1]))
    tail = np.log((1 - e * sine) / (1 + e * sine)) / (2 * e)
    q = (1 - e**2) * (sine / (1 - (e * sine) ** 2) - tail)
    return np.column_stack([radius_km * np.radians(xy[:, 0]), radius_km * q / 2])


def _all_parts(geometry: BaseGeometry) -> list[BaseGeometry]:
    """Return the simple geometries inside any nesting of collections."""
    if not hasattr(geometry, "geoms"):
        return [geometry]
    return [part for child in geometry.geoms for part in _all_parts(child)]
