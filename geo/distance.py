"""How far two points are apart, and the point at a distance and direction."""

import math

from geographiclib.geodesic import Geodesic

from geo.points import EARTH_RADIUS_KM, Point

_WGS84 = Geodesic.WGS84


def great_circle_km(a: Point, b: Point) -> float:
    """Return kilometres on a sphere: fast, within 0.6 % of the true distance."""
    lat_a, lat_b = math.radians(a.latitude), math.radians(b.latitude)
    half_lat = (lat_b - lat_a) / 2
    half_lon = math.radians(b.longitude - a.longitude) / 2
    h = math.sin(half_lat) ** 2 + (
        math.cos(lat_a) * math.cos(lat_b) * math.sin(half_lon) ** 2
    )
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(h)))


def geodesic_km(a: Point, b: Point) -> float:
    """Return kilometres on the WGS 84 ellipsoid, exact to the millimetre."""
    line = _WGS84.Inverse(
        a.latitude, a.longitude, b.latitude, b.longitude, Geodesic.DISTANCE
    )
    return float(line["s12"]) / 1000


def destination(start: Point, *, bearing_degrees: float, distance_km: float) -> Point:
    """Return the point at a distance from ``start``; bearing 0 is north, 90 east."""
    end = _WGS84.Direct(
        start.latitude, start.longitude, bearing_degrees, distance_km * 1000
    )
    return Point(latitude=float(end["lat2"]), longitude=float(end["lon2"]))
