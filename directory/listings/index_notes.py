"""Notes, in the transaction of a change, whose search entries must be made anew."""

import uuid
from collections.abc import Iterable

from sqlalchemy.orm import Session

from directory.database import insert_many
from directory.models import Base, IndexTask

NOTED = "noted_for_index"
"""Set in ``session.info`` when this transaction noted listings for the search index."""


def note_for_index(
    session: Session, services: Iterable[tuple[uuid.UUID, str | None]]
) -> None:
    """Note, in this transaction, whose search entries must be made anew."""
    tasks = [
        {"service_id": service_id, "country": country}
        for service_id, country in dict.fromkeys(services)
    ]
    if tasks:
        session.info[NOTED] = object()  # another one for every note
        insert_many(
            session.connection(), Base.metadata.tables[IndexTask.__tablename__], tasks
        )
