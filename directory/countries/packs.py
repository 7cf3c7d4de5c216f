"""What is particular to one country, as a pack says it: read, checked, and asked."""

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from babel import Locale, UnknownLocaleError

from directory.errors import Invalid
from directory.taxonomy.codes import PROVIDER_TYPES
from directory.text import N_

WEEKDAYS: Final = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)
SECTIONS: Final = frozenset(
    {
        "country", "version", "source", "languages", "week", "holidays", "mandatory",
        "review_days", "labels",
    }
)  # fmt: skip
FURTHER_KINDS: Final = frozenset({"default", "national_authority", "critical"})
"""Review intervals that belong to no category."""
MOST_DAYS: Final = 1830

Json = dict[str, Any]


class InvalidPack(Invalid):
    """A pack that breaks its rules; ``fields`` maps each part of the file to what is wrong."""

    code = "invalid_country_pack"
    message = N_("This country pack cannot be used. %(problems)s")


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day of rest: every year (``year`` is None) or once."""

    month: int
    day: int
    year: int | None = None

    def falls_on(self, day: date) -> bool:
        """Whether it is that day."""
        same_year = self.year is None or self.year == day.year
        return same_year and (self.month, self.day) == (day.month, day.day)


@dataclass(frozen=True, slots=True)
class Pack:
    """The particulars of a country (ISO 3166-1 alpha-2); what it leaves out is as elsewhere.

    ``languages``: ISO 639, the first is the usual one. ``weekend``: weekdays, Monday is 0, None
    where the pack does not say. ``added`` and ``removed``: holidays beside those of the kept
    library. ``provider_types`` that a ready directory must have, ``fields`` that a listing must
    have. ``review_days``: by category, leaf or ``FURTHER_KINDS``. ``labels``: by language and code.
    """

    country: str
    version: str | None = None
    languages: tuple[str, ...] = ()
    first_weekday: int = 0
    weekend: frozenset[int] | None = None
    added: tuple[Holiday, ...] = ()
    removed: tuple[Holiday, ...] = ()
    provider_types: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    review_days: Mapping[str, int] = field(default_factory=dict)
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def own_names(self) -> list[tuple[str, str]]:
        """Return what the country calls categories in any language: code and name."""
        return [pair for names in self.labels.values() for pair in names.items()]


def parse(text: str) -> Json:
    """Return what a TOML text says; raises InvalidPack with the place of the mistake."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _refused({"file": str(error)}) from error


def read(
    content: Mapping[str, Any], *, fields: Collection[str], terms: Collection[str]
) -> Pack:
    """Return the pack that a file describes; raises InvalidPack naming everything that is wrong.

    ``fields``: what a listing can have; ``terms``: the codes of the taxonomy.
    """
    problems: dict[str, str] = dict.fromkeys(
        content.keys() - SECTIONS, "is not a part of a country pack"
    )
    pack = Pack(
        country=_country(content, problems),
        version=_text(content, "version", problems),
        languages=_languages(content, problems),
        first_weekday=_weekdays(content, "first_day", problems)[0],
        weekend=_weekend(content, problems),
        added=_holidays(content, "add", problems),
        removed=_holidays(content, "remove", problems),
        provider_types=_several(
            content, "mandatory", "provider_types", PROVIDER_TYPES, problems
        ),
        fields=_several(content, "mandatory", "fields", fields, problems),
        review_days=_review_days(content, terms, problems),
        labels=_labels(content, terms, problems),
    )
    if problems:
        raise _refused(problems)
    return pack


def _refused(problems: Mapping[str, str]) -> InvalidPack:
    told = "; ".join(f"{name}: {what}" for name, what in sorted(problems.items()))
    return InvalidPack(values={"problems": told}, fields=problems)


def _country(content: Mapping[str, Any], problems: dict[str, str]) -> str:
    code = content.get("country")
    if isinstance(code, str) and len(code) == 2 and code.isascii() and code.isupper():
        return code
    problems["country"] = "must be a code of ISO 3166-1, two capital letters"
    return ""


def _text(
    content: Mapping[str, Any], name: str, problems: dict[str, str]
) -> str | None:
    value = content.get(name)
    if value is not None and not isinstance(value, str):
        problems[name] = "must be a text"
        return None
    return value


def _section(
    content: Mapping[str, Any], name: str, known: set[str], problems: dict[str, str]
) -> Json:
    found = content.get(name, {})
    if not isinstance(found, dict):
        problems[name] = "must be a table"
        return {}
    for other in found.keys() - known:
        problems[f"{name}.{other}"] = (
            f"is not known; {name} has {', '.join(sorted(known))}"
        )
    return found


def _languages(content: Mapping[str, Any], problems: dict[str, str]) -> tuple[str, ...]:
    found = content.get("languages", [])
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        problems["languages"] = "must be a list of language codes"
        return ()
    for code in found:
        try:
            Locale.parse(code)
        except (UnknownLocaleError, ValueError):
            problems[f"languages.{code}"] = "is not a language that we know (ISO 639)"
    return tuple(found)


def _weekdays(
    content: Mapping[str, Any], name: str, problems: dict[str, str]
) -> list[int]:
    """The numbers of the weekdays that a member of ``week`` names; Monday where it says nothing."""
    week = _section(content, "week", {"first_day", "weekend"}, problems)
    said = week.get(name, ["monday"])
    said = said if isinstance(said, list) else [said]
    wrong = [one for one in said if one not in WEEKDAYS]
    if wrong:
        problems[f"week.{name}"] = f"has {wrong[0]!r}; days are {', '.join(WEEKDAYS)}"
    return [WEEKDAYS.index(one) for one in said if one in WEEKDAYS] or [0]


def _weekend(
    content: Mapping[str, Any], problems: dict[str, str]
) -> frozenset[int] | None:
    week = content.get("week")
    if not isinstance(week, dict) or "weekend" not in week:
        return None
    if week["weekend"] == []:
        return frozenset()
    days = frozenset(_weekdays(content, "weekend", problems))
    if len(days) == len(WEEKDAYS):
        problems["week.weekend"] = "leaves no working day"
    return days


def _holidays(
    content: Mapping[str, Any], name: str, problems: dict[str, str]
) -> tuple[Holiday, ...]:
    section = _section(content, "holidays", {"add", "remove"}, problems)
    said = section.get(name, [])
    if not isinstance(said, list):
        problems[f"holidays.{name}"] = "must be a list of days"
        return ()
    found = []
    for each in said:
        day = _holiday(each)
        if day is None:
            problems[f"holidays.{name}"] = f"has {each!r}; write 12-25, or 2026-05-27"
        else:
            found.append(day)
    return tuple(found)


def _holiday(said: object) -> Holiday | None:
    if isinstance(said, date):
        return Holiday(said.month, said.day, said.year)
    parts = str(said).split("-") if isinstance(said, str) else []
    if not all(part.isascii() and part.isdigit() for part in parts):
        return None
    numbers = [int(part) for part in parts]
    try:
        match numbers:
            case [month, day]:
                leap = date(2024, month, day)
                return Holiday(leap.month, leap.day)
            case [year, month, day]:
                once = date(year, month, day)
                return Holiday(once.month, once.day, once.year)
    except ValueError:
        return None
    return None


def _several(
    content: Mapping[str, Any],
    section: str,
    name: str,
    known: Collection[str],
    problems: dict[str, str],
) -> tuple[str, ...]:
    said = _section(content, section, {"provider_types", "fields"}, problems)
    found = said.get(name, [])
    if not isinstance(found, list):
        problems[f"{section}.{name}"] = "must be a list"
        return ()
    for each in found:
        if each not in known:
            problems[f"{section}.{name}"] = (
                f"has {each!r}; known are {', '.join(sorted(known))}"
            )
    return tuple(str(each) for each in found)


def _review_days(
    content: Mapping[str, Any], terms: Collection[str], problems: dict[str, str]
) -> dict[str, int]:
    found = content.get("review_days", {})
    if not isinstance(found, dict):
        problems["review_days"] = "must be a table"
        return {}
    for name, days in found.items():
        if name not in terms and name not in FURTHER_KINDS:
            problems[f"review_days.{name}"] = "is no category"
        if (
            isinstance(days, bool)
            or not isinstance(days, int)
            or not 1 <= days <= MOST_DAYS
        ):
            problems[f"review_days.{name}"] = f"must be 1 to {MOST_DAYS} days"
    return dict(found)


def _labels(
    content: Mapping[str, Any], terms: Collection[str], problems: dict[str, str]
) -> dict[str, dict[str, str]]:
    found = content.get("labels", {})
    if not isinstance(found, dict) or not all(
        isinstance(one, dict) for one in found.values()
    ):
        problems["labels"] = "must be tables of labels by language"
        return {}
    for language, labels in found.items():
        for code, label in labels.items():
            if code not in terms:
                problems[f"labels.{language}.{code}"] = "is no category"
            if not isinstance(label, str) or not label.strip():
                problems[f"labels.{language}.{code}"] = "must be a text"
    return {language: dict(labels) for language, labels in found.items()}
