"""Values of columns as JSON and back, alike on both databases, so that equal rows have equal text."""

import base64
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

import orjson
import shapely
from geoalchemy2 import Geometry
from sqlalchemy import Column, func

from directory.models import UtcDateTime
from geo.columns import SRID

Json = dict[str, Any]


def selected(column: Column[Any]) -> Any:
    """Return what to select of a column: outlines as bytes, everything else as it is."""
    if isinstance(column.type, Geometry):
        return func.ST_AsBinary(column, type_=None).label(column.name)
    return column


def plain(value: Any) -> Any:
    """Return a value as JSON has it; numbers, texts and lists stay."""
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    return value


def dumps(row: Mapping[str, Any]) -> bytes:
    """Write a row: keys in order, nothing that is empty, so that a new column changes no old row."""
    stated = {name: value for name, value in row.items() if value is not None}
    return orjson.dumps(stated, option=orjson.OPT_SORT_KEYS)


def restored(column: Column[Any], value: Any) -> Any:
    """Return the value that ``plain`` wrote; raises ValueError or TypeError for another's."""
    if value is None:
        return None
    if isinstance(column.type, Geometry):
        return _outline(value)
    if isinstance(column.type, UtcDateTime):
        return datetime.fromisoformat(value)
    made = _FROM_TEXT.get(column.type.python_type)
    if made is not None:
        return made(value)
    if column.type.python_type in {str, int, float, bool}:
        return _checked(column, value)
    return value


def _outline(value: str) -> str:
    try:
        shape = shapely.from_wkb(base64.b64decode(value, validate=True))
    except shapely.errors.GEOSException as error:
        raise ValueError("geometry") from error
    return f"SRID={SRID};{shapely.to_wkt(shape, rounding_precision=-1)}"


def _checked(column: Column[Any], value: Any) -> Any:
    wanted = column.type.python_type
    allowed = (int, float) if wanted is float else (wanted,)
    if not isinstance(value, allowed) or (wanted is int and isinstance(value, bool)):
        raise TypeError(column.name)
    return value


_FROM_TEXT: Final[Mapping[type, Callable[[Any], Any]]] = {
    uuid.UUID: uuid.UUID,
    date: date.fromisoformat,
    Decimal: Decimal,
    bytes: lambda text: base64.b64decode(text, validate=True),
}
