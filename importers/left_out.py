"""Rows that look like a listing of the directory: made all the same, or left out until somebody has compared them."""

from typing import Any, Final, cast

from sqlalchemy import CursorResult, func, select, update
from sqlalchemy.orm import Session

from directory import authz
from directory.authz import Action, Actor
from directory.models import ImportIssue, ImportRow, ImportRun
from importers import apply as applying

_CODE: Final = "duplicate_listing"
MADE, LEFT_OUT = "alike", "alike_left_out"
"""Variants of the issue: what becomes of the row."""


def count(session: Session, run: ImportRun, variant: str) -> int:
    """Return how many rows look like a listing and are made, or are left out."""
    statement = select(func.count()).where(*_issues(run, variant))
    return session.scalar(statement) or 0


def leave_out(
    session: Session, *, actor: Actor, run: ImportRun, is_out: bool = True
) -> int:
    """Leave the rows of a plan out that look like a listing, or take them in again; return how many.

    Raises NotYours, AlreadyApplied, or NotPlanned where the plan is no longer open.
    """
    authz.require(actor, Action.IMPORT)
    applying.claim(session, run, ("planned",), "planned")
    before, after = (MADE, LEFT_OUT) if is_out else (LEFT_OUT, MADE)
    lines = select(ImportIssue.line).where(*_issues(run, before))
    changed = session.execute(
        update(ImportRow)
        .where(ImportRow.run_id == run.id, ImportRow.line.in_(lines))
        .values(action="skip" if is_out else "create")
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(ImportIssue)
        .where(*_issues(run, before))
        .values(variant=after)
        .execution_options(synchronize_session=False)
    )
    number = cast("CursorResult[Any]", changed).rowcount
    if number and run.counts is not None:
        more = number if is_out else -number
        create, skip = run.counts["create"] - more, run.counts["skip"] + more
        run.counts = {**run.counts, "create": create, "skip": skip}
    return number


def _issues(run: ImportRun, variant: str) -> tuple[Any, ...]:
    return (
        ImportIssue.run_id == run.id,
        ImportIssue.code == _CODE,
        ImportIssue.variant == variant,
    )
