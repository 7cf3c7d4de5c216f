"""GeoJSON: properties become columns; points become positions, large surfaces coverage."""

from typing import Final

from importers import geometries
from importers.geometries import Json
from importers.readers import osm
from importers.records import Table
from importers.refusals import FileRefused

NUMBER: Final = "@feature"
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
            cells[str(key)] = geometries.as_text(value)
    if isinstance(number := feature.get("id"), str | int) and NUMBER not in cells:
        cells[NUMBER] = str(number)
    geometry = feature.get("geometry") if feature.get("type") == "Feature" else feature
    if isinstance(geometry, dict):
        cells |= geometries.cells_of(geometry)
    return cells


def _check_reference_system(document: Json) -> None:
    system = document.get("crs")
    properties = system.get("properties") if isinstance(system, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    if name is not None and not str(name).upper().endswith(_WGS84):
        raise FileRefused("reference_system")
