"""A match over a whole region's health facilities, through HTTP, beside the plain spatial query.

    python -m benchmarks.bench_matching

Reads the list of 98,745 facilities below REAL_DATA_DIR into a database of its own, or measures the
database that BENCH_DATABASE_URL names.
"""

import contextlib
import http.client
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from benchmarks.measure import Timing, measure, show
from directory.config import Config
from directory.database import make_engine
from directory.models import Location, Offer
from geo import spatial
from geo.points import Point

CASES = 400
FILE = "facilities/who_ssa_mfl_98745.csv.gz"
CITIES = {
    "Lagos": (6.5244, 3.3792),
    "Nairobi": (-1.2921, 36.8219),
    "Kano": (12.0022, 8.5920),
    "Addis Ababa": (9.0054, 38.7636),
    "Dakar": (14.7167, -17.4677),
}
PERSON = {
    "age": 31,
    "sex": "female",
    "languages": ["fr"],
    "profiles": ["pregnant"],
    "documents": ["national_id"],
}
NEEDS = (("health",), ("health.primary",), ("health.hospital", "psychosocial", "legal"))


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        environment = _database(Path(folder))
        engine = make_engine(environment["DATABASE_URL"])
        with Session(engine) as session, _server(environment) as port:
            chance = random.Random(1)
            places = _places(session, chance)
            count = session.scalar(select(func.count()).select_from(Offer))
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            timings = [
                measure(
                    "match, where facilities are",
                    lambda q: _post(connection, q),
                    places,
                ),
                *_in_cities(connection, chance),
                measure(
                    "plain spatial query, positions only",
                    lambda q: _plain(session, q),
                    places[:100],
                ),
            ]
            show(f"{count:,} offers, one gunicorn process, HTTP on loopback", timings)


def _database(folder: Path) -> dict[str, str]:
    """The environment of a database that holds the facilities."""
    environment = {
        **os.environ,
        "INSTANCE_DIR": str(folder),
        "SECRET_KEY": "benchmark-only-0123456789",
    }
    if given := os.environ.get("BENCH_DATABASE_URL"):
        return {**environment, "DATABASE_URL": given}
    environment["DATABASE_URL"] = f"sqlite:///{folder / 'bench.sqlite3'}"
    source = Config.from_environment(environment).real_data_dir / FILE
    if not source.exists():
        sys.exit(f"REAL_DATA_DIR holds no {FILE}: nothing to measure.")
    for command in (["db", "upgrade"], ["seed", "areas"], ["seed", "taxonomy"]):
        _flask(environment, *command)
    plan = json.loads(_flask(environment, "import", "plan", str(source), "--json"))
    _flask(environment, "import", "apply", plan["run"])
    return environment


def _flask(environment: dict[str, str], *command: str) -> str:
    print("…", *command, file=sys.stderr)
    done = subprocess.run(  # noqa: S603 -- our own commands
        [sys.executable, "-m", "flask", *command],
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return done.stdout


@contextlib.contextmanager
def _server(environment: dict[str, str]) -> Iterator[int]:
    """The site as it is served, on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "gunicorn",
            "-c",
            "gunicorn.conf.py",
            "app:create_app()",
        ],
        env={**environment, "PORT": str(port), "JOBS": "none"},
    )
    try:
        _wait(port)
        yield port
    finally:
        process.terminate()
        process.wait()


def _wait(port: int) -> None:
    for _ in range(300):
        with contextlib.suppress(OSError):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        time.sleep(0.1)
    raise RuntimeError("The server did not start.")


def _places(session: Session, chance: random.Random) -> list[dict[str, Any]]:
    """Questions from near randomly chosen facilities: dense places come up often."""
    query = select(Offer.latitude, Offer.longitude).where(Offer.latitude.is_not(None))
    positions = [(row[0] or 0.0, row[1] or 0.0) for row in session.execute(query)]
    return [
        _question(row[0], row[1], chance, NEEDS[n % 3])
        for n, row in enumerate(chance.sample(positions, CASES))
    ]


def _in_cities(
    connection: http.client.HTTPConnection, chance: random.Random
) -> Iterator[Timing]:
    for name, (latitude, longitude) in CITIES.items():
        questions = [
            _question(latitude, longitude, chance, NEEDS[0]) for _ in range(60)
        ]
        yield measure(
            f"match, {name}, all health care", lambda q: _post(connection, q), questions
        )


def _question(
    latitude: float, longitude: float, chance: random.Random, terms: tuple[str, ...]
) -> dict[str, Any]:
    return {
        "place": {
            "lat": round(latitude + chance.uniform(-0.1, 0.1), 5),
            "lon": round(longitude + chance.uniform(-0.1, 0.1), 5),
        },
        "needs": [{"term": term} for term in terms],
        "person": PERSON,
    }


def _post(connection: http.client.HTTPConnection, question: dict[str, Any]) -> None:
    headers = {"Content-Type": "application/json"}
    connection.request("POST", "/api/v1/match", json.dumps(question), headers)
    response = connection.getresponse()
    body = response.read()
    assert response.status == 200, body


def _plain(session: Session, question: dict[str, Any]) -> None:
    place = Point(latitude=question["place"]["lat"], longitude=question["place"]["lon"])
    query = select(Location.id).where(spatial.within(Location.point, place, 50))
    session.execute(query).all()


if __name__ == "__main__":
    main()
