"""Rows and problems of a plan in words, ready for the page; the page translates the labels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from directory.models import ImportIssue
from importers import labels
from importers.issues import kind_of, remedy_of
from importers.queries import RowView


@dataclass(frozen=True, slots=True)
class ShownIssue:
    """A problem: message ids and the values they name."""

    line: int
    column: str | None
    code: str
    severity: str
    message: str
    remedy: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row: what happens to it, which fields change, and its problems."""

    line: int
    action: str
    name: str
    organization_name: str
    changes: Sequence[tuple[str, str, str]]
    issues: Sequence[ShownIssue]
    terms: Sequence[str]
    service_id: str | None
    conflicts: Sequence[tuple[str, str, str, str]]
    """Field, and what the directory says, the file says, and the file said last time."""


@dataclass(frozen=True, slots=True)
class Sentences:
    """Why something did not go: message ids, and the values they name."""

    code: str
    message: str
    remedy: str
    values: Mapping[str, Any]


def shown(view: RowView) -> ShownRow:
    """Return a row as the page shows it."""
    row = view.row
    return ShownRow(
        line=row.line,
        action=row.action,
        name=row.name,
        organization_name=row.organization_name,
        changes=[
            (name, _text(old), _text(new)) for name, (old, new) in view.changes.items()
        ],
        issues=[issue(one) for one in view.issues],
        terms=view.record.get("taxonomy_terms", ()),
        service_id=str(row.service_id) if row.service_id else None,
        conflicts=[
            (name, _text(ours), _text(theirs), _text(before))
            for name, (ours, theirs, before) in view.conflicts.items()
            if name != "precision_m"
        ],
    )


def issue(stored: ImportIssue) -> ShownIssue:
    """Return a problem with the sentences of the catalogue."""
    kind = kind_of(stored.code, stored.variant)
    values = {name: str(value) for name, value in (stored.values or {}).items()}
    return ShownIssue(
        stored.line,
        stored.column,
        stored.code,
        stored.severity,
        kind.message,
        remedy_of(stored.code, stored.variant, values),
        values,
    )


def sentences(stored: Mapping[str, Any] | None) -> Sentences | None:
    """Return a stored refusal or failure."""
    if stored is None:
        return None
    return Sentences(
        stored["code"], stored["message"], stored["remedy"], stored["values"]
    )


def words() -> dict[str, Mapping[str, str]]:
    """Return the labels that every page of imports needs."""
    return {
        "field_labels": labels.FIELDS,
        "action_labels": labels.ACTIONS,
        "state_labels": labels.STATES,
        "phase_labels": labels.PHASES,
        "issue_labels": labels.ISSUES,
        "table_labels": labels.TABLES,
    }


def _text(value: Any) -> str:  # Any: a value of a record as JSON
    if value is None:
        return ""
    if isinstance(value, list):
        return "; ".join(str(one) for one in value)
    return str(value)
