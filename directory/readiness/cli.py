"""The `flask countries` commands: load what is particular to a country, check what it lacks."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from directory.authz import Actor
from directory.config import Config
from directory.countries import operations, packs
from directory.database import make_engine, session_factory, unit_of_work
from directory.errors import DomainError
from directory.listings.record import FILE_COLUMNS, FURTHER_COLUMNS
from directory.models import Role
from directory.readiness import queries
from directory.readiness.queries import Item, State
from directory.taxonomy import queries as taxonomy
from directory.taxonomy.codes import PROVIDER_TYPES

countries_group = AppGroup("countries", help="What is particular to a country.")

NOT_READY = 3
_SIGNS = {State.OK: "ok", State.PARTLY: "partly", State.MISSING: "MISSING"}
_ACTOR = Actor(role=Role.ADMIN, name="command")


@countries_group.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def load(file: Path) -> None:
    """Load a country pack (TOML; data/countries has examples). Loading it again changes nothing.

    Everything that is wrong is named, and nothing is stored. Review intervals take effect with
    `flask cells rebuild`.
    """
    try:
        with unit_of_work(Config.from_environment()) as session:
            changed, country = _load(session, file)
    except DomainError as error:
        told = error.message % error.values if error.values else error.message
        click.echo(f"{told} {error.remedy}".strip(), err=True)
        sys.exit(1)
    said = "loaded" if changed else "is loaded already; nothing changed"
    click.echo(f"The pack of {country} {said}.")


@countries_group.command("check")
@click.argument("country")
def check(country: str) -> None:
    """Say what COUNTRY (ISO 3166-1) has and what it lacks. Exit status 3: not ready."""
    config = Config.from_environment()
    today = datetime.now(UTC).date()
    with session_factory(make_engine(config.database_url))() as session:
        try:
            found = queries.check(
                session, actor=_ACTOR, country=country.upper(), today=today
            )
        except DomainError as error:
            click.echo(error.message, err=True)
            sys.exit(1)
        names = taxonomy.term_names(
            session, [item.term for item in found.items if item.term], "en"
        )
    for item in found.items:
        click.echo(f"{_SIGNS[item.state]:<8} {_words(item, names)}")
    click.echo("Ready." if found.is_ready else "Not ready.")
    if not found.is_ready:
        sys.exit(NOT_READY)


def _load(session: Session, file: Path) -> tuple[bool, str]:
    terms = {term.code for term in taxonomy.terms(session)}
    pack = packs.read(
        packs.parse(file.read_text(encoding="utf-8")),
        fields={*FILE_COLUMNS, *FURTHER_COLUMNS},
        terms=terms,
    )
    changed = operations.load_pack(session, pack=pack, now=datetime.now(UTC))
    return changed, pack.country


def _words(item: Item, names: dict[str, str]) -> str:
    sentence = item.message % item.values if item.values else item.message
    if item.term:
        return f"{names.get(item.term, item.term)}: {sentence}"
    if item.provider_type:
        return f"{PROVIDER_TYPES[item.provider_type]}: {sentence}"
    return sentence
