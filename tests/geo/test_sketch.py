"""A sketch shows where things are, with lines only."""

import shapely

from geo import sketch
from geo.points import Point

HOME = Point(latitude=1.0, longitude=11.0)


def test_nothing_to_draw_is_no_sketch() -> None:
    assert sketch.draw(home=None, places=[], outlines=[]) is None


def test_north_is_up_and_east_is_right_and_all_is_inside() -> None:
    north_east = Point(latitude=1.1, longitude=11.2)
    drawn = sketch.draw(home=HOME, places=[(1, north_east)], outlines=[])
    assert drawn is not None
    assert drawn.home is not None
    marker = drawn.markers[0]
    assert marker.x > drawn.home.x
    assert marker.y < drawn.home.y
    for one in (drawn.home, marker):
        assert 0 < one.x < sketch.WIDTH
        assert 0 < one.y < sketch.HEIGHT


def test_the_scale_is_true() -> None:
    ten_km_east = Point(latitude=1.0, longitude=11.0 + 10 / 111.2)
    drawn = sketch.draw(home=HOME, places=[(1, ten_km_east)], outlines=[])
    assert drawn is not None
    assert drawn.home is not None
    units = drawn.markers[0].x - drawn.home.x
    expected = drawn.scale_width / drawn.scale_km * 10
    assert abs(units - expected) < 0.02 * expected


def test_places_at_one_spot_share_a_marker() -> None:
    drawn = sketch.draw(home=None, places=[(1, HOME), (2, HOME)], outlines=[])
    assert drawn is not None
    assert [marker.label for marker in drawn.markers] == ["1, 2"]


def test_borders_are_cut_at_the_frame() -> None:
    country = shapely.box(10, 0, 14, 4)
    far = shapely.box(50, 50, 51, 51)
    near_border = Point(latitude=1.0, longitude=10.01)
    drawn = sketch.draw(home=near_border, places=[], outlines=[country, far])
    assert drawn is not None
    assert len(drawn.outlines) == 1
    assert drawn.outlines[0].startswith("M")


def test_an_area_whose_border_is_far_away_is_shown_small() -> None:
    country, district = shapely.box(5, -5, 20, 9), shapely.box(10, 0, 14, 4)
    drawn = sketch.draw(home=HOME, places=[], outlines=[country, district])
    assert drawn is not None
    assert drawn.outlines == ()
    assert drawn.inset is not None
    assert drawn.inset.spot.x < sketch.INSET_WIDTH / 2
    assert drawn.inset.spot.y > sketch.INSET_HEIGHT / 2
