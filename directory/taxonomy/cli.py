"""`flask seed taxonomy`."""

import click

from directory.config import Config
from directory.database import unit_of_work
from directory.taxonomy import operations


@click.command("taxonomy")
def seed_taxonomy() -> None:
    """Categories and leaves in four languages, from data/taxonomy.csv."""
    with unit_of_work(Config.from_environment()) as session:
        created, changed = operations.load_taxonomy(session)
    click.echo(f"taxonomy: created {created}, changed {changed}")
