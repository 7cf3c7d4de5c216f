"""KML, KMZ, GeoPackage and Shapefile: positions, columns, and what is not safe or not whole."""

import json

import pytest

from importers import headers, registry
from importers.records import Table
from importers.refusals import FileRefused
from tests.importers import made_files
from tests.importers.made_files import KML, zipped

LIMIT = 64_000_000
FIJI = "POLYGON ((179.5 -17, -179.5 -17, -179.5 -16, 179.5 -16, 179.5 -17))"


def table_of(data: bytes) -> Table:
    return headers.choose(registry.read(data, max_bytes=LIMIT).tables)


def rows_of(data: bytes) -> list[dict[str, str]]:
    table = table_of(data)
    return [dict(zip(table.headers, row, strict=True)) for row in table.rows]


def refusal_of(data: bytes) -> FileRefused:
    with pytest.raises(FileRefused) as refused:
        table_of(data)
    return refused.value


@pytest.mark.parametrize(
    "data", [KML.encode(), zipped({"doc.kml": KML, "files/icon.png": b"x"})]
)
def test_placemarks_are_rows_and_their_data_columns(data: bytes) -> None:
    post, area, both, broken = rows_of(data)
    assert post == {
        "name": "Post", "description": "Open\ndaily & free", "Organisation": "Red Door", "phone": "+233302223333",
        "category": "Clinics", "@lat": "3.12345", "@lon": "11.12345", "@shape": "",
    }  # fmt: skip
    assert json.loads(area["@shape"])["type"] == "Polygon"
    assert (both["@lat"], both["@lon"]) == ("3.2000000", "11.2000000")
    assert broken["@lat"] == "east,north"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('<!DOCTYPE kml [<!ENTITY a SYSTEM "file:///etc/passwd">]><kml><Placemark><name>&a;</name></Placemark></kml>', "xml_unsafe"),
        ('<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><kml><name>&b;</name></kml>', "xml_unsafe"),
        ("<kml><NetworkLink><Link><href>http://example.org/list.kml</href></Link></NetworkLink></kml>", "network_link"),
        ("<kml><Document><Placemark>", "xml_malformed"),
        (f"<kml>{'<a>' * 5000}", "xml_malformed"),
        ("<kml></kml>", "no_rows"),
        ("<html><body>kml</body></html>", "wrong_type"),
    ],
)  # fmt: skip
def test_a_map_that_is_not_safe_or_not_whole_is_refused(text: str, code: str) -> None:
    assert refusal_of(text.encode()).code == code
    assert refusal_of(zipped({"doc.kml": text})).code == (
        code if code != "wrong_type" else "no_rows"
    )


def test_a_folder_is_the_kind_where_a_placemark_names_none() -> None:
    named = (
        '<ExtendedData><Data name="type"><value>School</value></Data></ExtendedData>'
    )
    kml = "<kml><Folder><name>Clinics</name><Placemark><name>A</name></Placemark><Placemark><name>B</name>{}</Placemark></Folder></kml>"
    assert rows_of(kml.format(named).encode()) == [
        {"name": "A", "type": "Clinics"}, {"name": "B", "type": "School"},
    ]  # fmt: skip


def test_features_may_stand_one_on_each_line_and_beside_what_macos_adds() -> None:
    feature = '{"type":"Feature","properties":{"name":"%s"},"geometry":{"type":"Point","coordinates":[11.5,3.5]}}'
    lines = f"\x1e{feature % 'A'}\n{feature % 'B'}\n"
    assert [row["name"] for row in rows_of(lines.encode())] == ["A", "B"]
    packed = zipped({"list.csv": "name,type\nA,clinic\n", "__MACOSX/._list.csv": "\0"})
    assert rows_of(packed) == [{"name": "A", "type": "clinic"}]
    assert refusal_of(lines.encode() + b"{").code == "json_malformed"


def test_a_list_beside_the_one_that_is_read_is_reported() -> None:
    clinics = Table(
        [["A", "clinic", ""]], [2], ("name", "type", "phone"), sheet="Clinics"
    )
    schools = Table([["B", "school"]] * 3, [2, 3, 4], ("name", "type"), sheet="Schools")
    notes = Table([["red"]], [2], ("colour",), sheet="Notes")
    chosen = headers.choose([notes, schools, clinics])
    assert chosen.sheet == "Clinics"
    assert [(line, one.code, one.values) for line, one in chosen.notes] == [
        (0, "sheet_unused", {"sheet": "Schools", "rows": 3})
    ]


@pytest.mark.parametrize(
    "files",
    [
        {"../doc.kml": KML},
        {"..\\doc.kml": KML},
        {"/etc/doc.kml": KML},
        {"doc.kml": KML, "inner.zip": zipped({"doc.kml": KML})},
        {"doc.kml": KML + " " * 59_000_000},
    ],
)
def test_an_archive_that_leaves_its_folder_or_swells_is_refused(
    files: dict[str, str],
) -> None:
    assert refusal_of(zipped(files)).code == "archive_unsafe"


def test_a_geopackage_in_another_projection_comes_in_degrees() -> None:
    (row,) = rows_of(
        made_files.geopackage("EPSG:32632", "Point", "POINT (735859.8 345502.5)")
    )
    assert row["name"] == "Clinic 0"
    assert float(row["@lat"]) == pytest.approx(3.12345, abs=0.01)
    assert float(row["@lon"]) == pytest.approx(11.12345, abs=0.01)


def test_geometries_may_be_mixed() -> None:
    texts = (
        "POINT (11 3)",
        "POLYGON ((11 3, 12 3, 12 4, 11 3))",
        "LINESTRING (11 3, 11 4)",
        "POINT EMPTY",
    )
    rows = rows_of(made_files.geopackage("EPSG:4326", "Unknown", *texts))
    assert [bool(row["@lat"]) for row in rows] == [True, False, True, False]
    assert [bool(row["@shape"]) for row in rows] == [False, True, False, False]


def test_an_area_on_both_sides_of_the_antimeridian_stays_small() -> None:
    (row,) = rows_of(made_files.geopackage("EPSG:4326", "Polygon", FIJI))
    shape = json.loads(row["@shape"])
    assert shape["type"] == "MultiPolygon"
    longitudes = {
        corner[0] for part in shape["coordinates"] for ring in part for corner in ring
    }
    assert longitudes == {179.5, 180.0, -180.0, -179.5}


def test_a_shapefile_is_read_in_its_own_projection_and_never_without_one() -> None:
    parts = made_files.gis_files(".shp", "EPSG:3857", "Point", "POINT (1238257 347854)")
    (row,) = rows_of(zipped(parts))
    assert float(row["@lat"]) == pytest.approx(3.1233, abs=0.001)
    assert float(row["@lon"]) == pytest.approx(11.1235, abs=0.001)
    no_projection = {
        name: data for name, data in parts.items() if not name.endswith(".prj")
    }
    assert refusal_of(zipped(no_projection)).code == "projection_missing"
    no_table = {name: data for name, data in parts.items() if not name.endswith(".dbf")}
    assert refusal_of(zipped(no_table)).code == "parts_missing"
    nonsense = {
        name: data if not name.endswith(".prj") else b"nonsense"
        for name, data in parts.items()
    }
    assert refusal_of(zipped(nonsense)).code == "projection_unknown"


def test_a_database_that_is_no_geopackage_is_refused() -> None:
    assert refusal_of(b"SQLite format 3\x00" + b"\x00" * 4000).code == "file_damaged"
