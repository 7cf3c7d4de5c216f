"""Opening hours: the OSM text as a week of spans, and whether a place is open."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any

from opening_hours import (  # type: ignore[attr-defined]  # its stubs forget the errors
    OpeningHours,
    ParserError,
    State,
    UnknownCountryError,
)

LONGEST = 1000


class Openness(StrEnum):
    """What can be said about a moment or a day."""

    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when, as HH:MM; ``24:00`` ends the day. ``comment``: "by appointment"."""

    opens: str
    closes: str
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the week shown: its date, and its spans in order."""

    date: date
    openness: Openness
    spans: tuple[Span, ...]


def week(text: str | None, today: date, country: str | None = None) -> tuple[Day, ...]:
    """Return today and the six days after it; empty when the text cannot be read.

    Public holidays are those of the country (ISO 3166-1), where they are known.
    """
    rules = _rules(text or "", country)
    if rules is None:
        return ()
    return tuple(_day(rules, today + timedelta(days=number)) for number in range(7))


def openness(
    text: str | None, moment: datetime, country: str | None = None
) -> Openness:
    """Return whether a place is open at a moment of its own local time (naive)."""
    rules = _rules(text or "", country)
    if rules is None:
        return Openness.UNKNOWN
    return _openness(rules.state(moment)[0])


def local_moment(now: datetime, longitude: float | None) -> datetime:
    """Return the naive local time at a longitude, to about an hour: a day's date seldom needs more."""
    return (now + timedelta(hours=round((longitude or 0) / 15))).replace(tzinfo=None)


def _day(rules: Any, day: date) -> Day:
    start = datetime(day.year, day.month, day.day)  # noqa: DTZ001 -- local time of the place
    end = start + timedelta(days=1)
    spans, states = [], set()
    for opens, closes, state, comment in rules.intervals(start, end):
        states.add(_openness(state))
        if state == State.OPEN or (state == State.UNKNOWN and comment):
            spans.append(Span(_clock(opens, day), _clock(closes, day), comment))
    found = next(
        (kind for kind in (Openness.OPEN, Openness.UNKNOWN) if kind in states), None
    )
    return Day(day, found or Openness.CLOSED, tuple(spans))


def _clock(moment: datetime, day: date) -> str:
    return moment.strftime("%H:%M") if moment.date() == day else "24:00"


def _openness(state: Any) -> Openness:
    if state == State.OPEN:
        return Openness.OPEN
    return Openness.CLOSED if state == State.CLOSED else Openness.UNKNOWN


@lru_cache(maxsize=4096)
def _rules(text: str, country: str | None) -> Any | None:
    if not text.strip() or len(text) > LONGEST:
        return None
    try:
        return OpeningHours(text, country=country or None)
    except UnknownCountryError:
        return _rules(text, None)
    except ParserError:
        return None
