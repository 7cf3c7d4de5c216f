"""The `flask listings` commands."""

from datetime import UTC, datetime
from pathlib import Path

import click
from flask.cli import AppGroup

from directory.config import Config
from directory.database import make_engine, session_factory
from directory.listings import exporting, extracts

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
@click.option(
    "--changed-since",
    "since",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Only listings edited on that day (UTC) or later, or whose organization was.",
)
def export(kind: str, path: Path, staff: bool, since: datetime | None) -> None:
    """Write the public listings to a file.

    CSV and XLSX have the columns of the listing file and can be imported again without a change;
    GeoJSON, GeoPackage and KML have them as properties; hsds is HSDS 3.1 JSON, hsds-package its tables as CSV
    in a zip; hxl is a table of who does what where with HXL hashtags.
    """
    config = Config.from_environment()
    with session_factory(make_engine(config.database_url))() as session:
        extract = extracts.prepare(
            session,
            with_staff_level=staff,
            changed_since=since and since.replace(tzinfo=UTC),
        )
        count = exporting.WRITERS[kind](session, extract, path)
    click.echo(f"Wrote {count} listings to {path}")
