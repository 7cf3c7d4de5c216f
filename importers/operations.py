"""Writes runs and plans: starts a run, keeps its plan, remembers mappings. Never commits."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from directory import authz
from directory.authz import Action, Actor
from directory.database import insert_many
from directory.errors import DomainError
from directory.models import Base, ImportIssue, ImportMapping, ImportRow, ImportRun
from importers import queries
from importers.drafting import Drafted, Options, source_of
from importers.issues import kind_of
from importers.plan import ImportPlan
from importers.records import Issue


def start_run(
    session: Session, *, actor: Actor, options: Options, checksum: str, now: datetime
) -> ImportRun:
    """Add a run in the state ``reading``. Raises NotYours for those who may not import."""
    authz.require(actor, Action.IMPORT)
    run = ImportRun(
        filename=options.filename.replace("\\", "/").rpartition("/")[2][:200],
        checksum=checksum,
        source=source_of(options),
        country=options.country,
        default_term=options.term,
        language=options.language,
        mapping={"columns": dict(options.columns), "values": dict(options.kind_words)},
        created_by=actor.user_id,
        created_at=now,
    )
    session.add(run)
    session.flush()
    return run


def keep_plan(
    session: Session, *, run: ImportRun, plan: ImportPlan, drafted: Drafted
) -> None:
    """Store a plan with the run; the run is then ``planned`` and can be carried out."""
    connection = session.connection()
    session.execute(delete(ImportIssue).where(ImportIssue.run_id == run.id))
    session.execute(delete(ImportRow).where(ImportRow.run_id == run.id))
    rows = [
        {
            "run_id": run.id, "line": row.line, "sheet": plan.sheet, "action": row.action, "name": row.name,
            "organization_name": row.organization_name, "record": row.record,
            "fingerprint": row.fingerprint, "changes": row.changes, "conflicts": row.conflicts,
            "service_id": row.service_id,
            "service_at_location_id": row.service_at_location_id, "version": row.version, "undo": None,
        }
        for row in plan.rows
    ]  # fmt: skip
    issues = [
        _issue_row(run.id, row.line, one) for row in plan.rows for one in row.issues
    ]
    issues += [_issue_row(run.id, line, one) for line, one in plan.notes]
    insert_many(connection, Base.metadata.tables["import_row"], rows)
    insert_many(connection, Base.metadata.tables["import_issue"], issues)
    run.format = plan.format
    run.countries = list(plan.countries)
    run.counts = dict(plan.counts)
    run.understood = _understood(drafted)
    run.country = run.country or drafted.country
    run.total = run.progress = len(plan.rows)
    run.state = "planned"
    run.basis = queries.basis(session, run)


def interrupted(session: Session) -> Sequence[ImportRun]:
    """Return the runs that are under way, the oldest first."""
    under_way = ImportRun.state.in_(("reading", "applying", "undoing"))
    statement = select(ImportRun).where(under_way).order_by(ImportRun.created_at)
    return session.scalars(statement).all()


def stop(run: ImportRun, *, error: DomainError) -> None:
    """Bring a run whose work stands still back to the state before it."""
    before = {"reading": "failed", "applying": "planned", "undoing": "applied"}
    if run.state in before:
        fail(run, error=error, state=before[run.state])


def refuse(run: ImportRun, *, error: DomainError) -> None:
    """Note why the file of a run cannot be taken."""
    run.state = "refused"
    run.refusal = as_json(error)


def fail(run: ImportRun, *, error: DomainError, state: str) -> None:
    """Note why carrying out or undoing a run did not succeed, and the state it is in now."""
    run.state = state
    run.failure = as_json(error)


def as_json(error: DomainError) -> dict[str, Any]:
    """Return an error as it is stored: code, message ids and values, never a finished sentence."""
    values = {key: str(value) for key, value in error.values.items()}
    return {
        "code": error.code,
        "message": error.message,
        "remedy": error.remedy,
        "values": values,
    }


def remember_mapping(
    session: Session,
    *,
    actor: Actor,
    name: str,
    columns: Mapping[str, str],
    kind_words: Mapping[str, str],
    now: datetime,
) -> ImportMapping:
    """Store a mapping under a name, replacing an earlier one of that name."""
    authz.require(actor, Action.IMPORT)
    found = queries.get_mapping(session, name)
    if found is None:
        found = ImportMapping(
            name=name, created_by=actor.user_id, created_at=now, columns={}
        )
        session.add(found)
    found.columns = dict(columns)
    found.values = {"kinds": dict(kind_words)}
    session.flush()
    return found


def choose_columns(
    session: Session,
    *,
    actor: Actor,
    run: ImportRun,
    columns: Mapping[str, str],
    kind_words: Mapping[str, str],
    name: str,
    now: datetime,
) -> None:
    """Read the file of a run anew with these columns, and remember them where a name is given."""
    authz.require(actor, Action.IMPORT)
    run.mapping = {"columns": dict(columns), "values": dict(kind_words)}
    run.state = "reading"
    run.refusal = run.failure = None
    if name:
        remember_mapping(
            session,
            actor=actor,
            name=name,
            columns=columns,
            kind_words=kind_words,
            now=now,
        )
        run.source = name


def _issue_row(run_id: uuid.UUID, line: int, issue: Issue) -> dict[str, Any]:
    return {
        "run_id": run_id, "line": line, "column": issue.column, "code": issue.code,
        "severity": kind_of(issue.code, issue.variant).severity.value, "variant": issue.variant,
        "values": dict(issue.values) or None,
    }  # fmt: skip


def _understood(drafted: Drafted) -> dict[str, Any]:
    return {
        "sheet": drafted.sheet,
        "columns": [
            {
                "title": c.title,
                "field": f"{c.field}:{c.language}" if c.language else c.field,
            }
            for c in drafted.layout.columns
        ],
        "unused": list(drafted.layout.unused),
        "implied_term": drafted.layout.implied_term,
        "country": drafted.country,
        "country_is_guess": drafted.country_is_guess,
        "tables": {name: dict(numbers) for name, numbers in drafted.tally.items()},
    }
