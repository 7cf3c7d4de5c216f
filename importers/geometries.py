"""One geometry of a file as cells: a point is the position, a large surface the area served."""

import math
import re
from typing import Any, Final

import orjson
import shapely

from geo import shapes
from geo.points import KM_PER_DEGREE

Json = dict[
    str, Any
]  # JSON of a foreign file: its members have no narrower common type.
LATITUDE, LONGITUDE, SHAPE = "@lat", "@lon", "@shape"
_BUILDING_KM2: Final = 1.0
"""A surface up to this size is the building or its grounds; a larger one is the area it serves."""
_WKT: Final = re.compile(r"(?:SRID=4326;)?\s*([A-Z]{4,}[A-Z ]*\(.+\))\s*", re.DOTALL)
_WKB: Final = re.compile(r"(?:[0-9A-Fa-f]{2}){21,}")


def cells_of_text(text: str) -> dict[str, str]:
    """Return the cells of a geometry written as GeoJSON, WKT or hexadecimal WKB; none if it is neither."""
    plain = text.strip()
    try:
        if plain.startswith("{"):
            document = orjson.loads(plain)
            if document.get("type") == "Feature":
                document = document.get("geometry")
        elif found := _WKT.fullmatch(plain.upper()):
            document = orjson.loads(shapely.to_geojson(shapely.from_wkt(found[1])))
        elif _WKB.fullmatch(plain):
            document = orjson.loads(shapely.to_geojson(shapely.from_wkb(plain)))
        else:
            return {}
    except (ValueError, shapely.GEOSException):
        return {}
    return cells_of(document) if isinstance(document, dict) else {}


def cells_of(geometry: Json) -> dict[str, str]:
    """Return position or shape of a GeoJSON geometry, under the names above; none if it is empty."""
    coordinates = geometry.get("coordinates")
    if geometry.get("type") == "Point":
        if not isinstance(coordinates, list) or len(coordinates) < 2:
            return {}
        return {LATITUDE: as_text(coordinates[1]), LONGITUDE: as_text(coordinates[0])}
    text = orjson.dumps(geometry).decode()
    try:
        shape = shapely.from_geojson(text)
        if shape.is_empty:
            return {}
        if (
            isinstance(shape, shapely.Polygon | shapely.MultiPolygon)
            and _km2(shape) > _BUILDING_KM2
        ):
            return {SHAPE: _on_earth(shape, text)}
        place = shape.representative_point() if shape.is_valid else shape.centroid
    except (shapely.GEOSException, ValueError):
        return {SHAPE: text}
    return {LATITUDE: f"{place.y:.7f}", LONGITUDE: f"{place.x:.7f}"}


def _on_earth(shape: shapely.Polygon | shapely.MultiPolygon, text: str) -> str:
    """Return a surface as text, cut in two where it lies on both sides of the antimeridian."""
    if _is_plain(shape):
        return text
    west, south, east, north = shape.bounds
    if not (-90 <= south <= north <= 90 and -360 <= west <= east <= 360):
        return text  # No place on the earth: the check of shapes says so.
    cut = shapes.unrolled(shape)
    return text if cut == shape else str(shapely.to_geojson(cut))


def _is_plain(shape: shapely.Polygon | shapely.MultiPolygon) -> bool:
    west, _south, east, _north = shape.bounds
    return bool(west >= -180 and east <= 180 and east - west <= 180)


def _km2(
    shape: Any,
) -> float:  # Any: shapely's geometries share no typed protocol for bounds
    west, south, east, north = shape.bounds
    if not (-90 <= south <= north <= 90 and -360 <= west <= east <= 360):
        return float("inf")
    width = float(shapely.area(shape)) * KM_PER_DEGREE**2
    return width * math.cos(math.radians((south + north) / 2))


def as_text(value: object) -> str:
    """Return a JSON value as the text of a cell; lists of plain values with semicolons."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(
        isinstance(one, str | int | float) for one in value
    ):
        return "; ".join(str(one) for one in value)
    if isinstance(value, dict | list):
        return orjson.dumps(value).decode()
    return _plain_text(value)


def _plain_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)
