"""Keeps the cells of areas: derived from their outlines, in the transaction that writes them."""

import uuid
from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast

from geoalchemy2.shape import to_shape
from shapely.geometry import MultiPolygon
from sqlalchemy import Table, delete, select
from sqlalchemy.orm import Session

from directory.database import insert_many
from directory.models import Area, AreaCell
from geo import cells, shapes

CHUNK = 200
_TABLE = cast("Table", AreaCell.__table__)


def refresh(
    session: Session,
    area_ids: Iterable[uuid.UUID],
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Derive the cells of these areas anew; returns how many cells were written.

    ``progress`` is told (areas done, areas in all).
    """
    wanted = list(area_ids)
    written = 0
    for start in range(0, len(wanted), CHUNK):
        chunk = wanted[start : start + CHUNK]
        session.execute(delete(AreaCell).where(AreaCell.area_id.in_(chunk)))
        rows = _rows(session, chunk)
        insert_many(session.connection(), _TABLE, rows)
        written += len(rows)
        if progress is not None:
            progress(min(start + CHUNK, len(wanted)), len(wanted))
    return written


def write(session: Session, shapes: Iterable[tuple[uuid.UUID, MultiPolygon]]) -> int:
    """Write the cells of areas that have none yet; returns how many."""
    rows = _cells_of(shapes)
    insert_many(session.connection(), _TABLE, rows)
    return len(rows)


def _rows(session: Session, area_ids: Sequence[uuid.UUID]) -> list[dict[str, Any]]:
    session.flush()
    outlines = session.execute(
        select(Area.id, Area.geometry).where(
            Area.id.in_(area_ids), Area.geometry.is_not(None)
        )
    )
    return _cells_of(
        (row.id, shapes.as_multipolygon(to_shape(row.geometry))) for row in outlines
    )


def _cells_of(
    shapes: Iterable[tuple[uuid.UUID, MultiPolygon]],
) -> list[dict[str, Any]]:
    return [
        {"cell": found.cell, "area_id": area_id, "is_whole": found.is_whole}
        for area_id, shape in shapes
        for found in cells.cover(shape)
    ]
