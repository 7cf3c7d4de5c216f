"""Asks by e-mail whether listings are still right: one message to each address, with all its listings."""

import re
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from directory.database import among
from directory.listings import reference
from directory.models import (
    ConfirmLink,
    Contact,
    Membership,
    Offer,
    Organization,
    Role,
    Sensitivity,
    Service,
    User,
)
from directory.upkeep import letters, links, named, scope

MOST_AT_ONCE: Final = 500
"""Listings asked about in one run: the rest waits for the next."""
SPOKEN_OF: Final = (Sensitivity.L0, Sensitivity.L1)
"""Levels that an e-mail may ask about at all; the name is told of public ones only."""
_ADDRESS: Final = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is asked: an address, its language, and the account behind it, if it is one."""

    address: str
    language: str
    user_id: uuid.UUID | None = None


def remind(session: Session, *, secret_key: str, now: datetime) -> int:
    """Queue the messages that are due and return how many; a listing is asked about once in 30 days.

    The provider is asked, or where no address of it is known the authority of the area.
    """
    services = _due(session, now)
    recipients = _recipients(session, services)
    by_recipient: dict[Recipient, list[Service]] = defaultdict(list)
    for service in services:
        for recipient in recipients.get(service.id, ()):
            by_recipient[recipient].append(service)
    for recipient, asked in by_recipient.items():
        _write(session, recipient, asked, secret_key=secret_key, now=now)
    return len(by_recipient)


def _due(session: Session, now: datetime) -> Sequence[Service]:
    """Listings once verified whose check is due, that nobody was asked about lately."""
    asked = exists().where(
        ConfirmLink.service_id == Offer.service_id,
        ConfirmLink.sent_at > now - links.LIVES,
    )
    keys = (
        select(Offer.service_id)
        .where(
            Offer.due_on < now.date(),
            scope.in_use(),
            Offer.sensitivity.in_(SPOKEN_OF),
            Offer.is_demonstration.is_(False),
            ~asked,
        )
        .order_by(Offer.due_on)
        .limit(MOST_AT_ONCE)
    )
    found = list(dict.fromkeys(session.scalars(keys)))
    rows = session.scalars(select(Service).where(among(session, Service.id, found)))
    return sorted(rows, key=lambda service: found.index(service.id))


def _recipients(
    session: Session, services: Sequence[Service]
) -> dict[uuid.UUID, list[Recipient]]:
    contacts = _contacts(session, services)
    found: dict[uuid.UUID, list[Recipient]] = {}
    without: list[Service] = []
    for service in services:
        known = (service.referral_email, service.email, *contacts.get(service.id, ()))
        best = next((each for each in known if each and is_address(each)), None)
        if best is not None:
            found[service.id] = [Recipient(best.strip().lower(), service.language)]
        elif service.sensitivity == Sensitivity.L0:
            without.append(service)
    return found | _authorities(session, without)


def is_address(text: str) -> bool:
    """Whether a text can be written to: one address, nothing that a mail header could hide."""
    return _ADDRESS.fullmatch(text.strip()) is not None


def _contacts(
    session: Session, services: Sequence[Service]
) -> Mapping[uuid.UUID, list[str]]:
    """Addresses of a service's contact, then of its organization."""
    found: dict[uuid.UUID, list[str]] = defaultdict(list)
    ids = [service.id for service in services]
    of_service = select(Contact.service_id, Contact.email).where(
        among(session, Contact.service_id, ids), Contact.email.is_not(None)
    )
    for service_id, email in session.execute(of_service):
        if service_id is not None and email:
            found[service_id].append(email)
    organizations = {service.organization_id for service in services}
    own = select(Organization.id, Organization.email).where(
        among(session, Organization.id, sorted(organizations))
    )
    of_organization = {row.id: row.email for row in session.execute(own)}
    for service in services:
        if email := of_organization.get(service.organization_id):
            found[service.id].append(email)
    return found


def _authorities(
    session: Session, services: Sequence[Service]
) -> dict[uuid.UUID, list[Recipient]]:
    """The accounts of the authorities whose areas hold every place of a listing."""
    if not services:
        return {}
    chains = reference.listing_areas(session, [service.id for service in services])
    members: dict[uuid.UUID, list[Recipient]] = defaultdict(list)
    rows = session.execute(
        select(Membership.area_id, User.id, User.email, User.locale)
        .join(User, User.id == Membership.user_id)
        .where(
            Membership.area_id.is_not(None),
            User.role == Role.AUTHORITY,
            User.is_active.is_(True),
        )
        .order_by(User.email)
    )
    for area_id, user_id, email, locale in rows:
        if area_id is not None:
            members[area_id].append(Recipient(email, locale or "en", user_id))
    found = {}
    for service in services:
        places = chains.get(service.id, [])
        common = frozenset.intersection(*places) if places else frozenset()
        asked = [
            each for area_id in sorted(common) for each in members.get(area_id, ())
        ]
        if asked:
            found[service.id] = list(dict.fromkeys(asked))
    return found


def _write(
    session: Session,
    recipient: Recipient,
    services: Sequence[Service],
    *,
    secret_key: str,
    now: datetime,
) -> None:
    subject, invitation, ending = letters.ASKED
    lines = [
        f"{named.placeholder(service.id, recipient.language)}\n{links.placeholder(link)}"
        for service in services
        for link in [
            links.make_link(
                session,
                service=service,
                user_id=recipient.user_id,
                secret_key=secret_key,
                now=now,
            )
        ]
    ]
    letters.write(
        session,
        kind=letters.REMINDER,
        recipient=recipient.address,
        language=recipient.language,
        subject=subject,
        parts=[
            letters.say(recipient.language, invitation),
            *lines,
            letters.say(recipient.language, ending),
        ],
        now=now,
    )
