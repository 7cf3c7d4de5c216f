"""What a capacity counts (places, beds, appointments): one row of ``unit`` for each name."""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from directory.listings.record import ListingRecord
from directory.models import Base

_NAMES: Final = uuid.UUID("6f1c1d0e-8a52-4b6b-9d0a-3f0f0e1a7c55")


def key_of(name: str | None) -> uuid.UUID | None:
    """Return the key of the unit with this name: the same everywhere, so that it is never sought."""
    return uuid.uuid5(_NAMES, name) if name else None


def ensure(session: Session, records: Iterable[ListingRecord]) -> None:
    """Write down the units that these records name, unless they are there."""
    ensure_names(session, names_of(records))


def names_of(records: Iterable[ListingRecord]) -> list[str]:
    """Return the names of the units that these records name, each once."""
    return sorted({each.capacity_unit for each in records if each.capacity_unit})


def ensure_names(session: Session, names: Sequence[str]) -> None:
    """Write down the units with these names, unless they are there."""
    if not names:
        return
    table: Table = Base.metadata.tables["unit"]
    dialect: Any = (
        postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    )
    rows = [{"id": key_of(name), "name": name} for name in names]
    session.execute(dialect.insert(table).on_conflict_do_nothing(), rows)
