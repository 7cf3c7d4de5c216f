"""Small files of every format that an import reads, made for the tests."""

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.importers import feeds
from tests.importers.conftest import csv_bytes, xlsx_bytes

KML = """<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Schema name="s"><SimpleField name="phone" type="string"/></Schema>
<Folder><name>Clinics</name>
<Placemark><name>Post</name><description><![CDATA[<b>Open</b><br>daily &amp; free]]></description>
<ExtendedData><Data name="Organisation"><value>Red Door</value></Data><SchemaData><SimpleData name="phone">+233302223333</SimpleData></SchemaData></ExtendedData>
<Point><coordinates>11.12345,3.12345,0</coordinates></Point></Placemark>
<Placemark><name>Round</name><Polygon><outerBoundaryIs><LinearRing><coordinates>11,3 11.5,3 11.5,3.5 11,3.5 11,3</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>
<Placemark><name>Both</name><MultiGeometry><Point><coordinates>11.2,3.2</coordinates></Point><Point><coordinates>11.2,3.2</coordinates></Point></MultiGeometry></Placemark>
<Placemark><name>Broken</name><Point><coordinates>east,north</coordinates></Point></Placemark>
</Folder></Document></kml>"""

_ODS = """<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2">
<office:body><office:spreadsheet>{sheets}</office:spreadsheet></office:body></office:document-content>"""
_MANIFEST = """<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">
<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>"""

_WRITE = """
import json, sys, numpy, pyogrio, shapely
path, system, kind, texts = sys.argv[1], sys.argv[2], sys.argv[3], json.loads(sys.argv[4])
shapes = numpy.array([shapely.to_wkb(shapely.from_wkt(text)) for text in texts], dtype=object)
names = numpy.array([f"Clinic {number}" for number in range(len(texts))], dtype=object)
pyogrio.raw.write(path, shapes, [names], ["name"], geometry_type=kind, crs=system or None)
"""


def zipped(files: Mapping[str, bytes | str]) -> bytes:
    """An archive of these files."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return stream.getvalue()


def ods_bytes(*sheets: tuple[str, list[list[Any]]], row: str = "") -> bytes:
    """An OpenDocument spreadsheet of these sheets; ``row`` is XML put behind the first one's rows."""
    written = []
    for name, rows in sheets:
        lines = [
            "<table:table-row>" + "".join(map(_ods_cell, one)) + "</table:table-row>"
            for one in rows
        ]
        empty = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
        written.append(
            f'<table:table table:name="{name}">{"".join(lines)}{row}{empty}</table:table>'
        )
        row = ""
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": _ODS.format(sheets="".join(written)),
            "META-INF/manifest.xml": _MANIFEST,
        }
    )


def _ods_cell(value: object) -> str:
    if isinstance(value, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{value}"><text:p>{value}</text:p></table:table-cell>'
    return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'


@lru_cache
def gis_files(
    suffix: str, system: str = "EPSG:4326", kind: str = "Point", *texts: str
) -> dict[str, bytes]:
    """The files that a GIS writes for these geometries (WKT), by name.

    They are written by a process of its own: the library must not be met in this one.
    """
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"clinics{suffix}"
        wanted = json.dumps(texts or ("POINT (11.12345 3.12345)",))
        command = [sys.executable, "-c", _WRITE, str(path), system, kind, wanted]
        subprocess.run(command, check=True, capture_output=True)
        return {one.name: one.read_bytes() for one in Path(folder).iterdir()}


def geopackage(system: str = "EPSG:4326", kind: str = "Point", *texts: str) -> bytes:
    """A GeoPackage of these geometries (WKT)."""
    return gis_files(".gpkg", system, kind, *texts)["clinics.gpkg"]


SHEET: list[list[Any]] = [
    ["Facility Name", "Type", "Latitude", "Longitude"],
    ["Post", "Clinic", 3.12345, 11.12345],
    ["House", "Hospital", 3.2, 11.2],
]
KOBO: list[list[Any]] = [
    ["start", "_uuid", "_id", "_index", "_submission_time", "place/name", "place/kind", "needs", "needs/food", "needs/cash", "_gps_latitude", "_gps_longitude", "_gps_precision", "phonenumber", "languages"],
    ["2026-01-01", "u-1", 7, 1, "2026-01-02", "Post", "Clinic", "food cash", 1, 1, 3.12345, 11.12345, 4.5, "+233302220000", "en fr"],
    ["2026-01-01", "u-2", 8, 2, "2026-01-02", "House", "Hospital", "", 0, 0, 3.2, 11.2, 9, "", "ar"],
]  # fmt: skip


@lru_cache
def samples() -> dict[str, bytes]:
    """One small sound file of each format."""
    features = [
        {"type": "Feature", "properties": {"name": "Post", "kind": "Clinic"}, "geometry": {"type": "Point", "coordinates": [11.1, 3.1]}},
        {"type": "Feature", "properties": {"name": "Area"}, "geometry": {"type": "Polygon", "coordinates": [[[11, 3], [12, 3], [12, 4], [11, 3]]]}},
    ]  # fmt: skip
    elements = [
        {
            "type": "node",
            "id": 1,
            "lat": 3.5,
            "lon": 11.5,
            "tags": {"amenity": "clinic", "name": "Post"},
        }
    ]
    return {
        "csv": csv_bytes("Facility Name,Type,Latitude,Longitude", "Post,Clinic,3.12345,11.12345", '"Ho, use",Hospital,3.2,11.2'),
        "xlsx": xlsx_bytes(("List", SHEET)),
        "ods": ods_bytes(("List", SHEET)),
        "geojson": json.dumps({"type": "FeatureCollection", "features": features}).encode(),
        "overpass": json.dumps({"elements": elements}).encode(),
        "hsds-zip": feeds.zipped(),
        "hsds-json": feeds.page(feeds.SERVICE),
        "kml": KML.encode(),
        "kmz": zipped({"doc.kml": KML}),
        "kobo": xlsx_bytes(("Form", KOBO)),
        "hxl": csv_bytes("Org,What,Sector,Adm1", "#org,#activity,#sector,#adm1+code", "Red Door,Meals,Food security,XA01"),
    }  # fmt: skip
