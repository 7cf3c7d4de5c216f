"""The demonstration's checks: what keepers found lately, and what readers say is wrong."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

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
from directory.models import Sensitivity, Service
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


def add(session: Session, *, listings: Sequence[Listing], now: datetime) -> int:
    """Check and report some public services, from the last ones on; return how many."""
    last = reversed([ids.service_id for _, ids in listings])
    services = [session.get_one(Service, key) for key in dict.fromkeys(last)]
    public = iter([each for each in services if each.sensitivity == Sensitivity.L0])
    for days, method, result, note in CHECKS:
        operations.verify(
            session,
            actor=STAFF,
            service=next(public),
            check=Check(method=method, result=result, note=note),
            now=now - timedelta(days=days),
            origin="command",
        )
    for kind, language, text in REPORTS:
        operations.take_report(
            session,
            service=next(public),
            kind=kind,
            text=text,
            language=language,
            now=now - timedelta(days=2),
        )
    return len(CHECKS) + len(REPORTS)
