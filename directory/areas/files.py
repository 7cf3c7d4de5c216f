"""Opens a boundary file of any format we take and yields its features."""

import gzip
from collections.abc import Iterator
from pathlib import Path

from directory.errors import Invalid
from directory.text import N_
from geo import geojson, gis_files
from geo.geojson import Feature, Problem

MAX_BYTES = 500_000_000
"""Unpacked. The largest official file known to us has 60 MB."""


class UnreadableFile(Invalid):
    """The file is not what its name says, or not usable as boundaries."""

    code = "geometry_invalid"
    message = N_("The file %(file)s could not be read: %(why)s.")
    remedy = N_("Use GeoJSON (also gzipped), GeoPackage or Shapefile in WGS 84.")


WHY = {
    Problem.NOT_JSON: N_("it is not JSON"),
    Problem.NOT_GEOJSON: N_("it is not GeoJSON"),
    Problem.EMPTY: N_("it holds nothing"),
    Problem.NOT_NUMBERS: N_("a position is not made of numbers"),
    Problem.OUT_OF_RANGE: N_("a position is not on the earth"),
    Problem.EXCHANGED: N_("latitude and longitude are exchanged"),
    Problem.NOT_DEGREES: N_("its positions are not in degrees"),
    Problem.OTHER_REFERENCE_SYSTEM: N_("it uses another reference system than WGS 84"),
    Problem.RING_TOO_SHORT: N_("an outline has fewer than three corners"),
    Problem.TOO_LARGE: N_("it is too large"),
}


def read_features(path: Path) -> Iterator[Feature]:
    """Yield the features of a file. Raises UnreadableFile with cause and remedy."""
    try:
        if path.suffix.lower() in gis_files.SUFFIXES:
            yield from gis_files.read_gis_file(path)
        else:
            yield from geojson.read_features(geojson.loads(_bytes(path)))
    except geojson.GeoJSONError as error:
        raise UnreadableFile(
            values={"file": path.name, "why": WHY[error.problem], "where": error.where}
        ) from error
    except (OSError, EOFError) as error:
        why = N_("it cannot be opened")
        raise UnreadableFile(values={"file": path.name, "why": why}) from error
    except gis_files.LibraryMissing as error:
        raise UnreadableFile(
            values={"file": path.name, "why": N_("reading this format needs pyogrio")},
            remedy=N_("Install it with: pip install pyogrio; or use GeoJSON."),
        ) from error


def _bytes(path: Path) -> bytes:
    with path.open("rb") as stream:
        packed = stream.read(2) == b"\x1f\x8b"
    with gzip.open(path) if packed else path.open("rb") as stream:
        data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise geojson.GeoJSONError(Problem.TOO_LARGE)
    return data
