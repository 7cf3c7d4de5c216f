"""Background work of the search: the index follows the listings within a minute."""

from huey import crontab
from sqlalchemy.orm import Session

from directory.config import Config
from directory.database import make_engine, session_factory, unit_of_work
from directory.jobs import huey, settings
from directory.search import sync
from directory.search.choice import engine_for


@huey.task()  # type: ignore[untyped-decorator]  # huey has no types
def follow() -> None:
    """Work off what was noted, until nothing is left."""
    while work_off(settings()):
        pass


@huey.periodic_task(crontab(minute="*"))  # type: ignore[untyped-decorator]  # as above
def catch_up() -> None:
    """Work off what a stopped server left behind."""
    config = settings()
    with session_factory(make_engine(config.database_url))() as session:
        is_waiting = sync.count_waiting(session) > 0
    if is_waiting:
        follow()


def work_off(config: Config, progress: sync.Progress | None = None) -> int:
    """Bring the index up to date with what is noted now; return how many notes there were."""
    factory = session_factory(make_engine(config.database_url))
    with factory() as session:
        notes = sync.drain(session, engine_for(config), progress)
        session.commit()
    if notes:
        with unit_of_work(config) as session:
            sync.forget(session, notes)
    return len(notes)


def rebuild(config: Config, progress: sync.Progress | None = None) -> int:
    """Make the index anew, then work off what was noted meanwhile; return how many services it held."""
    factory = session_factory(make_engine(config.database_url))
    with factory() as session:
        rebuilt = sync.rebuild(session, engine_for(config), progress)
        session.commit()
    with unit_of_work(config) as session:
        sync.forget(session, rebuilt.notes)
    while work_off(config):
        pass
    return rebuilt.count


def install(config: Config) -> None:
    """Wake the background work after every commit that changed listings; not in tests."""
    if not config.testing:
        sync.install(Session, follow)
