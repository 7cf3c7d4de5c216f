"""The areas that a file names and the outlines its positions are checked against, read once."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from geoalchemy2.shape import to_shape
from rapidfuzz import fuzz, process
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.areas import queries as areas
from directory.areas.locating import Located, Locator
from directory.models import Area, AreaName
from directory.text import normalise
from geo.points import KM_PER_DEGREE
from importers import country_names

Floats = npt.NDArray[np.float64]

_GENERIC = frozenset(
    [
        "region",
        "regions",
        "province",
        "provincia",
        "departement",
        "departamento",
        "department",
        "state",
        "estado",
        "governorate",
        "gouvernorat",
        "county",
        "district",
        "prefecture",
        "wilaya",
        "city",
        "ville",
        "municipality",
        "commune",
        "oblast",
        "division",
        "zone",
        "circle",
        "cercle",
        "of",
        "de",
        "du",
        "la",
        "le",
        "the",
        "el",
        "local",
        "government",
        "area",
        "محافظه",
        "ولايه",
        "منطقه",
        "اقليم",
    ]
)
_CLOSE_ENOUGH = 75
_COUNTRY_CODE = 2
"""Letters of a country's code, which a country's own codes may repeat."""


@dataclass(frozen=True, slots=True)
class KnownArea:
    """An area as a row may state it."""

    id: uuid.UUID
    code: str
    level: int
    country: str
    name: str
    parent_id: uuid.UUID | None


class Geography:
    """Names, codes and outlines of areas, each country read when it is first asked for."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._locator = Locator(session)
        self._countries: dict[str, str] = {}
        self._by_code: dict[str, KnownArea | None] = {}
        self._by_id: dict[uuid.UUID, KnownArea] = {}
        self._names: dict[str, dict[str, list[KnownArea]]] = {}
        self._shapes: dict[uuid.UUID, BaseGeometry | None] = {}
        self._found: dict[tuple[str, str, int, uuid.UUID | None], KnownArea | None] = {}

    def country(self, text: str) -> str | None:
        """Return the code of a loaded country, by code or by name in any language."""
        plain = text.strip()
        if not self._countries:
            statement = (
                select(Area.code, AreaName.normalised)
                .join(AreaName, AreaName.area_id == Area.id)
                .where(Area.level == 0, Area.valid_to.is_(None))
            )
            for code, spelling in self._session.execute(statement):
                self._countries |= {code.casefold(): code, spelling: code}
        found = self._countries.get(plain.casefold()) or country_names.country_of(plain)
        found = found or self._countries.get(normalise(plain))
        return found if found and self.by_code(found) is not None else None

    def by_code(self, code: str) -> KnownArea | None:
        """Return the area of an official code (for a country, its two letters)."""
        if code not in self._by_code:
            row = areas.area_by_code(self._session, code)
            self._by_code[code] = self._known(row) if row else None
        return self._by_code[code]

    def by_id(self, area_id: uuid.UUID) -> KnownArea:
        """Return an area by its key."""
        if area_id not in self._by_id:
            row = areas.area_by_id(self._session, area_id)
            if row is None:
                raise KeyError(area_id)
            self._known(row)
        return self._by_id[area_id]

    def named(
        self, country: str, name: str, level: int, within: uuid.UUID | None = None
    ) -> KnownArea | None:
        """Return the one area of a country that a name in any language stands for.

        Words such as "Region" and spaces do not matter. ``within`` narrows the choice where two
        districts share a name; a name that stays ambiguous gives None.
        """
        key = (country, name, level, within)
        if key not in self._found:
            self._found[key] = self._look_up(country, name, level, within)
        return self._found[key]

    def proposal(self, country: str, name: str, level: int) -> str | None:
        """Return the name of the area whose spelling comes closest, if any comes close."""
        choices = {
            key: known[0].name
            for key, known in self._names_of(country).items()
            if known[0].level == level
        }
        best = process.extractOne(
            _key(name), list(choices), scorer=fuzz.ratio, score_cutoff=_CLOSE_ENOUGH
        )
        return choices[best[0]] if best else None

    def country_name(self, code: str) -> str:
        """Return a country's own entry name, or its code when it is not loaded."""
        known = self.by_code(code)
        return known.name if known else code

    def locate(self, places: Sequence[tuple[float, float]]) -> list[Located]:
        """Return country, first level and deepest area of each (latitude, longitude)."""
        return self._locator.locate(places, near_coast=True)

    def distance_km(
        self, area_id: uuid.UUID, latitudes: Floats, longitudes: Floats
    ) -> Floats:
        """Return how far each position lies outside an area, 0 inside, infinite without outline."""
        shape = self._shape(area_id)
        if shape is None:
            return np.full(len(latitudes), np.inf)
        points = shapely.points(longitudes, latitudes)
        lines = shapely.shortest_line(points, shape)
        ends = shapely.get_coordinates(lines).reshape(-1, 2, 2)
        north = (ends[:, 0, 1] - ends[:, 1, 1]) * KM_PER_DEGREE
        middle = np.radians((ends[:, 0, 1] + ends[:, 1, 1]) / 2)
        east = (ends[:, 0, 0] - ends[:, 1, 0]) * KM_PER_DEGREE * np.cos(middle)
        return np.asarray(np.hypot(north, east), dtype=np.float64)

    def is_near(self, area_id: uuid.UUID, *, latitude: float, longitude: float) -> bool:
        """Whether a position lies in an area or within 5 km of it."""
        if abs(latitude) > 90 or abs(longitude) > 180:
            return False
        return (
            float(
                self.distance_km(area_id, np.array([latitude]), np.array([longitude]))[
                    0
                ]
            )
            <= 5
        )

    def outline(self, area_id: uuid.UUID) -> BaseGeometry:
        """Return an area's outline, empty where it has none."""
        return self._shape(area_id) or shapely.Polygon()

    def _known(self, row: areas.AreaRow) -> KnownArea:
        known = KnownArea(
            row.id, row.code, row.level, row.country, row.name, row.parent_id
        )
        self._by_id[row.id] = known
        return known

    def _shape(self, area_id: uuid.UUID) -> BaseGeometry | None:
        if area_id not in self._shapes:
            stored = self._session.scalar(
                select(Area.geometry).where(Area.id == area_id)
            )
            shape = to_shape(stored) if stored is not None else None
            if shape is not None:
                shapely.prepare(shape)
            self._shapes[area_id] = shape
        return self._shapes[area_id]

    def _look_up(
        self, country: str, name: str, level: int, within: uuid.UUID | None
    ) -> KnownArea | None:
        found = [
            one
            for one in self._names_of(country).get(_key(name), [])
            if one.level == level
        ]
        if within is not None:
            inside = [one for one in found if one.parent_id == within]
            found = inside or found
        distinct = {one.id: one for one in found}
        return next(iter(distinct.values())) if len(distinct) == 1 else None

    def _names_of(self, country: str) -> dict[str, list[KnownArea]]:
        if country not in self._names:
            for row in areas.areas_of_country(self._session, country):
                known = self._known(row)
                if len(row.code) > _COUNTRY_CODE:
                    self._by_code.setdefault(row.code, known)
            table: dict[str, list[KnownArea]] = {}
            for area_id, _level, _parent, spelling in areas.names_of_country(
                self._session, country, levels=(1, 2, 3)
            ):
                table.setdefault(_key(spelling), []).append(self.by_id(area_id))
            self._names[country] = table
        return self._names[country]


def _key(name: str) -> str:
    """Return a name without generic words and spaces: "Region of Thiès" and "Thies" are one."""
    words = normalise(name).split()
    kept = [word for word in words if word not in _GENERIC]
    return "".join(kept or words)
