"""A part of the world small enough to load in every test."""

import gzip
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import orjson
import pytest
from sqlalchemy.orm import Session

from directory.areas import seeding

TODAY = date(2026, 11, 23)
COUNTRIES = {"GH", "GM", "GN", "GT", "IQ", "NG", "SN", "SO"}


@pytest.fixture(scope="session")
def few_countries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of data/ cut down to the countries of the real boundary files."""
    folder = tmp_path_factory.mktemp("world")
    for name in (seeding.COUNTRIES, seeding.LEVEL_1):
        whole = orjson.loads(gzip.decompress((seeding.FOLDER / name).read_bytes()))
        whole["features"] = [
            feature
            for feature in whole["features"]
            if feature["properties"]["country"] in COUNTRIES
        ]
        (folder / name).write_bytes(gzip.compress(orjson.dumps(whole), 1))
    return folder


@pytest.fixture
def world(session: Session, few_countries: Path) -> Session:
    """The session, in a database that knows these countries."""
    seeding.seed_world(session, today=TODAY, folder=few_countries)
    return session


@pytest.fixture
def geojson_file(tmp_path: Path) -> Callable[..., Path]:
    """Writes rectangles (west, south, east, north) with properties as GeoJSON."""

    def write(*areas: tuple[dict[str, object], tuple[float, ...]]) -> Path:
        features = [
            {"type": "Feature", "properties": properties, "geometry": _box(bounds)}
            for properties, bounds in areas
        ]
        path = tmp_path / "areas.geojson"
        path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
        return path

    return write


def _box(bounds: tuple[float, ...]) -> dict[str, object]:
    west, south, east, north = bounds
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}
