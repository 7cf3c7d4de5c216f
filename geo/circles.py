"""The outline of everything within so many kilometres of a point."""

import math

import shapely
from shapely import affinity
from shapely.geometry import MultiPolygon, Polygon

from geo.distance import destination
from geo.points import Point

MAX_RADIUS_KM = 2000.0
"""Beyond this a radius says nothing about a service; use areas or 'national'."""


def circle(
    center: Point, radius_km: float, *, corners: int = 64
) -> Polygon | MultiPolygon:
    """Return the geodesic circle as a polygon, cut at the 180th meridian.

    The polygon holds the whole circle: its corners lie a little outside, so that no
    edge cuts into the radius. Raises ValueError for a radius that is not positive, too
    large, or a circle that holds a pole.
    """
    if not 0 < radius_km <= MAX_RADIUS_KM:
        raise ValueError(f"radius must be above 0 and at most {MAX_RADIUS_KM:g} km")
    outside_km = radius_km / math.cos(math.pi / corners)
    step = 360 / corners
    ring = [
        destination(center, bearing_degrees=-i * step, distance_km=outside_km)
        for i in range(corners)
    ]
    if abs(center.latitude) + math.degrees(outside_km / 6356) >= 90:
        raise ValueError("a circle around a pole has no outline in degrees")
    # Unrolled around the centre, so that the ring is whole before it is cut.
    unrolled = [
        (center.longitude + _turn(p.longitude - center.longitude), p.latitude)
        for p in ring
    ]
    return cut_at_antimeridian(Polygon(unrolled))


def cut_at_antimeridian(shape: Polygon) -> Polygon | MultiPolygon:
    """Bring a polygon that runs past ±180° back onto the earth, in two parts."""
    west, _, east, _ = shape.bounds
    if west >= -180 and east <= 180:
        return shape
    parts = []
    for west_end in (-540, -180, 180):
        window = shapely.box(west_end, -90, west_end + 360, 90)
        part = shapely.intersection(shape, window)
        parts.append(affinity.translate(part, xoff=-(west_end + 180)))
    polygons = [p for part in parts for p in shapely.get_parts(part) if p.area > 0]
    return MultiPolygon(polygons) if len(polygons) > 1 else polygons[0]


def _turn(degrees: float) -> float:
    return (degrees + 180) % 360 - 180
