"""Keeps the cells of areas: derived from their outlines, in the transaction that writes them."""

import uuid
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from geoalchemy2.shape import to_shape
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from directory.models import Area, AreaCell
from geo import cells

CHUNK = 200


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
        if rows:
            session.execute(insert(AreaCell), rows)
        written += len(rows)
        if progress is not None:
            progress(min(start + CHUNK, len(wanted)), len(wanted))
    return written


def _rows(session: Session, area_ids: Sequence[uuid.UUID]) -> list[dict[str, Any]]:
    session.flush()
    outlines = session.execute(
        select(Area.id, Area.geometry).where(
            Area.id.in_(area_ids), Area.geometry.is_not(None)
        )
    )
    return [
        {"cell": found.cell, "area_id": area_id, "is_whole": found.is_whole}
        for area_id, geometry in outlines
        for found in cells.cover(to_shape(geometry))  # type: ignore[arg-type]  # (multi)polygons only
    ]
