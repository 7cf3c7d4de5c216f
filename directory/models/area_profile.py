"""What life and work are like in an area: a profile in words, and figures of assessments."""

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from directory.models.base import Base, Keyed


class AreaProfile(Keyed, Base):
    """The opportunities and limits of one area (REQUIREMENTS O3.1), in the language of its author.

    Texts in other languages are rows of ``translation``. ``participants`` says which groups of the
    community took part in gathering it (O4.1): never a person.
    """

    __tablename__ = "area_profile"

    area_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("area.id"), unique=True)
    language: Mapped[str]
    labour_demand: Mapped[str | None] = mapped_column(Text)
    main_sectors: Mapped[str | None] = mapped_column(Text)
    market_access: Mapped[str | None] = mapped_column(Text)
    road_season: Mapped[str | None] = mapped_column(Text)
    network: Mapped[str | None] = mapped_column(Text)
    risks: Mapped[str | None] = mapped_column(Text)
    participants: Mapped[str | None] = mapped_column(Text)
    source: Mapped[str | None]
    source_date: Mapped[date | None]
    written_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    last_modified: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class AreaIndicator(Keyed, Base):
    """One figure of an assessment of an area on one day; a later day is a row of its own."""

    __tablename__ = "area_indicator"
    __table_args__ = (Index("ix_area_indicator_area", "area_id", "code"),)

    area_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("area.id"))
    code: Mapped[str]
    value: Mapped[float]
    unit: Mapped[str | None]
    measured_on: Mapped[date]
    source: Mapped[str | None]
