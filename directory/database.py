"""The engine, the session factory, and one transaction for the command line."""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import repeat
from typing import Any

import orjson
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    Engine,
    Table,
    Uuid,
    any_,
    bindparam,
    func,
    literal_column,
    select,
)
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from directory.config import Config
from geo.engine import for_writing, make_spatial_engine

SessionFactory = sessionmaker[Session]


@lru_cache(maxsize=8)
def make_engine(url: str) -> Engine:
    """The one engine of this process for a database; connections are pooled and reused."""
    return make_spatial_engine(url)


def session_factory(engine: Engine) -> SessionFactory:
    """Sessions that do not expire their objects at commit: pages render after it."""
    return sessionmaker(bind=engine, expire_on_commit=False, autoflush=True)


@contextmanager
def unit_of_work(config: Config) -> Iterator[Session]:
    """One session, one commit at the end, or nothing at all when an error leaves the block."""
    factory = session_factory(for_writing(make_engine(config.database_url)))
    with factory() as session, session.begin():
        yield session


def insert_many(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Insert many rows that have the same columns; several times faster than one by one on SQLite.

    Values are converted column by column as the types say, ``None`` always becomes NULL (in JSON
    columns too), and scalar defaults fill columns that the rows leave out.
    """
    if not rows:
        return
    if connection.dialect.name != "sqlite":
        connection.execute(table.insert(), list(rows))
        return
    constants = {
        column.name: column.default.arg
        for column in table.columns
        if column.name not in rows[0]
        and isinstance(column.default, ScalarElementColumnDefault)
    }
    compiled = table.insert().compile(
        dialect=connection.dialect, column_keys=[*rows[0], *constants]
    )
    columns: list[Iterable[Any]] = []
    for name in compiled.positiontup or ():
        of_dialect = table.columns[name].type.dialect_impl(connection.dialect)
        convert = of_dialect.bind_processor(connection.dialect)
        if name in constants:
            columns.append(
                repeat(convert(constants[name]) if convert else constants[name])
            )
        elif convert is None:
            columns.append([row[name] for row in rows])
        else:
            values = (row[name] for row in rows)
            columns.append(
                [None if value is None else convert(value) for value in values]
            )
    connection.exec_driver_sql(compiled.string, list(zip(*columns, strict=False)))


def among(
    session: Session,
    column: Any,
    ids: Sequence[uuid.UUID],
    *,
    are_most: bool = False,
) -> ColumnElement[bool]:
    """The condition that ``column`` is one of ``ids``, with one parameter however many they are.

    A list of thousands spelled out costs more to write and to parse than the rows cost to read.
    ``are_most``: the other conditions lead to hardly more rows, so that the column's own index would
    be the long way (SQLite's ``likelihood``; PostgreSQL sees it by itself).
    """
    chosen: ColumnElement[bool]
    if session.get_bind().dialect.name == "postgresql":
        chosen = column == any_(bindparam(None, list(ids), type_=ARRAY(Uuid())))
        return chosen
    text = orjson.dumps(list(ids)).decode().replace("-", "")  # as they are stored
    each = func.json_each(bindparam(None, text)).table_valued("value")
    chosen = column.in_(select(each.c.value))
    return func.likelihood(chosen, literal_column("0.9")) if are_most else chosen


def fetch(session: Session, query: Any) -> Sequence[Any]:
    """The rows of a query of columns, without the ORM's handling of each row.

    For reading much at once; pending changes must have been flushed.
    """
    return session.connection().execute(query).all()
