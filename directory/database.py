"""The engine, the session factory, and one transaction for the command line."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from directory.config import Config
from geo.engine import for_writing, make_spatial_engine

SessionFactory = sessionmaker[Session]


@lru_cache(maxsize=8)
def make_engine(url: str) -> Engine:
    """The one engine of this process for a database; connections are pooled and reused."""
    return make_spatial_engine(url)


def session_factory(engine: Engine) -> SessionFactory:
    """Sessions that do not expire their objects at commit: pages render after it."""
    return sessionmaker(bind=engine, expire_on_commit=False, autoflush=True)


@contextmanager
def unit_of_work(config: Config) -> Iterator[Session]:
    """One session, one commit at the end, or nothing at all when an error leaves the block."""
    with session_factory(for_writing(make_engine(config.database_url)))() as session:
        with session.begin():
            yield session
