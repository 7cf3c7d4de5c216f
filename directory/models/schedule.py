"""When a service or a place is open (HSDS schedule, RFC 5545 fields)."""

import uuid
from datetime import date

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from directory.models.base import Base, Keyed


class Schedule(Keyed, Base):
    """One rule of opening. ``description`` keeps the raw OSM ``opening_hours`` text as given."""

    __tablename__ = "schedule"

    service_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("service.id"), index=True
    )
    location_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("location.id"), index=True
    )
    service_at_location_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("service_at_location.id"), index=True
    )
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    dtstart: Mapped[str | None]
    freq: Mapped[str | None]
    interval: Mapped[int | None]
    byday: Mapped[str | None]
    byweekno: Mapped[str | None]
    bymonthday: Mapped[str | None]
    byyearday: Mapped[str | None]
    count: Mapped[int | None]
    until: Mapped[date | None]
    timezone: Mapped[float | None]
    schedule_link: Mapped[str | None]
    wkst: Mapped[str | None]
    opens_at: Mapped[str | None]
    closes_at: Mapped[str | None]
    description: Mapped[str | None]
    notes: Mapped[str | None]
    attending_type: Mapped[str | None]
