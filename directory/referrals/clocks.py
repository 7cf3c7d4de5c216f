"""The answer clocks by urgency, counted in the working week of the provider's country (DOMAIN 10.4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Final, Protocol

from babel import Locale, UnknownLocaleError

from directory.referrals.states import State
from directory.taxonomy.codes import Urgency

_WESTERN_WEEKEND: Final = frozenset({5, 6})


@dataclass(frozen=True, slots=True)
class Limit:
    """How long a step may take: hours that run through the night, or whole working days."""

    hours: int = 0
    working_days: int = 0
    days: int = 0


ACKNOWLEDGE: Final[Mapping[str, Limit]] = {
    Urgency.EMERGENCY: Limit(hours=4),
    Urgency.HIGH: Limit(hours=24),
    Urgency.MEDIUM: Limit(working_days=3),
    Urgency.LOW: Limit(working_days=5),
}
SERVICE: Final[Mapping[str, Limit]] = {
    Urgency.EMERGENCY: Limit(hours=24),
    Urgency.HIGH: Limit(hours=72),
    Urgency.MEDIUM: Limit(days=14),
    Urgency.LOW: Limit(days=30),
}


@cache
def weekend(country: str | None) -> frozenset[int]:
    """The weekdays of rest (Monday is 0) in a country, from Unicode CLDR; unknown: Saturday, Sunday."""
    if not country:
        return _WESTERN_WEEKEND
    try:
        locale = Locale.parse(f"und_{country.upper()}")
    except (UnknownLocaleError, ValueError):
        return _WESTERN_WEEKEND
    first, last = locale.weekend_start, locale.weekend_end
    return frozenset((first + step) % 7 for step in range((last - first) % 7 + 1))


def due(
    limit: Limit,
    *,
    start: datetime,
    country: str | None,
    rest: frozenset[int] | None = None,
) -> datetime:
    """When a limit that began at ``start`` has passed; ``rest``: the weekend a country pack states."""
    if not limit.working_days:
        return start + timedelta(hours=limit.hours, days=limit.days)
    off = weekend(country) if rest is None else rest
    moment, left = start, limit.working_days
    while left:
        moment += timedelta(days=1)
        if moment.weekday() not in off:
            left -= 1
    return moment


def acknowledge_due(
    urgency: str,
    *,
    sent_at: datetime,
    country: str | None,
    rest: frozenset[int] | None = None,
) -> datetime:
    """When the provider's first answer is due."""
    return due(ACKNOWLEDGE[urgency], start=sent_at, country=country, rest=rest)


def service_due(
    urgency: str, *, sent_at: datetime, arrival: date | None, country: str | None
) -> datetime:
    """When the service should begin: from sending, or from the arrival where that comes later."""
    start = sent_at
    if arrival is not None:
        start = max(start, datetime.combine(arrival, time(), tzinfo=UTC))
    return due(SERVICE[urgency], start=start, country=country)


class Clocked(Protocol):
    """What the clocks read of a referral."""

    state: str
    acknowledge_due_at: datetime | None
    service_due_at: datetime | None
    expected_on: date | None


def state_now(referral: Clocked, *, now: datetime) -> State:
    """The state as of now: a sent referral whose limit has passed is without an answer."""
    limit = referral.acknowledge_due_at
    if referral.state == State.SENT and limit is not None and limit < now:
        return State.NO_RESPONSE
    return State(referral.state)


@dataclass(frozen=True, slots=True)
class Clock:
    """What is awaited, until when, and whether that time has passed."""

    awaits: str
    """answer, information, service or confirmation."""
    until: datetime
    is_over: bool


def clock(referral: Clocked, *, now: datetime) -> Clock | None:
    """What runs for this referral now; None where nothing is awaited by a date."""
    state = state_now(referral, now=now)
    if state in {State.SENT, State.NO_RESPONSE}:
        return _running("answer", referral.acknowledge_due_at, now)
    if state is State.INFO_REQUESTED:
        return _running("information", referral.acknowledge_due_at, now)
    if state is State.WAITLISTED and referral.expected_on is not None:
        begins = datetime.combine(referral.expected_on, time(23, 59), tzinfo=UTC)
        return _running("service", begins, now)
    if state in {State.ACKNOWLEDGED, State.ACCEPTED, State.WAITLISTED}:
        return _running("service", referral.service_due_at, now)
    return None


def is_overdue(referral: Clocked, *, now: datetime) -> bool:
    """Whether what is awaited is late: a flag, never a state (DOMAIN 12)."""
    running = clock(referral, now=now)
    return running is not None and running.is_over


def _running(awaits: str, until: datetime | None, now: datetime) -> Clock | None:
    return None if until is None else Clock(awaits, until, until < now)
