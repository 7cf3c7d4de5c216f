import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from geo import gis_files
from geo.geojson import GeoJSONError, Problem

# pyogrio must not be imported here: it crashes a process that has loaded SpatiaLite.
pytestmark = pytest.mark.skipif(
    find_spec("pyogrio") is None, reason="the optional package gis is not installed"
)

WRITE = """
import sys, numpy, pyogrio, shapely
shape = shapely.to_wkb(shapely.box(10, 2, 12, 4))
pyogrio.raw.write(
    sys.argv[1], numpy.array([shape], dtype=object), [numpy.array(["Q1"], dtype=object)],
    ["ADM1_PCODE"], geometry_type="Polygon", crs=sys.argv[2],
)
"""


def write(path: Path, system: str) -> Path:
    command = [sys.executable, "-c", WRITE, str(path), system]
    subprocess.run(command, check=True, capture_output=True)
    return path


@pytest.mark.parametrize("suffix", [".gpkg", ".shp"])
def test_it_reads_geopackage_and_shapefile(tmp_path: Path, suffix: str) -> None:
    path = write(tmp_path / f"areas{suffix}", "EPSG:4326")
    (feature,) = gis_files.read_gis_file(path)
    assert feature.properties["ADM1_PCODE"] == "Q1"
    assert feature.geometry is not None
    assert feature.geometry.bounds == (10, 2, 12, 4)


def test_it_refuses_another_reference_system(tmp_path: Path) -> None:
    path = write(tmp_path / "areas.gpkg", "EPSG:3857")
    with pytest.raises(GeoJSONError) as caught:
        list(gis_files.read_gis_file(path))
    assert caught.value.problem == Problem.OTHER_REFERENCE_SYSTEM
    assert caught.value.where == "EPSG:3857"


def test_it_says_when_a_file_is_something_else(tmp_path: Path) -> None:
    path = tmp_path / "areas.gpkg"
    path.write_text("no such thing")
    with pytest.raises(GeoJSONError) as caught:
        list(gis_files.read_gis_file(path))
    assert caught.value.problem == Problem.NOT_GEOJSON


VIRTUAL = """<OGRVRTDataSource><OGRVRTLayer name="notes">
<SrcDataSource>{secret}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"""


@pytest.mark.parametrize("name", ["areas.gpkg", "areas.shp", "areas.kml"])
def test_it_follows_no_file_to_another_file(tmp_path: Path, name: str) -> None:
    secret = tmp_path / "notes.csv"
    secret.write_text("word\nQxzvyw\n")
    path = tmp_path / name
    path.write_text(VIRTUAL.format(secret=secret))
    with pytest.raises(GeoJSONError):
        list(gis_files.read_gis_file(path))
    if not name.endswith(".kml"):
        with pytest.raises(GeoJSONError):
            gis_files.read_layers(path, seconds=60)
