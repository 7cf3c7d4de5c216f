"""Organizations, their identifiers, programmes and funding (HSDS)."""

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index
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
    """A programme under which an organization offers services."""

    __tablename__ = "program"

    organization_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("organization.id"), index=True
    )
    name: Mapped[str]
    alternate_name: Mapped[str | None]
    description: Mapped[str] = mapped_column(default="")


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
