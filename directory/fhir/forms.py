"""Search parameters of FHIR as what was asked; unknown ones are left out, bad values refused."""

import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from werkzeug.datastructures import MultiDict

from directory.errors import Invalid
from directory.fhir.asked import (
    Around,
    Asked,
    Changed,
    Fit,
    Identifier,
    LocationStatus,
    Name,
)
from directory.fhir.capability import CHANGED, COUNT, ID, PARAMETERS
from directory.text import N_, normalise
from geo.points import OutOfRange, Point

Arguments = MultiDict[str, str]

USUAL: Final = 20
MOST: Final = 100
USUAL_KM: Final = 50.0
FURTHEST_KM: Final = 500.0
LONGEST: Final = 200
PAGE: Final = "page"
BESIDES: Final = frozenset({COUNT, PAGE, "lang", "_format", "_pretty"})
"""What may stand in any address beside the parameters of the type."""
KILOMETRES: Final[Mapping[str, float]] = {"": 1, "km": 1, "m": 0.001}
_FITS: Final[Mapping[str, Fit]] = {
    "name": Fit.STARTS,
    "name:contains": Fit.CONTAINS,
    "name:exact": Fit.EXACT,
}
_MOMENT: Final = re.compile(
    r"(?P<prefix>eq|ne|ge|gt|le|lt|sa|eb)?"
    r"(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d)"
    r"(?P<time>T\d\d:\d\d(?P<second>:\d\d(?P<fraction>\.\d{1,6})?)?(?:Z|[+ -]\d\d:\d\d)?)?)?)?"
)
_COMMA: Final = re.compile(r"(?<!\\),")
_ESCAPED: Final = re.compile(r"\\([\\,|$])")


class BadParameter(Invalid):
    """A search parameter has a value that it cannot have."""

    code = "invalid"
    message = N_("The value of the parameter %(name)s could not be understood.")


class UnknownParameter(Invalid):
    """There is no such search parameter, and the asker wanted to be told."""

    code = "not-supported"
    message = N_("The parameter %(name)s is not known here.")


class UnknownFormat(Invalid):
    """The answer was wanted in another format than JSON."""

    code = "not-supported"
    message = N_("The answer can only be given as JSON.")


@dataclass(frozen=True, slots=True)
class Search:
    """A search that was understood: what was asked, how much of it to give, and in which words."""

    asked: Asked
    count: int
    page: int
    understood: Sequence[tuple[str, str]]
    """The parameters that count, as they were written."""


def read(
    kind: str, arguments: Arguments, *, taxonomy: str, is_strict: bool = False
) -> Search:
    """Read a search for resources of a type; raises BadParameter, UnknownParameter.

    ``taxonomy``: the code system of our categories. ``is_strict``: unknown parameters are refused.
    """
    known = PARAMETERS[kind]
    found: dict[str, Any] = {}
    understood = []
    for name, values in arguments.lists():
        if name.partition(":")[0] not in known or (":" in name and name not in _FITS):
            if is_strict and name not in BESIDES:
                raise UnknownParameter(values={"name": name[:LONGEST]})
            continue
        if len(values) > 1 and name != CHANGED:
            raise BadParameter(values={"name": name})
        for value in values:
            _take(name, value, found, taxonomy)
            understood.append((name, value))
    count = min(_whole(arguments, COUNT, USUAL), MOST)
    page = max(_whole(arguments, PAGE, 1), 1)
    if COUNT in arguments:
        understood.append((COUNT, str(count)))
    if "lang" in arguments:
        understood.append(("lang", arguments["lang"][:LONGEST]))
    return Search(Asked(**found), count, page, understood)


def require_json(arguments: Arguments) -> None:
    """Refuse to answer in a format that we do not write; raises UnknownFormat."""
    wanted = arguments.get("_format", "json").replace(" ", "+").partition(";")[0]
    if wanted not in {"json", "text/json", "application/json", "application/fhir+json"}:
        raise UnknownFormat


def key_of(text: str) -> uuid.UUID | None:
    """Return the key that an id is, or None: then nothing of ours has it."""
    try:
        key = uuid.UUID(text)
    except ValueError:
        return None
    return key if str(key) == text.lower() else None


def _take(name: str, value: str, found: dict[str, Any], taxonomy: str) -> None:
    if name in _FITS:
        # All three look for names; asked together, one of them is enough.
        found["names"] = [*found.get("names", ()), *_names(name, value)]
    elif name == CHANGED:
        found["changed"] = [*found.get("changed", ()), _changed(value)]
    elif name == "service-type":
        found["terms"] = _codes(value, taxonomy)
    elif name in _LISTS:
        field, read_one = _LISTS[name]
        read_all = [read_one(text) for text in _texts(value)]
        found[field] = [one for one in read_all if one is not None]
    else:
        field, read_whole = _WHOLE[name]
        found[field] = read_whole(value)


def _names(name: str, value: str) -> list[Name]:
    names = [Name(text, _FITS[name]) for text in _texts(value)]
    if not names or not all(normalise(one.text) for one in names):
        raise BadParameter(values={"name": name})
    return names


def _texts(value: str) -> list[str]:
    """The values of a parameter: commas stand between, and may be escaped."""
    clean = value.replace("\x00", "")[: LONGEST * MOST]
    parts = (_ESCAPED.sub(r"\1", part).strip() for part in _COMMA.split(clean))
    return [part[:LONGEST] for part in parts if part][:MOST]


def _reference(text: str) -> uuid.UUID | None:
    """The key in a reference: an id alone, ``Type/id``, or a whole address."""
    return key_of(text.rpartition("/")[2])


def _identifier(text: str) -> Identifier | None:
    system, bar, value = text.rpartition("|")
    return Identifier(system if bar else None, value) if value else None


def _token(text: str) -> str:
    return text.rpartition("|")[2]


_LISTS: Final[Mapping[str, tuple[str, Callable[[str], Any]]]] = {
    ID: ("keys", key_of),
    "organization": ("organizations", _reference),
    "location": ("locations", _reference),
    "partof": ("parents", _reference),
    "identifier": ("identifiers", _identifier),
    "type": ("provider_types", _token),
}


def _codes(value: str, taxonomy: str) -> list[str]:
    """The codes of a token that may be ours: of our system, or of none that is named."""
    pairs = [text.rpartition("|") for text in _texts(value)]
    return [code for system, _, code in pairs if system in {"", taxonomy} and code]


def _truth(value: str) -> bool:
    known = {"true": True, "false": False}
    text = _token(value)
    if text not in known:
        raise BadParameter(values={"name": "active"})
    return known[text]


def _statuses(value: str) -> list[str]:
    found = [_token(text) for text in _texts(value)]
    if not found or not {*LocationStatus} >= {*found}:
        raise BadParameter(values={"name": "status"})
    return found


def _near(value: str) -> Around:
    latitude, longitude, distance, unit = (*value.split("|"), "", "", "")[:4]
    refusal = BadParameter(values={"name": "near"})
    if value.count("|") > 3 or unit not in KILOMETRES:
        raise refusal
    try:
        point = Point(latitude=float(latitude), longitude=float(longitude))
        radius = float(distance) * KILOMETRES[unit] if distance else USUAL_KM
    except (ValueError, OutOfRange):
        raise refusal from None
    if not 0 < radius <= FURTHEST_KM:
        raise refusal
    return Around(point, radius)


_WHOLE: Final[Mapping[str, tuple[str, Callable[[str], Any]]]] = {
    "active": ("is_active", _truth),
    "near": ("near", _near),
    "status": ("statuses", _statuses),
}


def _changed(value: str) -> Changed:
    read_as = _MOMENT.fullmatch(value)
    refusal = BadParameter(values={"name": CHANGED})
    if read_as is None:
        raise refusal
    try:
        span = _span(read_as, value.removeprefix(read_as["prefix"] or ""))
        start, end = (moment.astimezone(UTC) for moment in span)
    except (ValueError, OverflowError):
        raise refusal from None
    return Changed(read_as["prefix"] or "eq", start, end)


def _span(read_as: re.Match[str], text: str) -> tuple[datetime, datetime]:
    """From when to when a year, a month, a day, a minute, a second or a part of it lasts."""
    if read_as["time"]:
        # A plus sign that was not escaped in an address arrives as a space.
        moment = datetime.fromisoformat(text.replace(" ", "+"))
        start = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        if read_as["fraction"]:
            digits = len(read_as["fraction"]) - 1
            return start, start + timedelta(microseconds=10 ** (6 - digits))
        return start, start + timedelta(seconds=1 if read_as["second"] else 60)
    year, month, day = (int(read_as[name] or 1) for name in ("year", "month", "day"))
    start = datetime(year, month, day, tzinfo=UTC)
    if read_as["day"]:
        return start, start + timedelta(days=1)
    if read_as["month"]:
        return start, start.replace(year=year + month // 12, month=month % 12 + 1)
    return start, start.replace(year=year + 1)


def _whole(arguments: Arguments, name: str, usual: int) -> int:
    text = arguments.get(name)
    if text is None:
        return usual
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise BadParameter(values={"name": name})
    return int(text)
