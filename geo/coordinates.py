"""Coordinates as people type them: decimal, degrees and minutes, plus codes, map links."""

import re
from dataclasses import dataclass
from enum import StrEnum

from openlocationcode import openlocationcode as olc

from geo import sexagesimal
from geo.distance import geodesic_km
from geo.points import OutOfRange, Point


class Problem(StrEnum):
    """Why a text is no position. The caller puts it into words."""

    NOT_COORDINATES = "not_coordinates"
    ONE_NUMBER = "one_number"
    OUT_OF_RANGE = "out_of_range"
    SAME_AXIS = "same_axis"
    REFERENCE_NEEDED = "reference_needed"
    PLUS_CODE_INVALID = "plus_code_invalid"


class Notation(StrEnum):
    """How a position was written."""

    DECIMAL = "decimal"
    SEXAGESIMAL = "sexagesimal"
    PLUS_CODE = "plus_code"


class CoordinatesError(ValueError):
    """The text holds no usable position; ``problem`` says why.

    ``proposal`` is the point that the text would mean with latitude and longitude
    exchanged, when only that makes sense. ``near`` is the place named beside a short
    plus code.
    """

    def __init__(
        self, problem: Problem, *, proposal: Point | None = None, near: str = ""
    ) -> None:
        super().__init__(problem.value)
        self.problem = problem
        self.proposal = proposal
        self.near = near


@dataclass(frozen=True, slots=True)
class TypedPosition:
    """A position and how precisely it was given (± metres, never below 1)."""

    point: Point
    precision_m: float
    notation: Notation


METERS_PER_DEGREE = 111_320.0
MAX_LENGTH = 200
"""Longer texts are no coordinates; refusing them keeps parsing cheap."""

_PLUS_CODE = re.compile(
    r"(?<!\w)([23456789CFGHJMPQRVWX]{2,8}0{0,6}\+[23456789CFGHJMPQRVWX]{0,7})(?!\w)",
    re.IGNORECASE,
)
_LINKS = (
    re.compile(r"^geo:(-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?)", re.IGNORECASE),
    re.compile(r"https?://\S*?/@(-?\d+\.\d+),(-?\d+\.\d+)"),
    re.compile(r"https?://\S*?[?&](?:q|ll|query)=(-?\d+\.\d+)(?:,|%2C)(-?\d+\.\d+)"),
    re.compile(r"https?://\S*?#map=\d+/(-?\d+\.\d+)/(-?\d+\.\d+)"),
)


def looks_like_coordinates(text: str) -> bool:
    """Say whether to treat a text as a position rather than as a name."""
    if _PLUS_CODE.search(text) or any(link.search(text) for link in _LINKS):
        return True
    return sexagesimal.looks_numeric(text)


def parse_coordinates(text: str, *, reference: Point | None = None) -> TypedPosition:
    """Read one position from what a person typed or pasted.

    Latitude comes first unless letters or labels say otherwise; O is west (Ouest,
    Oeste). ``reference`` completes a short plus code. Raises CoordinatesError.
    """
    if len(text) > MAX_LENGTH:
        raise CoordinatesError(Problem.NOT_COORDINATES)
    text = sexagesimal.plain_characters(text)
    for link in _LINKS:
        if found := link.search(text):
            return _typed(sexagesimal.decimal_pair(*found.groups()))
    if found := _PLUS_CODE.search(text):
        rest = text[: found.start()] + " " + text[found.end() :]
        return _plus_code(found.group(1), near=rest.strip(" ,;"), reference=reference)
    try:
        return _typed(sexagesimal.read_pair(text))
    except sexagesimal.Unreadable as error:
        raise CoordinatesError(Problem(error.problem)) from error


def plus_code(point: Point) -> str:
    """Return the full plus code of a point (a cell of about 14 by 14 metres)."""
    return str(olc.encode(point.latitude, point.longitude))


def _typed(pair: tuple[sexagesimal.Angle, sexagesimal.Angle]) -> TypedPosition:
    latitude, longitude = pair
    try:
        point = Point(latitude=latitude.degrees, longitude=longitude.degrees)
    except OutOfRange as error:
        proposal = None
        if error.would_fit_exchanged:
            proposal = Point(latitude=longitude.degrees, longitude=latitude.degrees)
        raise CoordinatesError(Problem.OUT_OF_RANGE, proposal=proposal) from error
    # Half of the last digit typed, on the coarser of the two axes.
    unit = max(latitude.unit_degrees, longitude.unit_degrees)
    is_decimal = latitude.is_decimal and longitude.is_decimal
    return TypedPosition(
        point=point,
        precision_m=max(1.0, unit / 2 * METERS_PER_DEGREE),
        notation=Notation.DECIMAL if is_decimal else Notation.SEXAGESIMAL,
    )


def _plus_code(code: str, *, near: str, reference: Point | None) -> TypedPosition:
    code = code.upper()
    if not olc.isValid(code):
        raise CoordinatesError(Problem.PLUS_CODE_INVALID)
    if olc.isShort(code):
        if reference is None:
            raise CoordinatesError(Problem.REFERENCE_NEEDED, near=near)
        code = olc.recoverNearest(code, reference.latitude, reference.longitude)
    area = olc.decode(code)
    corner = Point(latitude=area.latitudeLo, longitude=area.longitudeLo)
    center = Point(latitude=area.latitudeCenter, longitude=area.longitudeCenter)
    return TypedPosition(
        point=center,
        precision_m=max(1.0, geodesic_km(corner, center) * 1000),
        notation=Notation.PLUS_CODE,
    )
