"""The `flask directory` commands: hand a whole directory over, take one over, compare two."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click
import orjson
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from directory.config import Config
from directory.database import make_engine, session_factory, unit_of_work
from directory.errors import DomainError
from directory.handover import archive, operations, queries
from directory.handover.queries import Scope
from directory.search import tasks

directory_group = AppGroup("directory", help="A whole directory, to hand over.")

_PROTECTED = click.option(
    "--protected",
    is_flag=True,
    help="Also listings for staff, restricted and sealed ones (L1, L2, L3). Send such a file encrypted.",
)
_HISTORY = click.option(
    "--history",
    is_flag=True,
    help="Also who changed what, and when it was checked. Needs --protected: the past may tell of it.",
)


@directory_group.command("export")
@click.option(
    "--out", "path", type=click.Path(dir_okay=False, path_type=Path), required=True
)
@_PROTECTED
@_HISTORY
def export(path: Path, protected: bool, history: bool) -> None:
    """Write the whole directory to a .zip file that an empty installation can import.

    Organizations, services, places, coverage, texts in all languages, categories, country packs,
    and the areas of the countries that are used. Never cases, referrals, accounts or feedback.
    """
    scope = _scope(protected, history)
    config = Config.from_environment()
    with _one_moment(config) as session:
        manifest = archive.write(session, scope, path, now=datetime.now(UTC))
    listings = manifest.tables["service"][0]
    click.echo(f"Wrote {listings} services to {path}")
    click.echo(f"Checksum of the directory: {manifest.checksum}")
    click.echo(f"SHA-256 of the file: {archive.fingerprint(path)}")
    click.echo(
        "The file holds protected listings (L1, L2, L3): keep it from others."
        if protected
        else "Public listings only: protected ones (L1, L2, L3) are not in the file."
    )


@directory_group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_command(file: Path) -> None:
    """Fill this installation from FILE. It must have no organizations, services and profiles of areas yet.

    All of it or nothing. Everything is read back and compared with the file's checksums.
    """
    config = Config.from_environment()
    try:
        with archive.open_archive(file) as opened, unit_of_work(config) as session:
            manifest = operations.load(session, opened, _tell)
    except DomainError as error:
        click.echo(_words(error), err=True)
        sys.exit(1)
    count = tasks.rebuild(config)
    click.echo(f"{count} services imported, equal to the file.")
    click.echo(f"Checksum of the directory: {manifest.checksum}")


@directory_group.command("checksum")
@_PROTECTED
@_HISTORY
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def checksum(protected: bool, history: bool, as_json: bool) -> None:
    """Count and sum every table: two directories with the same answer are equal."""
    config = Config.from_environment()
    with _one_moment(config) as session:
        found = queries.tallies(session, _scope(protected, history))
    whole = queries.checksum(found)
    if as_json:
        tables = {
            name: {"rows": tally.rows, "sha256": tally.checksum}
            for name, tally in found.items()
        }
        click.echo(orjson.dumps({"checksum": whole, "tables": tables}))
        return
    for name, tally in found.items():
        click.echo(f"{name:<26} {tally.rows:>9}  {tally.checksum}")
    click.echo(f"{'all':<26} {'':>9}  {whole}")


def _scope(protected: bool, history: bool) -> Scope:
    if history and not protected:
        raise click.UsageError("--history needs --protected.")
    return Scope(with_protected=protected, with_history=history)


@contextmanager
def _one_moment(config: Config) -> Iterator[Session]:
    """Read everything as it is at one moment, whatever others write meanwhile."""
    engine = make_engine(config.database_url)
    if engine.dialect.name == "postgresql":  # SQLite reads so anyway.
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    with session_factory(engine)() as session:
        yield session


def _tell(table: str, count: int) -> None:
    click.echo(f"{table}: {count}", err=True)


def _words(error: DomainError) -> str:
    message = error.message % error.values if error.values else error.message
    return f"{message} {error.remedy}".strip()
