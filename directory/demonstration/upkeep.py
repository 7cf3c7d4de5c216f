"""The demonstration's checks: what keepers found lately, and what readers say is wrong."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Final

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from directory.demonstration.cast import STAFF
from directory.demonstration.people import Listing
from directory.listings.verifications import (
    CONFIRMED,
    MOVED,
    NO_ANSWER,
    UNSURE,
    WRONG_NUMBER,
)
from directory.models import Sensitivity, Service, Verification
from directory.upkeep import operations
from directory.upkeep.operations import Check

CHECKS: Final = (
    (20, "visit", CONFIRMED, None),
    (12, "phone", NO_ANSWER, None),
    (9, "phone", NO_ANSWER, "Rang ten times, no voice mail."),
    (6, "phone", WRONG_NUMBER, "The number belongs to a shop."),
    (4, "visit", MOVED, "A sign on the door names another street."),
    (3, "email", CONFIRMED, None),
    (1, "phone", UNSURE, "Was told to ask again next week about the fees."),
)
"""Days ago, how, what came of it, note."""
REPORTS: Final = (
    ("hours", "en", "They close at noon on Fridays."),
    ("contact", "fr", "L'entrée est maintenant dans la rue derrière."),
    ("phone", "es", ""),
)


AT: Final = time(10, tzinfo=UTC)
"""The time of day of a check that only has a date."""


def add(session: Session, *, listings: Sequence[Listing], now: datetime) -> int:
    """Log the checks that listings state, check and report some public ones; return how many rows.

    What is found is found after the listing's last verification, so that its page tells one story.
    """
    last = reversed([ids.service_id for _, ids in listings])
    keys = list(dict.fromkeys(last))
    found = select(Service).where(Service.id.in_(keys))
    by_key = {each.id: each for each in session.scalars(found)}
    services = [by_key[key] for key in keys]
    logged = _log_what_is_stated(session, services)
    public = [each for each in services if each.sensitivity == Sensitivity.L0]
    for days, method, result, note in CHECKS:
        day = now - timedelta(days=days)
        service = next(one for one in public if _was_verified_before(one, day))
        public.remove(service)
        operations.verify(
            session,
            actor=STAFF,
            service=service,
            check=Check(method=method, result=result, note=note),
            now=day,
            origin="command",
        )
    for (kind, language, text), service in zip(REPORTS, public, strict=False):
        operations.take_report(
            session,
            service=service,
            kind=kind,
            text=text,
            language=language,
            now=now - timedelta(days=2),
        )
    return logged + len(CHECKS) + len(REPORTS)


def _log_what_is_stated(session: Session, services: Sequence[Service]) -> int:
    """Write a line of the log for each listing that says when and how it was verified."""
    rows = [
        {
            "service_id": each.id,
            "checked_at": datetime.combine(each.assured_date, AT),
            "role": STAFF.role.value,
            "method": each.verification_method,
            "result": CONFIRMED,
        }
        for each in services
        if each.assured_date and each.verification_method
    ]
    session.execute(insert(Verification), rows)
    return len(rows)


def _was_verified_before(service: Service, day: datetime) -> bool:
    return service.assured_date is not None and service.assured_date < day.date()
