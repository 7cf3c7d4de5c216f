"""Lets the search index follow the listings: notes are worked off in the background."""

import uuid
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from weakref import WeakKeyDictionary

from sqlalchemy import delete, event, func, select
from sqlalchemy.orm import Session, SessionTransaction

from directory.database import among
from directory.listings import reference
from directory.listings.operations import NOTED
from directory.models import IndexTask, Service
from directory.search.documents import make_documents
from directory.search.engine import Engine

BATCH: Final = 5000
"""Services read at a time."""
DRAIN: Final = 120_000
"""Notes worked off in one go, so that each country's index is written once per go."""
NOWHERE: Final = "none"

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """An index made anew: how many services it holds, and the notes that are answered by it."""

    count: int
    notes: Sequence[int]


def install(factory: Any, wake: Callable[[], None]) -> None:
    """Call ``wake`` after every commit of the factory's sessions that left notes behind.

    Several may listen: each remembers by itself which notes it has heard of.
    """
    heard: WeakKeyDictionary[Session, object] = WeakKeyDictionary()

    @event.listens_for(factory, "after_commit")
    def after_commit(session: Session) -> None:
        noted = session.info.get(NOTED)
        if session.in_nested_transaction() or heard.get(session) is noted:
            return
        heard[session] = noted
        wake()

    @event.listens_for(factory, "after_soft_rollback")
    def after_rollback(session: Session, previous: SessionTransaction) -> None:
        if previous.parent is None:
            session.info.pop(NOTED, None)


def drain(
    session: Session, engine: Engine, progress: Progress | None = None
) -> list[int]:
    """Write the entries of noted services and return the notes that are worked off.

    Only reads the database (an engine may write its own tables), so that nobody waits for the index.
    ``forget`` the notes afterwards: where anything fails in between, they are worked off once more.
    """
    tasks = session.execute(
        select(IndexTask.id, IndexTask.service_id, IndexTask.country)
        .order_by(IndexTask.id)
        .limit(DRAIN)
    ).all()
    services = list(dict.fromkeys(task.service_id for task in tasks))
    noted: dict[str, set[uuid.UUID]] = defaultdict(set)
    for task in tasks:
        noted[task.country or NOWHERE].add(task.service_id)
    _write(session, engine, services, noted, progress)
    return [task.id for task in tasks]


def forget(session: Session, notes: Sequence[int]) -> None:
    """Take away notes that were worked off."""
    for chunk in reference.chunks(notes):
        session.execute(
            delete(IndexTask).where(IndexTask.id.in_(chunk)),
            execution_options={"synchronize_session": False},
        )


def rebuild(
    session: Session, engine: Engine, progress: Progress | None = None
) -> Rebuilt:
    """Make the whole index anew. Only reads, as ``drain``: ``forget`` the notes it answers."""
    # The notes are read first: what is noted while the services are read is worked off once more.
    notes = list(session.scalars(select(IndexTask.id)))
    engine.clear(session)
    services = list(session.scalars(select(Service.id)))
    _write(session, engine, services, {}, progress)
    return Rebuilt(len(services), notes)


def count_waiting(session: Session) -> int:
    """Return how many notes wait to be worked off."""
    return session.scalar(select(func.count()).select_from(IndexTask)) or 0


def note(session: Session, services: Sequence[uuid.UUID]) -> None:
    """Note services whose words changed without their listing, such as a renamed organization."""
    known = select(Service.id).where(among(session, Service.id, services))
    session.add_all(IndexTask(service_id=key) for key in session.scalars(known))


def _write(
    session: Session,
    engine: Engine,
    services: Sequence[uuid.UUID],
    noted: dict[str, set[uuid.UUID]],
    progress: Progress | None,
) -> None:
    """Write country by country, each once: a commit of an index costs more than a document."""
    documents: dict[str, list[Any]] = defaultdict(list)
    for start in range(0, len(services), BATCH):
        chunk = services[start : start + BATCH]
        for country, made in make_documents(session, chunk).items():
            documents[country or NOWHERE] += made
    done = 0
    for country in sorted(documents.keys() | noted.keys()):
        fresh = documents.pop(country, [])
        gone = noted.get(country, set()) | {document.service_id for document in fresh}
        engine.write(session, country, fresh, gone)
        done += len(fresh)
        if progress:
            progress(done, len(services))
