"""Notes, in the transaction of a change, whose search entries must be made anew."""

import uuid
from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy.orm import Session

from directory.database import insert_many
from directory.models import Base, IndexTask

TABLE: Final = Base.metadata.tables[IndexTask.__tablename__]
NOTED: Final = "noted_for_index"
"""Set in ``session.info`` when this transaction noted listings for the search index."""


def note_for_index(
    session: Session, services: Iterable[tuple[uuid.UUID, str | None]]
) -> None:
    """Note, in this transaction, whose search entries must be made anew."""
    if tasks := task_rows(services):
        mark(session)
        insert_many(session.connection(), TABLE, tasks)


def mark(session: Session) -> None:
    """Say that this transaction noted something: its end wakes the index."""
    session.info[NOTED] = object()  # another one for every note


def task_rows(
    services: Iterable[tuple[uuid.UUID, str | None]],
) -> list[dict[str, Any]]:
    """Return the rows that note these services, each once."""
    return [
        {"service_id": service_id, "country": country}
        for service_id, country in dict.fromkeys(services)
    ]
