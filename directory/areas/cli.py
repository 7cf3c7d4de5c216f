"""`flask areas load` and `flask seed areas|gazetteer`."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import click

from directory.areas import files, gazetteer, operations, records, seeding
from directory.areas.recognition import Fields
from directory.config import Config
from directory.database import unit_of_work
from directory.errors import DomainError

_NOTICES_SHOWN = 20


@click.group("areas")
def areas_cli() -> None:
    """Administrative areas and their boundaries."""


@areas_cli.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--country", required=True, help="ISO 3166-1 code, two letters.")
@click.option(
    "--level", required=True, type=click.IntRange(0, 6), help="0 country, 1 …"
)
@click.option("--code-field", help="Property with the area's code.")
@click.option("--name-field", help="Property with the area's name.")
@click.option("--parent-field", help="Property with the code of the area above.")
@click.option("--source", help="Where the file is from; default: its name.")
def load(
    file: Path,
    country: str,
    level: int,
    code_field: str | None,
    name_field: str | None,
    parent_field: str | None,
    source: str | None,
) -> None:
    """Load official boundaries of one level of one country from FILE.

    GeoJSON (also gzipped), GeoPackage or Shapefile, in WGS 84. Loading a file again
    changes nothing; another set replaces the one before.
    """
    fields = Fields(
        codes=(code_field,) if code_field else (),
        names=(name_field,) if name_field else (),
        parents=(parent_field,) if parent_field else (),
    )
    started = time.monotonic()
    try:
        with unit_of_work(Config.from_environment()) as session:
            read = records.read_records(
                files.read_features(file),
                country=country.upper(),
                level=level,
                fields=fields,
            )
            report = operations.load_areas(
                session,
                country=country.upper(),
                level=level,
                records=read.records,
                source=source or file.name.split(".")[0],
                today=datetime.now(UTC).date(),
                progress=_progress("areas"),
            )
    except DomainError as error:
        raise click.ClickException(_in_words(error)) from error
    _print_notices(read.notices)
    _print_report(report, read.fields, time.monotonic() - started)


@click.command("areas")
def seed_areas() -> None:
    """Countries and first-level areas of the world (Natural Earth)."""
    started = time.monotonic()
    with unit_of_work(Config.from_environment()) as session:
        written = seeding.seed_world(
            session, today=datetime.now(UTC).date(), progress=_progress("areas")
        )
    _say_written(written, "areas", started)


@click.command("gazetteer")
@click.option("--country", "countries", multiple=True, help="Only these; default: all.")
def seed_gazetteer(countries: tuple[str, ...]) -> None:
    """Towns and villages with their spellings (GeoNames)."""
    started = time.monotonic()
    with unit_of_work(Config.from_environment()) as session:
        written = gazetteer.seed(
            session,
            countries=[country.upper() for country in countries],
            progress=_progress("places"),
        )
    _say_written(written, "places", started)


def _progress(what: str) -> Callable[[int, int], None]:
    """Return a progress reporter that prints about once a second."""
    last = [time.monotonic()]

    def tell(done: int, total: int) -> None:
        now = time.monotonic()
        if now - last[0] >= 1 or done == total:
            last[0] = now
            click.echo(f"  {done:,} of {total:,} {what}", err=True)

    return tell


def _say_written(written: int, what: str, started: float) -> None:
    if written:
        click.echo(f"{written:,} {what} in {time.monotonic() - started:.1f} s")
    else:
        click.echo(f"{what}: already there")


def _print_notices(notices: tuple[records.Notice, ...]) -> None:
    for notice in notices[:_NOTICES_SHOWN]:
        click.echo(f"  {notice.code}: {notice.message % notice.values}", err=True)
    if len(notices) > _NOTICES_SHOWN:
        click.echo(f"  … and {len(notices) - _NOTICES_SHOWN} more", err=True)


def _print_report(
    report: operations.LoadReport, fields: Fields, seconds: float
) -> None:
    click.echo(
        f"created {report.created}, updated {report.updated}, unchanged"
        f" {report.unchanged}, replaced {report.replaced}; {report.cells} cells;"
        f" {seconds:.1f} s"
    )
    click.echo(
        f"code from {', '.join(fields.codes) or '–'}; parents: {report.parents_by_code}"
        f" by code ({', '.join(fields.parents) or '–'}),"
        f" {report.parents_by_position} by position"
    )
    if report.without_parent:
        click.echo(f"without parent: {', '.join(report.without_parent[:10])}")
    if report.references_moved or report.locations_moved:
        click.echo(
            f"{report.references_moved} references and {report.locations_moved}"
            " locations now point to the new areas; run: flask cells rebuild"
        )


def _in_words(error: DomainError) -> str:
    values = {key: str(value) for key, value in error.values.items()}
    remedy = error.remedy % values if values else error.remedy
    return f"{error.message % values if values else error.message} {remedy}".strip()
