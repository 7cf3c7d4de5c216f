"""Returnees' cases, needs and consent: the only personal data about returnees."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from directory.models.base import Base, Keyed


class Case(Keyed, Base):
    """One person who returns, known by a pseudonymous ``code``.

    ``family_name``, ``given_name`` and ``phone`` are optional and shown to the case's own workers
    only. Unknown facts are ``None``: unknown is not no. ``profiles_known`` lists the profiles that
    were asked; a profile in it but not in ``profiles`` is a "no".
    ``sheet_token_hash`` is the SHA-256 of the code on the printed sheet; the code is never stored.
    """

    __tablename__ = "case_file"

    code: Mapped[str] = mapped_column(unique=True)
    organization_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("organization.id"), index=True
    )
    counsellor_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("user.id"), index=True
    )
    caseworker_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("user.id"), index=True
    )
    decision_status: Mapped[str] = mapped_column(default="exploring")
    stage: Mapped[str] = mapped_column(default="pre_departure")
    return_modality: Mapped[str | None]
    host_country: Mapped[str | None]
    return_country: Mapped[str | None]
    area_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("area.id"))
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    precision_m: Mapped[float | None]
    place_label: Mapped[str | None]
    arrival_date: Mapped[date | None]
    birth_year: Mapped[int | None]
    age: Mapped[int | None]
    sex: Mapped[str | None]
    languages: Mapped[list[str] | None] = mapped_column(JSON)
    profiles: Mapped[list[str] | None] = mapped_column(JSON)
    profiles_unknown: Mapped[list[str] | None] = mapped_column(JSON)
    documents: Mapped[list[str] | None] = mapped_column(JSON)
    programmes: Mapped[list[str] | None] = mapped_column(JSON)
    """Names of the programmes the person is in; an empty list means none."""
    preferences: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    fears_return: Mapped[bool] = mapped_column(default=False)
    is_restricted: Mapped[bool] = mapped_column(default=False)
    given_name: Mapped[str | None]
    family_name: Mapped[str | None]
    phone: Mapped[str | None]
    best_interests_reference: Mapped[str | None]
    """The decision on an unaccompanied or separated child, taken elsewhere; without it nothing is sent."""
    best_interests_on: Mapped[date | None]
    risk_assessed_on: Mapped[date | None]
    """When the risk to a trafficked person was last assessed; without it nothing is sent."""
    sheet_token_hash: Mapped[str | None] = mapped_column(unique=True)
    sheet_generation: Mapped[int] = mapped_column(default=0)
    """A higher number ends the codes printed before."""
    sheet_language: Mapped[str] = mapped_column(default="en")
    closed_at: Mapped[datetime | None]
    anonymised_at: Mapped[datetime | None]
    is_demonstration: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    last_activity_at: Mapped[datetime]

    needs: Mapped[list["Need"]] = relationship(lazy="raise", order_by="Need.position")
    consents: Mapped[list["Consent"]] = relationship(
        lazy="raise", order_by="Consent.version"
    )


class Need(Keyed, Base):
    """One need of one person; ``term`` is a taxonomy code, never without owner and next date."""

    __tablename__ = "need"

    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    term: Mapped[str]
    urgency: Mapped[str] = mapped_column(default="medium")
    importance_to_person: Mapped[int | None]
    note: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(default="open")
    """open, met, gap (nothing found), dropped."""
    owner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    next_date: Mapped[date | None]
    position: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]


class Consent(Keyed, Base):
    """What the person allows: purposes, recipients and data items, until when; versioned."""

    __tablename__ = "consent"

    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    version: Mapped[int]
    given_by: Mapped[str] = mapped_column(default="self")
    purposes: Mapped[list[str]] = mapped_column(JSON)
    recipients: Mapped[list[str]] = mapped_column(JSON)
    """Organization ids, or ``any_provider`` for every provider of a shortlisted service."""
    data_items: Mapped[list[str]] = mapped_column(JSON)
    form: Mapped[str]
    language: Mapped[str]
    interpreter: Mapped[str | None]
    explained_by: Mapped[str | None]
    child_assent: Mapped[bool | None]
    given_on: Mapped[date]
    expires_on: Mapped[date]
    withdrawn_at: Mapped[datetime | None]
    recorded_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime]


class ShortlistItem(Keyed, Base):
    """A service kept for a case, with what was shown when it was chosen."""

    __tablename__ = "shortlist_item"

    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    need_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("need.id"))
    service_at_location_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("service_at_location.id"), index=True
    )
    snapshot: Mapped[dict[str, Any]] = mapped_column(JSON)
    added_at: Mapped[datetime]


class CaseRead(Keyed, Base):
    """Who opened which case, when (REQUIREMENTS P5)."""

    __tablename__ = "case_read"

    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime]
    purpose: Mapped[str]
