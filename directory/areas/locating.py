"""Finds the areas of many positions at once: cells first, outlines where cells do not tell."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from geoalchemy2.shape import to_shape
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from directory.database import among, among_values, fetch
from directory.models import Area, AreaCell
from geo import cells
from geo.distance import destination
from geo.points import Point

Located = tuple[str | None, uuid.UUID | None, uuid.UUID | None]
"""Country, first-level area, deepest area; None where there is none."""

COAST_KM = (1.0, 3.0)
"""How far from land a position may be and still be taken for land, the nearer first."""

_CHUNK = 10_000
_OUTLINES = 50
_NOWHERE: Located = (None, None, None)
_Area = tuple[uuid.UUID, int, float, str]
"""Key, level, negative size and country of an area."""


def locate_points(
    session: Session,
    coordinates: Sequence[tuple[float, float]],
    *,
    near_coast: bool = False,
) -> list[Located]:
    """Return country, first level and deepest area of each (latitude, longitude).

    Positions that do not exist on the earth are nowhere, as those at sea. With
    ``near_coast`` land up to three kilometres away counts: outlines are simplified, and
    quays reach into the sea.
    """
    return Locator(session).locate(coordinates, near_coast=near_coast)


def beside(latitude: float, longitude: float, distance_km: float) -> list[Point]:
    """Return eight points around a position that exists."""
    middle = Point(latitude=latitude, longitude=longitude)
    return [
        destination(middle, bearing_degrees=bearing, distance_km=distance_km)
        for bearing in range(0, 360, 45)
    ]


class Locator:
    """Locates positions a portion at a time; what was read of the areas serves all portions.

    It lives as long as one piece of work: areas that change meanwhile are not noticed.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._areas: list[_Area] = []
        self._numbers: dict[uuid.UUID, int] = {}
        self._resolutions: list[int] = []
        self._cells: dict[int, list[tuple[int, bool]]] = {}
        self._outlines: dict[int, Any] = {}
        self._summaries: dict[tuple[int, ...], Located] = {(): _NOWHERE}

    def locate(
        self, coordinates: Sequence[tuple[float, float]], *, near_coast: bool = False
    ) -> list[Located]:
        """Return what ``locate_points`` returns."""
        if not coordinates:
            return []
        located = self._locate(coordinates)
        if near_coast:
            for distance_km in COAST_KM:
                self._look_around(coordinates, located, distance_km)
        return located

    def _look_around(
        self,
        coordinates: Sequence[tuple[float, float]],
        located: list[Located],
        distance_km: float,
    ) -> None:
        """Give positions at sea the area of land at this distance."""
        wet = [
            index
            for index, found in enumerate(located)
            if found is _NOWHERE and _is_on_earth(*coordinates[index])
        ]
        around = [
            (point.latitude, point.longitude)
            for index in wet
            for point in beside(*coordinates[index], distance_km)
        ]
        found = self._locate(around)
        for order, index in enumerate(wet):
            eight = found[order * 8 : order * 8 + 8]
            located[index] = next(
                (one for one in eight if one is not _NOWHERE), _NOWHERE
            )

    def _locate(self, coordinates: Sequence[tuple[float, float]]) -> list[Located]:
        if not coordinates:
            return []
        self._read_areas()
        holding: list[list[int]] = [[] for _ in coordinates]
        open_questions: dict[int, list[int]] = defaultdict(list)
        for resolution in self._resolutions:
            by_cell = _group_by_cell(coordinates, resolution)
            self._read_cells(by_cell)
            for cell, indexes in by_cell.items():
                for area, is_whole in self._cells[cell]:
                    if is_whole:
                        for index in indexes:
                            holding[index].append(area)
                    else:
                        open_questions[area].extend(indexes)
        self._ask_outlines(coordinates, open_questions, holding)
        return [self._summary(tuple(found)) for found in holding]

    def _read_areas(self) -> None:
        """Read level, size and country of every area in force, and which resolutions are in use."""
        if self._areas:
            return
        statement = select(Area.id, Area.level, Area.area_km2, Area.country).where(
            Area.valid_to.is_(None)
        )
        self._areas = [
            (area_id, level, -(size or 0.0), country)
            for area_id, level, size, country in fetch(self._session, statement)
        ]
        self._numbers = {one[0]: number for number, one in enumerate(self._areas)}
        self._resolutions = list(_resolutions_in_use(self._session))

    def _read_cells(self, wanted: Iterable[int]) -> None:
        unknown = [cell for cell in wanted if cell not in self._cells]
        self._cells |= {cell: [] for cell in unknown}
        for start in range(0, len(unknown), _CHUNK):
            chosen = among_values(
                self._session, AreaCell.cell, unknown[start : start + _CHUNK]
            )
            statement = select(AreaCell.cell, AreaCell.area_id, AreaCell.is_whole)
            for cell, area_id, is_whole in fetch(
                self._session, statement.where(chosen)
            ):
                number = self._numbers.get(area_id)
                if number is not None:
                    self._cells[cell].append((number, is_whole))

    def _ask_outlines(
        self,
        coordinates: Sequence[tuple[float, float]],
        questions: Mapping[int, list[int]],
        holding: list[list[int]],
    ) -> None:
        """Add the areas whose outline holds a position of one of their border cells."""
        places = np.array(coordinates, dtype=float).reshape(-1, 2)
        self._read_outlines(area for area in questions if area not in self._outlines)
        for area, indexes in questions.items():
            asked = places[indexes]
            outline = self._outlines[area]
            inside = shapely.intersects_xy(outline, asked[:, 1], asked[:, 0])
            for place in np.flatnonzero(inside).tolist():
                holding[indexes[place]].append(area)

    def _read_outlines(self, wanted: Iterable[int]) -> None:
        """Read the outlines of these areas, some dozens in one statement: each may be large."""
        keys = [self._areas[area][0] for area in wanted]
        for start in range(0, len(keys), _OUTLINES):
            chosen = among(self._session, Area.id, keys[start : start + _OUTLINES])
            statement = select(Area.id, Area.geometry).where(chosen)
            for area_id, stored in fetch(self._session, statement):
                shape = to_shape(stored)
                shapely.prepare(shape)
                self._outlines[self._numbers[area_id]] = shape

    def _summary(self, found: tuple[int, ...]) -> Located:
        """Return the deepest of these areas, its country and the first-level area of that."""
        known = self._summaries.get(found)
        if known is None:
            # The deepest is of the highest level; of two that overlap, the smaller.
            ordered = sorted(
                (self._areas[area] for area in found), key=lambda one: one[1:]
            )
            deepest, _, _, country = ordered[-1]
            first = [one[0] for one in ordered if one[1] == 1 and one[3] == country]
            known = (country, first[-1] if first else None, deepest)
            self._summaries[found] = known
        return known


def _is_on_earth(latitude: float, longitude: float) -> bool:
    return -90 <= latitude <= 90 and -180 <= longitude <= 180


def _resolutions_in_use(session: Session) -> Iterator[int]:
    """Yield the resolutions that any area's cells have (four bits of the number)."""
    for resolution in cells.RESOLUTIONS:
        low, high = cells.number_range(resolution)
        if session.scalar(select(exists().where(AreaCell.cell.between(low, high)))):
            yield resolution


def _group_by_cell(
    coordinates: Sequence[tuple[float, float]], resolution: int
) -> dict[int, list[int]]:
    groups: dict[int, list[int]] = defaultdict(list)
    cell_at = cells.cell_at
    for index, (latitude, longitude) in enumerate(coordinates):
        if -90 <= latitude <= 90 and -180 <= longitude <= 180:
            groups[cell_at(latitude, longitude, resolution)].append(index)
    return groups
