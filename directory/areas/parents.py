"""Finds what an area lies in: by the code its file states, else by position.

Codes are looked up whole. They are never cut: P-codes do not nest by their letters
everywhere (DOMAIN 15).
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import shapely
from geoalchemy2.shape import to_shape
from shapely.geometry import MultiPolygon
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.models import Area

COARSE = 0.002
"""Degrees (about 200 m): fine enough to tell which of two neighbours an area lies in."""

MIN_SHARE = 0.1
"""An area of which less lies in a candidate is not its child."""


@dataclass(frozen=True, slots=True)
class Outline:
    """An area in force with its coarse outline."""

    id: uuid.UUID
    code: str
    level: int
    shape: BaseGeometry


def coarse(shape: BaseGeometry) -> BaseGeometry:
    """Return a valid outline that is quick to intersect."""
    simple = shapely.simplify(shape, COARSE, preserve_topology=True)
    return simple if simple.is_valid else shapely.make_valid(simple)


def outlines(
    session: Session,
    country: str,
    levels: Iterable[int],
    without: Iterable[uuid.UUID] = (),
) -> list[Outline]:
    """Return the areas in force of a country at some levels."""
    statement = select(Area.id, Area.code, Area.level, Area.geometry).where(
        Area.country == country,
        Area.level.in_(list(levels)),
        Area.valid_to.is_(None),
        Area.geometry.is_not(None),
        Area.id.not_in(list(without)),
    )
    return [
        Outline(row.id, row.code, row.level, coarse(to_shape(row.geometry)))
        for row in session.execute(statement)
    ]


class Overlaps:
    """Answers how much of a shape lies in each of some outlines."""

    def __init__(self, outlines: Sequence[Outline]) -> None:
        self.outlines = list(outlines)
        self._tree = shapely.STRtree([outline.shape for outline in self.outlines])

    def of(self, shape: BaseGeometry) -> list[tuple[float, Outline]]:
        """Return (share of the shape, outline), the largest share first."""
        rough = coarse(shape)
        if not rough.area:
            return []
        hits = [
            self.outlines[i] for i in self._tree.query(rough, predicate="intersects")
        ]
        shares = [
            (shapely.intersection(rough, hit.shape).area / rough.area, hit)
            for hit in hits
        ]
        return sorted(shares, key=lambda pair: (-pair[0], pair[1].code))


class ParentFinder:
    """Finds the parents of areas of one level in one country."""

    def __init__(self, session: Session, country: str, level: int) -> None:
        above = outlines(session, country, range(level))
        self._by_code = {o.code: o for o in sorted(above, key=lambda o: o.level)}
        self._by_level = {
            depth: Overlaps(same)
            for depth in range(level - 1, -1, -1)
            if (same := [o for o in above if o.level == depth])
        }

    def by_code(self, codes: Sequence[str]) -> uuid.UUID | None:
        """Return the parent that the file states, if it is one level up or known."""
        deepest = max(self._by_level, default=-1)
        for code in codes:
            found = self._by_code.get(code)
            # A code of the country alone says less than the position does.
            if found is not None and (found.level == deepest or found.level > 0):
                return found.id
        return None

    def by_position(self, shape: MultiPolygon) -> uuid.UUID | None:
        """Return the area of the nearest level up that holds most of the shape."""
        for overlaps in self._by_level.values():
            shares = overlaps.of(shape)
            if shares and shares[0][0] >= MIN_SHARE:
                return shares[0][1].id
        return None
