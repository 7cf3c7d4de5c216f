"""The demonstration's accounts: one for each role, with passwords that everybody may know."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.accounts import operations, queries
from directory.authz import Actor
from directory.demonstration.listings import OFFICE, SOURCE
from directory.models import Organization, Role, User

STAFF: Final = Actor(role=Role.ADMIN, email="demonstration")
"""Who the change log names for what the demonstration brings."""


@dataclass(frozen=True, slots=True)
class Member:
    """One account; ``organizations`` are the keys of the demonstration's organizations."""

    email: str
    password: str
    name: str
    role: Role
    locale: str = "en"
    areas: tuple[str, ...] = ()
    organizations: tuple[str, ...] = ()
    is_trained: bool = False


MEMBERS: Final = (
    Member(
        "counsellor@example.org", "seven-lanterns-berlin", "Nora Weber", Role.COUNSELLOR,
        organizations=(OFFICE,),
    ),
    Member(
        "caseworker@example.org", "seven-baobabs-thies", "Awa Sarr", Role.CASEWORKER, "fr",
        organizations=(OFFICE,), is_trained=True,
    ),
    Member(
        "supervisor@example.org", "seven-bridges-night", "Samir Haddad", Role.SUPERVISOR,
        organizations=(OFFICE,), is_trained=True,
    ),
    Member(
        "provider.senegal@example.org", "seven-kites-dakar", "Moussa Ndoye", Role.PROVIDER, "fr",
        organizations=("sn-ndimbal", "sn-jokkoo"),
    ),
    Member(
        "provider.iraq@example.org", "seven-palms-river", "Hiwa Karim", Role.PROVIDER, "ar",
        organizations=("iq-al-awda", "iq-dar-al-amal"),
    ),
    Member(
        "provider.guatemala@example.org", "seven-looms-coban", "Marta Xol", Role.PROVIDER, "es",
        organizations=("gt-volver", "gt-semilla"),
    ),
    Member(
        "authority.dakar@example.org", "seven-boats-harbour", "Fatou Mbaye", Role.AUTHORITY, "fr",
        areas=("SN-DK",),
    ),
    Member(
        "authority.baghdad@example.org", "seven-gates-tigris", "Layla Jabbar", Role.AUTHORITY,
        "ar", areas=("IQ-BG",),
    ),
    Member(
        "authority.guatemala@example.org", "seven-stones-plaza", "Luis Ajanel", Role.AUTHORITY,
        "es", areas=("GT-GU",),
    ),
    Member(
        "admin@example.org", "seven-keys-cupboard", "Kim Okafor", Role.ADMIN,
    ),
)  # fmt: skip


def add_members(session: Session, *, now: datetime) -> dict[str, User]:
    """Add the accounts that are not there yet; return all of them by address."""
    organizations = _organizations(session)
    for member in MEMBERS:
        if queries.find_by_email(session, member.email) is None:
            _add(session, member, organizations, now)
    addresses = [member.email for member in MEMBERS]
    found = session.scalars(select(User).where(User.email.in_(addresses)))
    return {user.email: user for user in found}


def _add(
    session: Session,
    member: Member,
    organizations: Mapping[str, Organization],
    now: datetime,
) -> None:
    user = operations.create_user(
        session,
        actor=STAFF,
        newcomer=operations.Newcomer(
            email=member.email,
            role=member.role,
            name=member.name,
            is_demonstration=True,
        ),
        now=now,
        origin="command",
    )
    access = operations.Access(
        role=member.role,
        can_see_restricted=member.is_trained,
        area_ids=queries.find_area_ids(session, member.areas),
        organization_ids=tuple(organizations[key].id for key in member.organizations),
    )
    operations.edit_access(
        session, actor=STAFF, user=user, access=access, now=now, origin="command"
    )
    operations.edit_profile(session, user=user, name=member.name, locale=member.locale)
    operations.set_password(session, user=user, password=member.password)


def actor_of(session: Session, user: User) -> Actor:
    """The actor behind one of the accounts."""
    bindings = queries.bindings_of(session, user.id)
    return Actor(
        role=Role(user.role),
        user_id=user.id,
        name=user.name,
        email=user.email,
        organization_ids=frozenset(b.id for b in bindings if b.kind == "organization"),
        area_ids=frozenset(b.id for b in bindings if b.kind == "area"),
        can_see_restricted=user.can_see_restricted,
    )


def _organizations(session: Session) -> dict[str, Organization]:
    found = session.scalars(select(Organization).where(Organization.source == SOURCE))
    return {org.external_id: org for org in found if org.external_id}
