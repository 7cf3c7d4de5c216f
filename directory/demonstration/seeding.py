"""Brings the demonstration into a database once, and says what it brought."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.demonstration import (
    advisories,
    cast,
    catalogue,
    listings,
    people,
    profiles,
    upkeep,
    voices,
)
from directory.demonstration.people import Stage
from directory.duplicates import work as duplicates
from directory.listings import operations
from directory.models import Case, Service

Say = Callable[[str], None]

WORKERS: Final = ("counsellor@example.org", "caseworker@example.org")


def seed(session: Session, *, now: datetime, secret_key: str, say: Say) -> bool:
    """Add what of the demonstration is not there yet; return whether anything was added.

    Services, accounts and cases come in three steps; a step that is there is left as it is.
    """
    if _has(session, Case):
        say("Demonstration data is there already.")
        return False
    records = listings.make_records(now.date())
    say(f"Demonstration: {len(records)} invented services …")
    created = operations.create_services(
        session, actor=cast.STAFF, records=records, now=now, origin="command"
    )
    say("Demonstration: accounts …")
    users = cast.add_members(session, now=now)
    stage = Stage(
        session=session,
        workers=[cast.actor_of(session, users[email]) for email in WORKERS],
        listings=list(zip(records, created, strict=True)),
        secret_key=secret_key,
        now=now,
    )
    catalogue.add(session, actor=cast.STAFF, listings=stage.listings, now=now)
    advisories.add(session, now=now)
    profiles.add(session, now=now)
    voices.add_feedback(session, listings=stage.listings, now=now)
    upkeep.add(session, listings=stage.listings, now=now)
    duplicates.search(session, now=now)
    people.add_cases(stage, progress=lambda done, total: _count(say, done, total))
    say(
        f"Demonstration: {len(records)} services, {len(users)} accounts,"
        f" {people.CASES} cases with their referrals. All of it is invented and marked so."
    )
    return True


def _has(session: Session, model: type[Case | Service]) -> bool:
    rows = select(func.count()).select_from(model).where(model.is_demonstration)
    return bool(session.scalar(rows))


def _count(say: Say, done: int, total: int) -> None:
    if done % 10 == 0:
        say(f"Demonstration: cases and referrals {done}/{total} …")
