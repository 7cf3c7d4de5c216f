"""Turns what a person says about a place into a point, its precision and its area.

Nothing is guessed silently: one answer when it is plain, choices when there are several
or when the text is misspelled, and otherwise an error that says what to do.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sqlalchemy.orm import Session

from directory.areas import labels, queries, search
from directory.areas.locating import COAST_KM, beside
from directory.areas.queries import AreaRow
from directory.areas.search import Found
from directory.errors import Invalid
from directory.models import Place
from directory.text import N_
from geo.coordinates import (
    CoordinatesError,
    Notation,
    Problem,
    looks_like_coordinates,
    parse_coordinates,
)
from geo.distance import geodesic_km
from geo.points import OutOfRange, Point


class PlaceKind(StrEnum):
    """How a place was given."""

    COORDINATES = "coordinates"
    PLUS_CODE = "plus_code"
    TOWN = "town"
    AREA = "area"


@dataclass(frozen=True, slots=True)
class Given:
    """What came in: a text, or what was picked (``token``), or a pin."""

    text: str = ""
    token: str = ""
    latitude: float | None = None
    longitude: float | None = None
    precision_m: float | None = None
    """How exact the device or map said the pin is."""


@dataclass(frozen=True, slots=True)
class ResolvedPlace:
    """A place: where, how exactly (± metres), in which area, and its name.

    For ``kind`` AREA the place is the whole ``area`` and the point lies on its surface;
    otherwise ``area`` is the deepest that holds the point. ``token`` names the place
    again: :func:`resolve_place` gives the same for it.
    """

    kind: PlaceKind
    point: Point
    precision_m: float
    area: AreaRow | None
    country: str | None
    label: str
    token: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several places that may be meant."""

    token: str
    label: str
    kind: PlaceKind
    what: str = ""
    """What a named one is, in a word to translate."""


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Several places fit, the likeliest first, or one that needs a yes."""

    choices: tuple[Choice, ...]


class PlaceError(Invalid):
    """The place cannot be used; code and message say why."""

    code = "place_unknown"
    message = N_("We do not know the place “%(text)s”.")
    remedy = N_(
        "Try another spelling, a larger town nearby, the area, or coordinates such as"
        " 6.69, -1.62."
    )


_COORDINATES_REMEDY = N_("Write latitude and longitude, for example 6.69, -1.62.")
_PROBLEMS: Final = {
    Problem.NOT_COORDINATES: N_("These coordinates cannot be read: %(text)s"),
    Problem.ONE_NUMBER: N_("Only one number of two is there: %(text)s"),
    Problem.OUT_OF_RANGE: N_("There is no such place on the earth: %(text)s"),
    Problem.SAME_AXIS: N_("Both numbers are of the same direction: %(text)s"),
    Problem.REFERENCE_NEEDED: N_(
        "This short plus code needs a town beside it: %(text)s"
    ),
    Problem.PLUS_CODE_INVALID: N_("This is not a plus code: %(text)s"),
}
_ISSUE_CODES: Final = {Problem.OUT_OF_RANGE: "coordinates_range"}
_ZERO = N_("0, 0 lies in the sea; files write it when they do not know the position.")
_NOWHERE = N_("%(text)s lies in no country. Check the numbers and their order.")
_ELSEWHERE = N_("%(text)s lies in %(found)s, not in %(country)s.")

# A town's point stands for its middle; people live around it (± metres by population).
_TOWN_PRECISION_M: Final = ((100_000, 8000.0), (5000, 3000.0), (0, 1000.0))
MAX_PRECISION_M: Final = 500_000.0
_EXACT: Final = 99.0
_FAR_LARGER: Final = 50
_SAME_PLACE_KM: Final = 25.0


def resolve_place(
    session: Session, given: Given, *, country: str | None = None, language: str = "en"
) -> ResolvedPlace | Ambiguous:
    """Return the place that is meant, or choices. Raises PlaceError.

    ``country`` narrows names to a country and refuses positions in another. ``language``
    is that of the label.
    """
    reader = _Reader(session, country, language)
    if given.token:
        return reader.from_token(given.token)
    if given.latitude is not None and given.longitude is not None:
        return reader.from_pin(given)
    text = " ".join(given.text.split())
    if looks_like_coordinates(text):
        return reader.from_coordinates(text)
    return reader.from_name(text)


@dataclass(frozen=True, slots=True)
class _Reader:
    """What every way of reading a place needs."""

    session: Session
    country: str | None
    language: str

    def from_token(self, token: str) -> ResolvedPlace:
        kind, _, value = token.partition(":")
        if kind == "area":
            area = queries.area_by_code(self.session, value)
            if area is not None and area.surface_point is not None:
                return self._area(area, area.surface_point)
        elif kind == "town" and value.isdecimal():
            town = self.session.get(Place, int(value))
            if town is not None:
                return self._town(town)
        elif kind == "point":
            return self._from_numbers(token, value.split(","))
        raise PlaceError(values={"text": token})

    def from_pin(self, given: Given) -> ResolvedPlace:
        numbers = [given.latitude, given.longitude, given.precision_m or 10.0]
        return self._from_numbers(given.text, [str(number) for number in numbers])

    def from_coordinates(self, text: str) -> ResolvedPlace | Ambiguous:
        try:
            typed = parse_coordinates(text)
        except CoordinatesError as error:
            if error.problem is Problem.REFERENCE_NEEDED and error.near:
                return self._short_plus_code(text, error.near)
            if error.proposal is not None:
                return self._propose(error.proposal)
            raise _coordinates_error(error.problem, text) from error
        is_code = typed.notation is Notation.PLUS_CODE
        kind = PlaceKind.PLUS_CODE if is_code else PlaceKind.COORDINATES
        try:
            return self._point(typed.point, typed.precision_m, kind, text)
        except PlaceError:
            # Never exchanged silently, but offered where it would make sense.
            if self.country and abs(typed.point.longitude) <= 90:
                turned = typed.point.exchanged
                if self._country_at(turned) == self.country:
                    return self._propose(turned)
            raise

    def from_name(self, text: str) -> ResolvedPlace | Ambiguous:
        if area := self._coded(text):
            return area
        found = search.search(self.session, text, country=self.country)
        if not found:
            raise PlaceError(values={"text": text})
        exact = [hit for hit in found if hit.likeness >= _EXACT]
        plain = plainly_meant(exact)
        if plain is not None:
            return self.from_token(token_of(plain))
        return Ambiguous(self._choices(exact or found))

    def _coded(self, text: str) -> ResolvedPlace | None:
        """Take an area's own code: people who know it type it."""
        if not any(letter.isdigit() or letter == "-" for letter in text):
            return None
        area = queries.area_by_code(self.session, text.upper())
        if area is None or area.surface_point is None:
            return None
        return self._area(area, area.surface_point)

    def _short_plus_code(self, text: str, near: str) -> ResolvedPlace | Ambiguous:
        around = self.from_name(near)
        if isinstance(around, Ambiguous):
            tokens = [self.from_token(choice.token) for choice in around.choices]
            points = [
                parse_coordinates(text, reference=place.point).point for place in tokens
            ]
            return Ambiguous(
                tuple(
                    Choice(
                        f"point:{point.latitude:.6f},{point.longitude:.6f},10",
                        labels.join((text, place.label), self.language),
                        PlaceKind.PLUS_CODE,
                    )
                    for point, place in zip(points, tokens, strict=True)
                )
            )
        typed = parse_coordinates(text, reference=around.point)
        return self._point(typed.point, typed.precision_m, PlaceKind.PLUS_CODE, text)

    def _from_numbers(self, text: str, numbers: Sequence[str]) -> ResolvedPlace:
        try:
            latitude, longitude, precision = (float(number) for number in numbers)
            point = Point(latitude=latitude, longitude=longitude)
        except (OutOfRange, ValueError) as error:
            raise _coordinates_error(Problem.OUT_OF_RANGE, text) from error
        precision = min(max(precision, 1.0), MAX_PRECISION_M)
        return self._point(point, precision, PlaceKind.COORDINATES, str(point))

    def _point(
        self, point: Point, precision_m: float, kind: PlaceKind, text: str
    ) -> ResolvedPlace:
        if point.is_null_island:
            raise PlaceError(_ZERO, code="coordinates_zero", remedy=_COORDINATES_REMEDY)
        chain = self._chain(point)
        if not chain:
            raise PlaceError(
                _NOWHERE, code="coordinates_nowhere", remedy="", values={"text": text}
            )
        self._check_country(chain[0], text)
        label = labels.within(self.session, text, chain, self.language)
        return ResolvedPlace(
            kind=kind,
            point=point,
            precision_m=precision_m,
            area=chain[-1],
            country=chain[0].country,
            label=label,
            token=f"point:{point.latitude:.6f},{point.longitude:.6f},{precision_m:.0f}",
        )

    def _area(self, area: AreaRow, point: Point) -> ResolvedPlace:
        return ResolvedPlace(
            kind=PlaceKind.AREA,
            point=point,
            precision_m=queries.radius_m(self.session, area.id),
            area=area,
            country=area.country,
            label=labels.area_label(self.session, area, self.language),
            token=f"area:{area.code}",
        )

    def _town(self, town: Place) -> ResolvedPlace:
        point = Point(latitude=town.latitude, longitude=town.longitude)
        homes = [town.area_id] if town.area_id else []
        chain = next(iter(queries.chains(self.session, homes).values()), [])
        chain = chain or self._chain(point)
        own = labels.town_names(self.session, {town.id: town.name}, self.language)
        return ResolvedPlace(
            kind=PlaceKind.TOWN,
            point=point,
            precision_m=town_precision_m(town.population),
            area=chain[-1] if chain else None,
            country=chain[0].country if chain else town.country,
            label=labels.within(self.session, own[town.id], chain, self.language),
            token=f"town:{town.id}",
        )

    def _choices(self, found: Sequence[Found]) -> tuple[Choice, ...]:
        names = labels.labels_of(self.session, found, self.language)
        return tuple(
            Choice(token_of(hit), name, kind_of(hit), hit.what)
            for hit, name in zip(found, names, strict=True)
        )

    def _propose(self, point: Point) -> Ambiguous:
        chain = self._chain(point)
        label = labels.within(self.session, str(point), chain, self.language)
        token = f"point:{point.latitude:.6f},{point.longitude:.6f},100"
        return Ambiguous((Choice(token, label, PlaceKind.COORDINATES),))

    def _chain(self, point: Point) -> list[AreaRow]:
        """Return the areas that hold a point, or those of land just beside it."""
        chain = queries.areas_containing(self.session, point.latitude, point.longitude)
        if chain:
            return chain
        for distance_km in COAST_KM:
            for near in beside(point.latitude, point.longitude, distance_km):
                if chain := queries.areas_containing(
                    self.session, near.latitude, near.longitude
                ):
                    return chain
        return []

    def _country_at(self, point: Point) -> str | None:
        chain = self._chain(point)
        return chain[0].country if chain else None

    def _check_country(self, found: AreaRow, text: str) -> None:
        if self.country is None or found.country == self.country:
            return
        stated = queries.area_by_code(self.session, self.country)
        both = [found, *([stated] if stated else [])]
        names = queries.names(self.session, (area.id for area in both), self.language)
        values = {
            "text": text,
            "found": names[found.id],
            "country": names[stated.id] if stated else self.country,
        }
        raise PlaceError(
            _ELSEWHERE, code="coordinates_other_country", remedy="", values=values
        )


def town_precision_m(population: int) -> float:
    """Return how far from its middle a person of a town may be, in metres."""
    return next(metres for least, metres in _TOWN_PRECISION_M if population >= least)


def _coordinates_error(problem: Problem, text: str) -> PlaceError:
    return PlaceError(
        _PROBLEMS[problem],
        code=_ISSUE_CODES.get(problem, "place_unknown"),
        remedy=_COORDINATES_REMEDY,
        values={"text": text},
    )


def token_of(hit: Found) -> str:
    """Return the token of a thing found; :func:`resolve_place` takes it."""
    is_area = hit.kind is search.Kind.AREA
    return f"area:{hit.code}" if is_area else f"town:{hit.place_id}"


def kind_of(hit: Found) -> PlaceKind:
    """Return what a thing found is as a place."""
    return PlaceKind.AREA if hit.kind is search.Kind.AREA else PlaceKind.TOWN


def plainly_meant(exact: Sequence[Found]) -> Found | None:
    """Return the one place of exactly this name that is meant, if that is beyond doubt.

    A town and the area around it count as one, and the town is taken. A town of the name
    that is fifty times larger than every other counts too.
    """
    towns = [hit for hit in exact if hit.kind is search.Kind.PLACE]
    first = towns[0] if towns else next(iter(exact), None)
    if first is None:
        return None
    others = [
        hit
        for hit in exact
        if hit is not first
        and (
            hit.country != first.country
            or geodesic_km(hit.point, first.point) > _reach_km(hit)
        )
    ]
    if all(_is_far_larger(first, other) for other in others):
        return first
    return None


def _reach_km(hit: Found) -> float:
    """How far a town may lie from an area's middle and still be its namesake."""
    return 150.0 if hit.kind is search.Kind.AREA else _SAME_PLACE_KM


def _is_far_larger(first: Found, other: Found) -> bool:
    if other.kind is search.Kind.AREA:
        return False
    return first.population >= _FAR_LARGER * math.ceil(max(other.population, 1000))
