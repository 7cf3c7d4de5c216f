"""Imports: the run, its planned rows, its issues, and remembered column mappings."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from directory.models.base import Base, Keyed


class ImportRun(Keyed, Base):
    """One file, read once.

    ``state``: reading, refused, planned, applying, applied, undone, failed. ``counts`` holds the
    numbers of INTERFACES. ``basis`` is a fingerprint of what the plan was computed against.
    """

    __tablename__ = "import_run"

    filename: Mapped[str]
    checksum: Mapped[str] = mapped_column(index=True)
    format: Mapped[str | None]
    source: Mapped[str]
    country: Mapped[str | None]
    default_term: Mapped[str | None]
    language: Mapped[str] = mapped_column(default="en")
    mapping: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(default="reading", index=True)
    progress: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    counts: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    refusal: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    basis: Mapped[str | None]
    countries: Mapped[list[str] | None] = mapped_column(JSON)
    """Where the planned listings are; another import there makes the plan out of date."""
    understood: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """How the file was read: sheet, columns used and left over, words for kinds, country found."""
    failure: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """Why the last attempt to apply or undo did not succeed: code, message, values."""
    created_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime]
    applied_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    applied_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    seconds: Mapped[float | None]


class ImportRow(Base):
    """One planned row. ``action``: create, update, unchanged, skip, conflict.

    ``record`` is the checked listing as JSON; what a rule refused (a position of an L3 row) is
    already taken out of it. ``fingerprint`` tells equal records without reading them. ``version`` is
    the listing's when the plan was made. ``undo`` keeps what apply replaced.
    """

    __tablename__ = "import_row"
    __table_args__ = (
        Index("ix_import_row_action", "run_id", "action"),
        Index("ix_import_row_fingerprint", "fingerprint"),
    )

    run_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("import_run.id"), primary_key=True
    )
    line: Mapped[int] = mapped_column(primary_key=True)
    sheet: Mapped[str | None]
    action: Mapped[str]
    name: Mapped[str]
    organization_name: Mapped[str] = mapped_column(default="")
    record: Mapped[str] = mapped_column(Text)
    fingerprint: Mapped[str | None]
    changes: Mapped[str | None] = mapped_column(Text)
    conflicts: Mapped[str | None] = mapped_column(Text)
    """JSON ``{field: [directory, file, file last time]}``: what both changed since."""
    service_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    service_at_location_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    version: Mapped[int | None]
    undo: Mapped[str | None] = mapped_column(Text)


class ImportIssue(Base):
    """One problem of one row: the catalogue's code, where it is, and the values it names."""

    __tablename__ = "import_issue"
    __table_args__ = (Index("ix_import_issue_code", "run_id", "code", "line"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    run_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("import_run.id"))
    line: Mapped[int]
    column: Mapped[str | None]
    code: Mapped[str]
    severity: Mapped[str]
    variant: Mapped[str | None]
    values: Mapped[dict[str, Any] | None] = mapped_column(JSON)


class ImportMapping(Keyed, Base):
    """A remembered mapping of a source's headers to listing fields."""

    __tablename__ = "import_mapping"

    name: Mapped[str] = mapped_column(unique=True)
    columns: Mapped[dict[str, str]] = mapped_column(JSON)
    values: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime]
