"""Opening hours in words, one line for a week, in a language: for programs and sentences."""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from babel.dates import format_date

from directory.listings import hours
from directory.listings.hours import Days, Openness
from directory.text import translator

_ARABIC_SIGNS: Final = {",": "،", ";": "؛"}


def hours_in_words(text: str | None, today: date, language: str) -> str | None:
    """Opening hours (OSM text) as one line: "Mon – Fri 08:00–16:00; Sat 09:00–12:00".

    Those of the week that holds ``today``, whatever its holidays; closed days go unsaid beside open
    ones. None where nothing is stated, or where only people can read it.
    """
    monday = today - timedelta(days=today.weekday())
    return _in_words(text, monday, language) if text else None


# Most listings keep the hours of many others, and names of days take their time.
@lru_cache(maxsize=8192)
def _in_words(text: str, monday: date, language: str) -> str | None:
    days = hours.usual_week(text, monday)
    told = [line for line in days if line.first.openness is not Openness.CLOSED]
    if not told:
        return translator(language)("closed") if days else None
    return _joined((_days_in_words(line, language) for line in told), ";", language)


def _days_in_words(line: Days, language: str) -> str:
    days = (line.first.date, line.last.date)
    names = [format_date(day, "EEE", locale=language) for day in days]
    spans = [f"{span.opens}–{span.closes}" for span in line.first.spans]
    said = _joined(spans, ",", language) or translator(language)("not known")
    comments = [span.comment for span in line.first.spans if span.comment]
    return " ".join([" – ".join(dict.fromkeys(names)), said, *comments])


def _joined(parts: Iterable[str], sign: str, language: str) -> str:
    written = _ARABIC_SIGNS[sign] if language == "ar" else sign
    return f"{written} ".join(parts)
