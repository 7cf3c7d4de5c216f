"""How Alembic reaches the database and compares it with the models."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from geoalchemy2 import alembic_helpers
from sqlalchemy import Connection

from directory.models import Base, UtcDateTime
from geo.engine import make_spatial_engine


def include_object(
    obj: Any, name: str | None, type_: str, reflected: bool, compare_to: Any
) -> bool:
    """Leave out what the spatial extensions own, and tables that are not the models'."""
    if type_ == "table" and reflected and name not in Base.metadata.tables:
        return False
    keeps: Any = alembic_helpers.include_object  # written without types
    return bool(keeps(obj, name, type_, reflected, compare_to))


def render_item(
    obj_type: str, obj: Any, autogen_context: AutogenContext
) -> str | Literal[False]:
    """Write our own column types as the plain ones they are in the database."""
    if obj_type == "type" and isinstance(obj, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    renders: Any = alembic_helpers.render_item  # written without types
    rendered: str | Literal[False] = renders(obj_type, obj, autogen_context)
    return rendered


def run() -> None:
    """Run the migrations in one transaction."""
    connection = context.config.attributes.get("connection")
    if connection is not None:
        _migrate(connection)
        return
    engine = make_spatial_engine(context.config.attributes["url"], pooled=False)
    with engine.begin() as opened:
        _migrate(opened)
    engine.dispose()


def _migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        include_object=include_object,
        process_revision_directives=alembic_helpers.writer,
        render_item=render_item,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
