"""The world to start from: countries and first-level areas of Natural Earth."""

import uuid
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Table, func, insert, select
from sqlalchemy.orm import Session

from directory.areas import cells, files, operations, records, succession
from directory.areas.records import AreaRecord
from directory.config import ROOT
from directory.models import Area, AreaName

SOURCE = "Natural Earth 5.1, 1:10m, simplified"
FOLDER = ROOT / "data"
COUNTRIES = "areas_countries.geojson.gz"
LEVEL_1 = "areas_level1.geojson.gz"
_CHUNK = 250


def is_seeded(session: Session) -> bool:
    """Say whether the world is there; it is written whole or not at all."""
    statement = select(func.count()).where(Area.source == SOURCE, Area.level == 0)
    return bool(session.scalar(statement))


def seed_world(
    session: Session,
    *,
    today: date,
    folder: Path = FOLDER,
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Write the countries and first-level areas of the world; returns how many.

    Does nothing when they are there. A country that already has areas of its own keeps
    them: official boundaries loaded earlier are not overlaid.
    """
    if is_seeded(session):
        return 0
    taken = set(session.scalars(select(Area.country).distinct()))
    world = [record for record in _read(folder) if record.country not in taken]
    ids = {record.code: uuid.uuid4() for record in world}
    for start in range(0, len(world), _CHUNK):
        chunk = world[start : start + _CHUNK]
        session.execute(
            insert(cast("Table", Area.__table__)),
            [_row(record, ids, today) for record in chunk],
        )
        names = [
            row
            for record in chunk
            for row in operations.name_rows(ids[record.code], record)
        ]
        session.execute(insert(cast("Table", AreaName.__table__)), names)
        cells.write(session, [(ids[r.code], r.shape) for r in chunk])
        if progress is not None:
            progress(min(start + _CHUNK, len(world)), len(world))
    succession.locate_gazetteer(session)
    return len(world)


def _read(folder: Path) -> list[AreaRecord]:
    """Return all records, countries first, so that parents stand before children."""
    world: list[AreaRecord] = []
    for name, level in ((COUNTRIES, 0), (LEVEL_1, 1)):
        by_country: dict[str, list[Any]] = {}
        for feature in files.read_features(folder / name):
            country = str(feature.properties["country"])
            by_country.setdefault(country, []).append(feature)
        for country, features in by_country.items():
            read = records.read_records(features, country=country, level=level)
            world.extend(read.records)
    return world


def _row(record: AreaRecord, ids: dict[str, uuid.UUID], today: date) -> dict[str, Any]:
    return {
        "id": ids[record.code],
        "code": record.code,
        "level": record.level,
        "country": record.country,
        "parent_id": ids[record.country] if record.level else None,
        **operations.values_of(record, SOURCE),
        "valid_from": today,
        "valid_to": None,
    }
