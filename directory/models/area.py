"""Administrative areas: country, province, district."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from directory.models.base import Base, Keyed
from directory.models.place import Folded
from geo.columns import area_column


class Area(Keyed, Base):
    """One administrative unit. Level 0 is the country, whose code is ISO 3166-1 alpha-2.

    ``parent_id`` is stated by the source or found by position, never cut out of the code.
    ``latitude``/``longitude`` are a point on the area's surface, in degrees. ``valid_to`` is set when
    a newer official set replaced this one.
    """

    __tablename__ = "area"
    __table_args__ = (Index("ix_area_country_level", "country", "level"),)

    code: Mapped[str] = mapped_column(index=True)
    level: Mapped[int]
    country: Mapped[str]
    parent_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("area.id"), index=True
    )
    name: Mapped[str]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    area_km2: Mapped[float | None]
    # Last in the table: SQLite reads past a large outline to reach a column behind it.
    geometry: Mapped[Any | None] = mapped_column(area_column(), sort_order=100)
    source: Mapped[str]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]

    names: Mapped[list["AreaName"]] = relationship(lazy="raise")


class AreaName(Keyed, Base):
    """A name of an area in one language; ``language`` is empty for spellings without one."""

    __tablename__ = "area_name"
    __table_args__ = (Index("ix_area_name_normalised", "normalised"),)

    area_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("area.id"), index=True)
    language: Mapped[str] = mapped_column(default="")
    name: Mapped[str]
    normalised: Mapped[str] = mapped_column(Folded)


class AreaCell(Base):
    """Derived: an H3 cell that an area covers, wholly or in part."""

    __tablename__ = "area_cell"

    cell: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    area_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("area.id"), primary_key=True, index=True
    )
    is_whole: Mapped[bool]


class AreaAdvisory(Keyed, Base):
    """A warning about an area or a drawn shape (REQUIREMENTS P3).

    ``suspend`` stops new referrals until it ends or is lifted, ``caution`` asks for a yes. One whose
    review is overdue is flagged, never dropped.
    """

    __tablename__ = "area_advisory"

    area_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("area.id"), index=True)
    geometry: Mapped[Any | None] = mapped_column(area_column(), sort_order=100)
    """A drawn shape instead of an area."""
    country: Mapped[str | None]
    level: Mapped[str]
    """information, caution or suspend."""
    reason_class: Mapped[str] = mapped_column(default="other")
    """security, access, health, disaster or other."""
    reason: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    review_on: Mapped[date | None]
    lifted_at: Mapped[datetime | None]
    issued_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime]
