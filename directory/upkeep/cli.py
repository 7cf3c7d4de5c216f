"""The `flask upkeep` commands: what the worker does by itself, at once."""

from datetime import UTC, datetime

import click
from flask.cli import AppGroup

from directory.config import Config
from directory.database import unit_of_work
from directory.upkeep import digest, readers, reminding, tasks

upkeep_cli = AppGroup("upkeep", help="Keeping listings true.")


@upkeep_cli.command("remind")
def remind() -> None:
    """Ask by e-mail whether the listings whose check is due are still right.

    One message to each address, with a link for each of its listings that works for 30 days and
    needs no account. A listing is asked about once in 30 days; protected ones never.
    """
    config, now = Config.from_environment(), datetime.now(UTC)
    with unit_of_work(config) as session:
        readers.take_in(session, now=now)
        count = reminding.remind(session, secret_key=config.secret_key, now=now)
    click.echo(f"{count} messages wait to be sent.")


@upkeep_cli.command("digest")
def send_digest() -> None:
    """Write the weekly message to keepers and watchers who have news; at most one a week each."""
    with unit_of_work(Config.from_environment()) as session:
        count = digest.send(session, now=datetime.now(UTC))
    click.echo(f"{count} messages wait to be sent.")


@upkeep_cli.command("links")
def check_links() -> None:
    """Check some websites of public listings; two failures in a row open a task."""
    opened = tasks.check_some(Config.from_environment(), now=datetime.now(UTC))
    click.echo(f"{opened} tasks opened.")
