"""GeoPackage and zipped Shapefile: each layer a table, read by a process of its own."""

from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Final
from zipfile import ZipFile

from geo import gis_files
from geo.geojson import GeoJSONError
from importers.readers import geojson
from importers.records import Table
from importers.refusals import FileRefused

SECONDS: Final = 60
_NEEDED: Final = (".shx", ".dbf", ".prj")
_TAKEN: Final = (".shp", *_NEEDED, ".cpg")
_MOST_LAYERS: Final = 50


def read_geopackage(data: bytes) -> list[Table]:
    """Return one table for each layer of a GeoPackage."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "list.gpkg"
        path.write_bytes(data)
        return _tables(_layers(path))


def read_shapefiles(archive: ZipFile) -> list[Table]:
    """Return one table for each Shapefile of an archive; raises FileRefused where a part is missing."""
    found = _parts(archive)
    if len(found) > _MOST_LAYERS:
        raise FileRefused("archive_unsafe", why=f"> {_MOST_LAYERS}")
    layers: list[gis_files.Layer] = []
    with TemporaryDirectory() as folder:
        for number, (stem, parts) in enumerate(found.items()):
            _require(stem, parts)
            # The names of the parts are ours: what an archive calls them may be a path.
            path = Path(folder) / f"layer{number}.shp"
            for suffix, name in parts.items():
                path.with_suffix(suffix).write_bytes(archive.read(name))
            layers += _layers(path)
    return _tables(layers)


def is_shapefile(archive: ZipFile) -> bool:
    """Whether an archive holds a Shapefile."""
    return any(name.lower().endswith(".shp") for name in archive.namelist())


def _parts(archive: ZipFile) -> dict[str, dict[str, str]]:
    """Return the entries of each Shapefile, by suffix."""
    found: dict[str, dict[str, str]] = {}
    for name in archive.namelist():
        path = PurePosixPath(name.replace("\\", "/"))
        suffix = path.suffix.lower()
        if suffix in _TAKEN and "__MACOSX" not in path.parts:
            found.setdefault(str(path.with_suffix("")).lower(), {})[suffix] = name
    return {stem: parts for stem, parts in found.items() if ".shp" in parts}


def _require(stem: str, parts: Mapping[str, str]) -> None:
    for suffix in _NEEDED:
        if suffix not in parts:
            if suffix == ".prj":
                raise FileRefused("projection_missing")
            name = PurePosixPath(stem).name
            raise FileRefused("parts_missing", part=f"{name}{suffix}")


def _layers(path: Path) -> list[gis_files.Layer]:
    try:
        return gis_files.read_layers(path, seconds=SECONDS)
    except gis_files.TooSlow as error:
        raise FileRefused("reading_too_slow", seconds=SECONDS) from error
    except GeoJSONError as error:
        raise FileRefused("file_damaged") from error


def _tables(layers: list[gis_files.Layer]) -> list[Table]:
    tables = []
    for layer in layers:
        is_placed = any(feature["geometry"] for feature in layer.features)
        if not layer.is_readable or (is_placed and not layer.system):
            raise FileRefused("projection_unknown", system=layer.system or "–")
        if not layer.features:
            continue
        document = {"type": "FeatureCollection", "features": layer.features}
        tables += geojson.read(document, sheet=layer.name)
    if not tables:
        raise FileRefused("no_rows")
    return tables
