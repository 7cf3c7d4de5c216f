"""The areas that hold places: for counts by area, and for who may count there."""

import uuid
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.areas import queries
from directory.database import among
from directory.models import Area

Place = tuple[uuid.UUID | None, float | None, float | None]
"""Stated area, latitude, longitude."""


def of_places(
    session: Session, places: list[Place]
) -> list[tuple[uuid.UUID | None, frozenset[uuid.UUID]]]:
    """Return each place's first-level area and all the areas that hold it, in step.

    The stated area says where a place is; its position does where none is stated.
    """
    points = list(dict.fromkeys(filter(None, map(_point, places))))
    located = queries.locate_points(session, points)
    deepest = {point: found[2] for point, found in zip(points, located, strict=True)}
    stated = [
        place[0] if (point := _point(place)) is None else deepest[point]
        for place in places
    ]
    tree = _tree_above(session, {area_id for area_id in stated if area_id is not None})
    return [_holding(area_id, tree) for area_id in stated]


def _point(place: Place) -> tuple[float, float] | None:
    """Return latitude and longitude where only they say where the place is."""
    area_id, latitude, longitude = place
    if area_id is not None or latitude is None or longitude is None:
        return None
    return latitude, longitude


def _tree_above(
    session: Session, area_ids: set[uuid.UUID]
) -> dict[uuid.UUID, tuple[int, uuid.UUID | None]]:
    """Return level and parent of these areas and of all above them."""
    tree: dict[uuid.UUID, tuple[int, uuid.UUID | None]] = {}
    waiting = area_ids
    while waiting:
        statement = select(Area.id, Area.level, Area.parent_id).where(
            among(session, Area.id, list(waiting))
        )
        found = {
            row.id: (row.level, row.parent_id) for row in session.execute(statement)
        }
        tree |= found
        waiting = {parent for _, parent in found.values() if parent} - tree.keys()
    return tree


def _holding(
    area_id: uuid.UUID | None, tree: Mapping[uuid.UUID, tuple[int, uuid.UUID | None]]
) -> tuple[uuid.UUID | None, frozenset[uuid.UUID]]:
    holding: list[uuid.UUID] = []
    first_level = None
    while area_id is not None and area_id in tree:
        level, parent = tree[area_id]
        holding.append(area_id)
        first_level = area_id if level == 1 else first_level
        area_id = parent
    return first_level, frozenset(holding)
