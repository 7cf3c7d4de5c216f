"""A plain map as lines, for paper: outlines, one place, numbered points and a scale; no tiles."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import shapely
from shapely.geometry.base import BaseGeometry

from geo.points import Point

WIDTH, HEIGHT, MARGIN = 640, 360, 34
INSET_WIDTH, INSET_HEIGHT = 120, 90
"""In the units of the drawing, whose viewBox is ``0 0 WIDTH HEIGHT``."""
SMALLEST_SPAN: Final = 0.02
"""Degrees: nearer than about two kilometres a sketch without streets says nothing more."""
TOGETHER: Final = 22
"""Points nearer than this in the drawing share one marker."""
SCALES_KM: Final = (0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


@dataclass(frozen=True, slots=True)
class Marker:
    """Where something is in the drawing; ``label`` holds its number, or several."""

    x: float
    y: float
    label: str


@dataclass(frozen=True, slots=True)
class Inset:
    """A small drawing of a whole area and where in it the sketch lies, from (0, 0)."""

    outline: str
    spot: Marker


@dataclass(frozen=True, slots=True)
class Sketch:
    """What a template draws: SVG path data, markers, and a scale bar.

    ``inset`` is there where the frame shows nothing of the innermost area's border.
    """

    outlines: tuple[str, ...]
    home: Marker | None
    markers: tuple[Marker, ...]
    scale_km: float
    scale_width: float
    inset: Inset | None = None


def draw(
    *,
    home: Point | None,
    places: Sequence[tuple[int, Point]],
    outlines: Sequence[BaseGeometry],
) -> Sketch | None:
    """Draw the place of a person and numbered places; None where there is nothing to draw.

    ``outlines``: areas in degrees (longitude, latitude), the largest first.
    """
    points = [point for _, point in places] + ([home] if home else [])
    if not points:
        return None
    frame = _Frame(points, width=WIDTH, height=HEIGHT, margin=MARGIN)
    paths = [frame.path(shape) for shape in outlines]
    is_lost = bool(paths) and not paths[-1]
    return Sketch(
        outlines=tuple(path for path in paths if path),
        home=Marker(*frame.at(home), "") if home else None,
        markers=_markers(frame, places),
        scale_km=frame.scale_km,
        scale_width=frame.scale_km * frame.units_per_km,
        inset=_inset(outlines[-1], points[-1]) if is_lost else None,
    )


def _inset(shape: BaseGeometry, spot: Point) -> Inset | None:
    if shape.is_empty:
        return None
    west, south, east, north = shape.bounds
    corners = [
        Point(latitude=south, longitude=west),
        Point(latitude=north, longitude=east),
    ]
    frame = _Frame(corners, width=INSET_WIDTH, height=INSET_HEIGHT, margin=6)
    return Inset(frame.path(shape), Marker(*frame.at(spot), ""))


class _Frame:
    """An equirectangular projection that fits the points into the drawing, north up."""

    def __init__(
        self, points: Sequence[Point], *, width: int, height: int, margin: int
    ) -> None:
        self._width, self._height = width, height
        west, east = _span([point.longitude for point in points])
        south, north = _span([point.latitude for point in points])
        self._stretch = max(math.cos(math.radians((south + north) / 2)), 0.01)
        across = (width - 2 * margin) / ((east - west) * self._stretch)
        down = (height - 2 * margin) / (north - south)
        self._scale = min(across, down)
        self._longitude, self._latitude = (west + east) / 2, (south + north) / 2
        self.units_per_km = self._scale / 111.2
        widest = width / 3 / self.units_per_km
        self.scale_km = max(
            (km for km in SCALES_KM if km <= widest), default=SCALES_KM[0]
        )

    def at(self, point: Point) -> tuple[float, float]:
        """Where a point falls in the drawing."""
        return self._xy(point.longitude, point.latitude)

    def _xy(self, longitude: float, latitude: float) -> tuple[float, float]:
        x = (
            self._width / 2
            + (longitude - self._longitude) * self._stretch * self._scale
        )
        y = self._height / 2 - (latitude - self._latitude) * self._scale
        return round(x, 1), round(y, 1)

    def path(self, shape: BaseGeometry) -> str:
        """The border lines of a shape inside the drawing, as SVG path data."""
        half_width = self._width / 2 / self._scale / self._stretch
        half_height = self._height / 2 / self._scale
        box = shapely.box(
            self._longitude - half_width,
            self._latitude - half_height,
            self._longitude + half_width,
            self._latitude + half_height,
        )
        lines = shapely.intersection(shapely.boundary(shape), box)
        lines = shapely.simplify(lines, 1 / self._scale)
        parts = [
            part for part in shapely.get_parts(lines) if part.geom_type == "LineString"
        ]
        return " ".join(self._line(part) for part in parts if len(part.coords) > 1)

    def _line(self, line: BaseGeometry) -> str:
        steps = [self._xy(*pair[:2]) for pair in line.coords]
        return "M" + "L".join(f"{x} {y}" for x, y in steps)


def _span(values: Sequence[float]) -> tuple[float, float]:
    """The lowest and highest value, at least ``SMALLEST_SPAN`` apart."""
    low, high = min(values), max(values)
    missing = max(SMALLEST_SPAN - (high - low), 0) / 2
    return low - missing, high + missing


def _markers(frame: _Frame, places: Sequence[tuple[int, Point]]) -> tuple[Marker, ...]:
    found: list[tuple[float, float, list[int]]] = []
    for number, point in places:
        x, y = frame.at(point)
        near = next(
            (one for one in found if math.hypot(one[0] - x, one[1] - y) < TOGETHER),
            None,
        )
        if near is None:
            found.append((x, y, [number]))
        elif number not in near[2]:
            near[2].append(number)
    return tuple(
        Marker(x, y, ", ".join(str(number) for number in numbers))
        for x, y, numbers in found
    )
