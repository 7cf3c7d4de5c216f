"""The areas that hold places: for counts by area, and for who may count there."""

import uuid
from collections.abc import Sequence

from sqlalchemy.orm import Session

from directory.areas import queries
from directory.areas.queries import AreaRow

Place = tuple[uuid.UUID | None, float | None, float | None]
"""Stated area, latitude, longitude."""


def of_places(
    session: Session, places: list[Place], *, level: int = 1
) -> list[tuple[uuid.UUID | None, frozenset[uuid.UUID]]]:
    """Return each place's first-level area and all the areas that hold it, in step.

    With another ``level`` the deepest known area down to that level, but never the country.
    The stated area says where a place is; its position does where none is stated.
    """
    points = list(dict.fromkeys(filter(None, map(_point, places))))
    located = queries.locate_points(session, points)
    deepest = {point: found[2] for point, found in zip(points, located, strict=True)}
    stated = [
        place[0] if (point := _point(place)) is None else deepest[point]
        for place in places
    ]
    chains = queries.chains(session, {one for one in stated if one is not None})
    return [_holding(chains.get(one, ()) if one else (), level) for one in stated]


def _point(place: Place) -> tuple[float, float] | None:
    """Return latitude and longitude where only they say where the place is."""
    area_id, latitude, longitude = place
    if area_id is not None or latitude is None or longitude is None:
        return None
    return latitude, longitude


def _holding(
    chain: Sequence[AreaRow], level: int
) -> tuple[uuid.UUID | None, frozenset[uuid.UUID]]:
    down_to = [area.id for area in chain if 1 <= area.level <= level]
    return down_to[-1] if down_to else None, frozenset(area.id for area in chain)
