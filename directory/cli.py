"""The `flask` commands: database, seeds, users, search, derived data."""

import importlib
from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig
from click import Group
from flask import Flask
from flask.cli import AppGroup

from directory.config import ROOT, Config
from directory.database import make_engine
from geo.engine import enable_postgis

db_group = AppGroup("db", help="The database and its migrations.")
seed_group = AppGroup("seed", help="Data that a new installation starts from.")


def alembic_config(url: str) -> AlembicConfig:
    """Alembic's settings for a database, without an ini file."""
    settings = AlembicConfig()
    settings.set_main_option("script_location", str(ROOT / "migrations"))
    settings.attributes["url"] = url
    return settings


@db_group.command("upgrade")
def upgrade() -> None:
    """Bring the database to the newest schema."""
    config = Config.from_environment()
    Path(config.instance_dir).mkdir(mode=0o700, parents=True, exist_ok=True)
    enable_postgis(make_engine(config.database_url))
    command.upgrade(alembic_config(config.database_url), "head")


# Where each feature's commands are: (module, attribute, group or None for the top level).
COMMANDS: tuple[tuple[str, str, str | None], ...] = (
    ("directory.areas.cli", "areas_cli", None),
    ("directory.areas.cli", "seed_areas", "seed"),
    ("directory.areas.cli", "seed_gazetteer", "seed"),
    ("directory.taxonomy.cli", "seed_taxonomy", "seed"),
    ("directory.accounts.cli", "users", None),
    ("directory.demonstration.cli", "demo", "seed"),
    ("directory.demonstration.cli", "accounts", "seed"),
    ("directory.cases.cli", "retention_cli", None),
    ("directory.matching.cli", "cells_group", None),
    ("directory.listings.cli", "listings_group", None),
    ("directory.handover.cli", "directory_group", None),
    ("directory.readiness.cli", "countries_group", None),
    ("directory.duplicates.cli", "duplicates_group", None),
    ("directory.search.cli", "search_group", None),
    ("directory.upkeep.cli", "upkeep_cli", None),
    ("importers.cli", "import_cli", None),
    ("importers.cli", "area_profiles", "areas"),
)


def register(app: Flask) -> None:
    """Add every command to ``app``."""
    groups: dict[str, Group] = {"seed": seed_group}
    for group in (db_group, seed_group):
        app.cli.add_command(group)
    for module, attribute, parent in COMMANDS:
        command_or_group = getattr(importlib.import_module(module), attribute)
        (groups[parent] if parent else app.cli).add_command(command_or_group)
        if isinstance(command_or_group, Group):
            groups[str(command_or_group.name)] = command_or_group
