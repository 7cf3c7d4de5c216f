"""Background work of referrals: messages leave, late answers are marked."""

import logging
import smtplib
from datetime import UTC, datetime

from huey import crontab

from directory import jobs
from directory.config import Config
from directory.database import unit_of_work
from directory.jobs import huey
from directory.referrals import changed_listings, changed_shortlists, operations, outbox

logger = logging.getLogger("homeward.mail")


def soon() -> None:
    """Ask for the waiting messages to leave once the request's transaction has ended."""
    send_waiting.schedule(delay=2)


@huey.task()  # type: ignore[untyped-decorator]  # huey has no types
def send_waiting() -> int:
    """Send what waits and return how much left; what fails is tried again later."""
    return deliver_waiting(jobs.settings(), now=datetime.now(UTC))


@huey.periodic_task(crontab(minute="*"))  # type: ignore[untyped-decorator]  # huey has no types
def send_again() -> int:
    """Send what an earlier try left behind."""
    return deliver_waiting(jobs.settings(), now=datetime.now(UTC))


@huey.periodic_task(crontab(minute="*/5"))  # type: ignore[untyped-decorator]  # huey has no types
def mark_unanswered() -> int:
    """Mark referrals whose answer is late; see ``operations.mark_unanswered``."""
    with unit_of_work(jobs.settings()) as session:
        return operations.mark_unanswered(session, now=datetime.now(UTC))


@huey.periodic_task(crontab(minute="*/10"))  # type: ignore[untyped-decorator]  # huey has no types
def tell_of_changed_listings() -> int:
    """Tell the workers of referrals under way, and of shortlists, whose listings have changed."""
    now = datetime.now(UTC)
    with unit_of_work(jobs.settings()) as session:
        told = changed_listings.tell_workers(session, now=now)
        return told + changed_shortlists.tell_workers(session, now=now)


def deliver_waiting(config: Config, *, now: datetime) -> int:
    """Take, send and note in three steps, so that no transaction waits for a mail server."""
    with unit_of_work(config) as session:
        letters = outbox.due_letters(session, config=config, now=now)
    deliver = outbox.deliverer(config)
    sent = 0
    for letter in letters:
        try:
            deliver(letter.email)
        except (OSError, smtplib.SMTPException) as error:
            # The address is personal data of the provider: the row names it, the log does not.
            logger.warning(
                "Message %s not sent: %s", letter.message_id, type(error).__name__
            )
            continue
        with unit_of_work(config) as session:
            outbox.note_sent(session, letter.message_id, now=now)
        sent += 1
    return sent
