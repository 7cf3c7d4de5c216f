"""Where a service may be used: the statements of coverage, and their cells."""

import uuid
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from directory.models.base import Base, Keyed
from geo.columns import area_column


class CoverageKind(StrEnum):
    """How one statement says where a service may be used, most specific first."""

    SHAPE = "shape"
    RADIUS = "radius"
    AREA = "area"
    NATIONAL = "national"
    REMOTE = "remote"


class ServiceArea(Keyed, Base):
    """One statement of coverage (HSDS ``service_area``).

    Coverage of a service at a location is the union of its statements minus its exclusions.
    ``area`` has ``area_id``; ``radius`` has ``radius_km`` round the location and the circle in
    ``geometry``; ``shape`` has ``geometry``; ``national`` and ``remote`` mean the listing's country,
    ``remote`` with ``area_id`` that area.
    """

    __tablename__ = "service_area"

    service_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("service.id"), index=True)
    service_at_location_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("service_at_location.id"), index=True
    )
    name: Mapped[str | None]
    description: Mapped[str | None]
    kind: Mapped[str]
    is_exclusion: Mapped[bool] = mapped_column(default=False)
    area_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("area.id"), index=True)
    radius_km: Mapped[float | None]
    travel_minutes: Mapped[int | None]
    """Where the reach was stated as a time; ``radius_km`` is derived from it."""
    travel_mode: Mapped[str | None]
    """walk, public_transport or car; empty where the listing does not say."""
    geometry: Mapped[Any | None] = mapped_column(area_column())
    uri: Mapped[str | None]


class CoverageCell(Base):
    """Derived: an H3 cell that a shape or circle covers, wholly or in part."""

    __tablename__ = "coverage_cell"

    cell: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    service_area_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("service_area.id"), primary_key=True, index=True
    )
    service_at_location_id: Mapped[uuid.UUID]
    is_whole: Mapped[bool]
