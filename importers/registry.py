"""The one table of formats that an import understands, and how a file finds its reader."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

from importers import guard
from importers.readers import csv, geojson, overpass, xlsx
from importers.records import Table
from importers.refusals import FileRefused


@dataclass(frozen=True, slots=True)
class FileFormat:
    """A format: its name in answers and on pages, and whether its tables come with headers."""

    name: str
    has_headers: bool
    suffixes: tuple[str, ...]


FORMATS: Final[Mapping[str, FileFormat]] = {
    "csv": FileFormat(
        "csv", has_headers=False, suffixes=(".csv", ".tsv", ".txt", ".csv.gz")
    ),
    "xlsx": FileFormat("xlsx", has_headers=False, suffixes=(".xlsx",)),
    "geojson": FileFormat(
        "geojson", has_headers=True, suffixes=(".geojson", ".geojson.gz")
    ),
    "overpass": FileFormat(
        "overpass", has_headers=True, suffixes=(".json", ".json.gz")
    ),
}


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
        return Contents(FORMATS["xlsx"], xlsx.read(data))
    if kind == "json":
        return _read_json(data)
    return Contents(FORMATS["csv"], csv.read(data))


JsonReader = tuple[str, Callable[[object], bool], Callable[[Any], list[Table]]]

_JSON_READERS: Final[tuple[JsonReader, ...]] = (
    ("geojson", geojson.is_geojson, geojson.read),
    ("overpass", overpass.is_answer, overpass.read),
)


def _read_json(data: bytes) -> Contents:
    try:
        document = orjson.loads(data.lstrip(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise FileRefused("json_malformed") from error
    for name, is_one, reader in _JSON_READERS:
        if is_one(document):
            return Contents(FORMATS[name], reader(document))
    raise FileRefused("json_unknown")
