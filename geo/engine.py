"""Makes an engine spatial: loads SpatiaLite into each SQLite connection, or checks PostGIS."""

import importlib
import os
import sqlite3
from types import ModuleType
from typing import Any

from geoalchemy2 import load_spatialite
from sqlalchemy import Engine, create_engine, event, make_url, text
from sqlalchemy.pool import NullPool

LIBRARIES = (
    "mod_spatialite",
    "mod_spatialite.so",
    "/opt/homebrew/lib/mod_spatialite.dylib",
    "/usr/local/lib/mod_spatialite.dylib",
)


class SpatialLibraryMissing(RuntimeError):
    """SpatiaLite or PostGIS is not there; the text says how to install it."""


def sqlite_driver() -> ModuleType:
    """The interpreter's own sqlite3 where it can load extensions, else pysqlite3."""
    if hasattr(sqlite3.Connection, "enable_load_extension"):
        return sqlite3
    try:
        return importlib.import_module("pysqlite3.dbapi2")
    except ImportError:
        raise SpatialLibraryMissing(
            "This Python's sqlite3 cannot load SpatiaLite and the package pysqlite3 is not"
            " installed; install it, or use the system's own python3."
        ) from None


def spatialite_library(driver: ModuleType) -> str:
    """The name under which SpatiaLite loads; SPATIALITE_LIBRARY_PATH is tried first."""
    given = os.environ.get("SPATIALITE_LIBRARY_PATH")
    for name in (given, *LIBRARIES) if given else LIBRARIES:
        connection = driver.connect(":memory:")
        try:
            connection.enable_load_extension(True)
            connection.load_extension(name)
        except driver.OperationalError:
            continue
        else:
            return name
        finally:
            connection.close()
    raise SpatialLibraryMissing(
        "SpatiaLite was not found: install the package libsqlite3-mod-spatialite, or set"
        " SPATIALITE_LIBRARY_PATH to mod_spatialite."
    )


def make_spatial_engine(url: str, *, pooled: bool = True) -> Engine:
    """An engine whose connections know geometry.

    SQLite runs in WAL mode with foreign keys on, and begins transactions itself, so that savepoints
    and roll-backs are true. Its cache may grow to 256 MB: an import of 100,000 listings is one
    transaction, and pages that do not fit are written several times. Raises SpatialLibraryMissing.
    """
    if make_url(url).get_backend_name() == "sqlite":
        return _sqlite_engine(url, pooled=pooled)
    options: dict[str, Any] = {} if pooled else {"poolclass": NullPool}
    return create_engine(url, pool_pre_ping=True, **options)


def _sqlite_engine(url: str, *, pooled: bool) -> Engine:
    driver = sqlite_driver()
    os.environ["SPATIALITE_LIBRARY_PATH"] = spatialite_library(driver)
    options: dict[str, Any] = {} if pooled else {"poolclass": NullPool}
    engine = create_engine(
        url,
        module=driver,
        connect_args={
            "check_same_thread": False,
            "timeout": 60,
            "isolation_level": None,
        },
        **options,
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, record: Any) -> None:  # noqa: ARG001 -- SQLAlchemy's signature
        load_spatialite(  # type: ignore[no-untyped-call]  # GeoAlchemy2 has no types
            connection, init_mode="WGS84", transaction=True
        )
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=NORMAL",
            "foreign_keys=ON",
            "cache_size=-262144",
            "mmap_size=268435456",
            "temp_store=MEMORY",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        kind = connection.get_execution_options().get("sqlite_begin", "")
        connection.exec_driver_sql(f"BEGIN {kind}".strip())

    return engine


def for_writing(engine: Engine) -> Engine:
    """The same engine, taking SQLite's write lock at the start of each transaction.

    A transaction that reads first and writes later fails at once when another one committed in
    between; one that starts as a writer waits its turn instead. PostgreSQL ignores the option.
    """
    return engine.execution_options(sqlite_begin="IMMEDIATE")


def enable_postgis(engine: Engine) -> None:
    """Create the PostGIS extension if the database lacks it; raises SpatialLibraryMissing."""
    if engine.dialect.name != "postgresql":
        return
    try:
        with engine.begin() as connection:
            connection.execute(text("CREATE EXTENSION IF NOT EXISTS postgis"))
    except Exception as problem:
        raise SpatialLibraryMissing(
            "PostGIS is not available in this database: install it on the server and run"
            " CREATE EXTENSION postgis as a superuser."
        ) from problem
