"""One numbered migration head, equal to the models, up and down."""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from geoalchemy2 import alembic_helpers
from sqlalchemy import Connection, Engine, inspect

from directory.cli import alembic_config
from directory.models import Base
from geo.engine import make_spatial_engine


def test_there_is_one_numbered_head() -> None:
    script = ScriptDirectory.from_config(alembic_config("sqlite://"))
    assert len(script.get_heads()) == 1
    numbers = sorted(revision.revision for revision in script.walk_revisions())
    assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)]


def _ours(
    obj: object, name: str, type_: str, reflected: bool, compare_to: object
) -> bool:
    if type_ == "table" and reflected and name not in Base.metadata.tables:
        return False
    keeps: Any = alembic_helpers.include_object  # written without types
    return bool(keeps(obj, name, type_, reflected, compare_to))


def test_the_models_and_the_migrated_database_agree(connection: Connection) -> None:
    context = MigrationContext.configure(connection, opts={"include_object": _ours})
    found = [
        difference
        for difference in compare_metadata(context, Base.metadata)
        if "index" not in str(difference[0]) or "idx_" not in str(difference[1])
    ]
    assert not found


def test_the_migrations_can_be_taken_back(tmp_path: Path, engine: Engine) -> None:
    if engine.dialect.name != "sqlite":
        url = engine.url.render_as_string(hide_password=False)
        _up_and_down(url, keep=True)
        return
    _up_and_down(f"sqlite:///{tmp_path}/down.sqlite3", keep=False)


def _up_and_down(url: str, *, keep: bool) -> None:
    settings = alembic_config(url)
    engine = make_spatial_engine(url, pooled=False)
    with engine.connect() as connection:
        transaction = connection.begin()
        settings.attributes["connection"] = connection
        if not keep:
            command.upgrade(settings, "head")
        command.downgrade(settings, "base")
        left = set(inspect(connection).get_table_names()) & set(Base.metadata.tables)
        transaction.rollback()
    engine.dispose()
    assert not left
