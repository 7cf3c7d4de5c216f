"""`flask retention`: erases personal data whose time has come."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Final

import click

from directory.cases import retention
from directory.config import Config
from directory.database import unit_of_work

WORDS: Final = {
    "drafts": "referrals never sent",
    "cases": "cases made anonymous",
    "messages": "messages",
    "contacts": "contacts in closed feedback",
    "feedback": "feedback past its register time",
    "reads": "entries of the reading log",
    "changes": "entries of the change log",
}


@click.group("retention")
def retention_cli() -> None:
    """Personal data whose time has come."""


@retention_cli.command("run")
@click.option("--dry-run", is_flag=True, help="Only say what would be erased.")
def run(*, dry_run: bool) -> None:
    """Erase or anonymise what docs/privacy.md says is due; the nightly job does the same."""
    with unit_of_work(Config.from_environment()) as session:
        report = retention.run(session, now=datetime.now(UTC), dry_run=dry_run)
    click.echo("Would be erased:" if dry_run else "Erased:")
    for name, count in asdict(report).items():
        click.echo(f"  {count:>6}  {WORDS[name]}")
