"""The link in an e-mail that asks "is this still right?": made, opened, answered without an account.

The token is derived when a message leaves, so that neither the table nor a backup of it holds a
working link; the row keeps its SHA-256 only.
"""

import re
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from directory import tokens
from directory.authz import Actor
from directory.errors import Conflict, Invalid, NotFound
from directory.listings import sealing, verifications
from directory.models import ConfirmLink, Role, Service
from directory.text import N_
from directory.upkeep import operations, work
from directory.upkeep.operations import Check

LIVES: Final = timedelta(days=30)
RIGHT, CHANGED, CLOSED = "right", "changed", "closed"
ANSWERS: Final = frozenset({RIGHT, CHANGED, CLOSED})
_PLACEHOLDER: Final = re.compile(r"\{still-right:([0-9a-f-]{36})\}")


class LinkEnded(NotFound):
    """The link is wrong, older than 30 days, or asks about what nobody may be shown any more."""

    code = "confirm_link_ended"
    message = N_("This link cannot be used any more.")
    remedy = N_("We will write again when the next check is due.")


class ListingChanged(Conflict):
    """The listing is not the one that the message asked about."""

    code = "listing_changed"
    message = N_("The listing has changed since we wrote to you.")
    remedy = N_("Look at it as it is now. We will ask again when a check is due.")


class AlreadyAnswered(Conflict):
    """The link was used."""

    code = "already_answered"
    message = N_("You have answered already. Thank you.")


@dataclass(frozen=True, slots=True)
class Asked:
    """A link that was opened, and the listing it asks about."""

    link: ConfirmLink
    service: Service

    @property
    def is_answered(self) -> bool:
        """Whether somebody has answered with this link."""
        return self.link.used_at is not None

    @property
    def has_changed(self) -> bool:
        """Whether the listing is another one than the message asked about."""
        return not self.is_answered and self.service.version != self.link.version


def make_link(
    session: Session,
    *,
    service: Service,
    user_id: uuid.UUID | None,
    secret_key: str,
    now: datetime,
) -> ConfirmLink:
    """Make a link about the listing as it is now; ``user_id`` is the account that is asked, if any."""
    key = uuid.uuid4()
    link = ConfirmLink(
        id=key,
        token_hash=tokens.digest(token_of(key, secret_key)),
        service_id=service.id,
        user_id=user_id,
        sent_at=now,
        expires_at=now + LIVES,
        version=service.version,
    )
    session.add(link)
    session.flush()
    return link


def token_of(link_id: uuid.UUID, secret_key: str) -> str:
    """The secret of a link (130 bits)."""
    return tokens.derive(
        secret_key, purpose="still-right", subject=link_id, generation=1
    )


def placeholder(link: ConfirmLink) -> str:
    """What a waiting message holds instead of the link."""
    return f"{{still-right:{link.id}}}"


def filled(body: str, *, site_url: str, secret_key: str) -> str:
    """A message's text with its links, made on the way out."""

    def address(found: re.Match[str]) -> str:
        return f"{site_url}/v/{token_of(uuid.UUID(found[1]), secret_key)}"

    return _PLACEHOLDER.sub(address, body)


def open_link(session: Session, token: str, *, now: datetime) -> Asked:
    """Return what a link asks about; changes nothing. Raises LinkEnded."""
    row = session.execute(
        select(ConfirmLink, Service)
        .join(Service, Service.id == ConfirmLink.service_id)
        .where(ConfirmLink.token_hash == tokens.digest(token))
        .options(joinedload(Service.organization))
    ).one_or_none()
    if row is None:
        raise LinkEnded
    asked = Asked(row.ConfirmLink, row.Service)
    if asked.link.expires_at <= now or asked.service.sensitivity in sealing.PROTECTED:
        raise LinkEnded
    return asked


def provider_of(service: Service) -> Actor:
    """The provider of a listing, as it answers through a link."""
    own = frozenset({service.organization_id})
    return Actor(role=Role.PROVIDER, organization_ids=own)


def answer(
    session: Session,
    *,
    asked: Asked,
    actor: Actor | None,
    said: str,
    text: str,
    language: str,
    now: datetime,
) -> None:
    """Take the one answer of a link; ``actor`` is the account that was asked, else the provider.

    Raises AlreadyAnswered, ListingChanged, Invalid, or NotYours where the account lost its area.
    """
    if asked.is_answered:
        raise AlreadyAnswered
    if said not in ANSWERS:
        raise Invalid(fields={"answer": N_("Choose one of the answers.")})
    if asked.has_changed and said == RIGHT:
        raise ListingChanged
    service = asked.service
    keeper = actor or provider_of(service)
    if said == CHANGED:
        operations.take_report(
            session,
            service=service,
            kind="other",
            text=text,
            language=language,
            now=now,
        )
        work.open_task(session, service_id=service.id, kind="changed", now=now)
    else:
        result = verifications.CONFIRMED if said == RIGHT else verifications.CLOSED
        check = Check(method="email", result=result)
        operations.verify(
            session, actor=keeper, service=service, check=check, now=now, origin="link"
        )
    asked.link.used_at, asked.link.answer = now, said
    session.flush()
