"""Accounts, and what they are bound to."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from directory.models.base import Base, Keyed


class Role(StrEnum):
    """The roles of INTERFACES; ``visitor`` is never stored."""

    VISITOR = "visitor"
    COUNSELLOR = "counsellor"
    CASEWORKER = "caseworker"
    AUTHORITY = "authority"
    PROVIDER = "provider"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


class User(Keyed, Base):
    """A person who signs in. ``session_key`` changes at sign-out, which ends every session."""

    __tablename__ = "user"

    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(default="")
    role: Mapped[str]
    password_hash: Mapped[str]
    session_key: Mapped[str] = mapped_column(unique=True)
    locale: Mapped[str | None]
    is_active: Mapped[bool] = mapped_column(default=True)
    can_see_restricted: Mapped[bool] = mapped_column(default=False)
    """Trained for L2 and L3 listings (DOMAIN section 5)."""
    is_demonstration: Mapped[bool] = mapped_column(default=False)
    last_sign_in_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    memberships: Mapped[list["Membership"]] = relationship(lazy="raise")


class Membership(Keyed, Base):
    """Binds an account to an organization (providers, case staff) or an area (authorities)."""

    __tablename__ = "membership"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"), index=True)
    organization_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("organization.id"), index=True
    )
    area_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("area.id"), index=True)


class Invitation(Keyed, Base):
    """A one-time link to set a password; only its SHA-256 is stored."""

    __tablename__ = "invitation"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SignInFailure(Base):
    """Wrong passwords in a row for one e-mail address, whether or not it has an account.

    The address is kept as its SHA-256 only; the row goes with the next successful sign-in.
    """

    __tablename__ = "sign_in_failure"

    email_hash: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]
    last_at: Mapped[datetime]
