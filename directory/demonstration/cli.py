"""`flask seed demo` and `flask seed accounts`: the demonstration and who may sign in to it."""

from datetime import UTC, datetime

import click
from sqlalchemy import select

from directory.config import Config
from directory.database import unit_of_work
from directory.demonstration import cast, seeding
from directory.models import User


@click.command("demo")
def demo() -> None:
    """Load invented services, accounts, cases and referrals, all marked as demonstration."""
    config = Config.from_environment()
    with unit_of_work(config) as session:
        seeding.seed(
            session, now=datetime.now(UTC), secret_key=config.secret_key, say=click.echo
        )


@click.command("accounts")
@click.option("--show", is_flag=True, help="Print the accounts with their passwords.")
def accounts(show: bool) -> None:
    """List the demonstration's accounts; nothing where the demonstration is not loaded."""
    config = Config.from_environment()
    with unit_of_work(config) as session:
        there = set(session.scalars(select(User.email).where(User.is_demonstration)))
    members = [member for member in cast.MEMBERS if member.email in there]
    if not members:
        click.echo("There are no demonstration accounts here.")
    for member in members:
        secret = f"  {member.password}" if show else ""
        click.echo(f"{member.role.value:<11} {member.email:<32}{secret}")
