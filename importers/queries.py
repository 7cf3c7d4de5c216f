"""Reads import runs, their rows and their problems."""

import hashlib
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from directory import authz
from directory.authz import Action, Actor
from directory.errors import NotFound
from directory.models import (
    ImportIssue,
    ImportMapping,
    ImportRow,
    ImportRun,
    Sensitivity,
    Service,
    ServiceAtLocation,
)


@dataclass(frozen=True, slots=True)
class RowFilter:
    """Which rows of a run are wanted: by action, by code of issue, by name.

    ``hides_unchanged`` leaves out the rows that change nothing.
    """

    action: str | None = None
    code: str | None = None
    text: str | None = None
    hides_unchanged: bool = False


@dataclass(frozen=True, slots=True)
class RowView:
    """A planned row with its differences and problems, ready to be shown."""

    row: ImportRow
    changes: Mapping[str, tuple[Any, Any]]
    issues: Sequence[ImportIssue]
    record: Mapping[str, Any]
    conflicts: Mapping[str, tuple[Any, Any, Any]]


def get_run(session: Session, run_id: uuid.UUID, actor: Actor) -> ImportRun:
    """Return a run; raises NotFound where there is none, NotYours for those who may not import."""
    authz.require(actor, Action.IMPORT)
    run = session.get(ImportRun, run_id)
    if run is None:
        raise NotFound
    return run


def list_runs(
    session: Session, actor: Actor, *, offset: int = 0, limit: int = 20
) -> tuple[list[ImportRun], int]:
    """Return runs, the newest first, and how many there are."""
    authz.require(actor, Action.IMPORT)
    total = session.scalar(select(func.count()).select_from(ImportRun)) or 0
    newest = select(ImportRun).order_by(ImportRun.created_at.desc(), ImportRun.id)
    return list(session.scalars(newest.offset(offset).limit(limit))), total


def list_rows(
    session: Session,
    run: ImportRun,
    wanted: RowFilter,
    *,
    actor: Actor,
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[RowView], int]:
    """Return the rows of a run that a filter wants, in the order of the file, and their number.

    Rows that speak of what the actor may not know of are left out of both.
    """
    condition = and_(_condition(run.id, wanted), ~_unseen(actor))
    total = (
        session.scalar(select(func.count()).select_from(ImportRow).where(condition))
        or 0
    )
    rows = session.scalars(
        select(ImportRow)
        .where(condition)
        .order_by(ImportRow.line)
        .offset(offset)
        .limit(limit)
    ).all()
    by_line: dict[int, list[ImportIssue]] = {}
    found = select(ImportIssue).where(
        ImportIssue.run_id == run.id, ImportIssue.line.in_([row.line for row in rows])
    )
    for issue in session.scalars(found.order_by(ImportIssue.id)):
        by_line.setdefault(issue.line, []).append(issue)
    views = [
        RowView(
            row=row,
            changes=orjson.loads(row.changes) if row.changes else {},
            issues=by_line.get(row.line, []),
            record=orjson.loads(row.record),
            conflicts=orjson.loads(row.conflicts) if row.conflicts else {},
        )
        for row in rows
    ]
    return views, total


def get_row(session: Session, run: ImportRun, line: int, actor: Actor) -> ImportRow:
    """Return one row of a run; raises NotFound also for those that the actor may not know of."""
    chosen = and_(ImportRow.run_id == run.id, ImportRow.line == line)
    row = session.scalar(select(ImportRow).where(chosen, ~_unseen(actor)))
    if row is None:
        raise NotFound
    return row


def count_unseen(session: Session, run: ImportRun, actor: Actor) -> int:
    """Return how many rows of a run are not shown to the actor."""
    unseen = and_(ImportRow.run_id == run.id, _unseen(actor))
    return (
        session.scalar(select(func.count()).select_from(ImportRow).where(unseen)) or 0
    )


def count_unseen_updates(session: Session, run: ImportRun, actor: Actor) -> int:
    """Return how many of the listings that the run would change the actor may not know of."""
    hidden = and_(
        ImportRow.run_id == run.id, ImportRow.action == "update", _is_of_unseen(actor)
    )
    return (
        session.scalar(select(func.count()).select_from(ImportRow).where(hidden)) or 0
    )


def seen_issues(session: Session, run: ImportRun, actor: Actor) -> list[ImportIssue]:
    """Return the problems of a run, without those of rows that the actor may not know of."""
    unseen = exists().where(
        ImportRow.run_id == run.id, ImportRow.line == ImportIssue.line, _unseen(actor)
    )
    statement = (
        select(ImportIssue)
        .where(ImportIssue.run_id == run.id, ~unseen)
        .order_by(ImportIssue.id)
    )
    return list(session.scalars(statement))


def file_issues(
    session: Session, run: ImportRun, code: str | None = None, *, limit: int = 50
) -> tuple[list[ImportIssue], int]:
    """Return problems that belong to no row of the list, such as a guessed encoding, and how many there are.

    A feed of many tables may have thousands; ``flask import issues`` writes them all.
    """
    is_row = exists().where(
        ImportRow.run_id == run.id, ImportRow.line == ImportIssue.line
    )
    conditions = [ImportIssue.run_id == run.id, ~is_row]
    if code is not None:
        conditions.append(ImportIssue.code == code)
    statement = select(ImportIssue).where(*conditions).order_by(ImportIssue.id)
    counting = select(func.count()).select_from(ImportIssue).where(*conditions)
    return list(session.scalars(statement.limit(limit))), session.scalar(counting) or 0


def all_issues(session: Session, run_id: uuid.UUID) -> Iterator[ImportIssue]:
    """Yield every problem of a run: of the file first, then row by row."""
    statement = select(ImportIssue).where(ImportIssue.run_id == run_id)
    statement = statement.order_by(ImportIssue.line, ImportIssue.id)
    yield from session.scalars(statement.execution_options(yield_per=1_000))


def get_mapping(session: Session, name: str) -> ImportMapping | None:
    """Return the remembered mapping of a name."""
    return session.scalar(select(ImportMapping).where(ImportMapping.name == name))


def list_mappings(session: Session) -> list[str]:
    """Return the names of the remembered mappings."""
    return list(
        session.scalars(select(ImportMapping.name).order_by(ImportMapping.name))
    )


def basis(session: Session, run: ImportRun) -> str:
    """Return a fingerprint of the imports that were carried out where this run's listings are.

    A plan whose basis has changed since was computed against a directory that is no more.
    """
    wanted = set(run.countries or ())
    others = session.execute(
        select(ImportRun.id, ImportRun.state, ImportRun.source, ImportRun.countries)
        .where(ImportRun.state.in_(("applied", "undone")), ImportRun.id != run.id)
        .order_by(ImportRun.id)
    )
    marks = [
        f"{other}:{state}"
        for other, state, source, countries in others
        if source == run.source
        or not wanted
        or not countries
        or wanted & set(countries)
    ]
    return hashlib.blake2b("|".join(marks).encode(), digest_size=16).hexdigest()


def count_changed_since(session: Session, run: ImportRun) -> int:
    """Return how many of the listings that the run would touch were edited or removed since."""
    planned = and_(ImportRow.run_id == run.id, ImportRow.action == "update")
    same = (
        select(ServiceAtLocation.id)
        .join(Service, Service.id == ServiceAtLocation.service_id)
        .where(
            ServiceAtLocation.id == ImportRow.service_at_location_id,
            Service.version == ImportRow.version,
        )
    )
    changed = select(func.count()).select_from(ImportRow).where(planned, ~same.exists())
    return session.scalar(changed) or 0


def applied_by_another(
    session: Session, checksum: str, run_id: uuid.UUID
) -> datetime | None:
    """Return when the same file was last carried out by another run, if it was."""
    return session.scalar(
        select(func.max(ImportRun.applied_at)).where(
            ImportRun.checksum == checksum,
            ImportRun.state == "applied",
            ImportRun.id != run_id,
        )
    )


def _unseen(actor: Actor) -> ColumnElement[bool]:
    """The condition of rows whose level, or whose listing, the actor may not know of.

    The level is looked for in the JSON text as it is written: inside a text, quotes are escaped.
    """
    hidden = sorted(frozenset(Sensitivity) - authz.levels(actor))
    stated = [ImportRow.record.contains(f'"sensitivity":"{level}"') for level in hidden]
    return or_(*stated, _is_of_unseen(actor))


def _is_of_unseen(actor: Actor) -> ColumnElement[bool]:
    seen = authz.visible_services(actor)
    return exists().where(Service.id == ImportRow.service_id, ~seen)


def _condition(run_id: uuid.UUID, wanted: RowFilter) -> ColumnElement[bool]:
    parts: list[ColumnElement[bool]] = [ImportRow.run_id == run_id]
    if wanted.action:
        parts.append(ImportRow.action == wanted.action)
    elif wanted.hides_unchanged:
        parts.append(ImportRow.action != "unchanged")
    if wanted.code:
        lines = select(ImportIssue.line).where(
            ImportIssue.run_id == run_id, ImportIssue.code == wanted.code
        )
        parts.append(ImportRow.line.in_(lines))
    if wanted.text:
        pattern = f"%{wanted.text}%"
        parts.append(
            or_(
                ImportRow.name.ilike(pattern),
                ImportRow.organization_name.ilike(pattern),
            )
        )
    return and_(*parts)
