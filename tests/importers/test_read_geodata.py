"""GeoJSON and Overpass answers: positions, shapes, tags, and what is not taken in."""

import json
from typing import Any

import pytest

from importers import headers, registry
from importers.readers import osm
from importers.refusals import FileRefused

LIMIT = 1_000_000


def cells_of(document: Any) -> list[dict[str, str]]:
    table = headers.choose(
        registry.read(json.dumps(document).encode(), max_bytes=LIMIT).tables
    )
    return [dict(zip(table.headers, row, strict=True)) for row in table.rows]


def feature(geometry: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def collection(*features: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}


def square(west: float, south: float, size: float) -> dict[str, Any]:
    ring = [
        [west, south],
        [west + size, south],
        [west + size, south + size],
        [west, south + size],
        [west, south],
    ]
    return {"type": "Polygon", "coordinates": [ring]}


def test_a_point_is_the_position() -> None:
    found = cells_of(
        collection(feature({"type": "Point", "coordinates": [11.25, 3.5]}, name="Post"))
    )
    assert found == [{"name": "Post", "@lat": "3.5", "@lon": "11.25"}]


def test_a_building_is_a_position_and_a_district_is_coverage() -> None:
    found = cells_of(
        collection(
            feature(square(11, 3, 0.001), name="Post"),
            feature(square(11, 3, 0.5), name="Office"),
        )
    )
    assert float(found[0]["@lat"]) == pytest.approx(3.0005)
    assert json.loads(found[1]["@shape"])["type"] == "Polygon"
    assert found[1]["@lat"] == ""


def test_lists_and_objects_in_properties_become_text() -> None:
    found = cells_of(
        collection(
            feature(None, name="Post", tags=["a", "b"], deep={"x": 1}, free=True, n=2.0)
        )
    )
    assert found[0] == {
        "name": "Post",
        "tags": "a; b",
        "deep": '{"x":1}',
        "free": "true",
        "n": "2",
    }


def test_another_reference_system_is_refused() -> None:
    document = collection(
        feature({"type": "Point", "coordinates": [500000, 400000]}, name="Post")
    )
    document["crs"] = {
        "type": "name",
        "properties": {"name": "urn:ogc:def:crs:EPSG::32630"},
    }
    with pytest.raises(FileRefused) as refused:
        cells_of(document)
    assert refused.value.code == "reference_system"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"type": "FeatureCollection", "features": [', "json_malformed"),
        ('{"hello": "world"}', "json_unknown"),
        ("[1, 2, 3]", "json_unknown"),
        ('{"type": "FeatureCollection", "features": []}', "no_rows"),
        ('{"elements": []}', "no_rows"),
        ("[" * 100_000, "json_malformed"),
    ],
)
def test_other_json_is_refused(text: str, code: str) -> None:
    with pytest.raises(FileRefused) as refused:
        headers.choose(registry.read(text.encode(), max_bytes=LIMIT).tables)
    assert refused.value.code == code


ANSWER = {
    "version": 0.6,
    "elements": [
        {"type": "node", "id": 1, "lat": 3.5, "lon": 11.5, "tags": {"amenity": "clinic", "name": "Post", "name:fr": "Poste"}},
        {"type": "node", "id": 2, "lat": 3.0, "lon": 11.0},
        {"type": "node", "id": 3, "lat": 3.2, "lon": 11.4, "tags": {"barrier": "gate"}},
        {"type": "way", "id": 4, "nodes": [2, 3, 2], "tags": {"amenity": "hospital", "name": "House"}},
        {"type": "way", "id": 5, "center": {"lat": 1.0, "lon": 12.0}, "tags": {"amenity": "school", "name": "School"}},
        {"type": "relation", "id": 6, "members": [{"type": "way", "ref": 4}], "tags": {"amenity": "college", "name": "College"}},
        {"type": "node", "id": 7, "lat": 3.1234, "lon": 11.4321,
         "tags": {"amenity": "social_facility", "social_facility": "shelter", "social_facility:for": "abused;woman", "name": "Haven"}},
    ],
}  # fmt: skip


def test_tagged_elements_are_rows_and_their_corners_are_not() -> None:
    found = cells_of(ANSWER)
    assert [one["@id"] for one in found] == ["node/1", "way/4", "way/5", "relation/6"]
    assert (found[1]["@lat"], found[1]["@lon"]) == ("3.1000000", "11.2000000")
    assert (found[2]["@lat"], found[2]["@lon"]) == ("1.0", "12.0")
    assert (found[3]["@lat"], found[3]["@lon"]) == ("3.1000000", "11.2000000")


def test_a_protected_shelter_is_counted_and_nothing_of_it_is_read() -> None:
    table = headers.choose(
        registry.read(json.dumps(ANSWER).encode(), max_bytes=LIMIT).tables
    )
    assert table.withheld == 1
    assert "Haven" not in repr(table)
    assert "3.1234" not in repr(table)


def test_the_same_shelter_is_withheld_in_geojson() -> None:
    tags = {
        "amenity": "social_facility",
        "social_facility": "shelter",
        "social_facility:for": "victim",
    }
    document = collection(
        feature({"type": "Point", "coordinates": [11, 3]}, name="Haven", **tags)
    )
    table = registry.read(json.dumps(document).encode(), max_bytes=LIMIT).tables[0]
    assert table.withheld == 1
    assert not table.rows


def test_tags_that_several_categories_share_decide_nothing() -> None:
    rules = osm.TagRules(
        {
            "health.hospital": "amenity=hospital",
            "health.emergency": "amenity=hospital+emergency=yes",
            "legal.identity": "office=government",
            "basic_needs.social_protection": "office=government",
            "psychosocial.individual": "healthcare=counselling",
            "psychosocial.family": "healthcare=counselling",
        }
    )
    assert rules.terms_of({"amenity": "hospital", "emergency": "yes"})[0] == (
        "health.hospital",
        "health.emergency",
    )
    assert rules.terms_of({"healthcare": "counselling;clinic"})[0] == ("psychosocial",)
    assert rules.terms_of({"office": "government"}) == (
        (),
        ("legal.identity", "basic_needs.social_protection"),
    )


@pytest.mark.parametrize(
    "element",
    [
        {"type": "node", "id": [1], "lat": "x", "lon": None},
        {"type": "way", "id": {}, "nodes": [[1], None, "2", 5]},
        {"type": "way", "id": 1, "nodes": 7, "bounds": {"minlat": "a"}},
        {
            "type": "relation",
            "id": 2,
            "members": [1, None, {"ref": [2]}, {"type": "way"}],
        },
        {"type": "way", "id": 3, "geometry": [None, 5, {"lat": True}]},
        {"type": None, "id": None, "center": [1, 2]},
    ],
)
def test_an_answer_that_is_not_as_it_should_be_has_no_position(
    element: dict[str, Any],
) -> None:
    tags = {"amenity": "clinic", "name": "Post", "opening_hours": 5}
    (found,) = cells_of({"elements": [{**element, "tags": tags}]})
    assert (found["name"], found["@lat"], found["@lon"]) == ("Post", "", "")
