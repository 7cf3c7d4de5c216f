"""GeoPackage and Shapefile, read in a process of their own.

The library that reads them carries a second copy of PROJ; in one process with
SpatiaLite the two crash it. So this module runs itself as a child, which prints one
line of JSON for each layer and each feature.
"""

import json
import math
import os
import subprocess  # only this interpreter, with a fixed module
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from xml.sax.saxutils import escape

from geo.geojson import Feature, GeoJSONError, Problem, loads, read_features

SUFFIXES = (".gpkg", ".shp", ".zip", ".kml", ".fgb")
_NO_LIBRARY, _UNREADABLE, _OTHER_SYSTEM = 10, 11, 12
_SIGNATURES: Final = {".gpkg": b"SQLite format 3\x00", ".shp": b"\x00\x00\x27\x0a"}
"""How these files begin. GDAL goes by the content and not by the name: without a look at it, a text
in GDAL's virtual format named ``.shp`` would be followed to any file of this machine."""
_TIME_LIMIT_SECONDS = 600
_MEMORY_LIMIT: Final = 4 * 1024**3
_DEGREES: Final = frozenset({"EPSG:4326", "OGC:CRS84"})
_WARP: Final = (
    "<OGRVRTDataSource><OGRVRTWarpedLayer>"
    '<OGRVRTLayer name="{layer}"><SrcDataSource>{path}</SrcDataSource></OGRVRTLayer>'
    "<TargetSRS>EPSG:4326</TargetSRS></OGRVRTWarpedLayer></OGRVRTDataSource>"
)
"""A layer seen in another reference system, in the words of GDAL's virtual format."""

Json = dict[
    str, Any
]  # JSON of a foreign file: its members have no narrower common type.


class LibraryMissing(RuntimeError):
    """The optional package that reads GIS files is not installed."""


class TooSlow(RuntimeError):
    """Reading took longer than was allowed."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer: the system its positions were in, and its features as GeoJSON in degrees.

    ``system`` is empty where the file does not name one. ``is_readable`` is False where the
    positions could not be turned into longitude and latitude; then there are no features.
    """

    name: str
    system: str
    is_readable: bool
    features: list[Json] = field(default_factory=list)


def read_gis_file(path: Path) -> Iterator[Feature]:
    """Yield the features of the first layer, in longitude and latitude.

    Raises LibraryMissing, and GeoJSONError for a file that cannot be read or is in
    another reference system than WGS 84.
    """
    child = _run(path, "first", _TIME_LIMIT_SECONDS)
    if child.returncode == _OTHER_SYSTEM:
        raise GeoJSONError(
            Problem.OTHER_REFERENCE_SYSTEM, child.stdout.decode().strip()
        )
    if child.returncode:
        raise GeoJSONError(Problem.NOT_GEOJSON, path.name)
    for line in child.stdout.splitlines():
        yield from read_features(loads(line))


def read_layers(path: Path, *, seconds: int) -> list[Layer]:
    """Return every layer of a file, its positions turned into longitude and latitude.

    Features are as the file has them otherwise: nothing is checked or repaired. Raises
    LibraryMissing, TooSlow after so many seconds, and GeoJSONError for a file that is
    none of these formats.
    """
    child = _run(path, "all", seconds)
    if child.returncode:
        raise GeoJSONError(Problem.NOT_GEOJSON, path.name)
    layers: list[Layer] = []
    for line in child.stdout.splitlines():
        said = json.loads(line)
        if "layer" in said:
            layers.append(Layer(said["layer"], said["system"], said["is_readable"]))
        else:
            layers[-1].features.append(said)
    return layers


def _run(path: Path, which: str, seconds: int) -> subprocess.CompletedProcess[bytes]:
    try:
        child = subprocess.run(  # noqa: S603 -- our own interpreter and module, no shell
            [sys.executable, "-m", "geo.gis_files", str(path), which],
            capture_output=True,
            check=False,
            timeout=seconds,
            cwd=Path(__file__).resolve().parent.parent,
        )
    except subprocess.TimeoutExpired as error:
        raise TooSlow from error
    if child.returncode == _NO_LIBRARY:
        raise LibraryMissing("pyogrio")
    return child


def main(path: str, which: str = "first") -> int:
    """Print the features of a file; the return code says what went wrong."""
    _limit_memory()
    if not _begins_rightly(Path(path)):
        return _UNREADABLE
    if which == "first":  # whose layers are never seen in another system
        os.environ["GDAL_SKIP"] = "OGR_VRT"
    try:
        import pyogrio  # noqa: PLC0415, TID251 -- here it is alone: nothing loads SpatiaLite
    except ImportError:
        return _NO_LIBRARY
    try:
        if which == "first":
            return _print_first(path)
        for name, _kind in pyogrio.list_layers(path):
            _print_layer(path, str(name))
    except Exception:
        # GDAL's errors have no common type of their own; all of them mean one thing.
        return _UNREADABLE
    return 0


def _begins_rightly(path: Path) -> bool:
    """Whether a file is what its name says, for the formats that anybody may upload."""
    signature = _SIGNATURES.get(path.suffix.lower(), b"")
    with path.open("rb") as file:
        return file.read(len(signature)) == signature


def _print_first(path: str) -> int:
    import pyogrio  # noqa: PLC0415, TID251 -- the child only

    meta, _, shapes, columns = pyogrio.raw.read(path)
    system = str(meta.get("crs") or "")
    if system and system not in _DEGREES:
        print(system)  # noqa: T201 -- the answer to the parent process
        return _OTHER_SYSTEM
    _print_features(meta, shapes, columns)
    return 0


def _print_layer(path: str, name: str) -> None:
    import pyogrio  # noqa: PLC0415, TID251 -- the child only

    meta, _, shapes, columns = pyogrio.raw.read(path, layer=name)
    system = str(meta.get("crs") or "")
    if not system or system in _DEGREES or shapes is None:
        _print_head(name, system, is_readable=True)
        _print_features(meta, shapes, columns)
        return
    with TemporaryDirectory() as folder:
        warped = Path(folder) / "warped.vrt"
        quoted = {'"': "&quot;"}
        warped.write_text(
            _WARP.format(layer=escape(name, quoted), path=escape(path)),
            encoding="utf-8",
        )
        try:
            meta, _, shapes, columns = pyogrio.raw.read(warped)
        except Exception:
            _print_head(name, system, is_readable=False)
            return
    _print_head(name, system, is_readable=True)
    _print_features(meta, shapes, columns)


def _print_head(name: str, system: str, *, is_readable: bool) -> None:
    head = {"layer": name, "system": system[:100], "is_readable": is_readable}
    print(json.dumps(head))  # noqa: T201 -- the answer to the parent process


def _print_features(meta: Json, shapes: Any, columns: Any) -> None:
    import shapely  # noqa: PLC0415 -- only the child needs it

    count = len(shapes) if shapes is not None else len(columns[0]) if columns else 0
    for index in range(count):
        properties = {
            name: _plain(values[index])
            for name, values in zip(meta["fields"], columns, strict=True)
        }
        geometry = None
        if shapes is not None and shapes[index] is not None:
            shape = shapely.force_2d(shapely.from_wkb(shapes[index]))
            geometry = json.loads(shapely.to_geojson(shape))
        feature = {"type": "Feature", "properties": properties, "geometry": geometry}
        print(json.dumps(feature))  # noqa: T201 -- the answer to the parent process


def _plain(value: Any) -> Any:  # numpy's scalars are of any kind
    if type(value).__name__ == "datetime64":
        return "" if str(value) == "NaT" else str(value)
    plain = value.item() if hasattr(value, "item") else value
    if isinstance(plain, float) and math.isnan(plain):
        return None
    return plain if isinstance(plain, str | int | float | bool) else None


def _limit_memory() -> None:
    """Keep a crafted file from taking the machine's memory; Windows has no such limit."""
    try:
        import resource  # noqa: PLC0415 -- not on every system
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_LIMIT, _MEMORY_LIMIT))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
