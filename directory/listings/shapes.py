"""Coverage shapes as GeoJSON text: read, checked, compared and written in one form."""

from functools import lru_cache

import orjson
import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from directory.errors import Invalid
from directory.text import N_
from geo import geojson
from geo.shapes import NoSurface, repair


class UnusableShape(Invalid):
    """A coverage shape that is not a valid polygon."""

    code = "geometry_invalid"
    message = N_("The shape of the coverage is not a valid polygon.")


def read_shape(text: str) -> BaseGeometry:
    """Read a GeoJSON polygon, multipolygon or Feature of one; raises UnusableShape."""
    try:
        value = orjson.loads(text)
        if value.get("type") == "Feature":
            value = value["geometry"]
        shape = shapely.from_geojson(orjson.dumps(value))
    except (ValueError, KeyError, AttributeError, TypeError, shapely.GEOSException):
        raise UnusableShape from None
    is_polygon = shape.geom_type in {"Polygon", "MultiPolygon"}
    if not is_polygon or shape.is_empty or not shape.is_valid:
        raise UnusableShape
    west, south, east, north = shape.bounds
    if min(west + 180, south + 90, 180 - east, 90 - north) < 0:
        raise UnusableShape
    return shape


def take(data: bytes | str) -> BaseGeometry:
    """Read what a person draws, pastes or uploads: any GeoJSON with a surface, joined and mended.

    Unlike ``read_shape`` it takes whole collections, closes rings and unties outlines that cross
    themselves. Raises UnusableShape.
    """
    try:
        features = list(geojson.read_features(geojson.loads(data)))
        found = [one.geometry for one in features if one.geometry is not None]
        return repair(shapely.GeometryCollection(found)).shape
    except (geojson.GeoJSONError, NoSurface, shapely.GEOSException):
        raise UnusableShape from None


def written(shape: BaseGeometry) -> str:
    """Write a shape as GeoJSON text, as finely as people draw (six decimals)."""
    parts = shapely.get_parts(shape)
    one = parts[0] if len(parts) == 1 else shape
    return orjson.dumps(geojson.write_geometry(one)).decode()


def to_ewkt(shape: BaseGeometry) -> str:
    """Write a polygon as one multipolygon in extended well-known text."""
    return f"SRID=4326;{shapely.to_wkt(_many(shape), rounding_precision=-1)}"


def to_text(wkb: bytes) -> str:
    """Write stored geometry as GeoJSON; a multipolygon of one part becomes a polygon."""
    shape = shapely.from_wkb(wkb)
    parts = shapely.get_parts(shape)
    return str(shapely.to_geojson(parts[0] if len(parts) == 1 else shape))


@lru_cache(maxsize=256)
def are_equal(one: str, other: str) -> bool:
    """Whether two texts draw the same outline, whatever their order of corners or writing."""
    try:
        first, second = (
            shapely.normalize(_many(read_shape(text))) for text in (one, other)
        )
    except UnusableShape:
        return one == other
    return bool(shapely.equals_exact(first, second, tolerance=1e-9))


def _many(shape: BaseGeometry) -> MultiPolygon:
    polygons = [part for part in shapely.get_parts(shape) if isinstance(part, Polygon)]
    return MultiPolygon(polygons)
