"""What keeps a directory true, over a whole region's facilities of which none is verified.

    python -m benchmarks.bench_upkeep

Reads the list of 98,745 facilities below REAL_DATA_DIR into a database of its own, or measures the
database that BENCH_DATABASE_URL names. An authority of the fullest first-level area, and a
supervisor of everything, open the pages of upkeep.
"""

import http.client
import secrets
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import create_app
from benchmarks import site
from benchmarks.measure import Timing, measure, show
from directory.config import Config
from directory.database import make_engine
from directory.models import Area, Membership, Offer, User

ROUNDS = 34
MADE = datetime(2026, 1, 1, tzinfo=UTC)
AUTHORITY = ("/upkeep", "/upkeep/calls", "/upkeep/scores", "/services")
SUPERVISOR = ("/upkeep", "/upkeep/calls", "/upkeep/scores", "/duplicates", "/proposals")


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        environment = site.database(Path(folder))
        engine = make_engine(environment["DATABASE_URL"])
        with Session(engine) as session:
            count = session.scalar(select(func.count()).select_from(Offer))
            area, inside = _fullest_area(session)
            keys = {
                "authority": _account(session, "authority", area),
                "supervisor": _account(session, "supervisor", None),
            }
            session.commit()
        with site.server(environment) as port:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
            timings = [
                *_timings(connection, environment, "authority", keys, AUTHORITY),
                *_timings(connection, environment, "supervisor", keys, SUPERVISOR),
            ]
        show(
            f"{count:,} offers, {inside:,} of them in the authority's area, one gunicorn process, HTTP",
            timings,
        )


def _fullest_area(session: Session) -> tuple[Area, int]:
    """The first-level area in which most offers lie, and how many."""
    statement = (
        select(Area, func.count())
        .join(Offer, Offer.area_id == Area.id)
        .where(Area.level == 1)
        .group_by(Area.id)
        .order_by(func.count().desc())
        .limit(1)
    )
    area, inside = session.execute(statement).one()
    return area, inside


def _account(session: Session, role: str, area: Area | None) -> str:
    user = User(
        email=f"{role}-{secrets.token_hex(4)}@example.org",
        name=role,
        role=role,
        password_hash="",
        session_key=secrets.token_urlsafe(32),
        created_at=MADE,
    )
    session.add(user)
    session.flush()
    if area is not None:
        session.add(Membership(user_id=user.id, area_id=area.id))
    return user.session_key


def _timings(
    connection: http.client.HTTPConnection,
    environment: dict[str, str],
    role: str,
    keys: dict[str, str],
    paths: Sequence[str],
) -> list[Timing]:
    app = create_app(Config.from_environment(environment))
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert signer is not None
    cookie = signer.dumps({"_user_id": keys[role], "_fresh": True})

    def get(path: str) -> None:
        headers = {"Accept-Encoding": "gzip", "Cookie": f"homeward={cookie}"}
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        response.read()
        assert response.status == 200, (role, path, response.status)

    return [measure(f"{role}, {path}", get, [path] * ROUNDS) for path in paths]


if __name__ == "__main__":
    main()
