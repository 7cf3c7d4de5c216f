"""Empty installations to hand a directory over to."""

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Engine, text

from directory.cli import alembic_config
from directory.database import make_engine
from geo.engine import enable_postgis, make_spatial_engine


@pytest.fixture
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A migrated database with nothing in it, of the kind that the suite runs on."""
    if request.config.getoption("--db") == "spatialite":
        engine = _migrated(f"sqlite:///{tmp_path}/empty.sqlite3")
        yield engine
        engine.dispose()
        return
    server = os.environ["TEST_POSTGIS_URL"]
    name = f"homeward_{uuid.uuid4().hex[:12]}"
    admin = make_spatial_engine(server, pooled=False).execution_options(
        isolation_level="AUTOCOMMIT"
    )
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine = _migrated(f"{server.rsplit('/', 1)[0]}/{name}")
    yield engine
    engine.dispose()
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


def _migrated(url: str) -> Engine:
    engine = make_engine(url)
    enable_postgis(engine)
    command.upgrade(alembic_config(url), "head")
    return engine
