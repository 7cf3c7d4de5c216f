"""Reads the public files that the labelled pairs point into, one entry per row.

The files are not part of the project: they are found below ``REAL_DATA_DIR``, and a pair names a
row of one by its number (the first row below the titles is 1).
"""

import csv
import gzip
import io
import json
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

from directory.duplicates import entries, names
from directory.duplicates.comparison import Entry
from directory.text import normalise
from geo.points import OutOfRange, Point

_COARSE_KM: Final = {0: 60.0, 1: 6.0, 2: 0.6}
"""How far off a position with so few decimals may be."""
_SCHOOL: Final = frozenset({"education.school"})
_HEALTH: Final = frozenset({"health"})
_PUPILS: Final = {"GIRLS ONLY": frozenset({"female"}), "BOYS ONLY": frozenset({"male"})}


def load(real_data: Path, name: str) -> list[Entry]:
    """Return the entries of a file of ``SOURCES``; the key of an entry is its row number."""
    path, read = SOURCES[name]
    return list(read(real_data / path))


def _who(path: Path) -> Iterator[Entry]:
    """Public health facilities of 49 countries."""
    for number, row in _rows(gzip.open, path):
        yield Entry(
            key=number,
            names=(names.read(row["Facility name"]),),
            country=row["Country"],
            area=normalise(row["Admin1"]),
            terms=_HEALTH,
            source=path.stem,
            **_position(row["Lat"], row["Long"]),
        )


def _ghana(path: Path) -> Iterator[Entry]:
    for number, row in _rows(_binary, path):
        yield Entry(
            key=number,
            names=(names.read(row["Facility Name"]),),
            country="Ghana",
            area=normalise(row["Region"]),
            terms=_HEALTH,
            source=path.stem,
            **_position(row["Latitude"], row["Longitude"]),
        )


def _kenya(path: Path) -> Iterator[Entry]:
    """Secondary schools; the position is one text: (latitude, longitude)."""
    for number, row in _rows(gzip.open, path):
        latitude, _, longitude = row["Location 1"].strip("() ").partition(",")
        yield Entry(
            key=number,
            names=(names.read(row["Name of School"]),),
            country="Kenya",
            area=normalise(row["District"]),
            address=_address(row["School Address"]),
            terms=_SCHOOL,
            source=path.stem,
            sexes=_PUPILS.get(row["Girls/Boys/Mixed"].strip(), frozenset()),
            **_position(latitude, longitude),
        )


def _ethiopia(path: Path) -> Iterator[Entry]:
    """Colleges of OpenStreetMap, each spelling of the name as a name of its own."""
    with gzip.open(path) as stream:
        elements = json.load(stream)["elements"]
    for number, element in enumerate(elements, 1):
        tags = element.get("tags", {})
        given = [tags.get(key) for key in ("name", "name:am", "name:en", "alt_name")]
        centre = element.get("center", element)
        yield Entry(
            key=number,
            names=tuple(dict.fromkeys(names.read(text or "") for text in given if text))
            or (names.read(""),),
            country="Ethiopia",
            phones=entries.phone_keys([tags.get("phone", "")]),
            hosts=entries.hosts([tags.get("website")]),
            terms=_SCHOOL,
            source=path.stem,
            **_position(str(centre.get("lat", "")), str(centre.get("lon", ""))),
        )


def _feed(folder: str) -> Callable[[Path], Iterator[Entry]]:
    """Services of an HSDS 2 package, each at the first place that it names."""

    def read(path: Path) -> Iterator[Entry]:
        with zipfile.ZipFile(path) as package:
            tables = {
                name: [row for _, row in _rows(package.open, f"{folder}{name}.csv")]
                for name in (*_TABLES, _KINDS[folder][0])
            }
        organizations = {row["id"]: row for row in tables["organizations"]}
        locations = {row["id"]: row for row in tables["locations"]}
        addresses = {row["location_id"]: row for row in tables["physical_addresses"]}
        phones = _gather(tables["phones"], "service_id", "number")
        kinds = _gather(tables[_KINDS[folder][0]], "service_id", _KINDS[folder][1])
        places = _gather(tables["services_at_location"], "service_id", "location_id")
        for number, row in enumerate(tables["services"], 1):
            owner = organizations.get(row["organization_id"], {})
            place = next(iter(places.get(row["id"], ())), "")
            where = locations.get(place, {})
            street = addresses.get(place, {}).get("address_1", "")
            yield Entry(
                key=number,
                names=(names.read(row["name"]),),
                organization=names.read(owner["name"]) if owner else None,
                country="United States",
                address=normalise(street),
                phones=entries.phone_keys(phones.get(row["id"], ())),
                hosts=entries.hosts([row["url"] or owner.get("url")]),
                text=row["description"][: entries.TEXT],
                terms=frozenset(kinds.get(row["id"], ())),
                source=path.stem,
                **_position(where.get("latitude", ""), where.get("longitude", "")),
            )

    return read


_TABLES: Final = (
    "organizations", "services", "locations", "physical_addresses", "phones",
    "services_at_location",
)  # fmt: skip
_KINDS: Final = {
    "data/": ("services_taxonomy", "taxonomy_id"),
    "": ("service_attributes", "taxonomy_term_id"),
}
"""Where each feed says what its services are: the table and its column."""
SOURCES: Final[Mapping[str, tuple[str, Callable[[Path], Iterator[Entry]]]]] = {
    "who": ("facilities/who_ssa_mfl_98745.csv.gz", _who),
    "ghana": ("facilities/health-facilities-gh.csv", _ghana),
    "kenya": ("facilities/kenya-secondary-schools.csv.gz", _kenya),
    "ethiopia": ("facilities/ethiopia_colleges_overpass.json.gz", _ethiopia),
    "miami": ("hsds_feeds/miami211_hsds2_tabular.zip", _feed("data/")),
    "washington": ("hsds_feeds/dc_directory_hsds_2022_clean.zip", _feed("")),
}
"""The files by the name that the labelled pairs use."""


_binary: Final = partial(Path.open, mode="rb")


def _rows(
    opened: Callable[[Any], Any], name: Path | str
) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a CSV file with their numbers, the first below the titles being 1."""
    with opened(name) as stream, io.TextIOWrapper(stream, encoding="utf-8-sig") as text:
        yield from enumerate(csv.DictReader(text), 1)


def _address(text: str) -> str:
    """A folded address; dashes and the like are none."""
    return normalise(text) if any(letter.isdigit() for letter in text) else ""


def _gather(
    rows: Iterable[Mapping[str, str]], owner: str, value: str
) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if row[owner] and row[value]:
            found[row[owner]].append(row[value])
    return found


def _position(latitude: str, longitude: str) -> dict[str, Any]:
    """The place of an entry and how far off it may be, as far as the texts say it."""
    try:
        place = Point(latitude=float(latitude), longitude=float(longitude))
    except (ValueError, OutOfRange):
        return {}
    decimals = max(
        len(text.strip().partition(".")[2]) for text in (latitude, longitude)
    )
    return {"place": place, "precision_km": _COARSE_KM.get(decimals, 0.0)}
