import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.distance import destination
from geo.points import BoundingBox, OutOfRange, Point


@pytest.mark.parametrize(
    ("latitude", "longitude"), [(91, 0), (-90.1, 0), (0, 180.5), (math.nan, 0)]
)
def test_it_refuses_a_place_that_is_not_on_the_earth(
    latitude: float, longitude: float
) -> None:
    with pytest.raises(OutOfRange):
        Point(latitude=latitude, longitude=longitude)


def test_it_knows_when_only_the_other_order_is_on_the_earth() -> None:
    with pytest.raises(OutOfRange) as caught:
        Point(latitude=120.5, longitude=5.2)
    assert caught.value.would_fit_exchanged
    with pytest.raises(OutOfRange) as caught:
        Point(latitude=120.5, longitude=99)
    assert not caught.value.would_fit_exchanged


def test_null_island_is_known_as_such() -> None:
    assert Point(latitude=0.0, longitude=0.0).is_null_island
    assert not Point(latitude=0.0, longitude=0.1).is_null_island


def test_a_box_over_the_180th_meridian_has_two_parts() -> None:
    box = BoundingBox(south=-20, west=177, north=-15, east=-178)
    assert [(part.west, part.east) for part in box.parts()] == [
        (177, 180),
        (-180, -178),
    ]
    assert box.contains(Point(latitude=-17, longitude=179.9))
    assert box.contains(Point(latitude=-17, longitude=-179.9))
    assert not box.contains(Point(latitude=-17, longitude=0))
    assert box.center == Point(latitude=-17.5, longitude=179.5)


@given(
    st.floats(-90, 90),
    st.floats(-180, 180),
    st.floats(0.001, 3000),
    st.floats(0, 360),
    st.floats(0, 1),
)
def test_a_box_around_a_point_holds_everything_within_the_radius(
    latitude: float, longitude: float, radius: float, bearing: float, share: float
) -> None:
    center = Point(latitude=latitude, longitude=longitude)
    inside = destination(center, bearing_degrees=bearing, distance_km=radius * share)
    assert BoundingBox.around(center, radius).contains(inside)
