"""Carries out a plan through the listings' own operations, and takes it back; one transaction each."""

import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final, cast

import orjson
from sqlalchemy import CursorResult, Row, bindparam, select, update
from sqlalchemy.orm import Session

from directory.authz import Actor
from directory.errors import Conflict
from directory.listings import operations as listings
from directory.listings import record as records
from directory.listings import removal, stored
from directory.listings.record import LIST_FIELDS, ListingRecord
from directory.models import Base, ImportRow, ImportRun, Service, ServiceAtLocation
from directory.text import N_
from importers import merge, queries

Progress = Callable[[str, int, int], None]
CHUNK: Final = 5_000
_NAMED: Final = 5
_ORIGIN: Final = "import"


class PlanOutOfDate(Conflict):
    """The directory is not what the plan was computed against."""

    code = "plan_out_of_date"
    message = N_("The directory has changed since this plan was made: %(count)s listings or imports are concerned. Nothing was carried out.")  # fmt: skip
    remedy = N_("Import the file again and look at the new preview.")


class AlreadyApplied(Conflict):
    """Someone else, or the same person twice, carries out the plan."""

    code = "plan_already_applied"
    message = N_(
        "This plan has been carried out already. Nothing was done a second time."
    )
    remedy = N_("Look at the result of the import, or import the file again.")


class NotPlanned(Conflict):
    """The run has no plan that could be carried out."""

    code = "plan_missing"
    message = N_("This import has no plan that could be carried out.")
    remedy = N_("Import the file again.")


class NotApplied(Conflict):
    """There is nothing to take back."""

    code = "import_not_applied"
    message = N_("This import is not carried out, so there is nothing to take back.")


class EditedSince(Conflict):
    """Somebody edited what the import wrote; undoing would destroy that work."""

    code = "import_edited_since"
    message = N_("%(count)s listings were edited since the import, among them: %(names)s. Nothing was taken back.")  # fmt: skip
    remedy = N_("Take the import back without these listings, or correct them by hand.")


@dataclass(frozen=True, slots=True)
class Applied:
    """What a run did."""

    created: int
    updated: int
    unchanged: int
    skipped: int
    seconds: float


def apply(
    session: Session,
    *,
    actor: Actor,
    run_id: uuid.UUID,
    now: datetime,
    progress: Progress,
) -> Applied:
    """Carry out a planned run. Raises AlreadyApplied, NotPlanned or PlanOutOfDate, then nothing is done."""
    started = time.monotonic()
    run = queries.get_run(session, run_id, actor)
    _claim(session, run, ("planned", "applying"), "applying")
    _require_current(session, run)
    counts: Mapping[str, Any] = run.counts or {}
    total = counts["create"] + counts["update"]
    created = _create(
        session, actor, run, now, lambda done: progress("applying", done, total)
    )
    updated = _update(
        session, actor, run, now, lambda n: progress("applying", created + n, total)
    )
    _remember_versions(session, run)
    run.state = "applied"
    run.applied_by = actor.user_id
    run.applied_at = now
    run.failure = None
    run.seconds = round(time.monotonic() - started, 2)
    return Applied(
        created=created,
        updated=updated,
        unchanged=counts["unchanged"],
        skipped=counts["skip"] + counts["conflicts"],
        seconds=run.seconds,
    )


def undo(
    session: Session,
    *,
    actor: Actor,
    run_id: uuid.UUID,
    now: datetime,
    progress: Progress,
    keep_edited: bool = False,
) -> int:
    """Take back what a run wrote; returns how many listings.

    Raises EditedSince when listings were edited since (unless ``keep_edited`` leaves those alone),
    ListingInUse when a referral speaks of one, NotApplied when there is nothing to take back.
    """
    run = queries.get_run(session, run_id, actor)
    _claim(session, run, ("applied", "undoing"), "undoing")
    edited = _edited_since(session, run)
    if edited and not keep_edited:
        names = ", ".join(sorted({name for _, name in edited})[:_NAMED])
        raise EditedSince(values={"count": len(edited), "names": names})
    left_alone = {key for key, _ in edited}
    created = [row.service_at_location_id for row in _rows(session, run, "create")]
    doomed = [key for key in created if key is not None and key not in left_alone]
    for start in range(0, len(doomed), CHUNK):
        removal.remove_services(
            session, actor=actor, service_at_location_ids=doomed[start : start + CHUNK],
            now=now, origin=_ORIGIN,
        )  # fmt: skip
        progress("undoing", min(start + CHUNK, len(doomed)), len(doomed))
    restored = _restore(session, actor, run, now, left_alone)
    run.state = "undone"
    run.undone_at = now
    run.failure = None
    return len(doomed) + restored


def _claim(
    session: Session, run: ImportRun, allowed: Sequence[str], state: str
) -> None:
    """Take the run for this transaction: of two people, the second is told."""
    taken = session.execute(
        update(ImportRun)
        .where(ImportRun.id == run.id, ImportRun.state.in_(allowed))
        .values(state=state)
        .execution_options(synchronize_session=False)
    )
    if cast("CursorResult[Any]", taken).rowcount:
        return
    session.refresh(run)
    if state == "undoing":
        raise NotApplied
    if run.state in {"applied", "undone", "undoing"}:
        raise AlreadyApplied
    raise NotPlanned


def _require_current(session: Session, run: ImportRun) -> None:
    changed = queries.count_changed_since(session, run)
    if run.basis != queries.basis(session, run):
        changed += 1
    if changed:
        raise PlanOutOfDate(values={"count": changed})


def _rows(session: Session, run: ImportRun, action: str) -> Iterator[Row[Any]]:
    statement = (
        select(ImportRow.line, ImportRow.service_at_location_id, ImportRow.undo)
        .where(ImportRow.run_id == run.id, ImportRow.action == action)
        .order_by(ImportRow.line)
    )
    yield from session.execute(statement).all()


def _create(
    session: Session,
    actor: Actor,
    run: ImportRun,
    now: datetime,
    progress: Callable[[int], None],
) -> int:
    """Create the new listings, a chunk at a time, and note in their rows what they became."""
    done, last = 0, -1
    while True:
        statement = (
            select(ImportRow.line, ImportRow.record)
            .where(
                ImportRow.run_id == run.id,
                ImportRow.action == "create",
                ImportRow.line > last,
            )
            .order_by(ImportRow.line)
            .limit(CHUNK)
        )
        rows = session.execute(statement).all()
        if not rows:
            return done
        made = listings.create_services(
            session, actor=actor, records=[_sourced(text, run.source) for _, text in rows],
            now=now, origin=_ORIGIN, import_run_id=run.id,
        )  # fmt: skip
        _fill(
            session,
            [
                {
                    "at": line,
                    "service": ids.service_id,
                    "place": ids.service_at_location_id,
                }
                for (line, _), ids in zip(rows, made, strict=True)
            ],
            run.id,
        )
        done, last = done + len(rows), rows[-1].line
        progress(done)


def _fill(
    session: Session, rows: Sequence[Mapping[str, Any]], run_id: uuid.UUID
) -> None:
    table = Base.metadata.tables["import_row"]
    statement = (
        update(table)
        .where(table.c.run_id == bindparam("run"), table.c.line == bindparam("at"))
        .values(
            service_id=bindparam("service"), service_at_location_id=bindparam("place")
        )
    )
    session.connection().execute(statement, [{**row, "run": run_id} for row in rows])


def _update(
    session: Session,
    actor: Actor,
    run: ImportRun,
    now: datetime,
    progress: Callable[[int], None],
) -> int:
    """Bring the listings to the reviewed values, and keep what they replace."""
    statement = (
        select(ImportRow.line, ImportRow.service_at_location_id, ImportRow.changes)
        .where(ImportRow.run_id == run.id, ImportRow.action == "update")
        .order_by(ImportRow.line)
    )
    rows = session.execute(statement).all()
    done = 0
    for start in range(0, len(rows), CHUNK):
        chunk = rows[start : start + CHUNK]
        changes = {key: orjson.loads(text) for _, key, text in chunk}
        current = stored.read_records(session, list(changes))
        target = {
            key: with_values(
                current[key], {name: pair[1] for name, pair in changes[key].items()}
            )
            for key in changes
        }
        listings.update_services(
            session, actor=actor, records=target, now=now, origin=_ORIGIN
        )
        before = {
            key: {name: pair[0] for name, pair in pairs.items()}
            for key, pairs in changes.items()
        }
        _keep_undo(session, run.id, [(line, before[key]) for line, key, _ in chunk])
        done += len(chunk)
        progress(done)
    return done


def _keep_undo(
    session: Session, run_id: uuid.UUID, rows: Sequence[tuple[int, Mapping[str, Any]]]
) -> None:
    table = Base.metadata.tables["import_row"]
    statement = (
        update(table)
        .where(table.c.run_id == bindparam("run"), table.c.line == bindparam("at"))
        .values(undo=bindparam("before"))
    )
    session.connection().execute(
        statement,
        [
            {"run": run_id, "at": line, "before": orjson.dumps(before).decode()}
            for line, before in rows
        ],
    )


def _remember_versions(session: Session, run: ImportRun) -> None:
    """Keep the version that each listing has now, so that undo sees what was edited later."""
    version = (
        select(Service.version)
        .where(Service.id == ImportRow.service_id)
        .scalar_subquery()
    )
    session.execute(
        update(ImportRow)
        .where(ImportRow.run_id == run.id, ImportRow.action.in_(("create", "update")))
        .values(version=version)
        .execution_options(synchronize_session=False)
    )


def _edited_since(session: Session, run: ImportRun) -> list[tuple[uuid.UUID, str]]:
    """Return key and name of the run's listings that somebody edited after the import."""
    statement = (
        select(ImportRow.service_at_location_id, Service.name)
        .join(
            ServiceAtLocation, ServiceAtLocation.id == ImportRow.service_at_location_id
        )
        .join(Service, Service.id == ServiceAtLocation.service_id)
        .where(
            ImportRow.run_id == run.id,
            ImportRow.action.in_(("create", "update")),
            Service.version != ImportRow.version,
        )
    )
    return [(key, name) for key, name in session.execute(statement) if key is not None]


def _restore(
    session: Session,
    actor: Actor,
    run: ImportRun,
    now: datetime,
    left_alone: set[uuid.UUID],
) -> int:
    rows = [
        row
        for row in _rows(session, run, "update")
        if row.service_at_location_id not in left_alone
    ]
    for start in range(0, len(rows), CHUNK):
        chunk = rows[start : start + CHUNK]
        before = {
            row.service_at_location_id: orjson.loads(row.undo)
            for row in chunk
            if row.undo
        }
        current = stored.read_records(session, list(before))
        target = {key: with_values(current[key], before[key]) for key in current}
        listings.update_services(
            session, actor=actor, records=target, now=now, origin=_ORIGIN
        )
    return len(rows)


def with_values(record: ListingRecord, values: Mapping[str, Any]) -> ListingRecord:
    """Return a record with some fields set from JSON values; ``field:language`` sets a text."""
    texts = dict(record.texts)
    fields: dict[str, Any] = {}
    for name, value in values.items():
        field, _, language = name.partition(":")
        if not language:
            fields[field] = from_json(field, value)
        elif value is None:
            texts.pop((field, language), None)
        else:
            texts[field, language] = value
    changed = replace(record, **fields, texts=MappingProxyType(texts))
    return merge.without_place(changed) if changed.sensitivity == "L3" else changed


def from_json(field: str, value: Any) -> Any:
    """Return the value of one field as the record holds it."""
    if field in LIST_FIELDS:
        return tuple(value or ())
    if value is not None and field in records.DATE_FIELDS:
        return date.fromisoformat(value)
    return value


def _sourced(text: str, source: str) -> ListingRecord:
    record = records.from_json(orjson.loads(text))
    return record if record.source else replace(record, source=source)
