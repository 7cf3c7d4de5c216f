import random

import pytest
import shapely
from shapely.geometry import MultiPolygon, Polygon

from geo import cells
from geo.circles import circle
from geo.distance import destination, geodesic_km
from geo.points import Point

STAR = Polygon(
    [
        (0, 3),
        (0.6, 0.8),
        (3, 0),
        (0.8, -0.6),
        (0, -3),
        (-0.6, -0.8),
        (-3, 0),
        (-0.8, 0.6),
    ]
)
WITH_HOLE = Polygon(
    [(36, -2), (38, -2), (38, 0), (36, 0)],
    [[(36.5, -1.5), (37.5, -1.5), (37.5, -0.5), (36.5, -0.5)]],
)
FAR_NORTH = shapely.box(20, 68, 30, 71)
SMALL = shapely.box(-1.6201, 6.6899, -1.6199, 6.6901)
FIJI = MultiPolygon(
    [shapely.box(177, -18, 180, -16), shapely.box(-180, -18, -179, -16)]
)


@pytest.mark.parametrize("shape", [STAR, WITH_HOLE, FAR_NORTH, SMALL, FIJI])
def test_cells_never_miss_and_never_promise_too_much(
    shape: Polygon | MultiPolygon,
) -> None:
    covering = {cell.cell: cell.is_whole for cell in cells.cover(shape)}
    chance = random.Random(4)  # noqa: S311 -- test points, not secrets
    west, south, east, north = shape.bounds
    for _ in range(3000):
        x, y = chance.uniform(west, east), chance.uniform(south, north)
        asked = cells.cells_of(Point(latitude=y, longitude=x))
        hits = [covering[cell] for cell in asked if cell in covering]
        inside = shape.intersects(shapely.Point(x, y))
        assert not inside or hits, f"missed {y}, {x}"
        assert inside or not any(hits), f"wrongly whole {y}, {x}"


@pytest.mark.parametrize("shape", [STAR, WITH_HOLE, FAR_NORTH, SMALL, FIJI])
def test_every_point_of_the_border_has_a_cell(shape: Polygon | MultiPolygon) -> None:
    covering = {cell.cell for cell in cells.cover(shape)}
    for share in range(500):
        p = shape.boundary.interpolate(share / 500, normalized=True)
        assert covering.intersection(cells.cells_of(Point(latitude=p.y, longitude=p.x)))


def test_the_resolution_follows_the_size() -> None:
    assert cells.resolution_for(FAR_NORTH) == cells.COARSEST
    assert cells.resolution_for(SMALL) == cells.FINEST
    assert cells.resolution_for(shapely.box(0, 0, 0.5, 0.1)) == 5


def test_a_large_shape_has_whole_cells_and_a_speck_has_few() -> None:
    assert any(cell.is_whole for cell in cells.cover(shapely.box(0, 0, 3, 3)))
    assert 1 <= len(cells.cover(SMALL)) <= 4
    assert cells.cover(Polygon()) == []


@pytest.mark.parametrize("latitude", [-60.0, 0.3, 6.69, 65.0])
@pytest.mark.parametrize("radius", [0.5, 10.0, 120.0])
def test_a_disk_holds_the_whole_circle(latitude: float, radius: float) -> None:
    center = Point(latitude=latitude, longitude=-1.62)
    level = cells.resolution_for_radius(radius)
    disk = set(cells.disk(center, radius, level))
    for bearing in range(0, 360, 7):
        for share in (0.0, 0.5, 1.0):
            end = destination(
                center, bearing_degrees=bearing, distance_km=radius * share
            )
            assert geodesic_km(center, end) <= radius + 1e-6
            own = cells.cells_of(end)[level - cells.COARSEST]
            assert own in disk


def test_a_circle_and_its_disk_agree() -> None:
    center = Point(latitude=33.3, longitude=44.4)
    covering = {cell.cell for cell in cells.cover(circle(center, 30), 6)}
    assert covering <= set(cells.disk(center, 31, 6))
