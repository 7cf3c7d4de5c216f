"""KML and KMZ: placemarks as rows, their extended data as columns; nothing is fetched."""

import html
import io
import re
from collections.abc import Iterator
from typing import Any, Final
from xml.etree.ElementTree import Element, ParseError
from zipfile import ZipFile

from defusedxml import DefusedXmlException, ElementTree

from importers import columns, geometries
from importers.readers import geojson
from importers.records import Table
from importers.refusals import FileRefused

Json = dict[str, Any]  # GeoJSON is JSON: its members have no narrower common type.
_MARKUP: Final = re.compile(r"<[^<>]*>")
_BREAKS: Final = re.compile(r"<\s*(br|/p|/div|/tr|/li)\s*/?\s*>", re.IGNORECASE)
_TEXTS: Final[dict[str, str]] = {
    "name": "name", "description": "description", "Snippet": "description",
    "address": "address", "phoneNumber": "phone",
}  # fmt: skip
_GEOMETRIES: Final = frozenset(
    {"Point", "LineString", "LinearRing", "Polygon", "MultiGeometry"}
)
_DEEPEST: Final = 100
_FOLDER: Final = "category"
"""The column of the folders' names, which often are kinds."""


def read(*documents: bytes) -> list[Table]:
    """Return one table of the placemarks of these documents.

    Raises FileRefused for a document that is not well formed, defines entities, points at other
    files, or only links to a list elsewhere.
    """
    features: list[Json] = []
    for data in documents:
        features += _placemarks(data)
        if len(features) > geojson.MAX_FEATURES:
            raise FileRefused("too_many_rows", limit=geojson.MAX_FEATURES)
    _say_kinds_once([one["properties"] for one in features])
    return geojson.read({"type": "FeatureCollection", "features": features})


def read_archive(archive: ZipFile) -> list[Table]:
    """Return the table of a KMZ; of its parts only the documents are read."""
    return read(*(archive.read(name) for name in _documents(archive)))


def is_archive(archive: ZipFile) -> bool:
    """Whether an archive is a KMZ."""
    return bool(_documents(archive))


def _documents(archive: ZipFile) -> list[str]:
    return [name for name in archive.namelist() if name.lower().endswith(".kml")]


def _placemarks(data: bytes) -> Iterator[Json]:
    """Yield the placemarks of a document as features, each forgotten once it was read."""
    path: list[Element] = []
    try:
        steps = ElementTree.iterparse(
            io.BytesIO(data), events=("start", "end"), forbid_dtd=True
        )
        for event, element in steps:
            if event == "start":
                path.append(element)
                if len(path) > _DEEPEST:
                    raise FileRefused("xml_malformed")
                continue
            path.pop()
            name = _local(element)
            if name == "NetworkLink":
                raise FileRefused("network_link", link=_link(element))
            if name == "Placemark":
                yield _feature(element, _folder(path))
                element.clear()
    except DefusedXmlException as error:
        raise FileRefused("xml_unsafe") from error
    except (ParseError, ValueError, LookupError) as error:
        raise FileRefused("xml_malformed") from error


def _folder(path: list[Element]) -> str:
    """Return the name of the folder around a placemark, which often is its kind."""
    for element in reversed(path):
        if _local(element) == "Folder":
            return next((_text(one) for one in element if _local(one) == "name"), "")
    return ""


def _link(element: Element) -> str:
    found = next((_text(one) for one in element.iter() if _local(one) == "href"), "")
    return found[:200] or "–"


def _feature(placemark: Element, folder: str) -> Json:
    cells: dict[str, str] = {}
    geometries: list[Json] = []
    for element in placemark:
        name = _local(element)
        if name in _TEXTS:
            cells.setdefault(_TEXTS[name], _plain(_text(element)))
        elif name == "ExtendedData":
            cells |= _extended(element)
        elif name in _GEOMETRIES:
            geometries += _geometries(element, cells)
    if folder:
        cells.setdefault(_FOLDER, folder)
    geometry: Json | None = geometries[0] if geometries else None
    if len(geometries) > 1:
        geometry = {"type": "GeometryCollection", "geometries": geometries}
    return {"type": "Feature", "properties": cells, "geometry": geometry}


def _say_kinds_once(rows: list[dict[str, str]]) -> None:
    """Put the folder's name into the column of kinds that the document has, where that is empty."""
    titles = dict.fromkeys(title for row in rows for title in row if title != _FOLDER)
    named = (title for title in titles if columns.target_of(title) == ("kind", None))
    if (kinds := next(named, None)) is None:
        return
    for row in rows:
        folder = row.pop(_FOLDER, "")
        row[kinds] = row.get(kinds) or folder


def _extended(data: Element) -> dict[str, str]:
    """Return the columns that a placemark adds: untyped ``Data`` and typed ``SimpleData``."""
    cells = {}
    for element in data.iter():
        name, title = _local(element), element.get("name", "").strip()
        if name == "SimpleData" and title:
            cells[title] = _plain(_text(element))
        elif name == "Data" and title:
            value = next((one for one in element if _local(one) == "value"), None)
            cells[title] = _plain(_text(value)) if value is not None else ""
    return cells


def _geometries(element: Element, cells: dict[str, str]) -> list[Json]:
    """Return the geometries of an element; a position that cannot be read is kept as text."""
    name = _local(element)
    if name == "MultiGeometry":
        return [one for child in element for one in _geometries(child, cells)]
    if name == "Polygon":
        rings = [
            _positions(one) for one in element.iter() if _local(one) == "LinearRing"
        ]
        sound = [ring for ring in rings if len(ring) > 3]
        return [{"type": "Polygon", "coordinates": sound}] if sound else []
    if name not in _GEOMETRIES:
        return []
    positions = _positions(element)
    if not positions:
        if text := " ".join(_coordinates(element)):
            cells |= {geometries.LATITUDE: text[:100], geometries.LONGITUDE: text[:100]}
        return []
    if name == "Point" or len(positions) == 1:
        return [{"type": "Point", "coordinates": positions[0]}]
    return [{"type": "LineString", "coordinates": positions}]


def _coordinates(element: Element) -> list[str]:
    return [_text(one) for one in element.iter() if _local(one) == "coordinates"]


def _positions(element: Element) -> list[list[float]]:
    """Return longitude and latitude of each corner; those that are no numbers are left out."""
    found = []
    for text in _coordinates(element):
        for corner in re.sub(r"\s*,\s*", ",", text).split():
            try:
                longitude, latitude = (float(part) for part in corner.split(",")[:2])
            except ValueError:
                continue
            found.append([longitude, latitude])
    return found


def _local(element: Element) -> str:
    """Return the name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def _text(element: Element) -> str:
    return "".join(element.itertext()).strip()


def _plain(text: str) -> str:
    """Return a text without markup: descriptions in KML are often pieces of HTML."""
    if "<" not in text and "&" not in text:
        return text
    words = html.unescape(_MARKUP.sub(" ", _BREAKS.sub("\n", text)))
    lines = (" ".join(line.split()) for line in words.splitlines())
    return "\n".join(line for line in lines if line)
