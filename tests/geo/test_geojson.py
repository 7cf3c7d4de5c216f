import json
from typing import Any

import pytest
import shapely

from geo import geojson
from geo.shapes import Repair

SQUARE = [[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]


def polygon(ring: list[Any]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [ring]}


def test_it_reads_a_collection_a_feature_and_a_bare_geometry() -> None:
    feature = {"type": "Feature", "properties": {"a": 1}, "geometry": polygon(SQUARE)}
    collection = {"type": "FeatureCollection", "features": [feature, feature]}
    assert len(list(geojson.read_features(collection))) == 2
    (read,) = geojson.read_features(feature)
    assert read.properties == {"a": 1}
    assert read.geometry is not None
    assert read.geometry.area == 1
    (bare,) = geojson.read_features(polygon(SQUARE))
    assert bare.geometry is not None


def test_a_feature_without_geometry_keeps_its_properties() -> None:
    (read,) = geojson.read_features(
        {"type": "Feature", "properties": {"a": 1}, "geometry": None}
    )
    assert read.geometry is None
    assert read.properties == {"a": 1}


def test_an_open_ring_is_closed_and_a_height_is_dropped_with_a_report() -> None:
    ring = [[0, 0, 12], [1, 0, 12], [1, 1, 12], [0, 1, 12]]
    read = geojson.read_geometry(polygon(ring))
    assert set(read.repairs) == {Repair.RING_CLOSED, Repair.HEIGHT_DROPPED}
    assert read.geometry is not None
    assert read.geometry.area == 1


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ({"type": "Topology"}, geojson.Problem.NOT_GEOJSON),
        ({"type": "FeatureCollection", "features": []}, geojson.Problem.EMPTY),
        ({"type": "FeatureCollection", "features": [3]}, geojson.Problem.NOT_GEOJSON),
        ({"type": "Polygon", "coordinates": []}, geojson.Problem.EMPTY),
        (polygon([[0, 0], [1, 1], [0, 0]]), geojson.Problem.RING_TOO_SHORT),
        (polygon([[0, "1"], [1, 1], [0, 1], [0, 0]]), geojson.Problem.NOT_NUMBERS),
        (polygon([[0, True], [1, 1], [0, 1], [0, 0]]), geojson.Problem.NOT_NUMBERS),
        (polygon([[0], [1, 1], [0, 1], [0, 0]]), geojson.Problem.NOT_NUMBERS),
        (polygon([0, 1, 2]), geojson.Problem.NOT_GEOJSON),
        (
            polygon([[33, 120], [34, 120], [34, 121], [33, 120]]),
            geojson.Problem.EXCHANGED,
        ),
        (
            polygon([[99, 91], [99, 92], [98, 92], [99, 91]]),
            geojson.Problem.OUT_OF_RANGE,
        ),
        (
            polygon([[500000, 700000], [500100, 700000], [500100, 700100]]),
            geojson.Problem.NOT_DEGREES,
        ),
        (
            {
                **polygon(SQUARE),
                "crs": {"type": "name", "properties": {"name": "EPSG:32630"}},
            },
            geojson.Problem.OTHER_REFERENCE_SYSTEM,
        ),
        ({**polygon(SQUARE), "crs": "?"}, geojson.Problem.OTHER_REFERENCE_SYSTEM),
    ],
)
def test_it_says_what_is_wrong(document: dict[str, Any], problem: object) -> None:
    with pytest.raises(geojson.GeoJSONError) as caught:
        list(geojson.read_features(document))
    assert caught.value.problem == problem


@pytest.mark.parametrize("text", ["", "{", '{"a": NaN}', "[" * 100_000])
def test_it_refuses_what_is_not_json(text: str) -> None:
    with pytest.raises(geojson.GeoJSONError) as caught:
        geojson.loads(text)
    assert caught.value.problem == geojson.Problem.NOT_JSON


def test_it_says_where_the_fault_is() -> None:
    good = {"type": "Feature", "properties": {}, "geometry": polygon(SQUARE)}
    bad = {"type": "Feature", "properties": {}, "geometry": polygon([[0, 0]])}
    with pytest.raises(geojson.GeoJSONError) as caught:
        list(
            geojson.read_features(
                {"type": "FeatureCollection", "features": [good, bad]}
            )
        )
    assert caught.value.where == "features[1].geometry"


def test_an_old_reference_member_that_says_wgs84_is_accepted() -> None:
    name = "urn:ogc:def:crs:OGC:1.3:CRS84"
    document = {
        **polygon(SQUARE),
        "crs": {"type": "name", "properties": {"name": name}},
    }
    assert list(geojson.read_features(document))


def test_what_it_writes_follows_the_right_hand_rule_and_is_rounded() -> None:
    clockwise = shapely.Polygon([(0, 0), (0, 1), (1.123456789, 1), (1, 0)])
    written = geojson.write_geometry(clockwise)
    assert "crs" not in written
    ring = written["coordinates"][0]
    assert shapely.LinearRing(ring).is_ccw
    assert [1.123457, 1] in ring
    assert json.dumps(written)


def test_collections_are_written_whole() -> None:
    both = shapely.GeometryCollection([shapely.Point(1, 2), shapely.box(0, 0, 1, 1)])
    written = geojson.write_geometry(both)
    assert [part["type"] for part in written["geometries"]] == ["Point", "Polygon"]
    (read,) = geojson.read_features(written)
    assert read.geometry is not None
    feature = geojson.write_feature(shapely.Point(1, 2), {"name": "x"}, feature_id="7")
    assert feature["id"] == "7"
    assert geojson.write_collection([feature])["features"] == [feature]
    assert geojson.write_feature(None, {})["geometry"] is None
