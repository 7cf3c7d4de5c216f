"""The `flask search` commands."""

import click
from flask.cli import AppGroup

from directory.config import Config
from directory.search import tasks

search_group = AppGroup("search", help="The full-text index.")


@search_group.command("rebuild")
def rebuild() -> None:
    """Make the search index anew from the listings.

    Needed after a restore, or when listings are found under words they no longer have.
    """
    count = tasks.rebuild(Config.from_environment(), _tell)
    click.echo(f"The search index holds {count} services.")


def _tell(done: int, total: int) -> None:
    click.echo(f"Indexed {done} of {total} services")
