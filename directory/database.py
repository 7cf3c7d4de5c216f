"""The engine, the session factory, and one transaction for the command line."""

import re
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from operator import itemgetter
from typing import Any, Final

import orjson
from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    Dialect,
    Engine,
    Integer,
    Table,
    Text,
    Uuid,
    any_,
    bindparam,
    cast,
    func,
    literal,
    literal_column,
    select,
)
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.sql.schema import ScalarElementColumnDefault
from sqlalchemy.types import TypeEngine

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
    """Insert many rows that have the same columns; several times faster than one by one.

    Values are converted column by column as the types say, ``None`` always becomes NULL (in JSON
    columns too), and scalar defaults fill columns that the rows leave out. Columns that are empty in
    every row are left out of the statement. PostgreSQL takes many rows by ``COPY``.
    """
    if len(rows) < _FEWEST_COPIED and connection.dialect.name != "sqlite":
        if rows:
            connection.execute(table.insert(), list(rows))
        return
    for insert in prepare_inserts(connection.dialect, [(table, rows)]):
        run_insert(connection, insert)


@dataclass(frozen=True, slots=True)
class Insert:
    """Rows of one table in the form that the driver takes fastest; they may travel between processes.

    ``rows`` are tuples for ``statement``, or one text for ``COPY``.
    """

    statement: str
    rows: list[tuple[Any, ...]] | bytes


def prepare_inserts(
    dialect: Dialect, tables: Iterable[tuple[Table, Sequence[Mapping[str, Any]]]]
) -> list[Insert]:
    """Return what inserts these rows of these tables, as ``insert_many`` does; needs no connection."""
    made = []
    for table, rows in tables:
        if not rows:
            continue
        names, columns = _converted(dialect, table, rows)
        if dialect.name == "sqlite":
            made.append(
                _executed(dialect, table, dict(zip(names, columns, strict=True)))
            )
        else:
            made.append(_copied(dialect, table, names, columns))
    return made


def run_insert(connection: Connection, insert: Insert) -> None:
    """Insert prepared rows."""
    if isinstance(insert.rows, bytes):
        driver: Any = connection.connection.driver_connection
        with driver.cursor() as cursor, cursor.copy(insert.statement) as copy:
            copy.write(insert.rows)
    else:
        connection.exec_driver_sql(insert.statement, insert.rows)


_FEWEST_COPIED: Final = 50
_PLAIN: Final = re.compile(r"[\w .:@+-]*", re.ASCII)


def _executed(
    dialect: Dialect, table: Table, columns: Mapping[str, Sequence[Any]]
) -> Insert:
    """For SQLite; what is equal in all rows stands in the statement, a third cheaper."""
    values: dict[str, Any] = {
        name: bindparam(f"{_GIVEN}{name}", type_=table.columns[name].type)
        for name in columns
    }
    for name, given in list(columns.items())[1:]:
        is_equal = len(given) >= _FEWEST_COPIED and given.count(given[0]) == len(given)
        if is_equal and (written := _written(given[0])) is not None:
            values[name] = literal_column(written)
    statement = table.insert().inline().values(values)
    compiled = statement.compile(dialect=dialect)
    order = [name.removeprefix(_GIVEN) for name in compiled.positiontup or ()]
    rows = list(zip(*(columns[name] for name in order), strict=True))
    return Insert(compiled.string, rows)


_GIVEN: Final = "given_"


def _written(value: Any) -> str | None:
    """A number, or a text without any sign of its own, as SQL writes it; of others None."""
    if isinstance(value, int):
        return str(int(value))
    is_plain = isinstance(value, str) and _PLAIN.fullmatch(value) is not None
    return f"'{value}'" if is_plain else None


def _converted(
    dialect: Dialect, table: Table, rows: Sequence[Mapping[str, Any]]
) -> tuple[list[str], list[Sequence[Any]]]:
    """Return the names of the columns that hold anything, and their values as the driver takes them."""
    number = len(rows)
    stated = list(rows[0])
    if len(stated) == 1:
        given: Iterable[Sequence[Any]] = [[row[stated[0]] for row in rows]]
    else:
        given = zip(*map(itemgetter(*stated), rows), strict=True)
    found = {
        name: values
        for name, values in zip(stated, given, strict=True)
        if values[0] is not None or values.count(None) < number
    }
    for column in table.columns:
        if column.name not in rows[0] and isinstance(
            column.default, ScalarElementColumnDefault
        ):
            found[column.name] = (column.default.arg,) * number
    types = {name: table.columns[name].type.dialect_impl(dialect) for name in found}
    return list(found), [
        _as_stored(values, types[name], dialect) for name, values in found.items()
    ]


def _as_stored(
    values: Sequence[Any], kind: TypeEngine[Any], dialect: Dialect
) -> Sequence[Any]:
    """Return the values of one column as the driver takes them; what is equal is converted once."""
    if isinstance(kind, Uuid):  # as text on both: psycopg writes texts faster
        return [
            value if value is None or type(value) is str else value.hex
            for value in values
        ]
    convert = kind.bind_processor(dialect)
    if convert is None:
        return values
    first = values[0]
    if first is not None and values.count(first) == len(values):
        return (convert(first),) * len(values)
    return [None if value is None else convert(value) for value in values]


def _copied(
    dialect: Dialect, table: Table, names: list[str], columns: list[Sequence[Any]]
) -> Insert:
    """For PostgreSQL: the text of a ``COPY``, a line for each row."""
    quote = dialect.identifier_preparer.quote
    statement = f"COPY {quote(table.name)} ({', '.join(map(quote, names))}) FROM STDIN"
    lines = map("\t".join, zip(*map(_as_copied, columns), strict=True))
    return Insert(statement, ("\n".join(lines) + "\n").encode())


def _as_copied(values: Sequence[Any]) -> Sequence[str]:
    """The values of one column as ``COPY`` reads them; what is equal is written once, texts all at once."""
    first = values[0]
    if values.count(first) == len(values):
        return [_copied_value(first)] * len(values)
    kinds = set(map(type, values))
    if kinds <= _NUMBERS:
        return list(map(str, values))
    if kinds == {str}:
        return _texts_as_copied(values)
    if kinds == {str, type(None)}:
        texts = iter(_texts_as_copied([each for each in values if each is not None]))
        return ["\\N" if each is None else next(texts) for each in values]
    return [_copied_value(value) for value in values]


def _texts_as_copied(values: Sequence[str]) -> Sequence[str]:
    """Texts as ``COPY`` reads them: their signs are looked for in all of them together."""
    together = _BETWEEN.join(values)
    if not any(sign in together for sign in _COPY_SIGNS):
        return values
    if together.count(_BETWEEN) >= len(values):  # a text that holds the separator
        return list(map(_text_as_copied, values))
    return _text_as_copied(together).split(_BETWEEN)


def _text_as_copied(text: str) -> str:
    for sign, written in _COPY_SIGNS.items():  # the backslash first
        text = text.replace(sign, written)
    return text


def _copied_value(value: Any) -> str:
    if value is None:
        return "\\N"
    kind = type(value)
    if kind is str:
        return _text_as_copied(value)
    if kind is float or kind is int or isinstance(value, date | Decimal):
        return str(value)
    if kind is bool:
        return "t" if value else "f"
    if hasattr(value, "obj"):  # the driver's wrapper of JSON
        return _copied_value(orjson.dumps(value.obj).decode())
    if isinstance(value, str):  # a code of an enumeration
        return _copied_value(str.__str__(value))
    raise TypeError(f"COPY does not know how to write {kind.__name__}.")


_NUMBERS: Final = frozenset({int, float})
_BETWEEN: Final = "\x1e"
_COPY_SIGNS: Final = {
    "\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r", "\b": r"\b", "\f": r"\f",
}  # fmt: skip


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
    text = orjson.dumps(list(ids), default=str).decode().replace("-", "")
    each = func.json_each(bindparam(None, text)).table_valued("value")
    chosen = column.in_(select(each.c.value))
    return func.likelihood(chosen, literal_column("0.9")) if are_most else chosen


def as_array(
    values: Iterable[uuid.UUID | int | str], kind: TypeEngine[Any]
) -> ColumnElement[Any]:
    """Whole numbers or keys as an array of PostgreSQL, sent as one text: the driver writes lists slowly.

    For ``unnest``. Not for a condition on a column: read without an index, it would parse the text
    once for each row.
    """
    return cast(literal(f"{{{','.join(map(str, values))}}}", Text()), ARRAY(kind))


def among_values(
    session: Session, column: Any, values: Sequence[str] | Sequence[int]
) -> ColumnElement[bool]:
    """The condition that ``column`` is one of these texts or whole numbers, with one parameter."""
    chosen: ColumnElement[bool]
    if session.get_bind().dialect.name == "postgresql":
        kind = BigInteger() if isinstance(column.type, Integer) else Text()
        chosen = column == any_(bindparam(None, list(values), type_=ARRAY(kind)))
        return chosen
    text = orjson.dumps(list(values)).decode()
    each = func.json_each(bindparam(None, text)).table_valued("value")
    chosen = column.in_(select(each.c.value))
    return chosen


def fetch(session: Session, query: Any) -> Sequence[Any]:
    """The rows of a query of columns, without the ORM's handling of each row.

    For reading much at once; pending changes must have been flushed.
    """
    return session.connection().execute(query).all()
