"""H3 cells: a shape as covering cells, a point as its cells; the fast path of coverage.

A shape is covered by cells of one resolution, chosen so that the shape is several
cells wide. A point is inside only if one of its cells (one per resolution) covers the
shape; the exact geometry is asked only where that cell is not wholly inside. The
integers are the same on every database.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from h3.api import basic_int as h3
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from geo.points import KM_PER_DEGREE, BoundingBox, Point

COARSEST, FINEST = 4, 9
RESOLUTIONS = tuple(range(COARSEST, FINEST + 1))

CELLS_ACROSS = 4
"""A shape is at least this many cell edges wide, where the finest resolution allows."""

_EDGE_KM = {r: h3.average_hexagon_edge_length(r, unit="km") for r in range(FINEST + 1)}
# A cell's edges are great circles, a shape's are straight in degrees: at the coarsest
# resolution the two differ by some hundreds of metres in high latitudes. Cells are
# taken this much larger when tested, so that nothing is missed or called whole wrongly.
_SAFETY = 1.03
_ANTIMERIDIAN_SPAN = 180.0


@dataclass(frozen=True, slots=True)
class Cell:
    """An H3 cell as an integer, and whether all of it lies inside the shape."""

    cell: int
    is_whole: bool


def resolution_for(shape: BaseGeometry) -> int:
    """Return the coarsest resolution at which the shape is CELLS_ACROSS edges wide."""
    west, south, east, north = shape.bounds
    middle = np.cos(np.radians((south + north) / 2))
    width_km = max((east - west) * middle, north - south) * KM_PER_DEGREE
    for resolution in RESOLUTIONS:
        if width_km >= CELLS_ACROSS * _EDGE_KM[resolution]:
            return resolution
    return FINEST


def cover(shape: Polygon | MultiPolygon, resolution: int | None = None) -> list[Cell]:
    """Return the cells that touch the shape, sorted, each whole or partial.

    Accepts valid polygons in degrees, cut at the 180th meridian. The one cell that holds
    a pole is not reliable.
    """
    if shape.is_empty:
        return []
    level = resolution_for(shape) if resolution is None else resolution
    candidates = _with_neighbours(_near(shape, level))
    outlines, shifted = _outlines(candidates)
    shapely.prepare(shape)
    touches = shapely.intersects(shape, outlines)
    whole = shapely.contains_properly(shape, outlines) & ~shifted
    if shifted.any():
        other_side = shapely.transform(outlines[shifted], lambda xy: xy - [360, 0])
        touches[shifted] |= shapely.intersects(shape, other_side)
    return sorted(
        (
            Cell(cell, bool(full))
            for cell, hit, full in zip(candidates, touches, whole, strict=True)
            if hit
        ),
        key=lambda cell: cell.cell,
    )


def number_range(resolution: int) -> tuple[int, int]:
    """Return the least and greatest number that a cell of this resolution can have.

    H3 writes mode 1 into bits 59-62 and the resolution into bits 52-55.
    """
    low = (1 << 59) | (resolution << 52)
    return low, low | ((1 << 52) - 1)


def cells_of(point: Point) -> tuple[int, ...]:
    """Return the cell of a point at each resolution from COARSEST to FINEST."""
    # A parent need not hold its child wholly, so each resolution is asked by itself.
    return tuple(
        cell_at(
            latitude=point.latitude, longitude=point.longitude, resolution=resolution
        )
        for resolution in RESOLUTIONS
    )


def cell_at(latitude: float, longitude: float, resolution: int) -> int:
    """Return the cell of a position at one resolution; for bulk work without points."""
    return int(h3.latlng_to_cell(latitude, longitude, resolution))


def disk(point: Point, radius_km: float, resolution: int) -> list[int]:
    """Return cells at one resolution that together hold the circle around a point."""
    center = h3.latlng_to_cell(point.latitude, point.longitude, resolution)
    # Neighbouring centres are √3 edges apart; cells shrink to about 0.65 of the average.
    step_km = _EDGE_KM[resolution] * 0.65 * np.sqrt(3)
    steps = int(np.ceil(radius_km / step_km)) + 1
    box = BoundingBox.around(point, radius_km + 2 * _EDGE_KM[resolution])
    parts = box.parts()
    cells = h3.grid_disk(center, steps)
    # Compared as numbers: a match asks for this every time.
    return sorted(
        cell
        for cell, (latitude, longitude) in zip(
            cells, map(h3.cell_to_latlng, cells), strict=True
        )
        if any(
            part.south <= latitude <= part.north and part.west <= longitude <= part.east
            for part in parts
        )
    )


def resolution_for_radius(radius_km: float) -> int:
    """Return the resolution at which a disk of this radius has about twenty cells."""
    for resolution in reversed(RESOLUTIONS):
        if radius_km <= 3 * _EDGE_KM[resolution]:
            return resolution
    return COARSEST


def _near(shape: Polygon | MultiPolygon, resolution: int) -> set[int]:
    """Return the cells under the hull of each part: few corners, so quickly found."""
    cells: set[int] = set()
    for hull in _hulls(shape):
        corners = shapely.get_coordinates(hull).tolist()
        outline = h3.LatLngPoly(
            [(latitude, longitude) for longitude, latitude in corners]
        )
        cells.update(
            h3.h3shape_to_cells_experimental(outline, resolution, contain="overlap")
        )
    return cells


def _hulls(shape: Polygon | MultiPolygon) -> Iterator[Polygon]:
    for hull in shapely.convex_hull(shapely.get_parts(shape)):
        west, _, east, _ = hull.bounds
        if east - west < _ANTIMERIDIAN_SPAN:
            yield hull
            continue
        # H3 would read so wide a ring as one around the other side of the earth.
        for low in (-180, -60, 60):
            part = shapely.intersection(hull, shapely.box(low, -90, low + 120, 90))
            if isinstance(part, Polygon) and not part.is_empty:
                yield part


def _with_neighbours(cells: set[int]) -> list[int]:
    """Add the ring around a set of cells."""
    ring = {
        neighbour
        for cell in cells
        for neighbour in h3.grid_ring(cell, 1)
        if neighbour not in cells
    }
    return sorted(cells | ring)


def _outlines(cells: Iterable[int]) -> tuple[np.ndarray, np.ndarray]:
    """Return the enlarged outlines, and which of them cross the 180th meridian.

    Those are given in longitudes from 0 to 360.
    """
    rings = [h3.cell_to_boundary(cell) for cell in cells]
    sizes = [len(ring) for ring in rings]
    owner = np.repeat(np.arange(len(rings)), sizes)
    xy = np.array([(lon, lat) for ring in rings for lat, lon in ring])
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    span = np.maximum.reduceat(xy[:, 0], starts) - np.minimum.reduceat(xy[:, 0], starts)
    shifted = span > _ANTIMERIDIAN_SPAN
    xy[shifted[owner] & (xy[:, 0] < 0), 0] += 360
    middle = np.add.reduceat(xy, starts) / np.array(sizes)[:, None]
    xy = middle[owner] + (xy - middle[owner]) * _SAFETY
    return shapely.polygons(shapely.linearrings(xy, indices=owner)), shifted
