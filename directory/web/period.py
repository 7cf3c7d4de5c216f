"""The span of months that a page of figures looks at, from its address."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from flask import request

from directory import authz
from directory.web import clock
from directory.web.identity import current_actor

MONTHS: Final = 12
EARLIEST: Final = 2000


@dataclass(frozen=True, slots=True)
class Period:
    """From the first moment of one month to the first moment after another, in UTC."""

    since: datetime
    before: datetime

    @property
    def first_month(self) -> str:
        """The first month, as in an address: 2026-01."""
        return self.since.strftime("%Y-%m")

    @property
    def last_month(self) -> str:
        """The last month that belongs to the span, as in an address."""
        return _month_of(self.before, -1).strftime("%Y-%m")


def asked_period() -> Period:
    """Return the time that this request asks for: months, or a whole year, as its reader may choose."""
    read = period_of if authz.counts_by_month(current_actor()) else year_of
    return read(request.args, now=clock.now())


def year_of(arguments: Mapping[str, str], *, now: datetime) -> Period:
    """Read ``year=2026``, else the year of ``to``; what is missing or nonsense is this year.

    Years do not overlap: two answers never differ by a few months, in which a count that is hidden
    could be read off.
    """
    stated = _month(f"{arguments.get('year', '')}-01")
    last = stated or _month(arguments.get("to", "")) or now.astimezone(UTC)
    return Period(
        datetime(last.year, 1, 1, tzinfo=UTC), datetime(last.year + 1, 1, 1, tzinfo=UTC)
    )


def period_of(arguments: Mapping[str, str], *, now: datetime) -> Period:
    """Read ``from=2026-01&to=2026-11``; what is missing or nonsense is the last twelve months."""
    last = _month(arguments.get("to", "")) or now.astimezone(UTC)
    before = _month_of(last, 1)
    since = _month(arguments.get("from", "")) or _month_of(before, -MONTHS)
    if since >= before:
        since = _month_of(before, -1)
    return Period(since, before)


def _month(text: str) -> datetime | None:
    try:
        found = datetime.strptime(text, "%Y-%m").replace(tzinfo=UTC)
    except ValueError:
        return None
    return found if found.year >= EARLIEST else None


def _month_of(moment: datetime, months: int) -> datetime:
    """The first moment of the month that lies so many months on."""
    number = moment.year * 12 + moment.month - 1 + months
    return datetime(number // 12, number % 12 + 1, 1, tzinfo=UTC)
