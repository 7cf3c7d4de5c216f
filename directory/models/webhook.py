"""Addresses of other programs that are told when public listings change, and what they were told."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from directory.models.base import Base, Keyed


class Webhook(Keyed, Base):
    """An address that is told. Its secret is derived from the site's and stored nowhere.

    ``told_at``: up to when it knows everything. ``busy_until``: until then one process is telling
    it, and no other does.
    """

    __tablename__ = "webhook"

    url: Mapped[str] = mapped_column(Text)
    created_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime]
    told_at: Mapped[datetime]
    is_on: Mapped[bool] = mapped_column(default=True)
    failures: Mapped[int] = mapped_column(default=0)
    """Failed calls in a row."""
    failing_since: Mapped[datetime | None]
    next_try_at: Mapped[datetime | None]
    busy_until: Mapped[datetime | None]


class WebhookTold(Base):
    """A public listing as a webhook knows it; without a foreign key, as what is gone is told too."""

    __tablename__ = "webhook_told"

    webhook_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("webhook.id"), primary_key=True
    )
    service_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    last_modified: Mapped[datetime]


class WebhookDelivery(Keyed, Base):
    """One call: when, what was answered (None: nothing), of how many listings it told."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (Index("ix_webhook_delivery_at", "webhook_id", "at"),)

    webhook_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("webhook.id"))
    at: Mapped[datetime]
    status: Mapped[int | None]
    listings: Mapped[int]
    is_test: Mapped[bool] = mapped_column(default=False)
