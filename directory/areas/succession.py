"""Lets one set of areas follow another: what is replaced, and what follows whom.

When official areas of a level are loaded, those of the older set (Natural Earth at
first) that the new outlines cover are no longer in force. They are not deleted. What
refers to one - an authority's area, a service's coverage, a case - moves to the area in
force that matches it, on any level, if the two share at least half of their union;
otherwise it stays with the old outline, which keeps its cells, until a load brings a
match. So a district does not silently become the region around it.
"""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any, cast

from geoalchemy2.shape import to_shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy import (
    Column,
    ColumnElement,
    Table,
    and_,
    exists,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from directory.areas import parents
from directory.areas.locating import locate_points
from directory.models import Area, AreaName, Base, Location, Place
from directory.models.service_at_location import Offer

COVERED = 0.5
"""An older area is replaced when the new ones cover at least this share of it."""

SAME = 0.6
"""Two areas match when they share at least this part of their union."""

ALIKE = 0.8
"""Above this the names in other languages are taken over as well."""

_OWN_TABLES = {"area", "area_name", "area_cell", "place"}


def replace_older(
    session: Session, *, country: str, level: int, codes: Sequence[str], today: date
) -> list[uuid.UUID]:
    """End the areas of a level that are not in ``codes`` but lie under those that are."""
    known = set(codes)
    everything = parents.outlines(session, country, [level])
    newer = parents.Overlaps([o for o in everything if o.code in known])
    ended = []
    for older in everything:
        if older.code in known:
            continue
        if sum(share for share, _ in newer.of(older.shape)) >= COVERED:
            ended.append(older.id)
    if ended:
        session.execute(update(Area).where(Area.id.in_(ended)).values(valid_to=today))
        _hand_over_names(session, country, ended)
        _move_children(session, country, ended)
    return ended


def move_references(session: Session, country: str) -> int:
    """Point what refers to ended areas to those that match them; returns rows moved."""
    columns = _referring_columns()
    ended = _ended_and_referred(session, country, columns)
    if not ended:
        return 0
    current = parents.Overlaps(parents.outlines(session, country, range(10)))
    moved = 0
    for area in ended:
        successor = _match(area.shape, current, at_least=SAME)
        if successor is None:
            continue
        for column in columns:
            if column.unique and _is_taken(session, column, successor.id):
                continue  # what is one for each area stays with the old outline
            statement = (
                update(column.table)
                .where(column == area.id)
                .values({column.name: successor.id})
            )
            moved += session.execute(statement).rowcount  # type: ignore[attr-defined]  # a cursor result
    return moved


def _is_taken(session: Session, column: Column[Any], area_id: uuid.UUID) -> bool:
    return bool(session.scalar(select(exists().where(column == area_id))))


def relocate(session: Session, country: str) -> int:
    """Give listings' locations and gazetteer places their deepest area anew.

    Returns how many locations moved.
    """
    _relocate(session, Place, Place.country == country)
    in_country = Location.area_id.in_(select(Area.id).where(Area.country == country))
    return _relocate(session, Location, in_country)


def locate_gazetteer(session: Session) -> int:
    """Give gazetteer places that have no area theirs; returns how many."""
    return _relocate(session, Place, Place.area_id.is_(None))


def _relocate(
    session: Session, model: type[Location | Place], which: ColumnElement[bool]
) -> int:
    statement = select(model.id, model.area_id, model.latitude, model.longitude).where(
        model.latitude.is_not(None), which
    )
    rows = list(session.execute(statement))
    found = locate_points(session, [(row.latitude, row.longitude) for row in rows])
    moves = [
        {"id": row.id, "area_id": deepest}
        for row, (_, _, deepest) in zip(rows, found, strict=True)
        if deepest is not None and deepest != row.area_id
    ]
    if moves:
        session.execute(update(model), moves)
    return len(moves)


def _match(
    shape: BaseGeometry, current: parents.Overlaps, *, at_least: float
) -> parents.Outline | None:
    """Return the outline that shares most of its union with the shape."""
    best: tuple[float, parents.Outline | None] = (at_least, None)
    for share, outline in current.of(shape):
        common = share * shape.area
        alike = common / (shape.area + outline.shape.area - common)
        if alike >= best[0]:
            best = (alike, outline)
    return best[1]


def _referring_columns() -> list[Column[Any]]:
    """Return every column outside this feature that holds the id of an area."""
    columns = [
        column
        for table in Base.metadata.sorted_tables
        if table.name not in _OWN_TABLES
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table.name == "area"
    ]
    # Offers are derived, without foreign keys.
    offers = cast("Table", Offer.__table__)
    return [*columns, offers.columns["area_id"]]


def _ended_and_referred(
    session: Session, country: str, columns: Sequence[Column[Any]]
) -> list[parents.Outline]:
    referred = or_(*(exists().where(column == Area.id) for column in columns))
    statement = select(Area.id, Area.code, Area.level, Area.geometry).where(
        and_(Area.country == country, Area.valid_to.is_not(None), referred)
    )
    return [
        parents.Outline(
            row.id, row.code, row.level, parents.coarse(to_shape(row.geometry))
        )
        for row in session.execute(statement)
        if row.geometry is not None
    ]


def _hand_over_names(
    session: Session, country: str, ended: Sequence[uuid.UUID]
) -> None:
    """Give areas of the new set the names that their like had in further languages."""
    current = parents.Overlaps(parents.outlines(session, country, range(1, 10)))
    shapes = session.execute(select(Area.id, Area.geometry).where(Area.id.in_(ended)))
    rows = []
    for old_id, geometry in shapes:
        match = _match(parents.coarse(to_shape(geometry)), current, at_least=ALIKE)
        if match is not None:
            rows.extend(_missing_names(session, old_id, match.id))
    if rows:
        session.execute(insert(AreaName), rows)


def _missing_names(
    session: Session, old_id: uuid.UUID, new_id: uuid.UUID
) -> list[dict[str, object]]:
    def of(area_id: uuid.UUID) -> list[AreaName]:
        return list(
            session.scalars(select(AreaName).where(AreaName.area_id == area_id))
        )

    has = of(new_id)
    languages = {name.language for name in has if name.language}
    spellings = {name.normalised for name in has}
    rows: list[dict[str, object]] = []
    for name in of(old_id):
        wanted = name.language not in languages and name.language
        if wanted or name.normalised not in spellings:
            rows.append(
                {
                    "id": uuid.uuid4(),
                    "area_id": new_id,
                    "language": name.language if wanted else "",
                    "name": name.name,
                    "normalised": name.normalised,
                }
            )
    return rows


def _move_children(session: Session, country: str, ended: Sequence[uuid.UUID]) -> None:
    """Find parents anew for areas in force whose parent has ended."""
    statement = select(Area).where(Area.parent_id.in_(ended), Area.valid_to.is_(None))
    finders: dict[int, parents.ParentFinder] = {}
    for child in session.scalars(statement).all():
        if child.level not in finders:
            finders[child.level] = parents.ParentFinder(session, country, child.level)
        finder = finders[child.level]
        shape = to_shape(child.geometry)  # type: ignore[arg-type]  # children have outlines
        child.parent_id = finder.by_position(shape) or child.parent_id  # type: ignore[arg-type]  # multipolygons
    session.flush()
