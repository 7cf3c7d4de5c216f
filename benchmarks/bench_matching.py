"""A match over a whole region's health facilities, through HTTP, beside the plain spatial query.

    python -m benchmarks.bench_matching

Reads the list of 98,745 facilities below REAL_DATA_DIR into a database of its own, or measures the
database that BENCH_DATABASE_URL names.
"""

import http.client
import json
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from benchmarks import site
from benchmarks.measure import Timing, measure, show
from directory.database import make_engine
from directory.models import Location, Offer
from geo import spatial
from geo.points import Point

CASES = 400
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
        environment = site.database(Path(folder))
        engine = make_engine(environment["DATABASE_URL"])
        with Session(engine) as session, site.server(environment) as port:
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
