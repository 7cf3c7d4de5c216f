import pytest
import shapely
from shapely.geometry import MultiPolygon, Polygon

from geo import shapes
from geo.points import BoundingBox, Point

BOW_TIE = Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])


def test_a_self_crossing_outline_is_untied_and_reported() -> None:
    result = shapes.repair(BOW_TIE)
    assert result.repairs == (shapes.Repair.SELF_CROSSING,)
    assert result.shape.is_valid
    assert isinstance(result.shape, MultiPolygon)
    assert result.shape.area == pytest.approx(2)


def test_a_sound_polygon_is_left_as_it_is() -> None:
    result = shapes.repair(shapely.box(0, 0, 1, 1))
    assert result.repairs == ()
    assert result.area_change == 0
    assert result.shape.equals(shapely.box(0, 0, 1, 1))


def test_heights_lines_and_overlaps_are_cleared_away() -> None:
    mixed = shapely.GeometryCollection(
        [
            shapely.Polygon([(0, 0, 5), (2, 0, 5), (2, 2, 5)]),
            shapely.box(0, 0, 1, 1),
            shapely.LineString([(0, 0), (9, 9)]),
        ]
    )
    result = shapes.repair(mixed)
    assert set(result.repairs) == {
        shapes.Repair.HEIGHT_DROPPED,
        shapes.Repair.NOT_SURFACE_DROPPED,
    }
    assert result.shape.is_valid
    assert result.shape.area == pytest.approx(2.5)


@pytest.mark.parametrize(
    "wkt", ["LINESTRING (0 0, 1 1)", "POLYGON ((0 0, 1 1, 0 0, 0 0))"]
)
def test_it_refuses_what_has_no_surface(wkt: str) -> None:
    with pytest.raises(shapes.NoSurface):
        shapes.repair(shapely.from_wkt(wkt))


def test_it_sees_a_shape_in_exchanged_order() -> None:
    ghana = BoundingBox(south=4.7, west=-3.3, north=11.2, east=1.2)
    kumasi = shapely.box(-1.7, 6.6, -1.5, 6.8)
    assert not shapes.looks_exchanged(kumasi, ghana)
    assert shapes.looks_exchanged(shapes.exchanged(kumasi), ghana)
    assert not shapes.looks_exchanged(shapely.box(44, 33, 45, 34), ghana)


def test_area_is_measured_on_the_ellipsoid() -> None:
    # One degree square at the equator: 12,308.8 km² on WGS 84.
    assert shapes.area_km2(shapely.box(0, 0, 1, 1)) == pytest.approx(12308.8, abs=0.5)
    # At 60° north it is almost exactly half as wide.
    assert shapes.area_km2(shapely.box(0, 60, 1, 61)) == pytest.approx(6123, rel=0.01)
    world = shapes.area_km2(shapely.box(-180, -90, 180, 90))
    assert world == pytest.approx(510_065_622, rel=1e-6)


def test_the_surface_point_lies_on_the_surface() -> None:
    horseshoe = shapely.box(0, 0, 3, 3) - shapely.box(1, 0, 2, 2.5)
    point = shapes.surface_point(horseshoe)
    assert horseshoe.contains(shapely.Point(point.longitude, point.latitude))
    assert shapes.surface_point(shapely.box(0, 0, 2, 2)) == Point(
        latitude=1, longitude=1
    )


def test_simplifying_keeps_a_shape_valid_and_near() -> None:
    round_shape = shapes.as_multipolygon(shapely.Point(0, 0).buffer(1, quad_segs=200))
    simple = shapes.simplify(round_shape, tolerance_m=500)
    assert simple.is_valid
    assert shapely.get_num_coordinates(simple) < 100
    assert simple.area == pytest.approx(round_shape.area, rel=0.01)


def test_bounds_name_their_sides() -> None:
    box = shapes.bounds(shapely.box(-3, 4, 1, 11))
    assert box == BoundingBox(south=4, west=-3, north=11, east=1)
