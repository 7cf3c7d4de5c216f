"""Sends the messages that wait, each once, through SMTP or into files where no server is set."""

import smtplib
import ssl
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from directory.config import Config
from directory.models import Message, Referral
from directory.referrals import notifications
from directory.upkeep import letters, links, named

MOST_ATTEMPTS: Final = 8
TIMEOUT_SECONDS: Final = 20
Deliver = Callable[[EmailMessage], None]


@dataclass(frozen=True, slots=True)
class Letter:
    """A message ready to leave, with the key of the row it came from."""

    message_id: uuid.UUID
    email: EmailMessage


def due_letters(
    session: Session, *, config: Config, now: datetime, limit: int = 50
) -> list[Letter]:
    """Take the messages that may be tried now, oldest first; each try is counted before it is made.

    What a message may still tell is decided now, not when it was written; one that has nothing left
    to tell is taken away.
    """
    rows = session.execute(
        select(Message, Referral)
        .outerjoin(Referral, Referral.id == Message.referral_id)
        .where(
            Message.sent_at.is_(None),
            Message.attempts < MOST_ATTEMPTS,
            or_(Message.failed_at.is_(None), Message.failed_at <= now),
        )
        .order_by(Message.created_at, Message.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=Message)
    ).all()
    linked = [_linked(message, referral, config=config) for message, referral in rows]
    letters = []
    for (message, _), body in zip(rows, named.filled(session, linked), strict=True):
        if not body.strip():
            session.delete(message)
            continue
        message.attempts += 1
        message.failed_at = now + timedelta(minutes=2**message.attempts)
        email = _email(message, body, config=config, now=now)
        letters.append(Letter(message.id, email))
    session.flush()
    return letters


def note_sent(session: Session, message_id: uuid.UUID, *, now: datetime) -> None:
    """Write down that a message has left."""
    message = session.get_one(Message, message_id)
    message.sent_at = now
    message.failed_at = None


def deliverer(config: Config) -> Deliver:
    """How messages leave this site: by the server of MAIL_SERVER, else as files of ``instance/mail``."""
    if not config.mail_server:
        return lambda email: _to_file(email, folder=config.instance_dir / "mail")
    return lambda email: _by_smtp(email, config=config)


def _linked(message: Message, referral: Referral | None, *, config: Config) -> str:
    """The text of a message with its links, made on the way out."""
    site = config.public_url
    body = links.filled(
        message.body.replace(letters.SITE, site),
        site_url=site,
        secret_key=config.secret_key,
    )
    if referral is not None:
        address = notifications.link(
            message, referral, site_url=site, secret_key=config.secret_key
        )
        body = body.replace(notifications.LINK, address)
    return body


def _email(
    message: Message, body: str, *, config: Config, now: datetime
) -> EmailMessage:
    email = EmailMessage()
    email["From"] = config.mail_sender
    email["To"] = message.recipient
    email["Subject"] = message.subject
    email["Date"] = format_datetime(now)
    # The same identifier at every try, so that a receiver drops a second copy.
    email["Message-ID"] = f"<{message.id}@homeward.invalid>"
    email["Auto-Submitted"] = "auto-generated"
    email.set_content(body)
    return email


def _by_smtp(email: EmailMessage, *, config: Config) -> None:
    with smtplib.SMTP(
        config.mail_server, config.mail_port, timeout=TIMEOUT_SECONDS
    ) as server:
        if config.mail_use_tls:
            server.starttls(context=ssl.create_default_context())
        if config.mail_username:
            server.login(config.mail_username, config.mail_password)
        server.send_message(email)


def _to_file(email: EmailMessage, *, folder: Path) -> None:
    """Keep the message where a developer can open it; readable by its owner only."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = f"{uuid.uuid4().hex}.eml"
    path = folder / name
    path.write_bytes(email.as_bytes())
    path.chmod(0o600)
