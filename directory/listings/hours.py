"""Opening hours: the OSM text as a week of spans, and whether a place is open."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
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

from directory.countries import holidays
from directory.countries.holidays import NO_PACKS
from directory.countries.packs import Pack

LONGEST = 1000

Packs = Mapping[str, Pack]
"""Country packs by country: what they say of holidays goes before what is known elsewhere."""


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
    is_holiday: bool = False
    """A public holiday on which nothing is stated: the spans may not hold."""


@dataclass(frozen=True, slots=True)
class Days:
    """Days in a row with the same hours; ``first`` and ``last`` may be the same day."""

    first: Day
    last: Day


def week(
    text: str | None,
    today: date,
    country: str | None = None,
    packs: Packs = NO_PACKS,
) -> tuple[Day, ...]:
    """Return today and the six days after it; empty when the text cannot be read.

    Public holidays are those of the country (ISO 3166-1) and its pack. Where the text says nothing of them, a
    holiday is shown with its usual spans, and as unknown.
    """
    rules = _rules(text or "", country)
    if rules is None:
        return ()
    days = (_day(rules, today + timedelta(days=number)) for number in range(7))
    return tuple(_on_holiday(day, text or "", country, packs) for day in days)


def usual_week(
    text: str | None,
    today: date,
    country: str | None = None,
    packs: Packs = NO_PACKS,
) -> tuple[Days, ...]:
    """Return the week that holds ``today``, Monday first, in as few lines as it takes."""
    monday = today - timedelta(days=today.weekday())
    return together(week(text, monday, country, packs))


def together(days: Iterable[Day]) -> tuple[Days, ...]:
    """A week in as few lines as it takes: days in a row with the same hours are one."""
    found: list[Days] = []
    for day in days:
        if found and _same_hours(found[-1].last, day):
            found[-1] = Days(found[-1].first, day)
        else:
            found.append(Days(day, day))
    return tuple(found)


def _same_hours(one: Day, other: Day) -> bool:
    return (one.openness, one.spans) == (other.openness, other.spans)


def openness(
    text: str | None,
    moment: datetime,
    country: str | None = None,
    packs: Packs = NO_PACKS,
) -> Openness:
    """Return whether a place is open at a moment of its own local time (naive)."""
    rules = _rules(text or "", country)
    if rules is None:
        return Openness.UNKNOWN
    state = _openness(rules.state(moment)[0])
    told = _told_of(moment.date(), text or "", country, packs)
    return state if state is Openness.CLOSED or told is None else told


def openness_of(
    text: str | None,
    moments: Iterable[datetime],
    country: str | None = None,
    packs: Packs = NO_PACKS,
) -> Openness:
    """Return whether a place is open at what may be its local time; unknown where these differ."""
    states = {openness(text, moment, country, packs) for moment in moments}
    return states.pop() if len(states) == 1 else Openness.UNKNOWN


def _told_of(
    day: date, text: str, country: str | None, packs: Packs
) -> Openness | None:
    """What a public holiday makes of the usual hours: closed, unknown, or (None) nothing."""
    if country is None or not holidays.is_holiday(country, day, packs):
        return None
    is_read = _knows(country) and holidays.is_known(country, day)
    if text.strip() == "24/7" or (_HOLIDAY.search(text) and is_read):
        return None
    return Openness.CLOSED if _HOLIDAY_OFF.search(text) else Openness.UNKNOWN


def _on_holiday(day: Day, text: str, country: str | None, packs: Packs) -> Day:
    told = _told_of(day.date, text, country, packs)
    if told is None or not day.spans:
        return day
    if told is Openness.CLOSED:
        return replace(day, openness=told, spans=())
    return replace(day, openness=told, is_holiday=True)


_HOLIDAY = re.compile(r"\bPH\b")
_HOLIDAY_OFF = re.compile(r"\bPH\s+(off|closed)\b")


@lru_cache(maxsize=512)
def _knows(country: str) -> bool:
    """Whether the reader of hours has the holidays of a country itself."""
    try:
        OpeningHours("PH off", country=country)
    except UnknownCountryError:
        return False
    return True


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
