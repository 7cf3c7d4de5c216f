"""Keeps rows of any table as JSON and puts them back exactly: what undoing a merge needs."""

import base64
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

import shapely
from geoalchemy2 import Geometry
from sqlalchemy import (
    Date,
    Float,
    LargeBinary,
    Numeric,
    Table,
    Uuid,
    delete,
    exists,
    func,
    select,
    update,
)
from sqlalchemy.orm import Session

from directory.database import among, insert_many
from directory.models import Base, UtcDateTime

Kept = dict[str, list[dict[str, Any]]]
"""Rows as JSON by table name."""
_NO_SYNC: Final = {"synchronize_session": False}
_SRID: Final = "SRID=4326;"


def keep(session: Session, owners: Iterable[tuple[Any, Sequence[uuid.UUID]]]) -> Kept:
    """Return, as JSON, the rows whose column holds one of the keys, for each (column, keys)."""
    session.flush()
    found: dict[str, dict[tuple[Any, ...], dict[str, Any]]] = defaultdict(dict)
    for column, keys in owners:
        table = column.class_.__table__
        statement = select(*map(_selected, table.columns)).where(
            among(session, column, list(keys))
        )
        for row in session.connection().execute(statement).mappings():
            values = {
                each.name: _to_json(each, row[each.name]) for each in table.columns
            }
            key = tuple(values[each.name] for each in table.primary_key)
            found[table.name][key] = values
    return {name: list(rows.values()) for name, rows in found.items()}


def put_back(session: Session, kept: Kept) -> None:
    """Insert kept rows that are gone and bring those that are there to what they were."""
    session.flush()
    for table in Base.metadata.sorted_tables:
        rows = [_from_json(table, values) for values in kept.get(table.name, ())]
        missing = []
        for row in rows:
            own = [each == row[each.name] for each in table.primary_key]
            if not session.scalar(select(exists().where(*own).select_from(table))):
                missing.append(row)
                continue
            changed = update(table).where(*own).values(_without_key(table, row))
            session.execute(changed, execution_options=_NO_SYNC)
        insert_many(session.connection(), table, missing)
    session.expire_all()


def remove(session: Session, owners: Iterable[tuple[Any, Sequence[uuid.UUID]]]) -> None:
    """Delete the rows whose column holds one of the keys, for each (column, keys)."""
    session.flush()
    for column, keys in owners:
        statement = delete(column.class_).where(among(session, column, list(keys)))
        session.execute(statement, execution_options=_NO_SYNC)


def _selected(column: Any) -> Any:
    if isinstance(column.type, Geometry):
        return func.ST_AsBinary(column, type_=None).label(column.name)
    return column


def _to_json(column: Any, value: Any) -> Any:
    if isinstance(column.type, Geometry):
        return _text_of(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, uuid.UUID):
        return value.hex
    return str(value) if isinstance(value, Decimal) else value


def _text_of(geometry: Any) -> str | None:
    """A geometry as text, with every digit."""
    if geometry is None:
        return None
    shape = shapely.from_wkb(bytes(geometry))
    return shapely.to_wkt(shape, rounding_precision=-1)


def _from_json(table: Table, values: dict[str, Any]) -> dict[str, Any]:
    """A row of the table; columns that the table has not any more are left out."""
    return {
        column.name: _read(column, values[column.name])
        for column in table.columns
        if column.name in values
    }


def _read(column: Any, value: Any) -> Any:
    if value is None:
        return None
    for kind, read in _READERS:
        if isinstance(column.type, kind):
            return read(value)
    return value


def _without_key(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    keys = {each.name for each in table.primary_key}
    return {name: value for name, value in row.items() if name not in keys}


_READERS: Final[tuple[tuple[Any, Callable[[str], Any]], ...]] = (
    (Geometry, lambda text: _SRID + text),
    (Uuid, uuid.UUID),
    (UtcDateTime, datetime.fromisoformat),
    (Date, date.fromisoformat),
    (Float, float),
    (Numeric, Decimal),
    (LargeBinary, base64.b64decode),
)
