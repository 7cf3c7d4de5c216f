"""The messages a referral causes: a code and a link, never a word about the person.

Messages are written in the transaction of the move that causes them and sent afterwards. The link
is filled in at sending: neither the table nor a backup of it holds a working answer link.
"""

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory import tokens
from directory.models import (
    Contact,
    Membership,
    Message,
    Organization,
    Referral,
    Role,
    Service,
    ServiceAtLocation,
    User,
)
from directory.text import N_, translator

LINK: Final = "{link}"
TO_PROVIDER: Final = frozenset(
    {"referral_sent", "referral_reminder", "referral_news", "referral_ended"}
)

TEXTS: Final[Mapping[str, tuple[str, str]]] = {
    "referral_sent": (
        N_("Referral %(code)s waits for your answer"),
        N_(
            "A person is referred to your service under the code %(code)s.\n\n"
            "Open this link to read the request and to answer it. You need no account:\n%(link)s\n\n"
            "Please answer before %(due)s (UTC). Do not pass the link on: whoever has it can answer for you."
        ),
    ),
    "referral_reminder": (
        N_("Reminder: referral %(code)s still waits for your answer"),
        N_(
            "We have not heard from you about referral %(code)s.\n\n"
            "Open this link to answer it. You need no account:\n%(link)s"
        ),
    ),
    "referral_news": (
        N_("News on referral %(code)s"),
        N_("There is something new on referral %(code)s:\n%(link)s"),
    ),
    "referral_ended": (
        N_("Referral %(code)s has ended"),
        N_("Referral %(code)s has ended. There is nothing more for you to do."),
    ),
    "referral_answered": (
        N_("News on referral %(code)s"),
        N_(
            "There is something new on referral %(code)s. Sign in to read it:\n%(link)s"
        ),
    ),
    "referral_unanswered": (
        N_("No answer on referral %(code)s"),
        N_(
            "The provider has not answered referral %(code)s in time. Call them, or choose another"
            " service. Sign in to go on:\n%(link)s"
        ),
    ),
    "referral_escalated": (
        N_("Still no answer on referral %(code)s"),
        N_(
            "Twice the time to answer referral %(code)s has passed. Please look into it with the"
            " person in charge. Sign in to read it:\n%(link)s"
        ),
    ),
    "referral_listing": (
        N_("The listing of referral %(code)s has changed"),
        N_(
            "The service that referral %(code)s went to says something else about itself now."
            " Sign in to see whether it still fits:\n%(link)s"
        ),
    ),
    "referral_disputed": (
        N_("Referral %(code)s is disputed"),
        N_(
            "The returnee says that the service of referral %(code)s was not received. Please"
            " review it. Sign in to read it:\n%(link)s"
        ),
    ),
}


def compose(kind: str, *, language: str, values: Mapping[str, str]) -> tuple[str, str]:
    """The subject and body of a message in a language; English where it has no catalogue."""
    translate = translator(language)
    subject, body = TEXTS[kind]
    return translate(subject) % values, translate(body) % values


def to_provider(
    session: Session, *, referral: Referral, kind: str, now: datetime
) -> list[Message]:
    """Queue a message to the provider; empty where no address is known and a call must do."""
    addresses, language = _provider_addresses(session, referral)
    return _queue(session, referral, kind, addresses, language=language, now=now)


def to_workers(
    session: Session,
    *,
    referral: Referral,
    user_ids: Iterable[uuid.UUID | None],
    kind: str,
    now: datetime,
) -> list[Message]:
    """Queue a message to accounts, each in its own language."""
    wanted = {one for one in user_ids if one is not None}
    users = session.scalars(
        select(User)
        .where(User.id.in_(wanted), User.is_active.is_(True))
        .order_by(User.email)
    )
    made: list[Message] = []
    for user in users:
        made += _queue(
            session, referral, kind, [user.email], language=user.locale or "en", now=now
        )
    return made


def supervisors(session: Session, organization_id: uuid.UUID | None) -> list[uuid.UUID]:
    """The supervisors of an organization."""
    rows = session.scalars(
        select(User.id)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.organization_id == organization_id,
            User.role == Role.SUPERVISOR,
            User.is_active.is_(True),
        )
    )
    return list(rows)


def answer_token(referral: Referral, secret_key: str) -> str:
    """The secret of the provider's answer link (130 bits)."""
    return tokens.derive(
        secret_key,
        purpose="answer",
        subject=referral.id,
        generation=referral.answer_generation,
    )


def link(
    message: Message, referral: Referral, *, site_url: str, secret_key: str
) -> str:
    """The address that a message carries: the provider's answer page, or the worker's page."""
    if message.kind in TO_PROVIDER:
        return f"{site_url}/r/{answer_token(referral, secret_key)}"
    return f"{site_url}/referrals/{referral.id}"


def _queue(
    session: Session,
    referral: Referral,
    kind: str,
    addresses: Iterable[str],
    *,
    language: str,
    now: datetime,
) -> list[Message]:
    due = referral.acknowledge_due_at
    values = {
        "code": tokens.grouped(referral.code),
        "link": LINK,
        "due": due.strftime("%Y-%m-%d %H:%M") if due else "",
    }
    subject, body = compose(kind, language=language, values=values)
    messages = [
        Message(
            kind=kind,
            recipient=address,
            subject=subject,
            body=body,
            referral_id=referral.id,
            created_at=now,
        )
        for address in addresses
    ]
    session.add_all(messages)
    session.flush()
    return messages


def _provider_addresses(session: Session, referral: Referral) -> tuple[list[str], str]:
    """Where referrals to this service are announced, best first, and its language."""
    row = session.execute(
        select(Service, Organization.email)
        .join(ServiceAtLocation, ServiceAtLocation.service_id == Service.id)
        .join(Organization, Organization.id == Service.organization_id)
        .where(ServiceAtLocation.id == referral.service_at_location_id)
    ).one()
    service: Service = row[0]
    contact = session.scalar(
        select(Contact.email)
        .where(Contact.service_id == service.id, Contact.email.is_not(None))
        .limit(1)
    )
    known = [service.referral_email, service.email, contact, row[1]]
    best = next((address for address in known if address), None)
    accounts = session.scalars(
        select(User.email)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.organization_id == referral.organization_id,
            User.role == Role.PROVIDER,
            User.is_active.is_(True),
        )
        .order_by(User.email)
    )
    addresses = dict.fromkeys([*([best] if best else []), *([] if best else accounts)])
    return list(addresses), service.language
