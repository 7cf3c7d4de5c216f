"""Reading accounts, what they are bound to, and their invitations."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory import authz, tokens
from directory.authz import Action, Actor
from directory.errors import Invalid, NotFound
from directory.models import Area, Invitation, Membership, Organization, User
from directory.text import N_, normalise


class InvitationUnusable(NotFound):
    """The link is wrong, was used, or is older than its time."""

    code = "invitation_unusable"
    message = N_("This invitation cannot be used any more.")
    remedy = N_("Ask the person who invited you for a new link.")


@dataclass(frozen=True, slots=True)
class Binding:
    """One thing an account is bound to: an area by its code, or an organization."""

    kind: str
    """area or organization."""
    id: uuid.UUID
    name: str
    code: str


def find_by_email(session: Session, email: str) -> User | None:
    """Return the account with this address, in any spelling of its letters' case."""
    return session.scalar(select(User).where(User.email == clean_email(email)))


def clean_email(email: str) -> str:
    """Bring an address to the one form in which accounts keep it."""
    return email.strip().casefold()


def list_users(session: Session, *, actor: Actor, text: str = "") -> Sequence[User]:
    """Return the accounts whose name, address or role holds the text, active ones first."""
    authz.require(actor, Action.MANAGE_USERS)
    users = session.scalars(
        select(User).order_by(User.is_active.desc(), User.email)
    ).all()
    wanted = normalise(text)
    return [u for u in users if wanted in normalise(f"{u.name} {u.email} {u.role}")]


def get_user(session: Session, user_id: uuid.UUID, *, actor: Actor) -> User:
    """Return one account for the administrator; raises NotFound."""
    authz.require(actor, Action.MANAGE_USERS)
    user = session.get(User, user_id)
    if user is None:
        raise NotFound
    return user


def get_own(session: Session, *, actor: Actor) -> User:
    """Return the actor's own account; raises NotFound for a visitor."""
    user = session.get(User, actor.user_id) if actor.user_id else None
    if user is None:
        raise NotFound
    return user


def bindings_of(session: Session, user_id: uuid.UUID) -> tuple[Binding, ...]:
    """Return the areas and organizations that an account is bound to, by name."""
    areas = session.execute(
        select(Area.id, Area.name, Area.code)
        .join(Membership, Membership.area_id == Area.id)
        .where(Membership.user_id == user_id)
        .order_by(Area.name)
    )
    organizations = session.execute(
        select(Organization.id, Organization.name)
        .join(Membership, Membership.organization_id == Organization.id)
        .where(Membership.user_id == user_id)
        .order_by(Organization.name)
    )
    return (
        *(Binding("area", row.id, row.name, row.code) for row in areas),
        *(
            Binding("organization", row.id, row.name, str(row.id))
            for row in organizations
        ),
    )


def invited_user(
    session: Session, token: str, *, now: datetime
) -> tuple[Invitation, User]:
    """Return the open invitation of a link and its account; raises InvitationUnusable."""
    row = session.execute(
        select(Invitation, User)
        .join(User, User.id == Invitation.user_id)
        .where(Invitation.token_hash == tokens.digest(token))
    ).one_or_none()
    if row is None:
        raise InvitationUnusable
    invitation, user = row
    if invitation.used_at or invitation.expires_at <= now or not user.is_active:
        raise InvitationUnusable
    return invitation, user


def has_demonstration_accounts(session: Session) -> bool:
    """Whether demonstration data is loaded, whose passwords everybody may know."""
    return (
        session.scalar(select(User.id).where(User.is_demonstration).limit(1))
        is not None
    )


def find_area_ids(session: Session, codes: tuple[str, ...]) -> tuple[uuid.UUID, ...]:
    """Return the current areas with these codes; raises Invalid for an unknown code."""
    found: list[uuid.UUID] = []
    for code in codes:
        keys = session.scalars(
            select(Area.id).where(Area.code == code, Area.valid_to.is_(None))
        ).all()
        if not keys:
            raise _unknown(
                N_("There is no area with the code %(code)s."), "areas", code
            )
        found.extend(keys)
    return tuple(found)


def find_organization_ids(
    session: Session, names: tuple[str, ...]
) -> tuple[uuid.UUID, ...]:
    """Return the organizations with these ids or exact names; raises Invalid for an unknown one."""
    found: list[uuid.UUID] = []
    for name in names:
        try:
            condition = Organization.id == uuid.UUID(name)
        except ValueError:
            condition = Organization.normalised_name == normalise(name)
        keys = session.scalars(select(Organization.id).where(condition).limit(2)).all()
        if len(keys) != 1:
            message = N_("There is no single organization named %(code)s. Use its id.")
            raise _unknown(message, "organizations", name)
        found.extend(keys)
    return tuple(found)


def _unknown(message: str, field: str, code: str) -> Invalid:
    return Invalid(message, values={"code": code}, fields={field: message})
