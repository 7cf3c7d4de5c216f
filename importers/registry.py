"""The one table of formats that an import understands, and how a file finds its reader."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from zipfile import ZipFile

import orjson

from importers import guard
from importers.readers import (
    csv,
    geojson,
    gis,
    hsds,
    hsds_json,
    hsds_package,
    kml,
    kobo,
    ods,
    overpass,
    template,
    xlsx,
)
from importers.records import Table
from importers.refusals import FileRefused


@dataclass(frozen=True, slots=True)
class FileFormat:
    """A format: its name in answers and on pages, and whether its tables come with headers."""

    name: str
    has_headers: bool
    suffixes: tuple[str, ...]


FORMATS: Final[Mapping[str, FileFormat]] = {
    one.name: one
    for one in (
        FileFormat("csv", False, (".csv", ".tsv", ".txt", ".csv.gz", ".zip")),
        FileFormat("xlsx", False, (".xlsx",)),
        FileFormat("ods", False, (".ods",)),
        FileFormat("geojson", True, (".geojson", ".geojson.gz")),
        FileFormat("overpass", True, (".json", ".json.gz")),
        FileFormat("hsds", True, (".zip", ".json", ".json.gz")),
        FileFormat("kml", True, (".kml", ".kmz")),
        FileFormat("gpkg", True, (".gpkg",)),
        FileFormat("shapefile", True, (".zip",)),
    )
}


def suffixes() -> str:
    """Return the endings that files of these formats have, for a file field; ``.gz`` for packed ones."""
    found = (
        f".{one.rpartition('.')[2]}"
        for form in FORMATS.values()
        for one in form.suffixes
    )
    return ",".join(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class Contents:
    """What a file holds: its format and the tables in it."""

    format: FileFormat
    tables: list[Table]


def read(data: bytes, *, max_bytes: int) -> Contents:
    """Return the tables of a file; raises FileRefused where it is not safe or not a list."""
    data = guard.unpack(data, max_bytes=max_bytes)
    kind = guard.kind_of(data)
    if kind == "zip":
        return _read_archive(data)
    if kind == "json":
        return _read_json(data)
    if kind == "kml":
        return Contents(FORMATS["kml"], kml.read(data))
    if kind == "sqlite":
        return Contents(FORMATS["gpkg"], gis.read_geopackage(data))
    return Contents(FORMATS["csv"], kobo.joined(csv.read(data)))


def _read_workbook(data: bytes, archive: ZipFile) -> list[Table]:
    return kobo.joined(template.decoded(xlsx.read(data, archive), data))


ArchiveReader = tuple[
    str, Callable[[ZipFile], bool], Callable[[bytes, ZipFile], list[Table]]
]

_ARCHIVE_READERS: Final[tuple[ArchiveReader, ...]] = (
    ("xlsx", xlsx.is_workbook, _read_workbook),
    ("ods", ods.is_workbook, lambda *file: kobo.joined(ods.read(*file))),
    ("kml", kml.is_archive, lambda _, archive: kml.read_archive(archive)),
    ("shapefile", gis.is_shapefile, lambda _, archive: gis.read_shapefiles(archive)),
    (
        "hsds",
        lambda archive: hsds_package.is_package(archive.namelist()),
        lambda _, archive: hsds.read(hsds_package.read(archive)),
    ),
)


def _read_archive(data: bytes) -> Contents:
    archive = guard.check_archive(data)
    for name, is_one, reader in _ARCHIVE_READERS:
        if is_one(archive):
            return Contents(FORMATS[name], reader(data, archive))
    lists = [
        one for one in archive.namelist() if one.lower().endswith((".csv", ".tsv"))
    ]
    if len(lists) == 1:
        return Contents(FORMATS["csv"], csv.read(archive.read(lists[0])))
    raise FileRefused("wrong_type", found=xlsx.other_kind(archive))


def _records_by_line(data: bytes) -> object:
    """Return the records of a file with one on each line (GeoJSON sequences, JSON lines), else None."""
    try:
        lines = [
            orjson.loads(line)
            for line in data.lstrip(b"\xef\xbb\xbf").replace(b"\x1e", b"").splitlines()
            if line.strip()
        ]
    except orjson.JSONDecodeError:
        return None
    if all(isinstance(one, dict) and one.get("type") == "Feature" for one in lines):
        return {"type": "FeatureCollection", "features": lines}
    return lines


JsonReader = tuple[str, Callable[[object], bool], Callable[[Any], list[Table]]]

_JSON_READERS: Final[tuple[JsonReader, ...]] = (
    (
        "geojson",
        geojson.is_geojson,
        lambda document: [kobo.of_features(one) for one in geojson.read(document)],
    ),
    ("overpass", overpass.is_answer, overpass.read),
    ("hsds", hsds_json.is_feed, lambda document: hsds.read(hsds_json.read(document))),
)


def _read_json(data: bytes) -> Contents:
    try:
        document = orjson.loads(data.lstrip(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        document = _records_by_line(data)
        if document is None:
            raise FileRefused("json_malformed") from error
    for name, is_one, reader in _JSON_READERS:
        if is_one(document):
            return Contents(FORMATS[name], reader(document))
    raise FileRefused("json_unknown")
