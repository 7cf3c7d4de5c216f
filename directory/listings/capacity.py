"""When a count of free places was reported: the day it was last stated, not the day of the form."""

from dataclasses import replace
from datetime import date

from directory.listings.record import ListingRecord


def dated(new: ListingRecord, old: ListingRecord, today: date) -> ListingRecord:
    """Return the new record with the day of its report of places.

    Numbers that change are of today, unless a day is stated with them; numbers that stay keep
    their day. Without numbers there is no report.
    """
    numbers = (new.capacity_available, new.capacity_maximum)
    if numbers == (None, None):
        return replace(new, capacity_unit=None, capacity_updated=None)
    day = new.capacity_updated
    has_changed = numbers != (old.capacity_available, old.capacity_maximum)
    if has_changed and day == old.capacity_updated:
        day = today
    elif day is None:
        day = today if has_changed else old.capacity_updated
    return replace(new, capacity_updated=min(day or today, today))
