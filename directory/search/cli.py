"""The `flask search` commands."""

import click
from flask.cli import AppGroup

from directory.config import Config
from directory.database import make_engine, session_factory
from directory.search import sync, tasks
from directory.search.choice import engine_for

search_group = AppGroup("search", help="The full-text index.")


@search_group.command("rebuild")
def rebuild() -> None:
    """Make the search index anew from the listings.

    Needed after a restore, or when listings are found under words they no longer have.
    """
    config = Config.from_environment()
    with session_factory(make_engine(config.database_url))() as session:
        count = sync.rebuild(session, engine_for(config), _tell)
        session.commit()
    # What changed meanwhile is noted still.
    tasks.work_off(config)
    click.echo(f"The search index holds {count} services.")


def _tell(done: int, total: int) -> None:
    click.echo(f"Indexed {done} of {total} services")
