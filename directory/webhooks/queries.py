"""Reading webhooks and their last calls, for administrators; and those that may be called now."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from directory import authz
from directory.authz import Action, Actor
from directory.errors import NotFound
from directory.models import Webhook, WebhookDelivery


def list_webhooks(session: Session, *, actor: Actor) -> Sequence[Webhook]:
    """Return all webhooks, the newest last."""
    authz.require(actor, Action.MANAGE_WEBHOOKS)
    return session.scalars(
        select(Webhook).order_by(Webhook.created_at, Webhook.id)
    ).all()


def get_webhook(session: Session, webhook_id: uuid.UUID, *, actor: Actor) -> Webhook:
    """Return one webhook; raises NotFound."""
    authz.require(actor, Action.MANAGE_WEBHOOKS)
    webhook = session.get(Webhook, webhook_id)
    if webhook is None:
        raise NotFound
    return webhook


def list_deliveries(session: Session, webhook: Webhook) -> Sequence[WebhookDelivery]:
    """Return the calls that are remembered, the latest first."""
    return session.scalars(
        select(WebhookDelivery)
        .where(WebhookDelivery.webhook_id == webhook.id)
        .order_by(WebhookDelivery.at.desc(), WebhookDelivery.id)
    ).all()


def due_keys(session: Session, *, now: datetime) -> Sequence[uuid.UUID]:
    """Return the webhooks that may be called now, those that waited longest first."""
    return session.scalars(
        select(Webhook.id).where(is_due(now)).order_by(Webhook.told_at, Webhook.id)
    ).all()


def is_due(now: datetime) -> ColumnElement[bool]:
    """Whether a webhook is on, does not wait after a failure, and nobody is calling it."""
    return and_(
        Webhook.is_on.is_(True),
        or_(Webhook.next_try_at.is_(None), Webhook.next_try_at <= now),
        or_(Webhook.busy_until.is_(None), Webhook.busy_until <= now),
    )
