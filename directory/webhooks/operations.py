"""Registering, resuming and removing webhooks, and what follows from the answer to a call."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from directory import audit, authz
from directory.authz import Action, Actor
from directory.models import Role, User, Webhook, WebhookDelivery, WebhookTold
from directory.text import N_
from directory.upkeep import fetching, letters
from directory.upkeep.fetching import Network
from directory.webhooks import changes, outside, queries
from directory.webhooks.changes import Parcel

PAUSES: Final = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
)
"""How long to wait after each failure in a row; after the last one always as long."""
OFF_AFTER: Final = timedelta(days=7)
"""A webhook that fails for so long is switched off."""
GONE: Final = 410
"""The answer of an address that wants no more calls."""
KEPT: Final = 20
"""Calls remembered for each webhook."""
BUSY: Final = timedelta(minutes=10)
"""Longer than one turn of calls can take."""

LETTER: Final = "webhook_off"
SUBJECT: Final = N_("A webhook was switched off")
SWITCHED_OFF: Final = N_(
    "The webhook to %(host)s was switched off, because its address did not take our calls."
    " It is told nothing more until somebody switches it on again:"
)


def register(
    session: Session,
    *,
    actor: Actor,
    url: str,
    now: datetime,
    to_loopback: bool = False,
    network: Network = fetching.OUTSIDE,
) -> Webhook:
    """Add an address that is told of changes from now on; raises AddressRefused."""
    authz.require(actor, Action.MANAGE_WEBHOOKS)
    outside.network_of(url, to_loopback=to_loopback, outside=network)
    webhook = Webhook(url=url, created_by=actor.user_id, created_at=now, told_at=now)
    session.add(webhook)
    session.flush()
    changes.note_everything(session, webhook.id, today=now.date())
    _record(session, actor, webhook, ("", outside.host_of(url)), "create", now)
    return webhook


def resume(session: Session, *, actor: Actor, webhook: Webhook, now: datetime) -> None:
    """Switch a webhook on again, or try one that waits at once; it is told all that it missed."""
    authz.require(actor, Action.MANAGE_WEBHOOKS)
    webhook.is_on = True
    webhook.failures, webhook.failing_since, webhook.next_try_at = 0, None, None
    session.flush()
    _record(session, actor, webhook, ("", "on"), "update", now)


def remove(session: Session, *, actor: Actor, webhook: Webhook, now: datetime) -> None:
    """Forget a webhook and all that it was told."""
    authz.require(actor, Action.MANAGE_WEBHOOKS)
    host = outside.host_of(webhook.url)
    for model in (WebhookTold, WebhookDelivery):
        session.execute(delete(model).where(model.webhook_id == webhook.id))
    session.delete(webhook)
    session.flush()
    _record(session, actor, webhook, (host, ""), "delete", now)


def take(session: Session, webhook_id: uuid.UUID, *, now: datetime) -> bool:
    """Take a webhook for one turn of calls; False where another process has it, or it is off."""
    taken = session.execute(
        update(Webhook)
        .where(Webhook.id == webhook_id, queries.is_due(now))
        .values(busy_until=now + BUSY)
        .execution_options(synchronize_session=False)
    )
    return bool(taken.rowcount)  # type: ignore[attr-defined]  # of a changing statement


def release(session: Session, webhook_id: uuid.UUID) -> None:
    """Let others take the webhook again."""
    session.execute(
        update(Webhook)
        .where(Webhook.id == webhook_id)
        .values(busy_until=None)
        .execution_options(synchronize_session=False)
    )


def note_answer(
    session: Session,
    webhook_id: uuid.UUID,
    parcel: Parcel,
    status: int | None,
    *,
    now: datetime,
) -> bool:
    """Keep what a call was answered, and return whether it was taken.

    Only then does the webhook count as told; else it is tried again after a pause, and switched off
    when it has failed for a week or wants no more calls.
    """
    webhook = session.get(Webhook, webhook_id)
    if webhook is None:  # removed meanwhile
        return False
    _log(session, webhook_id, parcel.count, status, now=now)
    if status is not None and 200 <= status < 300:
        changes.note_told(session, webhook_id, parcel)
        webhook.told_at = now
        webhook.failures, webhook.failing_since, webhook.next_try_at = 0, None, None
        return True
    webhook.failures += 1
    webhook.failing_since = webhook.failing_since or now
    webhook.next_try_at = now + PAUSES[min(webhook.failures, len(PAUSES)) - 1]
    if status == GONE or now - webhook.failing_since >= OFF_AFTER:
        webhook.is_on = False
        _tell_administrators(session, webhook, now=now)
    return False


def note_test(
    session: Session, webhook_id: uuid.UUID, status: int | None, *, now: datetime
) -> None:
    """Keep what a test was answered; nothing else follows from it."""
    if session.get(Webhook, webhook_id) is not None:
        _log(session, webhook_id, 0, status, now=now, is_test=True)


def _log(
    session: Session,
    webhook_id: uuid.UUID,
    listings: int,
    status: int | None,
    *,
    now: datetime,
    is_test: bool = False,
) -> None:
    session.add(
        WebhookDelivery(
            webhook_id=webhook_id, at=now, status=status, listings=listings,
            is_test=is_test,
        )
    )  # fmt: skip
    session.flush()
    of_webhook = WebhookDelivery.webhook_id == webhook_id
    newest = (
        select(WebhookDelivery.id)
        .where(of_webhook)
        .order_by(WebhookDelivery.at.desc(), WebhookDelivery.id)
        .limit(KEPT)
    )
    session.execute(
        delete(WebhookDelivery)
        .where(of_webhook, WebhookDelivery.id.not_in(newest))
        .execution_options(synchronize_session=False)
    )


def _tell_administrators(session: Session, webhook: Webhook, *, now: datetime) -> None:
    values = {"host": outside.host_of(webhook.url)}
    for user in _administrators(session):
        language = user.locale or "en"
        sentence = letters.say(language, SWITCHED_OFF, values)
        letters.write(
            session,
            kind=LETTER,
            recipient=user.email,
            language=language,
            subject=SUBJECT,
            parts=[f"{sentence}\n{letters.SITE}/webhooks/{webhook.id}"],
            now=now,
        )


def _administrators(session: Session) -> Sequence[User]:
    query = select(User).where(
        User.role == Role.ADMIN,
        User.is_active.is_(True),
        User.is_demonstration.is_(False),
    )
    return session.scalars(query.order_by(User.email)).all()


def _record(
    session: Session,
    actor: Actor,
    webhook: Webhook,
    change: tuple[str, str],
    action: str,
    now: datetime,
) -> None:
    audit.record(
        session,
        actor=actor,
        resource_type="webhook",
        resource_id=webhook.id,
        changes={"webhook": change},
        action=action,
        now=now,
    )
