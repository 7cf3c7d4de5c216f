"""GeoPackages and KML, written in a process of their own for the reason that ``gis_files`` gives."""

import os
import subprocess  # only this interpreter, with a fixed module
import sys
from pathlib import Path
from typing import Any, Final

from geo.gis_files import LibraryMissing

_NO_LIBRARY: Final = 10
_TIME_LIMIT_SECONDS: Final = 600
_STILL: Final = {"OGR_CURRENT_DATE": "2000-01-01T00:00:00.000Z"}
"""Equal features make equal files: the moment of writing is not among what they hold."""


class WritingFailed(RuntimeError):
    """The library could not write the file."""


def write_layer(features: Path, path: Path, driver: str, *, layer: str) -> None:
    """Write the points of a GeoJSON file (degrees, WGS 84) as one layer of a file.

    ``driver``: of the library, ``GPKG`` or ``LIBKML``. The members of ``properties`` become columns;
    the ids of features do not. Raises LibraryMissing and WritingFailed.
    """
    path.unlink(missing_ok=True)
    child = subprocess.run(  # noqa: S603 -- our own interpreter and module, no shell
        [sys.executable, "-m", "geo.gis_writing", str(features.resolve()), str(path.resolve()), layer,
         driver],
        capture_output=True,
        check=False,
        env={**os.environ, **_STILL},
        timeout=_TIME_LIMIT_SECONDS,
        cwd=Path(__file__).resolve().parent.parent,
    )  # fmt: skip
    if child.returncode == _NO_LIBRARY:
        raise LibraryMissing("pyogrio")
    if child.returncode:
        raise WritingFailed(child.stderr.decode(errors="replace")[-500:])


def main(features: str, path: str, layer: str, driver: str) -> int:
    """Write the file; the return code says whether the library is there."""
    try:
        import pyogrio  # noqa: PLC0415, TID251 -- here it is alone: nothing loads SpatiaLite
    except ImportError:
        return _NO_LIBRARY
    import numpy as np  # noqa: PLC0415 -- comes with the library above, the child only
    import orjson  # noqa: PLC0415 -- the child only
    import shapely  # noqa: PLC0415 -- the child only

    rows = orjson.loads(Path(features).read_bytes())["features"]
    names = list(dict.fromkeys(name for row in rows for name in row["properties"]))
    columns: list[Any] = []
    masks: list[Any] = []
    for name in names:
        values = [row["properties"].get(name) for row in rows]
        masks.append(np.array([value is None for value in values]))
        columns.append(np.array(*_typed(values)))
    places = np.array(
        [
            shapely.to_wkb(shapely.Point(row["geometry"]["coordinates"]))
            if row["geometry"]
            else None
            for row in rows
        ],
        dtype=object,
    )
    pyogrio.raw.write(
        path, places, columns, names, field_mask=masks, layer=layer, driver=driver,
        geometry_type="Point", crs="EPSG:4326",
    )  # fmt: skip
    return 0


def _typed(values: list[Any]) -> tuple[list[Any], Any]:
    """Return the values of a column and their type: whole numbers, numbers, yes or no, texts."""
    stated = {type(value) for value in values if value is not None}
    if stated == {bool}:
        return [bool(value) for value in values], "bool"
    if stated == {int}:
        return [value or 0 for value in values], "int64"
    if stated and stated <= {int, float}:
        return [float(value or 0) for value in values], "float64"
    return [None if value is None else str(value) for value in values], object


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:5]))
