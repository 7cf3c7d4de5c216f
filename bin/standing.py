"""Asks the database itself whether it is prepared: newest migration, areas, gazetteer, categories.

`python -m bin.standing` runs inside the environment and says yes with exit code 0. It starts every
`make run`, so it imports nothing of the application but its settings.
"""

import sys

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from bin import progress
from directory.config import Config

SEEDED = ("area", "place", "taxonomy_term")


def main() -> int:
    """0 when nothing is missing."""
    config = Config.from_environment()
    folder = config.database_url.removeprefix("sqlite:///").rpartition("/")[0]
    if (
        config.database_url.startswith("sqlite")
        and not progress.ROOT.joinpath(folder).is_dir()
    ):
        return 1
    try:
        with create_engine(config.database_url).connect() as connection:
            return 0 if is_current(connection) and is_seeded(connection) else 1
    except SQLAlchemyError:
        return 1  # no such table: nothing was prepared yet


def is_current(connection: Connection) -> bool:
    """Whether the newest migration was applied."""
    versions = (progress.ROOT / "migrations" / "versions").glob("[0-9]*.py")
    newest = max(file.name.partition("_")[0] for file in versions)
    applied = connection.execute(text("SELECT version_num FROM alembic_version"))
    return applied.scalar() == newest


def is_seeded(connection: Connection) -> bool:
    """Whether every table that an installation starts with holds something."""
    return all(
        connection.execute(text(f"SELECT 1 FROM {table} LIMIT 1")).scalar()  # noqa: S608 – names from above
        for table in SEEDED
    )


if __name__ == "__main__":
    sys.exit(main())
