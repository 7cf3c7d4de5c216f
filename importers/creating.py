"""Creates the new listings of a plan: made a portion at a time, here or in another process, and written here."""

import uuid
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Final

import orjson
from sqlalchemy import Integer, Uuid, column, func, select, update
from sqlalchemy.orm import Session

from directory.areas.locating import Located, Locator
from directory.database import as_array, fetch
from directory.listings import creation
from directory.listings import record as records
from directory.listings.record import ListingRecord
from directory.models import Base, ImportRow
from importers.crew import Desk, Member, MemberLost

PORTION: Final = 5_000
_AHEAD: Final = 2
"""Portions that may be made before they are written."""

Row = tuple[int, str]
"""The line of a row of the plan, and its record as JSON."""


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

    A member makes the next portions while this process writes one and finds where the rows lie. It reads
    what was committed: nothing that this transaction has written so far is needed to make a listing.
    """
    portions = _portions(session, about, members[0] if members else None)
    done = 0
    for portion in portions:
        creation.write(session, portion.made)
        _fill(session, about.run_id, portion.keys)
        done += len(portion.keys)
        progress(done)
    return done


def _portions(
    session: Session, about: About, member: Member | None
) -> Iterator[Portion]:
    """Yield the new listings of the run, in the order of their lines."""
    desk = Desk(session)
    if member is None:
        for rows in _rows_to_create(session, about.run_id):
            yield make(desk, about, rows)
        return
    locator = Locator(session)
    asked: deque[tuple[list[Row], Future[Portion]]] = deque()
    for rows in _rows_to_create(session, about.run_id):
        located = _located(locator, rows)
        asked.append((rows, member.ask(make_elsewhere, about, rows, located)))
        if len(asked) > _AHEAD:
            yield _answered(desk, about, *asked.popleft())
    for each in asked:
        yield _answered(desk, about, *each)


def _answered(
    desk: Desk, about: About, rows: list[Row], answer: Future[Portion]
) -> Portion:
    """The portion that a member was asked for; where the member was lost, made here.

    What the member knew of earlier portions stands in the directory by now, as this transaction sees it.
    """
    try:
        return answer.result()
    except MemberLost:
        return make(desk, about, rows)


def _located(locator: Locator, rows: Sequence[Row]) -> list[Located]:
    """Find where the rows lie that have a position."""
    values = (orjson.loads(text) for _, text in rows)
    places = [
        (each["latitude"], each["longitude"])
        for each in values
        if "latitude" in each and "longitude" in each
    ]
    return locator.locate(places, near_coast=True)


def make(
    desk: Desk, about: About, rows: Sequence[Row], located: list[Located] | None = None
) -> Portion:
    """Return the listings of these rows; the desk remembers what earlier ones made."""
    maker: creation.Maker | None = desk.kept.get("maker")
    if maker is None:
        desk.kept["maker"] = maker = creation.Maker(
            desk.session, trace=about.trace, import_run_id=about.run_id
        )
    made = maker.make([_sourced(text, about.source) for _, text in rows], located)
    keys = [
        (line, ids.service_id.hex, ids.service_at_location_id.hex)
        for (line, _), ids in zip(rows, made.ids, strict=True)
    ]
    return Portion(keys, made)


def make_elsewhere(
    desk: Desk, about: About, rows: Sequence[Row], located: list[Located]
) -> Portion:
    """Return what ``make`` returns, its keys as digits only: objects are dear to send."""
    portion = make(desk, about, rows, located)
    return replace(portion, made=replace(portion.made, ids=[]))


def _rows_to_create(session: Session, run_id: uuid.UUID) -> Iterator[list[Row]]:
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
        yield [(line, text) for line, text in rows]
        last = rows[-1].line


def _fill(
    session: Session, run_id: uuid.UUID, keys: Sequence[tuple[int, str, str]]
) -> None:
    """Note in the rows what they became; a new listing begins at version 1."""
    table = Base.metadata.tables["import_row"]
    lines, services, places = zip(*keys, strict=True)
    if session.get_bind().dialect.name == "postgresql":
        arrays = func.unnest(
            as_array(lines, Integer()),
            as_array(services, Uuid()),
            as_array(places, Uuid()),
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
