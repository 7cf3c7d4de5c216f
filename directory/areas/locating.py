"""Finds the areas of many positions at once: cells first, outlines where cells do not tell."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np
import shapely
from geoalchemy2.shape import to_shape
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from directory.models import Area, AreaCell
from geo import cells
from geo.distance import destination
from geo.points import Point

Located = tuple[str | None, uuid.UUID | None, uuid.UUID | None]
"""Country, first-level area, deepest area; None where there is none."""

COAST_KM = (1.0, 3.0)
"""How far from land a position may be and still be taken for land, the nearer first."""

_CHUNK = 10_000
_NOWHERE: Located = (None, None, None)


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
    located = _locate(session, coordinates)
    if near_coast:
        for distance_km in COAST_KM:
            _look_around(session, coordinates, located, distance_km)
    return located


def beside(latitude: float, longitude: float, distance_km: float) -> list[Point]:
    """Return eight points around a position that exists."""
    middle = Point(latitude=latitude, longitude=longitude)
    return [
        destination(middle, bearing_degrees=bearing, distance_km=distance_km)
        for bearing in range(0, 360, 45)
    ]


def _look_around(
    session: Session,
    coordinates: Sequence[tuple[float, float]],
    located: list[Located],
    distance_km: float,
) -> None:
    """Give positions at sea the area of land at this distance."""
    wet = [
        index
        for index, (latitude, longitude) in enumerate(coordinates)
        if located[index] == _NOWHERE and abs(latitude) <= 90 and abs(longitude) <= 180
    ]
    around = [
        (point.latitude, point.longitude)
        for index in wet
        for point in beside(*coordinates[index], distance_km)
    ]
    found = _locate(session, around)
    for order, index in enumerate(wet):
        eight = found[order * 8 : order * 8 + 8]
        located[index] = next((one for one in eight if one != _NOWHERE), _NOWHERE)


def _locate(
    session: Session, coordinates: Sequence[tuple[float, float]]
) -> list[Located]:
    levels = _facts(session)
    holding: list[list[uuid.UUID]] = [[] for _ in coordinates]
    open_questions: dict[uuid.UUID, list[int]] = defaultdict(list)
    for resolution in _resolutions_in_use(session):
        by_cell = _group_by_cell(coordinates, resolution)
        for cell, area_id, is_whole in _known_cells(session, by_cell):
            if area_id not in levels:
                continue
            if is_whole:
                for index in by_cell[cell]:
                    holding[index].append(area_id)
            else:
                open_questions[area_id].extend(by_cell[cell])
    _ask_outlines(session, coordinates, open_questions, holding)
    return [_summary(found, levels) for found in holding]


def _facts(session: Session) -> dict[uuid.UUID, tuple[int, float, str]]:
    """Return level, negative size and country of every area in force."""
    statement = select(Area.id, Area.level, Area.area_km2, Area.country).where(
        Area.valid_to.is_(None)
    )
    return {
        area_id: (level, -(size or 0.0), country)
        for area_id, level, size, country in session.execute(statement)
    }


def _resolutions_in_use(session: Session) -> list[int]:
    """Return the resolutions that any area's cells have (four bits of the number)."""
    used = []
    for resolution in cells.RESOLUTIONS:
        low, high = cells.number_range(resolution)
        if session.scalar(select(exists().where(AreaCell.cell.between(low, high)))):
            used.append(resolution)
    return used


def _group_by_cell(
    coordinates: Sequence[tuple[float, float]], resolution: int
) -> dict[int, list[int]]:
    groups: dict[int, list[int]] = defaultdict(list)
    for index, (latitude, longitude) in enumerate(coordinates):
        if abs(latitude) <= 90 and abs(longitude) <= 180:
            cell = cells.cell_at(
                latitude=latitude, longitude=longitude, resolution=resolution
            )
            groups[cell].append(index)
    return groups


def _known_cells(
    session: Session, wanted: Iterable[int]
) -> Iterable[tuple[int, uuid.UUID, bool]]:
    numbers = sorted(wanted)
    for start in range(0, len(numbers), _CHUNK):
        chunk = numbers[start : start + _CHUNK]
        statement = select(AreaCell.cell, AreaCell.area_id, AreaCell.is_whole)
        for row in session.execute(statement.where(AreaCell.cell.in_(chunk))):
            yield row.cell, row.area_id, row.is_whole


def _ask_outlines(
    session: Session,
    coordinates: Sequence[tuple[float, float]],
    questions: dict[uuid.UUID, list[int]],
    holding: list[list[uuid.UUID]],
) -> None:
    """Add the areas whose outline holds a position of one of their border cells."""
    places = np.array(coordinates, dtype=float).reshape(-1, 2)
    for area_id, indexes in questions.items():
        statement = select(Area.geometry).where(Area.id == area_id)
        outline = session.execute(statement).scalar_one()
        shape = to_shape(outline)
        shapely.prepare(shape)
        asked = places[indexes]
        inside = shapely.intersects_xy(shape, asked[:, 1], asked[:, 0])
        for index, is_inside in zip(indexes, inside, strict=True):
            if is_inside:
                holding[index].append(area_id)


def _summary(
    found: list[uuid.UUID], levels: dict[uuid.UUID, tuple[int, float, str]]
) -> Located:
    if not found:
        return _NOWHERE
    # The deepest is of the highest level; of two that overlap, the smaller.
    ordered = sorted(found, key=lambda area_id: levels[area_id])
    deepest = ordered[-1]
    country = levels[deepest][2]
    first = [a for a in ordered if levels[a][0] == 1 and levels[a][2] == country]
    return country, first[-1] if first else None, deepest
