"""Finding areas and places: seeds, points to areas, names to places.

    python -m benchmarks.bench_places

Fills a database of its own with the world and the whole gazetteer, or measures the database
that BENCH_DATABASE_URL names. Points to areas are measured beside the usual spatial join (box
index, then the outline) in the same run; both must give the same answers.
"""

import contextlib
import csv
import gzip
import os
import random
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from alembic import command
from sqlalchemy import select
from sqlalchemy.orm import Session

from benchmarks.measure import measure, peak_memory_mb, show
from directory.areas import gazetteer, labels, queries, search, seeding
from directory.areas.places import Given, PlaceError, resolve_place
from directory.cli import alembic_config
from directory.config import Config
from directory.database import make_engine
from directory.models import Area, Place
from geo import spatial
from geo.points import BoundingBox, Point

CASES = 400
FACILITIES = "facilities/who_ssa_mfl_98745.csv.gz"
COUNTRIES = ("GH", "NG", "SN", "GN", "SO", "IQ", "GT", "ET", "KE", "HN", "GM", "MA")


def main() -> None:
    """Measure and print."""
    with _database() as session:
        chance = random.Random(5)
        towns = _towns(session, chance)
        points = [_near(town, chance) for town in towns]
        _compare(session, points)
        typed = [_misspelled(town.name, chance) for town in towns]
        show(
            "world of Natural Earth, 234,908 places of GeoNames",
            [
                measure(
                    "areas of a point, by cells",
                    lambda p: _by_cells(session, p),
                    points,
                ),
                measure(
                    "  the same by spatial join", lambda p: _by_join(session, p), points
                ),
                measure(
                    "names typed right, with labels",
                    lambda town: _suggest(session, town.name),
                    towns,
                ),
                measure(
                    "names with one letter wrong, with labels",
                    lambda text: _suggest(session, text),
                    typed,
                ),
                measure(
                    "first three letters, with labels",
                    lambda town: _suggest(session, town.name[:3]),
                    towns,
                ),
                measure(
                    "a place resolved from its name",
                    lambda town: _resolve(session, town),
                    towns,
                ),
            ],
        )
        _say_recall(session, towns, typed)
        _locate_facilities(session)
    print(f"Peak memory: {peak_memory_mb():.0f} MB")


@contextlib.contextmanager
def _database() -> Iterator[Session]:
    """A session on a filled database; says how long the filling took."""
    given = os.environ.get("BENCH_DATABASE_URL")
    with tempfile.TemporaryDirectory() as folder:
        url = given or f"sqlite:///{folder}/places.sqlite3"
        engine = make_engine(url)
        if not given:
            command.upgrade(alembic_config(url), "head")
            with Session(engine) as session, session.begin():
                started, busy = time.perf_counter(), time.process_time()
                number = seeding.seed_world(session, today=date(2026, 11, 23))
                _say(f"{number:,} areas with cells", started, busy)
                started, busy = time.perf_counter(), time.process_time()
                _say(f"{gazetteer.seed(session):,} places", started, busy)
        with Session(engine) as session:
            yield session
        engine.dispose()


def _say(what: str, started: float, busy: float) -> None:
    wall, cpu = time.perf_counter() - started, time.process_time() - busy
    print(f"{what}: {wall:.1f} s, of which {cpu:.1f} s computing")


def _towns(session: Session, chance: random.Random) -> list[Place]:
    statement = select(Place).where(Place.country.in_(COUNTRIES)).order_by(Place.id)
    return chance.sample(list(session.scalars(statement)), CASES)


def _near(town: Place, chance: random.Random) -> Point:
    return Point(
        latitude=town.latitude + chance.uniform(-0.3, 0.3),
        longitude=town.longitude + chance.uniform(-0.3, 0.3),
    )


def _misspelled(name: str, chance: random.Random) -> str:
    """Change, drop or exchange one letter, as fingers do."""
    at = chance.randrange(1, max(2, len(name) - 1))
    ways = (
        name[:at] + chance.choice("aeioukmst") + name[at + 1 :],
        name[:at] + name[at + 1 :],
        name[:at] + name[at : at + 2][::-1] + name[at + 2 :],
    )
    return chance.choice(ways)


def _by_cells(session: Session, point: Point) -> list[str]:
    found = queries.areas_containing(session, point.latitude, point.longitude)
    return [area.code for area in found]


def _by_join(session: Session, point: Point) -> list[str]:
    here = BoundingBox(
        south=point.latitude,
        west=point.longitude,
        north=point.latitude,
        east=point.longitude,
    )
    statement = (
        select(Area.code)
        .where(
            Area.valid_to.is_(None),
            spatial.in_box(Area.geometry, here),
            spatial.covers(Area.geometry, point),
        )
        .order_by(Area.level, Area.area_km2.desc(), Area.code)
    )
    return list(session.scalars(statement))


def _compare(session: Session, points: list[Point]) -> None:
    for point in points:
        assert _by_cells(session, point) == _by_join(session, point), point


def _suggest(session: Session, text: str) -> list[str]:
    return labels.labels_of(session, search.search(session, text), "en")


def _resolve(session: Session, town: Place) -> object:
    with contextlib.suppress(PlaceError):
        return resolve_place(session, Given(text=town.name), country=town.country)
    return None


def _say_recall(session: Session, towns: list[Place], typed: list[str]) -> None:
    """How often the town is among the eight offered when its country is known."""
    hits = sum(
        any(
            hit.place_id == town.id
            for hit in search.search(session, text, country=town.country)
        )
        for town, text in zip(towns, typed, strict=True)
    )
    print(f"Found among the first eight with one letter wrong: {hits} of {len(towns)}")


def _locate_facilities(session: Session) -> None:
    path = Path(Config.from_environment().real_data_dir) / FACILITIES
    if not path.exists():
        print("REAL_DATA_DIR is absent: facilities not located.")
        return
    points = []
    with gzip.open(path, "rt", encoding="utf-8-sig") as stream:
        for row in csv.DictReader(stream):
            with contextlib.suppress(ValueError):
                points.append((float(row["Lat"]), float(row["Long"])))
    started, busy = time.perf_counter(), time.process_time()
    located = queries.locate_points(session, points, near_coast=True)
    nowhere = sum(country is None for country, _, _ in located)
    _say(f"{len(points):,} facilities located, {nowhere} nowhere", started, busy)


if __name__ == "__main__":
    main()
