"""Referrals and the events that happened to them."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from directory.models.base import Base, Keyed


class Referral(Keyed, Base):
    """One hand-over of one need to one service at a location.

    ``state`` is a state of DOMAIN 12; the events are the truth and ``state`` their last word.
    ``disclosed`` holds the data items the sender chose to send, by name. ``answer_token_hash`` is the
    SHA-256 of the provider's answer link. Stamps are written by the lifecycle, never typed.
    """

    __tablename__ = "referral"
    __table_args__ = (Index("ix_referral_state_due", "state", "acknowledge_due_at"),)

    code: Mapped[str] = mapped_column(unique=True)
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    need_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("need.id"), index=True)
    service_at_location_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("service_at_location.id"), index=True
    )
    organization_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("organization.id"), index=True
    )
    """The receiving organization."""
    consent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("consent.id"))
    previous_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("referral.id"))
    term: Mapped[str]
    urgency: Mapped[str]
    state: Mapped[str] = mapped_column(default="draft", index=True)
    is_overdue: Mapped[bool] = mapped_column(default=False)
    called_on: Mapped[date | None]
    """When the sender called a provider whose listing is out of date, and found it still there."""
    disclosed: Mapped[list[str]] = mapped_column(JSON)
    message: Mapped[str | None] = mapped_column(Text)
    answer_token_hash: Mapped[str | None] = mapped_column(unique=True)
    answer_generation: Mapped[int] = mapped_column(default=0)
    """A higher number ends the answer links sent before."""
    outcome: Mapped[str | None]
    reason: Mapped[str | None]
    appointment_at: Mapped[datetime | None]
    expected_on: Mapped[date | None]
    created_by: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("user.id"), index=True
    )
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    acknowledge_due_at: Mapped[datetime | None]
    service_due_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    first_service_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    is_demonstration: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)

    events: Mapped[list["ReferralEvent"]] = relationship(
        lazy="raise", order_by="ReferralEvent.sequence"
    )


class ReferralEvent(Keyed, Base):
    """One move of a referral; never edited. ``actor_kind``: sender, receiver, supervisor, system, returnee."""

    __tablename__ = "referral_event"
    __table_args__ = (
        Index("ix_referral_event_order", "referral_id", "sequence", unique=True),
    )

    referral_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("referral.id"))
    sequence: Mapped[int]
    at: Mapped[datetime]
    move: Mapped[str]
    from_state: Mapped[str | None]
    to_state: Mapped[str]
    actor_kind: Mapped[str]
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    is_proxy: Mapped[bool] = mapped_column(default=False)
    code: Mapped[str | None]
    """A reason or outcome code."""
    note: Mapped[str | None] = mapped_column(Text)
    details: Mapped[dict[str, Any] | None] = mapped_column(JSON)


class Message(Keyed, Base):
    """An outgoing message that waits to be sent, in the transaction that caused it.

    ``body`` never holds personal data: a code and a link only.
    """

    __tablename__ = "message"

    kind: Mapped[str]
    recipient: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str] = mapped_column(Text)
    referral_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("referral.id"), index=True
    )
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None] = mapped_column(index=True)
    failed_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
