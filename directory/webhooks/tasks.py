"""Background work of webhooks: every minute, those that do not know everything are called."""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from huey import crontab

from directory import jobs
from directory.config import Config
from directory.database import make_engine, session_factory, unit_of_work
from directory.jobs import huey
from directory.models import Webhook
from directory.upkeep import fetching
from directory.webhooks import calls, changes, operations, outside, queries
from directory.webhooks.calls import Call, Sender

MOST_CALLS: Final = 10
"""Calls to one webhook in one turn."""


@huey.periodic_task(crontab(minute="*"))  # type: ignore[untyped-decorator]  # huey has no types
def deliver_every_minute() -> None:
    """Have each webhook that is due told what is new, by a task of its own."""
    for key in due_keys(jobs.settings(), now=datetime.now(UTC)):
        deliver_one(str(key))


@huey.task()  # type: ignore[untyped-decorator]  # huey has no types
def deliver_one(webhook_id: str) -> int:
    """Tell one webhook what is new."""
    return deliver(jobs.settings(), uuid.UUID(webhook_id), now=datetime.now(UTC))


@huey.task()  # type: ignore[untyped-decorator]  # huey has no types
def send_test(webhook_id: str) -> None:
    """Call a webhook without any news."""
    test(jobs.settings(), uuid.UUID(webhook_id), now=datetime.now(UTC))


def test_soon(webhook_id: uuid.UUID) -> None:
    """Ask for a test call once the request's transaction has ended."""
    send_test.schedule(args=(str(webhook_id),), delay=1)


def due_keys(config: Config, *, now: datetime) -> Sequence[uuid.UUID]:
    """The webhooks that may be called now."""
    with session_factory(make_engine(config.database_url))() as session:
        return queries.due_keys(session, now=now)


def test(config: Config, webhook_id: uuid.UUID, *, now: datetime) -> None:
    """Call a webhook without any news, whether it is on or not, and keep the answer."""
    with session_factory(make_engine(config.database_url))() as session:
        webhook = session.get(Webhook, webhook_id)
        if webhook is None:
            return
        url = webhook.url
        call = calls.make_call(
            _sender(config), webhook_id, changes.NOTHING,
            told_at=webhook.told_at, now=now, is_test=True,
        )  # fmt: skip
    status = _send(config, url, call)
    with unit_of_work(config) as session:
        operations.note_test(session, webhook_id, status, now=now)


def deliver(config: Config, webhook_id: uuid.UUID, *, now: datetime) -> int:
    """Take a webhook, call it until it knows all, let it go; return how many calls were taken.

    No transaction waits for an answer.
    """
    with unit_of_work(config) as session:
        if not operations.take(session, webhook_id, now=now):
            return 0
    taken = 0
    try:
        while taken < MOST_CALLS and _deliver_one(config, webhook_id, now):
            taken += 1
    finally:
        with unit_of_work(config) as session:
            operations.release(session, webhook_id)
    return taken


def _deliver_one(config: Config, webhook_id: uuid.UUID, now: datetime) -> bool:
    """Choose, call and note in three steps; whether there was anything, and the call was taken."""
    with session_factory(make_engine(config.database_url))() as session:
        parcel = changes.next_parcel(session, webhook_id, today=now.date())
        webhook = session.get(Webhook, webhook_id)
        if webhook is None or not parcel.count:
            return False
        url = webhook.url
        call = calls.make_call(
            _sender(config), webhook_id, parcel, told_at=webhook.told_at, now=now
        )
    status = _send(config, url, call)
    with unit_of_work(config) as session:
        return operations.note_answer(session, webhook_id, parcel, status, now=now)


def _send(config: Config, url: str, call: Call) -> int | None:
    """What the address answered; None where nothing came, or it must not be called."""
    try:
        network = outside.network_of(url, to_loopback=config.webhooks_to_loopback)
    except outside.AddressRefused:
        return None
    return fetching.post(url, call.body, call.headers, network).status


def _sender(config: Config) -> Sender:
    return Sender(config.secret_key, config.public_url)
