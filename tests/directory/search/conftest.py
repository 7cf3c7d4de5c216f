"""An index that follows the test's own listings."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy.orm import Session

from directory.config import Config
from directory.search import sync
from directory.search.choice import engine_for
from directory.search.engine import Engine


@pytest.fixture
def engine_of_search(config: Config, session: Session) -> Iterator[Engine]:
    """The engine of the tests, empty before and after."""
    engine = engine_for(config)
    engine.clear(session)
    yield engine
    engine.clear(session)


@pytest.fixture
def indexed(session: Session, engine_of_search: Engine) -> Callable[[], int]:
    """Works off the notes of the listings made so far; returns how many there were."""

    def follow() -> int:
        session.flush()
        notes = sync.drain(session, engine_of_search)
        sync.forget(session, notes)
        session.commit()
        return len(notes)

    return follow
