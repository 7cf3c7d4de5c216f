"""The demonstration's advisories: where none of its cases goes, so that nothing of it is stopped."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from directory.advisories import operations
from directory.advisories.operations import Details
from directory.advisories.words import Level
from directory.areas import queries as areas
from directory.demonstration.cast import STAFF

INVENTED: Final = (
    (
        "SN-KE",
        Level.CAUTION,
        "access",
        "Invented: roads are flooded until October.",
        60,
    ),
    ("IQ-MU", Level.SUSPEND, "security", "Invented: checkpoints are closed.", -5),
    ("GT-PE", Level.INFORMATION, "health", "Invented: dengue season has begun.", 30),
)
"""Area, level, class of reason, reason, and in how many days somebody looks again."""


def add(session: Session, *, now: datetime) -> int:
    """Issue them in the areas that are loaded; return how many there are."""
    found = areas.areas_by_codes(session, [code for code, *_ in INVENTED])
    today = now.date()
    count = 0
    for code, level, reason_class, reason, days in INVENTED:
        if code not in found:
            continue
        details = Details(
            level=level,
            reason_class=reason_class,
            reason=reason,
            area_id=found[code].id,
            country=found[code].country,
            valid_from=today - timedelta(days=40),
            review_on=today + timedelta(days=days),
        )
        operations.issue(session, actor=STAFF, details=details, now=now)
        count += 1
    return count
