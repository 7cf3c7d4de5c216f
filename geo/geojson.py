"""GeoJSON (RFC 7946) read strictly enough to trust and written so that others can read it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import shapely
from shapely.geometry import LineString, Polygon, mapping
from shapely.geometry.base import BaseGeometry

from geo.shapes import Repair

MAX_POSITIONS = 3_000_000
"""More corners than any country's official boundaries; beyond lies a mistake or abuse."""

Positions = npt.NDArray[np.float64]
Json = dict[str, Any]  # GeoJSON is JSON: its members have no narrower common type.


class Problem(StrEnum):
    """Why something is not usable GeoJSON. The caller puts it into words."""

    NOT_JSON = "not_json"
    NOT_GEOJSON = "not_geojson"
    EMPTY = "empty"
    NOT_NUMBERS = "not_numbers"
    OUT_OF_RANGE = "out_of_range"
    EXCHANGED = "exchanged"
    NOT_DEGREES = "not_degrees"
    OTHER_REFERENCE_SYSTEM = "other_reference_system"
    RING_TOO_SHORT = "ring_too_short"
    TOO_LARGE = "too_large"


class GeoJSONError(ValueError):
    """Not usable; ``where`` is the path inside the document, such as features[3]."""

    def __init__(self, problem: Problem, where: str = "") -> None:
        super().__init__(f"{problem.value} {where}".strip())
        self.problem = problem
        self.where = where


@dataclass(frozen=True, slots=True)
class Feature:
    """A geometry (perhaps none) with its properties and what was mended while reading."""

    geometry: BaseGeometry | None
    properties: Mapping[str, Any]  # Values of a foreign file: anything JSON can hold.
    repairs: tuple[Repair, ...] = ()


@dataclass(slots=True)
class _Reading:
    """What one geometry met while it was read."""

    where: str
    positions: int = 0
    repairs: list[Repair] = field(default_factory=list)
    outside: int = 0
    would_fit_exchanged: int = 0
    far_outside: int = 0


_WGS84_NAMES = ("CRS84", "EPSG:4326", "EPSG::4326")


def loads(data: bytes | str) -> Json:
    """Return the JSON object in a text. Raises GeoJSONError (also for NaN)."""
    try:
        document = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise GeoJSONError(Problem.NOT_JSON) from error
    if not isinstance(document, dict):
        raise GeoJSONError(Problem.NOT_GEOJSON)
    return document


def read_features(document: Mapping[str, Any]) -> Iterator[Feature]:
    """Yield the features of a FeatureCollection, a Feature or a bare geometry."""
    _check_reference_system(document)
    kind = document.get("type")
    if kind == "FeatureCollection":
        features = document.get("features")
        if not isinstance(features, list) or not features:
            raise GeoJSONError(Problem.EMPTY)
        for index, feature in enumerate(features):
            yield _feature(feature, f"features[{index}]")
    elif kind == "Feature":
        yield _feature(document, "")
    else:
        yield read_geometry(document)


def read_geometry(document: Mapping[str, Any], where: str = "") -> Feature:
    """Read one geometry as a feature without properties; rings left open are closed."""
    reading = _Reading(where)
    shape = _geometry(document, reading)
    if reading.outside:
        raise GeoJSONError(_why_outside(reading), where)
    if shape.is_empty:
        raise GeoJSONError(Problem.EMPTY, where)
    return Feature(shape, {}, tuple(dict.fromkeys(reading.repairs)))


def write_geometry(shape: BaseGeometry, decimals: int = 6) -> Json:
    """Return a geometry as JSON: right-hand rule, rounded, no reference system member."""
    oriented = shapely.orient_polygons(shape)
    raw = mapping(oriented)
    if raw["type"] == "GeometryCollection":
        parts = [write_geometry(part, decimals) for part in shapely.get_parts(oriented)]
        return {"type": "GeometryCollection", "geometries": parts}
    return {
        "type": raw["type"],
        "coordinates": _rounded(raw["coordinates"], decimals),
    }


def write_feature(
    shape: BaseGeometry | None,
    properties: Mapping[str, Any],
    *,
    feature_id: str | None = None,
) -> Json:
    """Return a Feature as JSON."""
    feature: Json = {
        "type": "Feature",
        "geometry": None if shape is None else write_geometry(shape),
        "properties": dict(properties),
    }
    return feature if feature_id is None else {"id": feature_id, **feature}


def write_collection(features: list[Json]) -> Json:
    """Return a FeatureCollection as JSON."""
    return {"type": "FeatureCollection", "features": features}


def _feature(document: Any, where: str) -> Feature:  # Any: an element of a foreign list
    if not isinstance(document, dict) or document.get("type") != "Feature":
        raise GeoJSONError(Problem.NOT_GEOJSON, where)
    properties = document.get("properties") or {}
    if not isinstance(properties, dict):
        raise GeoJSONError(Problem.NOT_GEOJSON, f"{where}.properties")
    geometry = document.get("geometry")
    if geometry is None:
        return Feature(None, properties)
    read = read_geometry(geometry, f"{where}.geometry".lstrip("."))
    return Feature(read.geometry, properties, read.repairs)


def _geometry(
    document: Any, reading: _Reading, depth: int = 0
) -> BaseGeometry:  # Any: foreign JSON
    if not isinstance(document, dict):
        raise GeoJSONError(Problem.NOT_GEOJSON, reading.where)
    kind = document.get("type")
    if kind == "GeometryCollection" and depth < 4:
        parts = _list(document.get("geometries"), reading)
        return shapely.GeometryCollection(
            [_geometry(part, reading, depth + 1) for part in parts]
        )
    builder = _BUILDERS.get(str(kind))
    if builder is None:
        raise GeoJSONError(Problem.NOT_GEOJSON, reading.where)
    return builder(_list(document.get("coordinates"), reading), reading)


def _point(value: list[Any], reading: _Reading) -> BaseGeometry:
    return shapely.Point(_positions([value], reading)[0])


def _multipoint(value: list[Any], reading: _Reading) -> BaseGeometry:
    return shapely.MultiPoint(_positions(value, reading))


def _line(value: list[Any], reading: _Reading) -> LineString:
    positions = _positions(value, reading)
    if len(positions) == 1:
        raise GeoJSONError(Problem.NOT_GEOJSON, reading.where)
    return LineString(positions)


def _multiline(value: list[Any], reading: _Reading) -> BaseGeometry:
    return shapely.MultiLineString(
        [_line(_list(part, reading), reading) for part in value]
    )


def _polygon(value: list[Any], reading: _Reading) -> Polygon:
    rings = [_ring(_list(ring, reading), reading) for ring in value]
    return Polygon(rings[0], rings[1:]) if rings else Polygon()


def _multipolygon(value: list[Any], reading: _Reading) -> BaseGeometry:
    return shapely.MultiPolygon(
        [_polygon(_list(part, reading), reading) for part in value]
    )


_BUILDERS: Mapping[str, Callable[[list[Any], _Reading], BaseGeometry]] = {
    "Point": _point,
    "MultiPoint": _multipoint,
    "LineString": _line,
    "MultiLineString": _multiline,
    "Polygon": _polygon,
    "MultiPolygon": _multipolygon,
}


def _list(value: Any, reading: _Reading) -> list[Any]:  # Any: foreign JSON
    if not isinstance(value, list):
        raise GeoJSONError(Problem.NOT_GEOJSON, reading.where)
    return value


def _ring(value: list[Any], reading: _Reading) -> Positions:
    ring = _positions(value, reading)
    if len(ring) and (ring[0] != ring[-1]).any():
        ring = np.vstack([ring, ring[:1]])
        reading.repairs.append(Repair.RING_CLOSED)
    if len(ring) < 4:
        raise GeoJSONError(Problem.RING_TOO_SHORT, reading.where)
    return ring


def _positions(value: list[Any], reading: _Reading) -> Positions:
    """Return a list of positions as an array of two columns, checked."""
    if not all(isinstance(position, list) for position in value):
        raise GeoJSONError(Problem.NOT_GEOJSON, reading.where)
    reading.positions += len(value)
    if reading.positions > MAX_POSITIONS:
        raise GeoJSONError(Problem.TOO_LARGE, reading.where)
    if set(map(len, value)) - {2}:
        if min(map(len, value)) < 2:
            raise GeoJSONError(Problem.NOT_NUMBERS, reading.where)
        reading.repairs.append(Repair.HEIGHT_DROPPED)
        value = [position[:2] for position in value]
    # Python's own types: a JSON true is no number here, nor is a text of digits.
    if not set(map(type, chain.from_iterable(value))) <= {int, float}:
        raise GeoJSONError(Problem.NOT_NUMBERS, reading.where)
    positions = np.array(value, dtype=float).reshape(-1, 2)
    if not np.isfinite(positions).all():
        raise GeoJSONError(Problem.NOT_NUMBERS, reading.where)
    size = np.abs(positions)
    reading.outside += int((size > (180, 90)).any(axis=1).sum())
    reading.far_outside += int((size > 360).any())
    reading.would_fit_exchanged += int((size <= (90, 180)).all(axis=1).sum())
    return positions


def _why_outside(reading: _Reading) -> Problem:
    if reading.far_outside:
        return Problem.NOT_DEGREES
    if reading.would_fit_exchanged == reading.positions:
        return Problem.EXCHANGED
    return Problem.OUT_OF_RANGE


def _check_reference_system(document: Mapping[str, Any]) -> None:
    """Accept the old ``crs`` member only where it says what RFC 7946 says anyway."""
    system = document.get("crs")
    if system is None:
        return
    properties = system.get("properties") if isinstance(system, dict) else None
    name = properties.get("name", "") if isinstance(properties, dict) else ""
    if not str(name).upper().endswith(_WGS84_NAMES):
        raise GeoJSONError(Problem.OTHER_REFERENCE_SYSTEM, "crs")


def _rounded(value: Any, decimals: int) -> Any:  # Any: nested tuples of numbers
    if isinstance(value, float | int):
        return round(value, decimals)
    return [_rounded(child, decimals) for child in value]
