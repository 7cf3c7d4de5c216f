"""Schedules of HSDS (2 and 3) as opening hours in the syntax of OpenStreetMap."""

import re
from collections.abc import Sequence
from typing import Final

from importers.readers.hsds_package import Entry

DAYS: Final = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_WEEK: Final = frozenset(range(7))
_DAY: Final = re.compile(r"(?<![a-z])(mo|tu|we|th|fr|sa|su)[a-z]*\.?", re.IGNORECASE)
_SPAN: Final = re.compile(r"\s*(-|–|—|to|through|thru)\s*", re.IGNORECASE)
_MONTHLY: Final = re.compile(r"(-?[1-5])(MO|TU|WE|TH|FR|SA|SU)")
_TIME: Final = re.compile(
    r"\s*(\d{1,2})(?::?(\d{2}))?(?::\d{2}(?:\.\d+)?)?\s*([ap])?\.?\s*m?\.?\s*(?:z|[+-]\d\d:?\d\d)?\s*",
    re.IGNORECASE,
)
_OSM: Final = re.compile(
    r"24/7\s*$|(?=.*\d\d:\d\d-)(?:(?:Mo|Tu|We|Th|Fr|Sa|Su|PH)(?:\s*[-,]\s*(?:Mo|Tu|We|Th|Fr|Sa|Su|PH))*\s+)?"
    r"(?:\d\d:\d\d-\d\d:\d\d|off|closed)(?:\s*[,;].*)?$"
)
"""How a text begins that is meant for machines: "Mo-Fr 08:00-16:00; PH off"."""
_ALL_DAY: Final = re.compile(
    r"\s*(24\s*(hours|hrs|h|/\s*7)|open 24.*)\s*", re.IGNORECASE
)
_WORDS_OF_TIME: Final = {"noon": "12:00", "midday": "12:00", "midnight": "24:00"}
_WORDS_OF_DAYS: Final = {
    "daily": _WEEK, "every day": _WEEK, "everyday": _WEEK, "7 days": _WEEK,
    "weekdays": frozenset(range(5)), "weekends": frozenset({5, 6}), "weekend": frozenset({5, 6}),
}  # fmt: skip

Rule = tuple[str, str]
"""Days (or a week of the month) and times, both as OpenStreetMap writes them."""


def of(schedules: Sequence[Entry]) -> str:
    """Return the opening hours that rows of one place and service say together.

    Where all rows carry one text of OpenStreetMap, as ours do, it says all of them and more. Rows that
    cannot be read are given in the source's own words, so that nothing is lost: the check of opening
    hours reports those.
    """
    described = {entry.get("description") for entry in schedules}
    if len(described) == 1 and _OSM.match(text := described.pop()):
        return text
    return _of_rows(schedules)


def _of_rows(schedules: Sequence[Entry]) -> str:
    by_day: dict[int, list[str]] = {}
    further: list[str] = []
    words: dict[str, None] = {}
    for entry in schedules:
        times = _times(entry)
        if times is None:
            if text := entry.get("original_text", "description", "notes"):
                words[" ".join(text.replace("\\n", " ").split())] = None
            continue
        if monthly := _MONTHLY.findall(entry.get("byday").upper()):
            further += [f"{day.capitalize()}[{week}] {times}" for week, day in monthly]
            continue
        for day in _days(entry):
            spans = by_day.setdefault(day, [])
            if times not in spans:
                spans.append(times)
    rules = _joined(by_day) + further
    if not rules:
        return "; ".join(words)
    return "; ".join(dict.fromkeys(rules))


def _joined(by_day: dict[int, list[str]]) -> list[str]:
    """Return one rule for each run of days with the same times: ``Mo-Fr 08:00-17:00``."""
    groups: list[tuple[list[int], str]] = []
    for day in sorted(by_day):
        times = (
            "00:00-24:00"
            if "00:00-24:00" in by_day[day]
            else ",".join(sorted(by_day[day]))
        )
        if groups and groups[-1][1] == times:
            groups[-1][0].append(day)
        else:
            groups.append(([day], times))
    merged: dict[str, list[int]] = {}
    for days, times in groups:
        merged.setdefault(times, []).extend(days)
    if [(list(range(7)), "00:00-24:00")] == groups:
        return ["24/7"]
    return [f"{_runs(days)} {times}" for times, days in merged.items()]


def _runs(days: list[int]) -> str:
    parts: list[str] = []
    start = previous = days[0]
    for day in [*days[1:], 99]:
        if day == previous + 1:
            previous = day
            continue
        joint = "-" if previous > start + 1 else ","
        parts.append(
            DAYS[start]
            if start == previous
            else f"{DAYS[start]}{joint}{DAYS[previous]}"
        )
        start = previous = day
    return ",".join(parts)


def _days(entry: Entry) -> frozenset[int]:
    """Return the days of a row, Monday being 0; a row that names none counts for the whole week."""
    text = entry.get("byday", "weekday", "day")
    folded = text.lower()
    if folded in _WORDS_OF_DAYS:
        return _WORDS_OF_DAYS[folded]
    if len(folded) == 1 and folded in "1234567":
        return frozenset({int(folded) - 1})
    found: set[int] = set()
    pieces = list(_DAY.finditer(text))
    numbers = [DAYS.index(piece.group(1).capitalize()) for piece in pieces]
    for index, number in enumerate(numbers):
        found.add(number)
        if index and _SPAN.fullmatch(
            text[pieces[index - 1].end() : pieces[index].start()]
        ):
            start = numbers[index - 1]
            found |= {(start + step) % 7 for step in range((number - start) % 7 + 1)}
    return frozenset(found) or _WEEK


def _times(entry: Entry) -> str | None:
    """Return ``08:00-17:00``; None where the row does not say from when to when."""
    # Some feeds of HSDS 2 keep the times in the columns of the recurrence.
    opens = entry.get("opens_at", "open_at")
    closes = entry.get("closes_at", "close_at")
    if not opens and not closes and not entry.get("byday"):
        opens, closes = entry.get("dtstart"), entry.get("until")
    if _ALL_DAY.fullmatch(opens):
        return "00:00-24:00"
    start, end = _clock(opens), _clock(closes)
    if start is None or end is None or start == end:
        return None
    if start == "24:00":
        start = "00:00"
    return f"{start}-{'24:00' if end == '00:00' else end}"


def _clock(text: str) -> str | None:
    """Return a time of day as ``HH:MM``, from "9:00am", "17:30", "09:00:00+01:00", "noon"."""
    if text.strip().lower() in _WORDS_OF_TIME:
        return _WORDS_OF_TIME[text.strip().lower()]
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").lower()
    if half and not 1 <= hour <= 12:
        return None
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        return None
    return f"{hour:02d}:{minute:02d}"
