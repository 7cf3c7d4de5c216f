"""Listings that may be one: pairs found, and merges that can be taken back."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from directory.models.base import Base, Keyed


class DuplicatePair(Keyed, Base):
    """Two services that look like one; the smaller id first, so that a pair is stored once."""

    __tablename__ = "duplicate_pair"
    __table_args__ = (
        Index("ix_duplicate_pair_both", "first_id", "second_id", unique=True),
    )

    first_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("service.id"))
    second_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("service.id"), index=True)
    score: Mapped[float]
    """Between 0 and 1."""
    reasons: Mapped[list[Any]] = mapped_column(JSON)
    country: Mapped[str | None]
    state: Mapped[str] = mapped_column(default="open", index=True)
    """open, merged or different."""
    found_at: Mapped[datetime]
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    decided_at: Mapped[datetime | None]


class Merge(Keyed, Base):
    """One listing taken into another: its address leads on, its names stay findable.

    ``kept`` and ``gone`` hold what undoing needs; a merge can be undone for 30 days.
    """

    __tablename__ = "merge"

    kept_id: Mapped[uuid.UUID] = mapped_column(index=True)
    gone_id: Mapped[uuid.UUID] = mapped_column(index=True)
    gone_organization_id: Mapped[uuid.UUID | None]
    """The organization of the gone listing, where that was its last one (``listings.successors``)."""
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    version: Mapped[int]
    """The kept listing's version after the merge."""
    merged_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    merged_at: Mapped[datetime]
    undone_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    undone_at: Mapped[datetime | None]
