import random

import shapely
from geoalchemy2.shape import to_shape
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.areas import queries
from directory.models import Area
from tests import factories


def test_a_point_finds_its_areas_deepest_last(session: Session) -> None:
    found = queries.areas_containing(session, 3.0, 11.0)
    assert [area.code for area in found] == ["XA", "XA-N", "XA-NW"]
    assert queries.country_of(session, 3.0, 11.0) == "XA"


def test_a_point_at_sea_is_nowhere(session: Session) -> None:
    assert queries.areas_containing(session, -40.0, -40.0) == []
    assert queries.country_of(session, -40.0, -40.0) is None


def test_a_point_on_a_border_is_in_both(session: Session) -> None:
    codes = {area.code for area in queries.areas_containing(session, 3.0, 12.0)}
    assert {"XA-NW", "XA-NE"} <= codes


def test_many_points_at_once_agree_with_one_by_one(session: Session) -> None:
    chance = random.Random(3)  # noqa: S311 -- test points, not secrets
    points = [(chance.uniform(-1, 5), chance.uniform(9, 17)) for _ in range(300)]
    for point, located in zip(
        points, queries.locate_points(session, points), strict=True
    ):
        one = queries.areas_containing(session, *point)
        assert located[0] == (one[0].country if one else None)
        assert located[2] == (one[-1].id if one else None)


def test_impossible_positions_are_nowhere_and_break_nothing(session: Session) -> None:
    located = queries.locate_points(session, [(91.0, 0.0), (3.0, 11.0), (0.0, 500.0)])
    assert located[0] == (None, None, None)
    assert located[1][0] == "XA"
    assert located[2] == (None, None, None)
    assert queries.locate_points(session, []) == []


def test_land_near_by_counts_when_asked_for(session: Session) -> None:
    # XA's western coast is at longitude 10: one point 1.5 km off, one 30 km.
    points = [(3.0, 9.987), (3.0, 9.7), (95.0, 9.7), (3.0, 11.0)]
    exact = [located[0] for located in queries.locate_points(session, points)]
    assert exact == [None, None, None, "XA"]
    near = queries.locate_points(session, points, near_coast=True)
    assert [located[0] for located in near] == ["XA", None, None, "XA"]


def test_the_tree_is_walked_both_ways(session: Session) -> None:
    north = queries.area_by_code(session, "XA-N")
    assert north is not None
    below = queries.children(session, north.id)
    assert [area.code for area in below] == ["XA-NE", "XA-NW"]
    assert queries.count_children(session, [north.id]) == {north.id: 2}
    assert [a.code for a in queries.ancestors(session, below[0].id)] == ["XA", "XA-N"]
    everything = queries.descendant_ids(session, [north.id])
    assert everything == {north.id, *(area.id for area in below)}


def test_codes_are_found_alone_and_in_bulk(session: Session) -> None:
    assert queries.area_by_code(session, "nowhere") is None
    found = queries.areas_by_codes(session, ["XA", "XA-NW", "nowhere"])
    assert {code: area.level for code, area in found.items()} == {"XA": 0, "XA-NW": 2}
    assert [area.code for area in queries.countries(session)][:2] == ["XB", "XA"]


def test_replaced_areas_are_found_by_id_only(session: Session) -> None:
    area = factories.area(session, "XA-NW")
    area.valid_to = factories.TODAY
    session.flush()
    assert queries.area_by_code(session, "XA-NW") is None
    assert queries.area_by_id(session, area.id) is not None
    assert queries.areas_containing(session, 3.0, 11.0)[-1].code == "XA-N"
    assert queries.locate_points(session, [(3.0, 11.0)])[0][0] == "XA"


def test_cells_and_outlines_agree_in_the_real_world(world: Session) -> None:
    for country in ("SN", "GT", "SO"):
        check_country(world, country)


def check_country(world: Session, country: str) -> None:
    rows = world.execute(
        select(Area.id, Area.geometry).where(Area.country == country, Area.level == 1)
    )
    outlines = {row.id: to_shape(row.geometry) for row in rows}
    chance = random.Random(8)  # noqa: S311 -- test points, not secrets
    west, south, east, north = shapely.total_bounds(list(outlines.values()))
    points = [
        (chance.uniform(south, north), chance.uniform(west, east)) for _ in range(400)
    ]
    for (latitude, longitude), located in zip(
        points, queries.locate_points(world, points), strict=True
    ):
        spot = shapely.Point(longitude, latitude)
        holding = {key for key, outline in outlines.items() if outline.intersects(spot)}
        if located[0] == country:
            assert located[1] in holding
        else:
            assert not holding
