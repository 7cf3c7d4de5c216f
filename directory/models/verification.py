"""Who checked a listing, how, and what waits to be checked."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from directory.models.base import Base, Keyed


class Verification(Keyed, Base):
    """One attempt to check a listing; ``result`` is a code of ``listings.verifications``.

    ``method`` is a code of DOMAIN 10.3. ``next_try`` is the day on which to try again.
    """

    __tablename__ = "verification"
    __table_args__ = (Index("ix_verification_service_at", "service_id", "checked_at"),)

    service_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("service.id"))
    checked_at: Mapped[datetime]
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    role: Mapped[str]
    method: Mapped[str]
    result: Mapped[str]
    note: Mapped[str | None] = mapped_column(Text)
    next_try: Mapped[date | None]


class UpkeepTask(Keyed, Base):
    """Something about a listing that somebody has to look at. One open task per listing and kind."""

    __tablename__ = "upkeep_task"
    __table_args__ = (Index("ix_upkeep_task_open", "service_id", "kind", "state"),)

    service_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("service.id"))
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(default="open", index=True)
    """open or done."""
    values: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    opened_at: Mapped[datetime]
    due_on: Mapped[date | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))


class ConfirmLink(Keyed, Base):
    """A link in an e-mail that answers "is this still right?"; only its SHA-256 is stored."""

    __tablename__ = "confirm_link"

    token_hash: Mapped[str] = mapped_column(unique=True)
    service_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("service.id"), index=True)
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    sent_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    answer: Mapped[str | None]
    version: Mapped[int]
    """The listing's version when it was asked about: a later one is asked about anew."""


class Watch(Keyed, Base):
    """A person who wants to hear of changes to a listing or in an area."""

    __tablename__ = "watch"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"), index=True)
    service_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("service.id"), index=True
    )
    area_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("area.id"), index=True)
    created_at: Mapped[datetime]


class LinkCheck(Base):
    """What the web address of listings answered last time."""

    __tablename__ = "link_check"

    url: Mapped[str] = mapped_column(primary_key=True)
    checked_at: Mapped[datetime]
    status: Mapped[int | None]
    failures: Mapped[int] = mapped_column(default=0)
    """Failed checks in a row."""
