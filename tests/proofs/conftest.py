"""The world that the proofs look at, and the one who asks."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from directory.config import Config
from directory.jobs import huey
from directory.search import sync
from directory.search.choice import engine_for
from tests.proofs import world
from tests.proofs.asking import Asker
from tests.proofs.world import World


@pytest.fixture
def built(session: Session) -> World:
    """A world without confidential listings."""
    made = world.build(session)
    session.commit()
    return made


@pytest.fixture
def asker(app: Flask, connection: Connection, monkeypatch: pytest.MonkeyPatch) -> Asker:
    """Asks within the test's transaction; background jobs stay undone."""
    monkeypatch.setattr(huey, "enqueue", lambda _task: None)
    return Asker(app, connection)


@pytest.fixture
def is_short(request: pytest.FixtureRequest) -> bool:
    """Whether a part is enough: on PostGIS, after the whole on SpatiaLite."""
    return bool(request.config.getoption("--db") != "spatialite")


@pytest.fixture
def indexed(config: Config, session: Session) -> Iterator[Callable[[], int]]:
    """Makes the index of what is there now; empty again at the end."""
    engine = engine_for(config)

    def make() -> int:
        session.flush()
        count = sync.rebuild(session, engine).count
        session.commit()
        return count

    yield make
    engine.clear(session)
