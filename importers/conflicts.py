"""What a person decides on a row that file and directory have both changed: one yes per row."""

from typing import Any

import orjson
from sqlalchemy import delete
from sqlalchemy.orm import Session

from directory.authz import Actor
from directory.errors import Conflict
from directory.models import ImportIssue, ImportRow, ImportRun
from directory.text import N_
from importers import apply, queries


class NoConflict(Conflict):
    """The row has no conflict that is open: somebody decided it before."""

    code = "conflict_settled"
    message = N_("This row has been decided already.")


def decide(
    session: Session, *, actor: Actor, run: ImportRun, line: int, takes_file: bool
) -> None:
    """Settle the conflict of one row of a plan.

    With ``takes_file`` the row overwrites what the directory says; otherwise the directory's values
    stay, and the file's count as known from then on. What only the file changed is carried out
    either way. Raises NotFound for rows that the actor may not know of, NoConflict, or what
    ``apply.claim`` raises for a run that waits for no decision.
    """
    apply.claim(session, run, ("planned",), "planned")
    row = queries.get_row(session, run, line, actor)
    if row.action != "conflict":
        raise NoConflict
    changes: dict[str, Any] = orjson.loads(row.changes) if row.changes else {}
    if takes_file:
        for name, (ours, theirs, _before) in orjson.loads(
            row.conflicts or "{}"
        ).items():
            changes[name] = [ours, theirs]
    row.action = "update" if changes else "unchanged"
    row.changes = orjson.dumps(changes).decode() if changes else None
    session.execute(
        delete(ImportIssue).where(
            ImportIssue.run_id == run.id,
            ImportIssue.line == line,
            ImportIssue.code == "conflict",
        )
    )
    run.counts = _counted(run.counts or {}, row)
    session.flush()


def _counted(counts: dict[str, Any], row: ImportRow) -> dict[str, Any]:
    """Return the numbers of the run with this row as an update or as unchanged."""
    issues = counts["issues"]
    by_code = {**issues["by_code"], "conflict": issues["by_code"]["conflict"] - 1}
    return {
        **counts,
        "conflicts": counts["conflicts"] - 1,
        row.action: counts[row.action] + 1,
        "issues": {
            **issues,
            "error": issues["error"] - 1,
            "by_code": {code: number for code, number in by_code.items() if number},
        },
    }
