"""The database of the tests, the cast, and pages that are checked whenever they are fetched.

Every worker migrates one database once; every test runs in a transaction that is rolled back, and
the requests of its clients share that transaction.
"""

import os
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser
from sqlalchemy import Connection, Engine, text
from sqlalchemy.orm import Session, sessionmaker

from app import create_app
from directory import jobs
from directory.cli import alembic_config
from directory.config import Config
from directory.database import make_engine
from directory.models import User
from geo.engine import enable_postgis, make_spatial_engine
from tests import factories
from tests.browser import chromium
from tests.pages import Page, checked_page

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--db postgis`` runs the suite on the server named by TEST_POSTGIS_URL."""
    parser.addoption("--db", choices=("spatialite", "postgis"), default="spatialite")


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """What asks no database, or looks at pages in a browser, runs once: in the embedded half."""
    if config.getoption("--db") == "spatialite":
        return
    once = [
        item
        for item in items
        if "database_url" not in getattr(item, "fixturenames", ())
        or item.get_closest_marker("browser")
    ]
    config.hook.pytest_deselected(items=once)
    items[:] = [item for item in items if item not in set(once)]


@pytest.fixture(scope="session")
def database_url(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A database of this worker's own."""
    if request.config.getoption("--db") == "spatialite":
        yield f"sqlite:///{tmp_path_factory.mktemp('database')}/test.sqlite3"
        return
    server = os.environ.get("TEST_POSTGIS_URL")
    if not server:
        pytest.fail(
            "--db postgis needs TEST_POSTGIS_URL; `make test` starts a server and sets it."
        )
    name = f"homeward_{uuid.uuid4().hex[:12]}"
    admin = make_spatial_engine(server, pooled=False).execution_options(
        isolation_level="AUTOCOMMIT"
    )
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield f"{server.rsplit('/', 1)[0]}/{name}"
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(scope="session")
def config(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Config:
    """The settings of the tests."""
    given = Config.from_environment(
        {"SECRET_KEY": "0123456789abcdef-test", **_test_data_settings()}
    )
    return Config(
        secret_key=given.secret_key,
        database_url=database_url,
        instance_dir=tmp_path_factory.mktemp("instance"),
        real_data_dir=given.real_data_dir,
        standards_dir=given.standards_dir,
        jobs="immediate",
        testing=True,
    )


def _test_data_settings() -> dict[str, str]:
    names = ("REAL_DATA_DIR", "STANDARDS_DIR")
    return {name: os.environ[name] for name in names if name in os.environ}


@pytest.fixture(scope="session")
def engine(config: Config) -> Iterator[Engine]:
    """The migrated database with the taxonomy and a few areas, which every test may rely on."""
    engine = make_engine(config.database_url)
    enable_postgis(engine)
    command.upgrade(alembic_config(config.database_url), "head")
    with Session(engine) as session, session.begin():
        factories.seed_reference_data(session)
    yield engine
    engine.dispose()


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """One connection in one transaction, rolled back at the end of the test."""
    with engine.connect() as connection:
        transaction = connection.begin()
        yield connection
        transaction.rollback()


@pytest.fixture
def session(connection: Connection) -> Iterator[Session]:
    """A session inside the test's transaction; its commits are savepoints."""
    with Session(
        bind=connection,
        join_transaction_mode="create_savepoint",
        expire_on_commit=False,
    ) as session:
        yield session


@pytest.fixture(scope="session")
def whole_app(config: Config, engine: Engine) -> Flask:
    """The application, made once per worker."""
    app = create_app(config)
    app.testing = True
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.config["WTF_CSRF_ENABLED"] = False
    app.config["NOW"] = NOW
    return app


@pytest.fixture(autouse=True)
def _same_queue() -> Iterator[None]:
    """A test that makes an application of its own does not leave its queue to the next test."""
    was, settings = jobs.huey.immediate, list(jobs._settings)
    yield
    if settings:
        jobs._settings[:] = settings
    if jobs.huey.immediate != was:
        jobs.huey.immediate = was


@pytest.fixture
def app(whole_app: Flask, connection: Connection) -> Iterator[Flask]:
    """The application, whose requests share the test's transaction."""
    factory = sessionmaker(
        bind=connection,
        join_transaction_mode="create_savepoint",
        expire_on_commit=False,
    )
    kept = whole_app.extensions["homeward_sessions"]
    whole_app.extensions["homeward_sessions"] = {"reading": factory, "writing": factory}
    yield whole_app
    whole_app.extensions["homeward_sessions"] = kept


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, once per worker: Playwright's loop cannot run twice in one process."""
    with chromium() as opened:
        yield opened


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A signed-out visitor."""
    return app.test_client()


@pytest.fixture
def client_of(app: Flask, session: Session) -> Callable[[User], FlaskClient]:
    """Signs an account in: ``client_of(counsellor).get(…)``."""

    def sign_in(user: User) -> FlaskClient:
        session.commit()
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie["_user_id"] = user.session_key
            cookie["_fresh"] = True
        return client

    return sign_in


@pytest.fixture
def page(client: FlaskClient) -> Callable[..., Page]:
    """Fetches a page as a visitor, or with ``client=``, and checks that it is sound HTML."""

    def fetch(
        path: str, *, by: FlaskClient | None = None, status: int = 200, **options: Any
    ) -> Page:
        chosen = by or client
        method = options.pop("method", "GET")
        response = chosen.open(path, method=method, follow_redirects=False, **options)
        assert response.status_code == status, (
            path,
            response.status_code,
            response.text[:600],
        )
        return checked_page(response)

    return fetch


@pytest.fixture
def now() -> datetime:
    """The moment at which tests happen."""
    return NOW


@pytest.fixture
def real_data(config: Config) -> Path:
    """The folder of real files; the test is skipped, saying so, where it is absent."""
    if not config.real_data_dir.is_dir():
        pytest.skip(
            f"REAL_DATA_DIR ({config.real_data_dir.name}) is absent: real files not tried."
        )
    return config.real_data_dir


def _member(role: str) -> Any:
    @pytest.fixture(name=role)
    def account(session: Session) -> User:
        return factories.make_user(session, role=role)

    return account


counsellor = _member("counsellor")
caseworker = _member("caseworker")
provider = _member("provider")
authority = _member("authority")
supervisor = _member("supervisor")
admin = _member("admin")


@pytest.fixture
def stranger(session: Session) -> User:
    """A counsellor of another organization, who must not see what is not theirs."""
    return factories.make_user(
        session,
        role="counsellor",
        email="stranger@example.org",
        organization_name="Elsewhere",
    )
