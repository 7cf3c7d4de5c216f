"""Opening hours in HSDS's own columns: one row for each span of a week, as RFC 5545 has it.

What is stored is one row with the text of OpenStreetMap. Where that text is a plain week its days and
times are written out beside it; holidays and anything else stay in the description alone.
"""

import re
import uuid
from typing import Final

from directory.listings.hsds_tables import Json

_DAYS: Final = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_DAY: Final = "|".join(_DAYS)
_TIMES: Final = r"\d\d:\d\d-\d\d:\d\d(?:\s*,\s*\d\d:\d\d-\d\d:\d\d)*"
_RULE: Final = re.compile(
    rf"(?:(?P<days>(?:{_DAY})(?:\s*[-,]\s*(?:{_DAY}))*)\s+)?(?P<times>{_TIMES}|off|closed)"
)
_HOLIDAYS: Final = re.compile(
    rf"(?:PH|SH)(?:\s*,\s*(?:PH|SH))*\s+(?:{_TIMES}|off|closed)"
)
_ALWAYS: Final = "24/7"
_STRUCTURED: Final = ("byday", "opens_at", "closes_at", "freq")

Week = dict[int, tuple[str, ...]]
"""The spans of each day, Monday being 0."""


def written_out(row: Json) -> list[Json]:
    """Return a schedule with its days and times; itself alone where its text is no plain week."""
    if any(row.get(name) for name in _STRUCTURED):
        return [row]
    week = plain_week(row.get("description", ""))
    if not week:
        return [row]
    days_of: dict[str, list[int]] = {}
    for day, spans in sorted(week.items()):
        for span in spans:
            days_of.setdefault(span, []).append(day)
    key = uuid.UUID(row["id"])
    found = []
    for number, (span, days) in enumerate(days_of.items()):
        opens, _, closes = span.partition("-")
        found.append(
            row
            | {
                "id": str(uuid.uuid5(key, span)) if number else row["id"],
                "freq": "WEEKLY",
                "byday": ",".join(_DAYS[day].upper() for day in days),
                "opens_at": opens,
                "closes_at": closes,
            }
        )
    return found


def plain_week(text: str) -> Week:
    """Return the week that a text says; empty where any part of it says more than days and times."""
    if text.strip() == _ALWAYS:
        return dict.fromkeys(range(7), ("00:00-24:00",))
    week: Week = {}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        if _HOLIDAYS.fullmatch(part):
            continue
        rule = _RULE.fullmatch(part)
        if rule is None:
            return {}
        times = rule["times"]
        spans = () if times in {"off", "closed"} else _spans(times)
        # As in OpenStreetMap, a later rule replaces an earlier one of the same day.
        week |= dict.fromkeys(_days(rule["days"] or "Mo-Su"), spans)
    return week if any(week.values()) else {}


def _spans(times: str) -> tuple[str, ...]:
    return tuple(span.strip() for span in times.split(","))


def _days(text: str) -> list[int]:
    found: list[int] = []
    for part in text.split(","):
        first, _, last = (one.strip() for one in part.partition("-"))
        start, end = _DAYS.index(first), _DAYS.index(last or first)
        found += [(start + step) % 7 for step in range((end - start) % 7 + 1)]
    return found
