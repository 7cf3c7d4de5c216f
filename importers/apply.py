"""Carries out a plan through the listings' own operations, in one transaction."""

import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final, cast

import orjson
from sqlalchemy import (
    CursorResult,
    bindparam,
    select,
    update,
)
from sqlalchemy.orm import Session

from directory.authz import Action, Actor, NotYours
from directory.errors import Conflict
from directory.listings import creation, stored
from directory.listings import operations as listings
from directory.listings import record as records
from directory.listings.record import LIST_FIELDS, ListingRecord
from directory.models import Base, ImportRow, ImportRun, Service
from directory.text import N_
from importers import creating, merge, queries
from importers.collection import seldom_collected
from importers.crew import NOBODY, Crew

Progress = Callable[[str, int, int], None]
CHUNK: Final = 5_000
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


@dataclass(frozen=True, slots=True)
class Written:
    """A row that was carried out: the listing it wrote, and as JSON what it replaced."""

    line: int
    key: uuid.UUID
    undo: str | None


@dataclass(frozen=True, slots=True)
class Applied:
    """What a run did."""

    created: int
    updated: int
    unchanged: int
    skipped: int
    seconds: float


@seldom_collected()
def apply(
    session: Session,
    *,
    actor: Actor,
    run_id: uuid.UUID,
    now: datetime,
    progress: Progress,
    crew: Crew = NOBODY,
) -> Applied:
    """Carry out a planned run, or do nothing at all.

    A ``crew`` makes the listings of a large run while this process writes them. Raises AlreadyApplied, NotPlanned, PlanOutOfDate, or NotYours where the plan changes a listing
    that the actor may not know of.
    """
    started = time.monotonic()
    run = queries.get_run(session, run_id, actor)
    claim(session, run, ("planned", "applying"), "applying")
    _require_current(session, run)
    _require_visible(session, run, actor)
    counts: Mapping[str, Any] = run.counts or {}
    total = counts["create"] + counts["update"]
    progress("applying", 0, total)
    about = creating.About(run.id, run.source, creation.Trace(actor, now, _ORIGIN))
    created = creating.create(
        session, about, lambda done: progress("applying", done, total),
        crew.hire(counts["create"]),
    )  # fmt: skip
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


def begin(session: Session, run: ImportRun, actor: Actor) -> None:
    """Take a run for the background. Raises what ``apply`` raises."""
    claim(session, run, ("planned",), "applying")
    _require_current(session, run)
    _require_visible(session, run, actor)
    session.refresh(run)
    run.applied_by = actor.user_id  # who is asked for when the work must be carried on


def begin_undo(session: Session, run: ImportRun) -> None:
    """Take a carried out run for the background, which takes it back. Raises NotApplied."""
    if run.state != "applied":
        raise NotApplied
    claim(session, run, ("applied",), "undoing")
    session.refresh(run)


def claim(session: Session, run: ImportRun, allowed: Sequence[str], state: str) -> None:
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
    if run.state in {"applied", "applying", "undone", "undoing"}:
        raise AlreadyApplied
    raise NotPlanned


def _require_current(session: Session, run: ImportRun) -> None:
    changed = queries.count_changed_since(session, run)
    if run.basis != queries.basis(session, run):
        changed += 1
    if changed:
        raise PlanOutOfDate(values={"count": changed})


def _require_visible(session: Session, run: ImportRun, actor: Actor) -> None:
    """Raise NotYours where the plan, made by another, changes what the actor may not know of."""
    if queries.count_unseen_updates(session, run, actor):
        raise NotYours(values={"action": Action.IMPORT.value})


def written_rows(session: Session, run: ImportRun, action: str) -> Iterator[Written]:
    statement = (
        select(ImportRow.line, ImportRow.service_at_location_id, ImportRow.undo)
        .where(ImportRow.run_id == run.id, ImportRow.action == action)
        .order_by(ImportRow.line)
    )
    for line, key, before in session.execute(statement).all():
        if key is not None:
            yield Written(line, key, before)


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
        chunk = [
            (line, key, orjson.loads(text))
            for line, key, text in rows[start : start + CHUNK]
            if key is not None and text is not None
        ]
        changes = {key: pairs for _, key, pairs in chunk}
        current = stored.read_records(session, list(changes))
        target = {
            key: merge.keep_protected(
                with_values(
                    current[key], {name: pair[1] for name, pair in changes[key].items()}
                ),
                current[key],
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
        .where(
            ImportRow.run_id == run.id,
            ImportRow.action.in_(("create", "update")),
            ImportRow.version.is_distinct_from(version),
        )
        .values(version=version)
        .execution_options(synchronize_session=False)
    )


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
