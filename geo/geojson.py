"""GeoJSON (RFC 7946) read strictly enough to trust and written so that others can read it."""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import shapely
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from geo.shapes import Repair

MAX_POSITIONS = 3_000_000
"""More corners than any country's official boundaries; beyond lies a mistake or abuse."""

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


_DEPTH = {
    "Point": 0,
    "MultiPoint": 1,
    "LineString": 1,
    "MultiLineString": 2,
    "Polygon": 2,
    "MultiPolygon": 3,
}
_WGS84_NAMES = ("CRS84", "EPSG:4326", "EPSG::4326")


def loads(data: bytes | str) -> Json:
    """Return the JSON object in a text. Raises GeoJSONError (also for NaN)."""
    try:
        document = json.loads(data, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
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
    clean = _geometry(document, reading)
    if reading.outside:
        raise GeoJSONError(_why_outside(reading), where)
    shape = shapely.from_geojson(json.dumps(clean))
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


def _geometry(document: Any, reading: _Reading, depth: int = 0) -> Json:  # Any: foreign
    if not isinstance(document, dict):
        raise GeoJSONError(Problem.NOT_GEOJSON, reading.where)
    kind = document.get("type")
    if kind == "GeometryCollection" and depth < 4:
        parts = document.get("geometries")
        if not isinstance(parts, list):
            raise GeoJSONError(Problem.NOT_GEOJSON, reading.where)
        inner = [_geometry(part, reading, depth + 1) for part in parts]
        return {"type": kind, "geometries": inner}
    if kind not in _DEPTH:
        raise GeoJSONError(Problem.NOT_GEOJSON, reading.where)
    closed = kind in {"Polygon", "MultiPolygon"}
    coordinates = _nested(document.get("coordinates"), _DEPTH[kind], reading, closed)
    return {"type": kind, "coordinates": coordinates}


def _nested(value: Any, depth: int, reading: _Reading, closed: bool) -> Any:
    """Check coordinates of any depth; Any: nested lists have no other name."""
    if not isinstance(value, list):
        raise GeoJSONError(Problem.NOT_GEOJSON, reading.where)
    if depth == 0:
        return _position(value, reading)
    children = [_nested(child, depth - 1, reading, closed) for child in value]
    if depth == 1 and closed:
        return _ring(children, reading)
    return children


def _position(value: list[Any], reading: _Reading) -> list[float]:
    reading.positions += 1
    if reading.positions > MAX_POSITIONS:
        raise GeoJSONError(Problem.TOO_LARGE, reading.where)
    if len(value) < 2 or not all(_is_number(part) for part in value[:2]):
        raise GeoJSONError(Problem.NOT_NUMBERS, reading.where)
    if len(value) > 2:
        reading.repairs.append(Repair.HEIGHT_DROPPED)
    x, y = float(value[0]), float(value[1])
    if abs(x) > 180 or abs(y) > 90:
        reading.outside += 1
        reading.far_outside += abs(x) > 360 or abs(y) > 360
    reading.would_fit_exchanged += abs(x) <= 90 and abs(y) <= 180
    return [x, y]


def _ring(ring: list[list[float]], reading: _Reading) -> list[list[float]]:
    if ring and ring[0] != ring[-1]:
        ring = [*ring, ring[0]]
        reading.repairs.append(Repair.RING_CLOSED)
    if len(ring) < 4:
        raise GeoJSONError(Problem.RING_TOO_SHORT, reading.where)
    return ring


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


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value)


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _rounded(value: Any, decimals: int) -> Any:  # Any: nested tuples of numbers
    if isinstance(value, float | int):
        return round(value, decimals)
    return [_rounded(child, decimals) for child in value]
