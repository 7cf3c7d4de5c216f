"""What keeps listings true: proposals, problem reports, feedback."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from directory.models.base import Base, Keyed


class Proposal(Keyed, Base):
    """Changes that somebody may not make directly; the live listing stays as it is meanwhile.

    ``state``: waiting, approved, rejected, held. ``changes`` maps field names to [old, new].
    """

    __tablename__ = "proposal"

    service_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("service.id"), index=True)
    changes: Mapped[dict[str, Any]] = mapped_column(JSON)
    note: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(default="waiting", index=True)
    proposed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    proposed_at: Mapped[datetime]
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str | None] = mapped_column(Text)


class ListingReport(Keyed, Base):
    """A report that something is wrong, from anyone, without an account."""

    __tablename__ = "listing_report"

    service_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("service.id"), index=True)
    kind: Mapped[str]
    text: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str] = mapped_column(default="en")
    state: Mapped[str] = mapped_column(default="open", index=True)
    reported_at: Mapped[datetime]
    closed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    closed_at: Mapped[datetime | None]


class Feedback(Keyed, Base):
    """Feedback or a complaint; ``code_hash`` is the SHA-256 of the unguessable tracking code."""

    __tablename__ = "feedback"

    code_hash: Mapped[str] = mapped_column(unique=True)
    category: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str]
    service_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("service.id"), index=True
    )
    state: Mapped[str] = mapped_column(default="received", index=True)
    happened_on: Mapped[date | None]
    contact: Mapped[str | None] = mapped_column(Text)
    may_share: Mapped[bool] = mapped_column(default=False)
    """Whether the organization concerned may be told, in the person's own words."""
    answer: Mapped[str | None] = mapped_column(Text)
    received_at: Mapped[datetime]
    acknowledged_at: Mapped[datetime | None]
    state_since: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    appealed_at: Mapped[datetime | None]
    handled_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    is_demonstration: Mapped[bool] = mapped_column(default=False)


class IndexTask(Base):
    """A listing whose search entry must be made anew, noted in the transaction that changed it."""

    __tablename__ = "index_task"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    service_id: Mapped[uuid.UUID]
    country: Mapped[str | None]
