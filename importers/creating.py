"""Creates the new listings of a plan: made a portion at a time, here or in another process, and written here."""

import uuid
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Any, Final

import orjson
from sqlalchemy import ARRAY, Integer, Uuid, bindparam, column, func, select, update
from sqlalchemy.orm import Session

from directory.database import fetch
from directory.listings import creation
from directory.listings import record as records
from directory.listings.record import ListingRecord
from directory.models import Base, ImportRow
from importers.crew import Desk, Member

PORTION: Final = 5_000
_AHEAD: Final = 2
"""Portions that may be made before they are written."""


@dataclass(frozen=True, slots=True)
class About:
    """The run whose new listings are made, and what stands in their log."""

    run_id: uuid.UUID
    source: str
    trace: creation.Trace


@dataclass(frozen=True, slots=True)
class Portion:
    """Listings ready to be written; ``keys``: line, service and place of each, the keys as digits."""

    keys: list[tuple[int, str, str]]
    made: creation.Made


def create(
    session: Session,
    about: About,
    progress: Callable[[int], None],
    members: Sequence[Member] = (),
) -> int:
    """Create the new listings of a run, and note in its rows what they became; return how many.

    A member makes the next portions while this process writes one. It reads what was committed:
    nothing that this transaction has written so far is needed to make a listing.
    """
    portions = _from_member(members[0], about) if members else _here(session, about)
    done = 0
    for portion in portions:
        creation.write(session, portion.made)
        _fill(session, about.run_id, portion.keys)
        done += len(portion.keys)
        progress(done)
    return done


def make_next(desk: Desk, about: About) -> Portion | None:
    """Return the next listings of the run, in the order of their lines; None behind the last."""
    portions: Iterator[Portion] | None = desk.kept.get("portions")
    if portions is None:
        desk.kept["portions"] = portions = _here(desk.session, about)
    portion = next(portions, None)
    if portion is None:
        return None
    # The keys go as digits: objects are dear to send.
    return replace(portion, made=replace(portion.made, ids=[]))


def _from_member(member: Member, about: About) -> Iterator[Portion]:
    asked: deque[Future[Any]] = deque()
    while True:
        while len(asked) < _AHEAD:
            asked.append(member.ask(make_next, about))
        portion: Portion | None = asked.popleft().result()
        if portion is None:
            return
        yield portion


def _here(session: Session, about: About) -> Iterator[Portion]:
    maker = creation.Maker(session, trace=about.trace, import_run_id=about.run_id)
    for rows in _rows_to_create(session, about.run_id):
        made = maker.make([_sourced(text, about.source) for _, text in rows])
        keys = [
            (line, ids.service_id.hex, ids.service_at_location_id.hex)
            for (line, _), ids in zip(rows, made.ids, strict=True)
        ]
        yield Portion(keys, made)


def _rows_to_create(session: Session, run_id: uuid.UUID) -> Iterator[Sequence[Any]]:
    last = -1
    while True:
        statement = (
            select(ImportRow.line, ImportRow.record)
            .where(
                ImportRow.run_id == run_id,
                ImportRow.action == "create",
                ImportRow.line > last,
            )
            .order_by(ImportRow.line)
            .limit(PORTION)
        )
        rows = fetch(session, statement)
        if not rows:
            return
        yield rows
        last = rows[-1].line


def _fill(
    session: Session, run_id: uuid.UUID, keys: Sequence[tuple[int, str, str]]
) -> None:
    """Note in the rows what they became; a new listing begins at version 1."""
    table = Base.metadata.tables["import_row"]
    lines, services, places = zip(*keys, strict=True)
    if session.get_bind().dialect.name == "postgresql":
        arrays = func.unnest(
            bindparam(None, list(lines), type_=ARRAY(Integer())),
            bindparam(None, list(map(uuid.UUID, services)), type_=ARRAY(Uuid())),
            bindparam(None, list(map(uuid.UUID, places)), type_=ARRAY(Uuid())),
        )
        names = (column("line", Integer()), column("service", Uuid()), column("place", Uuid()))  # fmt: skip
        new = arrays.table_valued(*names, name="new").render_derived()
        statement = (
            update(table)
            .where(table.c.run_id == run_id, table.c.line == new.c.line)
            .values(
                service_id=new.c.service, service_at_location_id=new.c.place, version=1
            )
        )
        session.connection().execute(statement)
        return
    session.connection().exec_driver_sql(
        "UPDATE import_row SET service_id = ?, service_at_location_id = ?, version = 1"
        " WHERE run_id = ? AND line = ?",
        [(service, place, run_id.hex, line) for line, service, place in keys],
    )


def _sourced(text: str, source: str) -> ListingRecord:
    values = orjson.loads(text)
    values.setdefault("source", source)
    return records.from_json(values)
