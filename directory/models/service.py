"""Services with their eligibility, documents, cost and capacity (HSDS)."""

import uuid
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, Numeric
from sqlalchemy.orm import Mapped, mapped_column, relationship

from directory.models.base import Base, Keyed
from directory.models.organization import Organization


class ServiceStatus(StrEnum):
    """HSDS ``service.status``; only ``active`` matches."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    DEFUNCT = "defunct"
    TEMPORARILY_CLOSED = "temporarily closed"


class Cost(StrEnum):
    """What a service costs the person; unknown is ``None`` in the table."""

    FREE = "free"
    SUBSIDISED = "subsidised"
    PAID = "paid"


class Sensitivity(StrEnum):
    """Who may see a listing: DOMAIN section 5. L3 has no stored position or address."""

    L0 = "L0"
    L1 = "L1"
    L2 = "L2"
    L3 = "L3"


class Service(Keyed, Base):
    """What an organization offers, and to whom.

    ``sexes``, ``profiles`` and the other eligibility lists: ``None`` or empty means no condition.
    ``version`` grows with every edit; a form that carries an older one is told.
    """

    __tablename__ = "service"
    __table_args__ = (Index("ix_service_source_external_id", "source", "external_id"),)

    organization_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("organization.id"), index=True
    )
    program_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("program.id"))
    name: Mapped[str]
    normalised_name: Mapped[str] = mapped_column(index=True, default="")
    alternate_name: Mapped[str | None]
    description: Mapped[str] = mapped_column(default="")
    url: Mapped[str | None]
    email: Mapped[str | None]
    status: Mapped[str] = mapped_column(default=ServiceStatus.ACTIVE)
    status_until: Mapped[date | None]
    interpretation_services: Mapped[str | None]
    application_process: Mapped[str | None]
    fees_description: Mapped[str | None]
    accreditations: Mapped[str | None]
    eligibility_description: Mapped[str | None]
    minimum_age: Mapped[int | None]
    maximum_age: Mapped[int | None]
    sexes: Mapped[list[str] | None] = mapped_column(JSON)
    profiles: Mapped[list[str] | None] = mapped_column(JSON)
    return_modalities: Mapped[list[str] | None] = mapped_column(JSON)
    host_countries: Mapped[list[str] | None] = mapped_column(JSON)
    communities: Mapped[list[str] | None] = mapped_column(JSON)
    """Whose associations and contact points these are: countries that the people come from."""
    access_flags: Mapped[list[str] | None] = mapped_column(JSON)
    open_to: Mapped[str | None]
    """returnees, returnees_and_residents or residents."""
    level: Mapped[str | None]
    """individual, community or structural."""
    cost: Mapped[str | None]
    wait_time_days: Mapped[int | None]
    alert: Mapped[str | None]
    alert_until: Mapped[date | None]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    sensitivity: Mapped[str] = mapped_column(default=Sensitivity.L0)
    assured_date: Mapped[date | None]
    assurer_email: Mapped[str | None]
    assurer_role: Mapped[str | None]
    verification_method: Mapped[str | None]
    confirmed_on: Mapped[date | None]
    """When a referral or a returnee last showed that it is open: a soft confirmation."""
    doubted_on: Mapped[date | None]
    """When it was said to be closed, moved or unreachable: out of date until verified."""
    intake: Mapped[str | None]
    """open, waiting_list, closed or by_appointment; unknown is empty."""
    intake_until: Mapped[date | None]
    """Until when the intake stays closed."""
    referral_channel: Mapped[str | None]
    """phone, email, electronic, in_person or letter."""
    referral_role: Mapped[str | None]
    """Who answers referrals, by role: never a person's name."""
    response_hours: Mapped[int | None]
    """Within how many hours the provider promises to answer."""
    minimum_months_since_return: Mapped[int | None]
    maximum_months_since_return: Mapped[int | None]
    residence_areas: Mapped[list[str] | None] = mapped_column(JSON)
    """Codes of the areas that a person must live in."""
    programmes: Mapped[list[str] | None] = mapped_column(JSON)
    """Names of the programmes a person must be in."""
    licenses: Mapped[str | None]
    complaint_channel: Mapped[str | None]
    """How to complain to the provider itself."""
    further_facts: Mapped[list[str] | None] = mapped_column(JSON)
    """What no column holds, each as ``label: value``: fields of one's own without code."""
    referral_email: Mapped[str | None]
    """Where referrals are announced; the message itself holds no personal data."""
    language: Mapped[str] = mapped_column(default="en")
    source: Mapped[str | None]
    external_id: Mapped[str | None]
    import_run_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    is_demonstration: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    last_modified: Mapped[datetime]

    organization: Mapped[Organization] = relationship(lazy="raise")
    required_documents: Mapped[list["RequiredDocument"]] = relationship(lazy="raise")
    cost_options: Mapped[list["CostOption"]] = relationship(lazy="raise")
    capacities: Mapped[list["ServiceCapacity"]] = relationship(lazy="raise")


class RequiredDocument(Keyed, Base):
    """A document to bring; ``code`` is one of INTERFACES, or empty for other text."""

    __tablename__ = "required_document"

    service_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("service.id"), index=True)
    document: Mapped[str]
    code: Mapped[str | None]
    uri: Mapped[str | None]


class CostOption(Keyed, Base):
    """What is paid for one option of a service."""

    __tablename__ = "cost_option"

    service_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("service.id"), index=True)
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    option: Mapped[str | None]
    currency: Mapped[str | None]
    amount: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    amount_description: Mapped[str | None]
    has_waiver: Mapped[bool | None]
    """Whether those who cannot pay may be let off."""


class Unit(Keyed, Base):
    """What a capacity counts: places, beds, appointments (HSDS 3.1)."""

    __tablename__ = "unit"

    name: Mapped[str]
    scheme: Mapped[str | None]
    identifier: Mapped[str | None]
    uri: Mapped[str | None]


class ServiceCapacity(Keyed, Base):
    """How many places are free, as last reported (HSDS 3.1)."""

    __tablename__ = "service_capacity"

    service_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("service.id"), index=True)
    unit_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("unit.id"))
    available: Mapped[int | None]
    maximum: Mapped[int | None]
    description: Mapped[str | None]
    updated: Mapped[datetime]
