"""What the address of the directory says, as filters; nonsense is left out, not refused."""

import math
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from flask import current_app
from werkzeug.datastructures import MultiDict

from directory.areas.forms import PlaceField, field_of, read_place
from directory.areas.places import PlaceKind, ResolvedPlace
from directory.listings.filters import UNKNOWN, Filters, Sort
from directory.listings.freshness import Band
from directory.search import asking, queries
from directory.search.analyzers import LONGEST_QUERY, query_words
from directory.search.choice import engine_for
from directory.search.engine import Engine
from directory.search.queries import Found, Reader
from directory.taxonomy import codes
from directory.web import clock
from directory.web.session import db
from geo.points import OutOfRange, Point

Arguments = MultiDict[str, str]

FURTHEST_KM = 500.0
PLACE_RADIUS_KM = 25.0
"""How far around a typed place the list reaches, unless a radius is given."""


def filters_of(arguments: Arguments) -> Filters:
    """Read the filters of /services, /maps/services and their JSON from an address.

    What cannot be understood counts as not asked, so that an old or mistyped link still opens.
    """
    near = _point(arguments.get("lat"), arguments.get("lon"))
    pair = (arguments.get("covers") or "").split(",")
    return Filters(
        q=" ".join((arguments.get("q") or "").replace("\x00", " ").split())[
            :LONGEST_QUERY
        ],
        is_any=bool(arguments.get("any_words")),
        term=_code(arguments.get("term")),
        area=_code(arguments.get("area")),
        country=_country(arguments.get("country")),
        near=near,
        radius_km=_radius(arguments.get("radius_km")) if near else None,
        covers=_point(*pair) if len(pair) == 2 else None,
        language=_language(arguments.get("language")),
        cost=_one_of(arguments.get("cost"), {*codes.COSTS, UNKNOWN}),
        status=_one_of(arguments.get("status"), {*codes.STATUSES, "all"}),
        freshness=_band(arguments.get("freshness")),
        community=_country(arguments.get("community")),
        open_to=_one_of(arguments.get("open_to"), codes.OPEN_TO),
        open_at=clock.now() if arguments.get("open_now") else None,
        is_mine=bool(arguments.get("mine")),
        sort=_sort(arguments.get("sort"), near),
        reach_km=current_app.extensions["homeward"].default_reach_km,
    )


def engine() -> Engine:
    """Return the full-text engine of this installation."""
    return engine_for(current_app.extensions["homeward"])


@dataclass(frozen=True, slots=True)
class Answer:
    """What an address asks for and what there is; ``named`` is the place that its words named."""

    arguments: Arguments
    filters: Filters
    place: PlaceField
    found: Found
    named: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether something has all that was asked for, as it was written."""
        found = self.found
        return bool(found.total) and not found.is_partial and not found.corrected


def answer(arguments: Arguments, *, reader: Reader, start: int, limit: int) -> Answer:
    """Return the listings that an address asks for.

    A place that the words of ``q`` name becomes the place of the list: at once behind a word such as
    "near", otherwise where the words alone find nothing. ``as_words`` leaves the words as they are.
    """
    page = _Page(reader, start, limit)
    question = filters_of(arguments).q
    if not question or any(arguments.get(name) for name in _NO_QUESTION):
        return _or_any(_answer(arguments, page), page)
    is_certain = asking.is_about_place(question)
    there = _placed(arguments, page, is_certain=True) if is_certain else None
    if there is not None and there.is_whole:
        return there
    plain = _answer(arguments, page)
    if plain.is_whole:
        return plain
    if there is None:
        there = _placed(arguments, page, is_certain=False)
    if there is not None:
        there = _or_any(there, page)
        if is_certain or there.found.total:
            return there
    return _or_any(plain, page)


_NO_QUESTION: Final = (
    "as_words", "any_words", "place", "place_token", "place_lat", "area", "lat", "covers",
)  # fmt: skip
"""What says that the words of an address are only words, or where they are about."""


@dataclass(frozen=True, slots=True)
class _Page:
    """Who asks for which part of a list."""

    reader: Reader
    start: int
    limit: int


def _answer(arguments: Arguments, page: _Page, named: str = "") -> Answer:
    filters = filters_of(arguments)
    place = read_place(arguments, "place", country=filters.country)
    filters = placed(filters, place.place)
    found = queries.find(
        db(),
        engine(),
        filters,
        reader=page.reader,
        start=page.start,
        limit=page.limit,
    )
    return Answer(arguments, filters, place, found, named)


def _or_any(given: Answer, page: _Page) -> Answer:
    """The answer, or where nothing has all the words, that for some of them (``any_words``)."""
    if given.found.total or len(query_words(given.filters.q)) < 2:
        return given
    loose = given.arguments.copy()
    loose["any_words"] = "1"
    again = _answer(loose, page, given.named)
    return again if again.found.total else given


def _placed(arguments: Arguments, page: _Page, *, is_certain: bool) -> Answer | None:
    """The answer for the place that the words name; None where they name none that is meant."""
    filters = filters_of(arguments)
    countries = queries.list_countries(db(), reader=page.reader)
    if filters.country:
        countries = [each for each in countries if each == filters.country]
    asked = asking.place_in(db(), filters.q, countries=countries, is_certain=is_certain)
    if asked is None or not (asked.token or is_certain):
        return None
    label = field_of(asked.token).text if asked.token else asked.place
    taken = arguments.copy()
    for name, value in (
        ("q", asked.text), ("place", label), ("place_picked", label), ("place_token", asked.token),
    ):  # fmt: skip
        taken[name] = value
    return _answer(taken, page, named=label)


def day_of(text: str | None) -> datetime | None:
    """Return the beginning (UTC) of a day written 2026-01-31; None for anything else."""
    try:
        return datetime.strptime(text or "", "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return None


def _code(text: str | None) -> str | None:
    code = (text or "").strip()[:80]
    return code if code and code.isprintable() else None


def _country(text: str | None) -> str | None:
    code = (text or "").strip().upper()
    return code if len(code) == 2 and code.isalpha() and code.isascii() else None


def _language(text: str | None) -> str | None:
    code = (text or "").strip().lower()
    return code if 2 <= len(code) <= 3 and code.isalpha() else None


def _one_of(text: str | None, allowed: Any) -> str | None:
    return text if text and text in allowed else None


def _band(text: str | None) -> Band | None:
    return Band(text) if text in set(Band) else None


def _sort(text: str | None, near: Point | None) -> Sort | None:
    if text not in set(Sort):
        return Sort.DISTANCE if near else None
    return Sort(text)


def _radius(text: str | None) -> float | None:
    number = _number(text)
    return min(number, FURTHEST_KM) if number is not None and number > 0 else None


def _number(text: str | None) -> float | None:
    try:
        number = float((text or "").strip().replace(",", "."))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _point(latitude: str | None, longitude: str | None) -> Point | None:
    lat, lon = _number(latitude), _number(longitude)
    if lat is None or lon is None:
        return None
    try:
        return Point(latitude=lat, longitude=lon)
    except OutOfRange:
        return None


def around(filters: Filters, point: Point, radius_km: float) -> Filters:
    """Return the filters for the surroundings of a point, nearest first unless asked otherwise."""
    return replace(
        filters,
        near=point,
        radius_km=filters.radius_km or radius_km,
        sort=filters.sort or Sort.DISTANCE,
    )


def placed(filters: Filters, place: ResolvedPlace | None) -> Filters:
    """Return the filters for a place that was typed: an area itself, or what lies around a point."""
    if place is None:
        return filters
    if place.kind is PlaceKind.AREA and place.area is not None:
        return replace(filters, area=filters.area or place.area.code)
    return around(filters, place.point, PLACE_RADIUS_KM)
