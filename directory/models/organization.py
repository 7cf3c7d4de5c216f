"""Organizations, their identifiers, programmes and funding (HSDS)."""

import uuid
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import JSON, ForeignKey, Index, Numeric
from sqlalchemy.orm import Mapped, mapped_column, relationship

from directory.models.base import Base, Keyed


class Organization(Keyed, Base):
    """Who offers services. ``provider_type`` is a code of DOMAIN 10.3."""

    __tablename__ = "organization"
    __table_args__ = (
        Index("ix_organization_source_external_id", "source", "external_id"),
    )

    name: Mapped[str]
    normalised_name: Mapped[str] = mapped_column(index=True, default="")
    alternate_name: Mapped[str | None]
    description: Mapped[str] = mapped_column(default="")
    email: Mapped[str | None]
    website: Mapped[str | None]
    logo: Mapped[str | None]
    uri: Mapped[str | None]
    legal_status: Mapped[str | None]
    year_incorporated: Mapped[int | None]
    parent_organization_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("organization.id"), index=True
    )
    tax_status: Mapped[str | None]
    tax_id: Mapped[str | None]
    provider_type: Mapped[str | None]
    country: Mapped[str | None]
    language: Mapped[str] = mapped_column(default="en")
    """The language that name and description are written in (ISO 639-1)."""
    source: Mapped[str | None]
    external_id: Mapped[str | None]
    is_demonstration: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    last_modified: Mapped[datetime]

    identifiers: Mapped[list["OrganizationIdentifier"]] = relationship(lazy="raise")
    programs: Mapped[list["Program"]] = relationship(lazy="raise")


class OrganizationIdentifier(Keyed, Base):
    """An official number of an organization; schemes as of org-id.guide."""

    __tablename__ = "organization_identifier"

    organization_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("organization.id"), index=True
    )
    identifier_scheme: Mapped[str | None]
    identifier_type: Mapped[str]
    identifier: Mapped[str]


class Program(Keyed, Base):
    """A programme: what it gives, to whom, how much, until when (REQUIREMENTS F3)."""

    __tablename__ = "program"

    organization_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("organization.id"), index=True
    )
    name: Mapped[str]
    alternate_name: Mapped[str | None]
    description: Mapped[str] = mapped_column(default="")
    gives: Mapped[str | None]
    for_whom: Mapped[str | None]
    amount: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    currency: Mapped[str | None]
    apply_within_days: Mapped[int | None]
    """How many days after the return one may still apply."""
    host_countries: Mapped[list[str] | None] = mapped_column(JSON)
    countries: Mapped[list[str] | None] = mapped_column(JSON)
    """Countries of return in which it can be had."""
    plan_reference: Mapped[str | None]
    """The national or local development plan it serves, by its code there (REQUIREMENTS O5.3)."""
    source: Mapped[str | None]
    source_date: Mapped[date | None]
    valid_to: Mapped[date | None]


class Agreement(Keyed, Base):
    """What was agreed with a provider: a memorandum, its dates, channel and data clause (P6)."""

    __tablename__ = "agreement"

    organization_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("organization.id"), index=True
    )
    partner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organization.id"))
    has_memorandum: Mapped[bool] = mapped_column(default=False)
    signed_on: Mapped[date | None]
    valid_to: Mapped[date | None]
    referral_channel: Mapped[str | None]
    has_data_sharing_clause: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str | None]
    created_at: Mapped[datetime]


class Funding(Keyed, Base):
    """Who pays for an organization or a service, and until when."""

    __tablename__ = "funding"

    organization_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("organization.id"), index=True
    )
    service_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("service.id"), index=True
    )
    source: Mapped[str | None]
    valid_to: Mapped[date | None]
