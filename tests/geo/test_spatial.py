import random
from collections.abc import Iterator

import pytest
from sqlalchemy import Column, Connection, Engine, MetaData, String, Table, select

from geo import spatial
from geo.columns import area_column, point_column
from geo.distance import geodesic_km
from geo.points import BoundingBox, Point

SPOTS = Table(
    "test_spot",
    MetaData(),
    Column("id", String, primary_key=True),
    Column("point", point_column()),
    Column("shape", area_column()),
)
HERE = Point(latitude=6.69, longitude=-1.62)


def positions() -> list[Point]:
    chance = random.Random(2)  # noqa: S311 -- test points, not secrets
    return [
        Point(latitude=chance.uniform(-80, 80), longitude=chance.uniform(-178, 178))
        for _ in range(400)
    ]


@pytest.fixture(scope="module")
def filled(engine: Engine) -> Iterator[list[Point]]:
    points = positions()
    with engine.begin() as connection:
        SPOTS.metadata.create_all(connection)
        connection.execute(SPOTS.insert(), [row(i, p) for i, p in enumerate(points)])
    yield points
    with engine.begin() as connection:
        SPOTS.metadata.drop_all(connection)


def row(number: int, p: Point) -> dict[str, str]:
    x, y = p.longitude, p.latitude
    ring = f"{x} {y}, {x + 1} {y}, {x + 1} {y + 1}, {x} {y + 1}, {x} {y}"
    return {
        "id": str(number),
        "point": f"SRID=4326;POINT({x} {y})",
        "shape": f"SRID=4326;MULTIPOLYGON((({ring})))",
    }


def test_distances_are_geodesic_to_the_metre(
    filled: list[Point], connection: Connection
) -> None:
    statement = select(SPOTS.c.id, spatial.distance_km(SPOTS.c.point, HERE))
    for number, found in connection.execute(statement):
        assert found == pytest.approx(geodesic_km(HERE, filled[int(number)]), abs=1e-3)


@pytest.mark.parametrize("table", [SPOTS, SPOTS.alias("other")])
def test_within_agrees_with_measuring_each(
    filled: list[Point], connection: Connection, table: Table
) -> None:
    statement = select(table.c.id).where(spatial.within(table.c.point, HERE, 2500))
    expected = {str(i) for i, p in enumerate(filled) if geodesic_km(HERE, p) <= 2500}
    assert set(connection.scalars(statement)) == expected
    assert expected


def test_a_shape_covers_its_inside_and_its_border(
    filled: list[Point], connection: Connection
) -> None:
    corner = filled[5]
    inside = Point(latitude=corner.latitude + 0.5, longitude=corner.longitude + 0.5)
    outside = Point(latitude=corner.latitude - 0.01, longitude=corner.longitude)
    for point, is_covered in ((inside, True), (corner, True), (outside, False)):
        statement = select(SPOTS.c.id).where(spatial.covers(SPOTS.c.shape, point))
        assert ("5" in connection.scalars(statement).all()) is is_covered


def test_a_box_over_the_180th_meridian_finds_both_sides(
    filled: list[Point], connection: Connection
) -> None:
    box = BoundingBox(south=-60, west=150, north=60, east=-150)
    statement = select(SPOTS.c.id).where(spatial.in_box(SPOTS.c.point, box))
    expected = {str(i) for i, p in enumerate(filled) if box.contains(p)}
    assert set(connection.scalars(statement)) == expected
    assert expected
