"""What holds of a listing on a day: its notice, its dates, its closure, its free places."""

from dataclasses import dataclass
from datetime import date

from directory.listings import facts
from directory.listings.record import ListingRecord


@dataclass(frozen=True, slots=True)
class Standing:
    """What a reader is told on a day; everything that has passed is said to have passed.

    ``capacity`` is the number of free places while the report of it still holds.
    """

    has_alert: bool
    begins: date | None
    ended: date | None
    was_to_open: date | None
    """The last day of a closure that is over: the listing says no more."""
    intake: str | None
    capacity: int | None
    maximum: int | None
    reported: date | None
    is_report_old: bool


def of(record: ListingRecord, today: date) -> Standing:
    """Return how a listing stands on a day."""
    is_closed = record.status == "temporarily closed"
    intake = record.intake
    if intake == "closed" and facts.is_over(record.intake_until, today):
        intake = None
    reported = record.capacity_updated
    holds = facts.capacity_holds(reported, today)
    begins, ends = record.valid_from, record.valid_to
    return Standing(
        has_alert=bool(record.alert) and not facts.is_over(record.alert_until, today),
        begins=begins if begins is not None and begins > today else None,
        ended=ends if facts.is_over(ends, today) else None,
        was_to_open=record.status_until
        if is_closed and facts.is_over(record.status_until, today)
        else None,
        intake=intake,
        capacity=record.capacity_available if holds else None,
        maximum=record.capacity_maximum,
        reported=reported,
        is_report_old=reported is not None and not holds,
    )
