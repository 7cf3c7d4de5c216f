import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.circles import circle
from geo.distance import destination, geodesic_km, great_circle_km
from geo.points import Point

ACCRA = Point(latitude=5.6037, longitude=-0.187)
KUMASI = Point(latitude=6.6885, longitude=-1.6244)


def test_geodesic_distance_is_that_of_the_ellipsoid() -> None:
    # Vincenty's own example: Flinders Peak to Buninyong, 54,972.271 m on GRS 80.
    flinders = Point(latitude=-37.95103341666667, longitude=144.42486788888888)
    buninyong = Point(latitude=-37.65282113888889, longitude=143.92649552777777)
    assert geodesic_km(flinders, buninyong) == pytest.approx(54.972271, abs=1e-5)


def test_the_sphere_is_close_to_the_ellipsoid() -> None:
    exact = geodesic_km(ACCRA, KUMASI)
    assert great_circle_km(ACCRA, KUMASI) == pytest.approx(exact, rel=0.006)
    assert great_circle_km(ACCRA, ACCRA) == 0


@given(
    st.floats(-80, 80), st.floats(-180, 180), st.floats(0, 360), st.floats(0.01, 900)
)
def test_a_destination_is_as_far_away_as_asked(
    latitude: float, longitude: float, bearing: float, distance: float
) -> None:
    start = Point(latitude=latitude, longitude=longitude)
    end = destination(start, bearing_degrees=bearing, distance_km=distance)
    assert geodesic_km(start, end) == pytest.approx(distance, rel=1e-6)


@given(st.floats(-70, 70), st.floats(-180, 180), st.floats(0.1, 500), st.floats(0, 360))
def test_a_circle_holds_its_radius_and_little_more(
    latitude: float, longitude: float, radius: float, bearing: float
) -> None:
    center = Point(latitude=latitude, longitude=longitude)
    shape = circle(center, radius)
    assert shape.is_valid
    for share, inside in ((0.995, True), (1.02, False)):
        end = destination(center, bearing_degrees=bearing, distance_km=radius * share)
        assert shape.intersects(shapely.Point(end.longitude, end.latitude)) is inside


def test_a_circle_over_the_180th_meridian_is_cut_in_two() -> None:
    shape = circle(Point(latitude=-17, longitude=179.9), 50)
    assert shape.geom_type == "MultiPolygon"
    assert shape.bounds[0] == -180
    assert shape.bounds[2] == 180


@pytest.mark.parametrize("radius", [0, -1, 2001])
def test_a_circle_refuses_a_radius_that_means_nothing(radius: float) -> None:
    with pytest.raises(ValueError, match="radius"):
        circle(ACCRA, radius)


def test_a_circle_refuses_to_hold_a_pole() -> None:
    with pytest.raises(ValueError, match="pole"):
        circle(Point(latitude=89.9, longitude=0), 100)
