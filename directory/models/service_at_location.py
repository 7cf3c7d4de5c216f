"""A service at a place (HSDS), and the derived row that lists and matching read."""

import uuid
from datetime import date

from sqlalchemy import BigInteger, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from directory.models.base import Base, Keyed
from directory.models.location import Location
from directory.models.service import Service


class ServiceAtLocation(Keyed, Base):
    """One service given at one place; coverage belongs to it."""

    __tablename__ = "service_at_location"

    service_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("service.id"), index=True)
    location_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("location.id"), index=True
    )
    description: Mapped[str | None]

    service: Mapped[Service] = relationship(lazy="raise")
    location: Mapped[Location] = relationship(lazy="raise")


class Offer(Base):
    """Derived: all that lists and matching read about one service at a location, in one row.

    Written by ``listings.offers`` in the transaction of every edit, rebuilt by
    ``flask cells rebuild``; the HSDS tables stay the truth. ``facts`` is a JSON object of everything
    that does not depend on the person's place (see ``listings.facts.Facts``), so that equal offers
    have equal text. ``cell`` is the H3 cell of the position at resolution 5.
    """

    __tablename__ = "offer"
    __table_args__ = (
        Index("ix_offer_country_sort_name", "country", "sort_name"),
        Index("ix_offer_cell", "cell"),
        Index(
            "ix_offer_counting",
            "country",
            "status",
            "sensitivity",
            "terms",
            "cost",
            "due_on",
            "stale_on",
            "valid_from",
            "valid_to",
            "service_id",
        ),
        Index("ix_offer_reach_country", "reach", "country"),
        Index("ix_offer_due_on", "due_on", "stale_on", "service_at_location_id"),
        Index(
            "ix_offer_kept",
            "organization_id",
            "status",
            "sensitivity",
            "area_id",
            "due_on",
        ),
    )

    service_at_location_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("service_at_location.id"), primary_key=True
    )
    service_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("service.id"), index=True)
    organization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organization.id"))
    country: Mapped[str | None]
    area_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    name: Mapped[str]
    sort_name: Mapped[str]
    status: Mapped[str]
    sensitivity: Mapped[str]
    cost: Mapped[str | None]
    assured_date: Mapped[date | None]
    due_on: Mapped[date | None]
    """The last day on which the verification holds; empty when there is none."""
    stale_on: Mapped[date | None]
    """The last day before the listing is out of date."""
    valid_from: Mapped[date | None]
    """The first day on which the listing is offered; empty: always was."""
    valid_to: Mapped[date | None]
    """The last day on which it is offered."""
    terms: Mapped[str] = mapped_column(default="")
    """All taxonomy codes, sorted, with spaces between: for counting in one pass."""
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    cell: Mapped[int | None] = mapped_column(BigInteger)
    states_coverage: Mapped[bool] = mapped_column(default=False)
    reach: Mapped[str | None]
    """``national`` or ``remote`` where the coverage says so, for the whole country."""
    is_demonstration: Mapped[bool] = mapped_column(default=False)
    facts: Mapped[str] = mapped_column(Text)


class OfferTerm(Base):
    """Derived: one row for each taxonomy term of an offer, by code."""

    __tablename__ = "offer_term"
    __table_args__ = (Index("ix_offer_term_term_country", "term", "country"),)

    term: Mapped[str] = mapped_column(primary_key=True)
    service_at_location_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("offer.service_at_location_id"), primary_key=True, index=True
    )
    country: Mapped[str | None]
