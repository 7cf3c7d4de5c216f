"""The `flask listings` commands."""

from pathlib import Path

import click
from flask.cli import AppGroup

from directory.config import Config
from directory.database import make_engine, session_factory
from directory.listings import exporting

listings_group = AppGroup("listings", help="Listings in bulk.")


@listings_group.command("export")
@click.option(
    "--format", "kind", type=click.Choice(list(exporting.WRITERS)), required=True
)
@click.option(
    "--out", "path", type=click.Path(dir_okay=False, path_type=Path), required=True
)
@click.option(
    "--staff",
    is_flag=True,
    help="Also listings for staff (L1). Restricted and sealed ones (L2, L3) are never exported.",
)
def export(kind: str, path: Path, staff: bool) -> None:
    """Write the public listings to a file.

    CSV and XLSX have the columns of the listing file and can be imported again without a change;
    GeoJSON has them as properties; hsds is HSDS 3.1 JSON.
    """
    config = Config.from_environment()
    with session_factory(make_engine(config.database_url))() as session:
        extract = exporting.prepare(session, with_staff_level=staff)
        count = exporting.WRITERS[kind](session, extract, path)
    click.echo(f"Wrote {count} listings to {path}")
