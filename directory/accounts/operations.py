"""Signing in, inviting people, and changing what an account may do."""

import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete
from sqlalchemy.orm import Session

from directory import audit, authz, tokens
from directory.accounts import attempts, passwords, queries
from directory.authz import Action, Actor
from directory.errors import Conflict, Invalid
from directory.models import Invitation, Membership, Role, User
from directory.text import N_

INVITATION_LASTS: Final = timedelta(days=7)
NO_PASSWORD: Final = ""
"""The hash of an account whose person has not chosen a password yet; nothing matches it."""


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who gets an account."""

    email: str
    role: Role
    name: str = ""
    is_demonstration: bool = False


@dataclass(frozen=True, slots=True)
class Access:
    """What an account may do, and where."""

    role: Role
    is_active: bool = True
    can_see_restricted: bool = False
    area_ids: tuple[uuid.UUID, ...] = ()
    organization_ids: tuple[uuid.UUID, ...] = ()


class WrongCredentials(Invalid):
    """Address and password do not belong together; never says which of the two is wrong."""

    code = "wrong_credentials"
    message = N_("The e-mail address or the password is not right.")


class EmailTaken(Conflict):
    """There is an account with this address already."""

    code = "email_taken"
    message = N_("There is already an account with this e-mail address.")


def sign_in(session: Session, *, email: str, password: str, now: datetime) -> User:
    """Return the account if the password is right and it is active.

    The same work and the same answer whether the account exists or not. Raises WrongCredentials
    (the failure is then counted, so the caller commits) or TooManyAttempts.
    """
    attempts.refuse_if_waiting(session, email=email, now=now)
    user = queries.find_by_email(session, email)
    stored = user.password_hash if user is not None and user.is_active else None
    if not passwords.is_correct(password, stored or None) or user is None:
        attempts.note_failure(session, email=email, now=now)
        session.flush()
        raise WrongCredentials
    attempts.forget(session, email=email)
    if passwords.needs_new_hash(user.password_hash):
        user.password_hash = passwords.make_hash(password)
    user.last_sign_in_at = now
    session.flush()
    return user


def sign_out(session: Session, *, user: User) -> None:
    """End every session of the account, on every device."""
    user.session_key = _new_session_key()
    session.flush()


def create_user(
    session: Session,
    *,
    actor: Actor,
    newcomer: Newcomer,
    now: datetime,
    origin: str = "form",
) -> User:
    """Add an account without a password; ``invite`` lets its person choose one.

    Raises Invalid for an address that is none or a role nobody can hold, EmailTaken otherwise.
    """
    authz.require(actor, Action.MANAGE_USERS)
    address = queries.clean_email(newcomer.email)
    _check_email(address)
    if newcomer.role is Role.VISITOR:
        message = N_("Choose a role.")
        raise Invalid(message, fields={"role": message})
    if queries.find_by_email(session, address) is not None:
        raise EmailTaken(fields={"email": EmailTaken.message})
    user = User(
        email=address,
        name=newcomer.name.strip(),
        role=newcomer.role,
        password_hash=NO_PASSWORD,
        session_key=_new_session_key(),
        created_at=now,
        is_demonstration=newcomer.is_demonstration,
    )
    session.add(user)
    session.flush()
    changes = {
        "email": ("", address),
        "role": ("", newcomer.role.value),
        "name": ("", user.name),
    }
    _record(session, actor, user, changes, action="create", now=now, origin=origin)
    return user


def invite(session: Session, *, actor: Actor, user: User, now: datetime) -> str:
    """Return the secret of a new one-time link to set a password; older links stop working.

    Whoever holds it becomes this account, so the log says who made it.
    """
    authz.require(actor, Action.MANAGE_USERS)
    session.execute(
        delete(Invitation).where(
            Invitation.user_id == user.id, Invitation.used_at.is_(None)
        )
    )
    token = secrets.token_urlsafe(24)
    until = now + INVITATION_LASTS
    session.add(
        Invitation(user_id=user.id, token_hash=tokens.digest(token), expires_at=until)
    )
    session.flush()
    _record(session, actor, user, {"invitation": ("", until)}, now=now, origin="form")
    return token


def accept_invitation(
    session: Session, *, token: str, password: str, now: datetime
) -> User:
    """Set the first password by a one-time link; raises InvitationUnusable or WeakPassword."""
    invitation, user = queries.invited_user(session, token, now=now)
    set_password(session, user=user, password=password)
    invitation.used_at = now
    attempts.forget(session, email=user.email)
    session.flush()
    return user


def change_password(
    session: Session, *, user: User, current: str, password: str, now: datetime
) -> None:
    """Replace one's own password, which ends every other session.

    Raises Invalid when the current one is wrong (counted like a wrong sign-in), WeakPassword.
    """
    attempts.refuse_if_waiting(session, email=user.email, now=now)
    if not passwords.is_correct(current, user.password_hash or None):
        attempts.note_failure(session, email=user.email, now=now)
        session.flush()
        message = N_("This is not your current password.")
        raise Invalid(message, code="wrong_password", fields={"current": message})
    set_password(session, user=user, password=password)


def set_password(session: Session, *, user: User, password: str) -> None:
    """Store a new password and end every session of the account; raises WeakPassword."""
    passwords.check_strength(password, about=(user.name, user.email))
    user.password_hash = passwords.make_hash(password)
    user.session_key = _new_session_key()
    session.flush()


def edit_profile(
    session: Session, *, user: User, name: str, locale: str | None
) -> None:
    """Change the name and language of one's own account (see ``queries.get_own``)."""
    user.name = name.strip()
    user.locale = locale
    session.flush()


def edit_access(
    session: Session,
    *,
    actor: Actor,
    user: User,
    access: Access,
    now: datetime,
    origin: str = "form",
) -> None:
    """Change role, bindings and training of an account; its sessions end when it is closed.

    Raises Conflict when administrators would shut themselves out, or call themselves trained for
    protected listings: that takes a second person, and the log says who it was.
    """
    authz.require(actor, Action.MANAGE_USERS)
    if actor.user_id == user.id and (
        access.can_see_restricted and not user.can_see_restricted
    ):
        message = N_("Another administrator must say that you are trained.")
        raise Conflict(
            message, code="own_training", fields={"can_see_restricted": message}
        )
    if actor.user_id == user.id and (
        not access.is_active or access.role is not Role.ADMIN
    ):
        raise Conflict(
            N_("You cannot take your own administrator's account away."),
            code="own_account",
        )
    before = _access_as_text(session, user)
    user.role = access.role
    user.is_active = access.is_active
    user.can_see_restricted = access.can_see_restricted
    if not access.is_active:
        user.session_key = _new_session_key()
    bind(
        session,
        user=user,
        area_ids=access.area_ids,
        organization_ids=access.organization_ids,
    )
    after = _access_as_text(session, user)
    changes = {
        name: (before[name], after[name])
        for name in after
        if before[name] != after[name]
    }
    _record(session, actor, user, changes, action="update", now=now, origin=origin)


def bind(
    session: Session,
    *,
    user: User,
    area_ids: Sequence[uuid.UUID] = (),
    organization_ids: Sequence[uuid.UUID] = (),
) -> None:
    """Bind an account to exactly these areas and organizations."""
    session.execute(delete(Membership).where(Membership.user_id == user.id))
    session.add_all(Membership(user_id=user.id, area_id=key) for key in area_ids)
    session.add_all(
        Membership(user_id=user.id, organization_id=key) for key in organization_ids
    )
    session.flush()


def _new_session_key() -> str:
    return secrets.token_urlsafe(32)


def _check_email(address: str) -> None:
    local, _, domain = address.rpartition("@")
    is_possible = (
        local and "." in domain.strip(".") and not set(address) & set(" ,;<>\r\n")
    )
    if not is_possible or len(address) > 254:
        message = N_("Write an e-mail address like name@example.org.")
        raise Invalid(message, fields={"email": message})


def _access_as_text(session: Session, user: User) -> dict[str, Any]:
    bindings = queries.bindings_of(session, user.id)
    return {
        "role": str(user.role),
        "is_active": user.is_active,
        "can_see_restricted": user.can_see_restricted,
        "bindings": [f"{binding.kind} {binding.code}" for binding in bindings],
    }


def _record(
    session: Session,
    actor: Actor,
    user: User,
    changes: dict[str, tuple[Any, Any]],
    **how: Any,
) -> None:
    audit.record(
        session,
        actor=actor,
        resource_type="user",
        resource_id=user.id,
        changes=changes,
        **how,
    )
