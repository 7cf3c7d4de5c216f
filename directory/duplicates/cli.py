"""The `flask duplicates` commands."""

import time
from datetime import UTC, datetime, timedelta

import click
from flask.cli import AppGroup

from directory.config import Config
from directory.database import unit_of_work
from directory.duplicates import measuring, work

duplicates_group = AppGroup(
    "duplicates", help="Listings that may be one: find them, measure the finder."
)


@duplicates_group.command("find")
@click.option("--country", metavar="XX", help="Only listings of this country.")
@click.option("--days", type=int, help="Only listings changed in so many days.")
def find(country: str | None, days: int | None) -> None:
    """Compare the listings with each other and put what looks alike into the queue.

    Pairs that somebody has called different are not asked again; open pairs that look alike no more
    leave the queue. The same runs by itself every night for what changed, and weekly for everything.
    """
    now, started = datetime.now(UTC), time.perf_counter()
    since = now - timedelta(days=days) if days is not None else None
    with unit_of_work(Config.from_environment()) as session:
        found, new = work.search(
            session, now=now, country=country, since=since, progress=_tell
        )
    seconds = time.perf_counter() - started
    click.echo(f"{found} pairs look alike, {new} of them new ({seconds:.1f} s).")


@duplicates_group.command("measure")
@click.option("--mistakes", is_flag=True, help="Also list the pairs judged wrongly.")
def measure(mistakes: bool) -> None:
    """Measure the finder on the labelled pairs of data/duplicates/pairs.csv.

    The pairs point into the public files below REAL_DATA_DIR. The weights were tuned on the half
    called "tune"; the half called "report" says what to expect.
    """
    config = Config.from_environment()
    if not config.real_data_dir.is_dir():
        raise click.ClickException("REAL_DATA_DIR is absent: there is nothing to read.")
    judged = measuring.judge(config.real_data_dir, list(measuring.read_pairs()))
    for name, halves in _HALVES.items():
        half = [each for each in judged if each.pair.is_held_out in halves]
        found = measuring.measure(half)
        same = found.right + found.missed
        click.echo(
            f"{name}: n={found.count} (same {same}, different {found.count - same})"
            f" precision={found.precision:.3f} recall={found.recall:.3f} F1={found.f1:.3f}"
        )
    if mistakes:
        for each in judged:
            if each.is_found != each.pair.is_same:
                click.echo(
                    f"{each.pair.first} {each.pair.second} score={each.comparison.score}"
                    f" label={'same' if each.pair.is_same else 'different'} {each.pair.note}"
                )


_HALVES = {"tune": (False,), "report": (True,), "all": (False, True)}


def _tell(done: int, total: int) -> None:
    click.echo(f"{done} of {total} pairs compared", err=True)
