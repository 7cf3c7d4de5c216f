"""Reads areas: by code, by place in the tree, by position, by name."""

import math
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from geoalchemy2.shape import to_shape
from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from directory.areas.locating import locate_points
from directory.authz import Actor
from directory.models import Area, AreaCell, AreaName, Watch
from geo import cells, shapes, spatial
from geo.points import Point


@dataclass(frozen=True, slots=True)
class AreaRow:
    """An area without its outline, which is large and seldom wanted."""

    id: uuid.UUID
    code: str
    level: int
    country: str
    parent_id: uuid.UUID | None
    name: str
    latitude: float | None
    longitude: float | None

    @property
    def surface_point(self) -> Point | None:
        """A point on the area's surface; distances to the area start there."""
        if self.latitude is None or self.longitude is None:
            return None
        return Point(latitude=self.latitude, longitude=self.longitude)


COLUMNS = (
    Area.id,
    Area.code,
    Area.level,
    Area.country,
    Area.parent_id,
    Area.name,
    Area.latitude,
    Area.longitude,
)
_Columns = Select[
    uuid.UUID, str, int, str, uuid.UUID | None, str, float | None, float | None
]
_CHUNK = 900
_DEEPEST = 10

__all__ = ["AreaRow", "locate_points"]


def _active() -> _Columns:
    """Areas of today's official sets; replaced ones keep their rows but are not shown."""
    return select(*COLUMNS).where(Area.valid_to.is_(None))


def area_by_id(session: Session, area_id: uuid.UUID) -> AreaRow | None:
    """Return one area, also one that has been replaced."""
    found = session.execute(select(*COLUMNS).where(Area.id == area_id)).one_or_none()
    return AreaRow(*found) if found else None


def area_by_code(session: Session, code: str) -> AreaRow | None:
    """Return the area of a code: ISO 3166-1 for a country, else the official one."""
    statement = _active().where(Area.code == code.strip()).order_by(Area.level)
    found = session.execute(statement.limit(1)).one_or_none()
    return AreaRow(*found) if found else None


def areas_by_codes(session: Session, codes: Iterable[str]) -> dict[str, AreaRow]:
    """Return the areas of many codes; unknown codes are left out."""
    wanted = sorted({code.strip() for code in codes})
    rows: dict[str, AreaRow] = {}
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        # Higher levels last, so that the country wins where a code is used twice.
        statement = _active().where(Area.code.in_(chunk)).order_by(Area.level.desc())
        rows |= {row.code: AreaRow(*row) for row in session.execute(statement)}
    return rows


def areas_of_country(session: Session, country: str) -> list[AreaRow]:
    """Return all areas of a country, higher levels first, itself included."""
    statement = _active().where(Area.country == country).order_by(Area.level, Area.code)
    return [AreaRow(*row) for row in session.execute(statement)]


def countries(session: Session) -> list[AreaRow]:
    """Return all countries and territories by name."""
    statement = _active().where(Area.level == 0).order_by(Area.name)
    return [AreaRow(*row) for row in session.execute(statement)]


def children(session: Session, area_id: uuid.UUID) -> list[AreaRow]:
    """Return the areas directly below one, by name."""
    statement = _active().where(Area.parent_id == area_id).order_by(Area.name)
    return [AreaRow(*row) for row in session.execute(statement)]


def ancestors(session: Session, area_id: uuid.UUID) -> list[AreaRow]:
    """Return what an area lies in, the country first, the area itself not included."""
    return chains(session, [area_id]).get(area_id, [])[:-1]


def chains(
    session: Session, area_ids: Iterable[uuid.UUID]
) -> dict[uuid.UUID, list[AreaRow]]:
    """Return each area with all it lies in, the country first, itself last."""
    wanted = set(area_ids)
    rows = _upwards(session, wanted, COLUMNS)
    known = {row.id: AreaRow(*row) for row in rows}
    return {key: _chain(known, key) for key in wanted if key in known}


def chain_keys(
    session: Session, area_ids: Iterable[uuid.UUID]
) -> dict[uuid.UUID, frozenset[uuid.UUID]]:
    """Return the key of each area, and of each above it, with those of all it lies in, its own too.

    The walk of ``chains`` with two columns: for many areas of which only the keys are wanted.
    """
    rows = _upwards(session, area_ids, (Area.id, Area.parent_id))
    parents: dict[uuid.UUID, uuid.UUID | None] = {row.id: row.parent_id for row in rows}
    found = {}
    for key in parents:
        chain: list[uuid.UUID] = []
        above: uuid.UUID | None = key
        while above is not None and above not in chain:
            chain.append(above)
            above = parents.get(above)
        found[key] = frozenset(chain)
    return found


def _upwards(
    session: Session, area_ids: Iterable[uuid.UUID], columns: Sequence[Any]
) -> list[Any]:  # rows of whatever columns were asked for
    """Read areas and all above them, level by level; the columns hold ``id`` and ``parent_id``."""
    found: list[Any] = []
    known: set[uuid.UUID] = set()
    missing = set(area_ids)
    while missing:
        keys = sorted(missing)
        rows: list[Any] = []
        for start in range(0, len(keys), _CHUNK):
            chunk = Area.id.in_(keys[start : start + _CHUNK])
            rows += session.execute(select(*columns).where(chunk)).all()
        found += rows
        known |= missing
        missing = {row.parent_id for row in rows if row.parent_id} - known
    return found


def _chain(known: Mapping[uuid.UUID, AreaRow], area_id: uuid.UUID) -> list[AreaRow]:
    chain = [known[area_id]]
    while (parent := chain[0].parent_id) and parent in known and len(chain) < _DEEPEST:
        chain.insert(0, known[parent])
    return chain


def descendant_ids(session: Session, area_ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Return the areas themselves and all below them."""
    below = (
        select(Area.id).where(Area.id.in_(list(area_ids))).cte("below", recursive=True)
    )
    below = below.union(select(Area.id).join(below, Area.parent_id == below.c.id))
    return set(session.scalars(select(below.c.id)))


def is_watched(session: Session, area_id: uuid.UUID, *, actor: Actor) -> bool:
    """Whether the actor wants to hear of changes in this area."""
    query = select(Watch.id).where(
        Watch.area_id == area_id, Watch.user_id == actor.user_id
    )
    return actor.is_signed_in and session.scalar(query.limit(1)) is not None


def names(
    session: Session, area_ids: Iterable[uuid.UUID], language: str
) -> dict[uuid.UUID, str]:
    """Return each area's name in a language, else its own name."""
    wanted = list(dict.fromkeys(area_ids))
    found: dict[uuid.UUID, str] = {}
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        own = select(Area.id, Area.name).where(Area.id.in_(chunk))
        found |= {row.id: row.name for row in session.execute(own)}
        in_language = select(AreaName.area_id, AreaName.name).where(
            AreaName.area_id.in_(chunk), AreaName.language == language
        )
        found |= {row.area_id: row.name for row in session.execute(in_language)}
    return found


def areas_containing(
    session: Session, latitude: float, longitude: float, *, with_replaced: bool = False
) -> list[AreaRow]:
    """Return the areas that hold a position, the country first, the deepest last.

    Border included. A cell that lies wholly inside answers alone; only where it does
    not is the outline asked. ``with_replaced`` adds areas of earlier sets, which a
    coverage may still name.
    """
    point = Point(latitude=latitude, longitude=longitude)
    statement = (
        (select(*COLUMNS) if with_replaced else _active())
        .join(AreaCell, AreaCell.area_id == Area.id)
        .where(
            AreaCell.cell.in_(cells.cells_of(point)),
            or_(AreaCell.is_whole, spatial.covers(Area.geometry, point)),
        )
        .order_by(Area.level, Area.area_km2.desc(), Area.code)
    )
    return [AreaRow(*row) for row in session.execute(statement)]


def country_of(session: Session, latitude: float, longitude: float) -> str | None:
    """Return the ISO code of the country of a position; None at sea."""
    containing = areas_containing(session, latitude, longitude)
    return containing[0].country if containing else None


def radius_m(session: Session, area_id: uuid.UUID) -> float:
    """Return the radius, in metres, of a circle as large as the area."""
    size = session.scalar(select(Area.area_km2).where(Area.id == area_id))
    if size is None:
        outline = session.scalar(select(Area.geometry).where(Area.id == area_id))
        size = shapes.area_km2(to_shape(outline)) if outline is not None else 1.0
    return math.sqrt(size / math.pi) * 1000


def names_of_country(
    session: Session, country: str, levels: Sequence[int] = (0, 1, 2)
) -> list[tuple[uuid.UUID, int, uuid.UUID | None, str]]:
    """Return (area, level, parent, normalised name) for every spelling in a country."""
    statement = (
        select(Area.id, Area.level, Area.parent_id, AreaName.normalised)
        .join(AreaName, AreaName.area_id == Area.id)
        .where(
            Area.valid_to.is_(None),
            Area.country == country,
            Area.level.in_(list(levels)),
        )
        .order_by(Area.level, Area.code)
    )
    return [(*row,) for row in session.execute(statement)]


def count_children(
    session: Session, area_ids: Iterable[uuid.UUID]
) -> dict[uuid.UUID, int]:
    """Return how many areas lie directly below each; those without are left out."""
    statement = (
        select(Area.parent_id, func.count())
        .where(and_(Area.parent_id.in_(list(area_ids)), Area.valid_to.is_(None)))
        .group_by(Area.parent_id)
    )
    return {parent: number for parent, number in session.execute(statement) if parent}
