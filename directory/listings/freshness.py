"""How fresh a listing is: current, due for a look, or out of date (docs/glossary.md)."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from directory.listings.facts import Facts


class Band(StrEnum):
    """What a reader is told; ``unknown`` was never verified."""

    FRESH = "fresh"
    DUE = "due"
    STALE = "stale"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Freshness:
    """The band, when it was last verified, and when it leaves the fresh band."""

    band: Band
    assured_date: date | None
    due_date: date | None


def freshness(
    *,
    assured_date: date | None,
    review_days: int,
    today: date,
    confirmed_on: date | None = None,
) -> Freshness:
    """Return the freshness of a listing verified on ``assured_date``.

    Beyond ``review_days`` it is due, beyond twice that out of date. A soft confirmation
    (``confirmed_on``: an accepted referral, a returnee's "it was open") after the verification
    extends the interval by a third, once. Dates in the future count as today.
    """
    if assured_date is None:
        return Freshness(Band.UNKNOWN, None, None)
    verified = min(assured_date, today)
    interval = review_days
    if confirmed_on is not None and confirmed_on > verified:
        interval += review_days // 3
    age = (today - verified).days
    band = (
        Band.FRESH
        if age <= interval
        else Band.DUE
        if age <= 2 * interval
        else Band.STALE
    )
    return Freshness(band, assured_date, verified + timedelta(days=interval))


def band(facts: Facts, today: date, confirmed_on: date | None = None) -> Band:
    """Return the band of an offer from its facts."""
    return freshness(
        assured_date=facts.assured_date,
        review_days=facts.review_days,
        today=today,
        confirmed_on=confirmed_on,
    ).band
