"""GeoJSON: properties become columns; points become positions, large surfaces coverage."""

import math
from typing import Any, Final

import orjson
import shapely

from geo import shapes
from geo.points import KM_PER_DEGREE
from importers.readers import osm
from importers.records import Table
from importers.refusals import FileRefused

Json = dict[
    str, Any
]  # JSON of a foreign file: its members have no narrower common type.
LATITUDE, LONGITUDE, SHAPE, NUMBER = "@lat", "@lon", "@shape", "@feature"
MAX_FEATURES: Final = 500_000
_GEOMETRIES: Final = frozenset(
    {
        "Point",
        "MultiPoint",
        "LineString",
        "MultiLineString",
        "Polygon",
        "MultiPolygon",
        "GeometryCollection",
    }
)
_BUILDING_KM2: Final = 1.0
"""A surface up to this size is the building or its grounds; a larger one is the area it serves."""
_WGS84: Final = ("CRS84", "EPSG:4326", "EPSG::4326")


def is_geojson(document: object) -> bool:
    """Whether a JSON document says that it is GeoJSON."""
    if not isinstance(document, dict):
        return False
    kind = _type_of(document)
    return kind in {"FeatureCollection", "Feature"} or (
        kind in _GEOMETRIES and "coordinates" in document
    )


def _type_of(document: Json) -> str:
    """Return the type that an object states; nothing where it is no word."""
    kind = document.get("type")
    return kind if isinstance(kind, str) else ""


def read(document: Json, sheet: str | None = None) -> list[Table]:
    """Return one table with a row for each feature. Raises FileRefused for other systems than WGS 84."""
    _check_reference_system(document)
    features = (
        document.get("features")
        if document["type"] == "FeatureCollection"
        else [document]
    )
    if not isinstance(features, list) or not features:
        raise FileRefused("no_rows")
    if len(features) > MAX_FEATURES:
        raise FileRefused("too_many_rows", limit=MAX_FEATURES)
    kept: list[tuple[int, dict[str, str]]] = []
    withheld = 0
    for number, feature in enumerate(features, start=1):
        cells = _cells(feature) if isinstance(feature, dict) else {}
        if osm.is_protected_shelter(cells):
            withheld += 1
        elif cells:
            kept.append((number, cells))
    if not kept and not withheld:
        raise FileRefused("no_rows")
    keys = list(dict.fromkeys(key for _, cells in kept for key in cells))
    return [
        Table(
            headers=tuple(keys),
            rows=[[cells.get(key, "") for key in keys] for _, cells in kept],
            lines=[number for number, _ in kept],
            sheet=sheet,
            withheld=withheld,
        )
    ]


def _cells(feature: Json) -> dict[str, str]:
    properties = feature.get("properties") if "properties" in feature else {}
    cells: dict[str, str] = {}
    if isinstance(properties, dict):
        for key, value in properties.items():
            cells[str(key)] = _as_text(value)
    if isinstance(number := feature.get("id"), str | int) and NUMBER not in cells:
        cells[NUMBER] = str(number)
    geometry = feature.get("geometry") if feature.get("type") == "Feature" else feature
    if isinstance(geometry, dict):
        cells |= _geometry_cells(geometry)
    return cells


def _geometry_cells(geometry: Json) -> dict[str, str]:
    coordinates = geometry.get("coordinates")
    if geometry.get("type") == "Point":
        if not isinstance(coordinates, list) or len(coordinates) < 2:
            return {}
        return {LATITUDE: _as_text(coordinates[1]), LONGITUDE: _as_text(coordinates[0])}
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


def _as_text(value: object) -> str:
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


def _check_reference_system(document: Json) -> None:
    system = document.get("crs")
    properties = system.get("properties") if isinstance(system, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    if name is not None and not str(name).upper().endswith(_WGS84):
        raise FileRefused("reference_system")
