"""How fresh a listing is: current, due for a look, or out of date (docs/upkeep.md)."""

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
    """The band, when it was last verified, and when it leaves the fresh band.

    ``doubted_on``: since when it is said to be closed, moved or unreachable.
    """

    band: Band
    assured_date: date | None
    due_date: date | None
    doubted_on: date | None = None


def freshness(
    *,
    assured_date: date | None,
    review_days: int,
    today: date,
    confirmed_on: date | None = None,
    doubted_on: date | None = None,
) -> Freshness:
    """Return the freshness of a listing verified on ``assured_date`` (DOMAIN section 11).

    Beyond ``review_days`` it is due, beyond twice that out of date. A soft confirmation
    (``confirmed_on``: an accepted referral, a returnee's "it was open") after the verification
    extends the interval by a third, once. A doubt makes it out of date until somebody verifies it
    again. Dates in the future count as today.
    """
    first, last = due_days(
        assured_date=assured_date, review_days=review_days, confirmed_on=confirmed_on
    )
    if is_doubted(assured_date, doubted_on):
        return Freshness(Band.STALE, assured_date, first, doubted_on)
    if assured_date is None or first is None or last is None:
        return Freshness(Band.UNKNOWN, None, None)
    if assured_date > today:
        return Freshness(Band.FRESH, assured_date, today + timedelta(days=review_days))
    band = Band.FRESH if today <= first else Band.DUE if today <= last else Band.STALE
    return Freshness(band, assured_date, first)


def due_days(
    *, assured_date: date | None, review_days: int, confirmed_on: date | None
) -> tuple[date | None, date | None]:
    """Return the last days of the fresh and of the due band, or None for what was never verified."""
    if assured_date is None:
        return None, None
    interval = review_days
    if confirmed_on is not None and confirmed_on > assured_date:
        interval += review_days // 3
    return (
        assured_date + timedelta(days=interval),
        assured_date + timedelta(days=2 * interval),
    )


def is_doubted(assured_date: date | None, doubted_on: date | None) -> bool:
    """Whether a doubt stands: no later verification has answered it."""
    return doubted_on is not None and (
        assured_date is None or assured_date <= doubted_on
    )


def of(facts: Facts, today: date) -> Freshness:
    """Return the freshness of an offer from its facts."""
    return freshness(
        assured_date=facts.assured_date,
        review_days=facts.review_days,
        today=today,
        confirmed_on=facts.confirmed_on,
        doubted_on=facts.doubted_on,
    )


def band(facts: Facts, today: date) -> Band:
    """Return the band of an offer from its facts."""
    return of(facts, today).band
