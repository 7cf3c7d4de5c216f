"""Places in the directory: position, address, access (HSDS)."""

import uuid
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from directory.models.base import Base, Keyed
from geo.columns import point_column


class Location(Keyed, Base):
    """Where a service is given.

    ``latitude``/``longitude`` in degrees and ``point`` hold the same position; both are empty for
    virtual places and for L3. ``area_id`` is the deepest known area that holds the point (or, with
    no point, the stated one). ``precision_m``: how far off the position may be, in metres.
    """

    __tablename__ = "location"

    organization_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("organization.id"), index=True
    )
    location_type: Mapped[str] = mapped_column(default="physical")
    name: Mapped[str | None]
    alternate_name: Mapped[str | None]
    description: Mapped[str | None]
    transportation: Mapped[str | None]
    landmark: Mapped[str | None]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    point: Mapped[Any | None] = mapped_column(point_column())
    precision_m: Mapped[float | None]
    area_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("area.id"), index=True)
    external_identifier: Mapped[str | None]
    external_identifier_type: Mapped[str | None]
    url: Mapped[str | None]

    photo: Mapped[bytes | None] = mapped_column(deferred=True)
    """The entrance as a small JPEG, made anew without metadata; never for L2 and L3."""
    photo_text: Mapped[str | None]
    """What the photograph shows, for those who do not see it."""

    addresses: Mapped[list["Address"]] = relationship(lazy="raise")
    accessibility: Mapped[list["Accessibility"]] = relationship(lazy="raise")


class Address(Keyed, Base):
    """A postal or physical address; parts that do not exist there stay empty strings."""

    __tablename__ = "address"

    location_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("location.id"), index=True
    )
    attention: Mapped[str | None]
    address_1: Mapped[str] = mapped_column(default="")
    address_2: Mapped[str | None]
    city: Mapped[str] = mapped_column(default="")
    region: Mapped[str | None]
    state_province: Mapped[str] = mapped_column(default="")
    postal_code: Mapped[str] = mapped_column(default="")
    country: Mapped[str] = mapped_column(default="")
    address_type: Mapped[str] = mapped_column(default="physical")


class Accessibility(Keyed, Base):
    """How a place can be reached and used by people with disabilities."""

    __tablename__ = "accessibility"

    location_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("location.id"), index=True
    )
    description: Mapped[str | None]
    details: Mapped[str | None]
    url: Mapped[str | None]
