"""GeoPackage and Shapefile, read in a process of their own.

The library that reads them carries a second copy of PROJ; in one process with
SpatiaLite the two crash it. So this module runs itself as a child, which prints one
GeoJSON feature per line.
"""

import json
import subprocess  # only this interpreter, with a fixed module
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from geo.geojson import Feature, GeoJSONError, Problem, loads, read_features

SUFFIXES = (".gpkg", ".shp", ".zip", ".kml", ".fgb")
_NO_LIBRARY, _UNREADABLE, _OTHER_SYSTEM = 10, 11, 12
_TIME_LIMIT_SECONDS = 600


class LibraryMissing(RuntimeError):
    """The optional package that reads GIS files is not installed."""


def read_gis_file(path: Path) -> Iterator[Feature]:
    """Yield the features of the first layer, in longitude and latitude.

    Raises LibraryMissing, and GeoJSONError for a file that cannot be read or is in
    another reference system than WGS 84.
    """
    child = subprocess.run(  # noqa: S603 -- our own interpreter and module, no shell
        [sys.executable, "-m", "geo.gis_files", str(path)],
        capture_output=True,
        check=False,
        timeout=_TIME_LIMIT_SECONDS,
        cwd=Path(__file__).resolve().parent.parent,
    )
    if child.returncode == _NO_LIBRARY:
        raise LibraryMissing("pyogrio")
    if child.returncode == _OTHER_SYSTEM:
        raise GeoJSONError(
            Problem.OTHER_REFERENCE_SYSTEM, child.stdout.decode().strip()
        )
    if child.returncode:
        raise GeoJSONError(Problem.NOT_GEOJSON, path.name)
    for line in child.stdout.splitlines():
        yield from read_features(loads(line))


def main(path: str) -> int:
    """Print the features of a file; the return code says what went wrong."""
    try:
        import pyogrio  # noqa: PLC0415, TID251 -- here it is alone: nothing loads SpatiaLite
        import shapely  # noqa: PLC0415 -- only the child needs it
    except ImportError:
        return _NO_LIBRARY
    try:
        meta, _, shapes, columns = pyogrio.raw.read(path)
    except Exception:
        return _UNREADABLE
    system = str(meta.get("crs") or "")
    if system not in {"", "EPSG:4326", "OGC:CRS84"}:
        print(system)  # noqa: T201 -- the answer to the parent process
        return _OTHER_SYSTEM
    for index, shape in enumerate(shapes):
        properties = {
            name: _plain(values[index])
            for name, values in zip(meta["fields"], columns, strict=True)
        }
        geometry = None
        if shape is not None:
            geometry = json.loads(shapely.to_geojson(shapely.from_wkb(shape)))
        feature = {"type": "Feature", "properties": properties, "geometry": geometry}
        print(json.dumps(feature))  # noqa: T201 -- the answer to the parent process
    return 0


def _plain(value: Any) -> Any:  # numpy's scalars are of any kind
    plain = value.item() if hasattr(value, "item") else value
    return plain if isinstance(plain, str | int | float | bool) else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
