"""Small files made in the test, and background work that shares the test's transaction."""

import gzip
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import openpyxl
import pytest
from sqlalchemy import Connection
from sqlalchemy.orm import Session, sessionmaker

from directory.authz import Actor
from directory.config import Config
from directory.duplicates import tasks as duplicates
from directory.models import ImportRun, Role
from importers import apply as applying
from importers import drafting, operations, plan, tasks
from importers.drafting import Options
from tests.conftest import NOW

ADMIN = Actor(
    role=Role.ADMIN, name="Admin", email="admin@example.org", can_see_restricted=True
)
UNTRAINED = replace(ADMIN, can_see_restricted=False)


def quiet(_phase: str, _done: int, _total: int) -> None:
    """Report nothing."""


def csv_bytes(*rows: str, encoding: str = "utf-8", end: str = "\n") -> bytes:
    """A text file of these lines."""
    return (end.join(rows) + end).encode(encoding)


def xlsx_bytes(*sheets: tuple[str, list[list[Any]]], merge: str | None = None) -> bytes:
    """A workbook with these sheets; ``merge`` is a range of the first one."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.worksheets[0])
    for name, rows in sheets:
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(row)
        if merge and sheet is workbook.worksheets[0]:
            sheet.merge_cells(merge)
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def gzipped(data: bytes) -> bytes:
    """The same, compressed."""
    return gzip.compress(data)


@pytest.fixture
def read(session: Session) -> Callable[..., drafting.Drafted]:
    """A reader of files into drafts; its further arguments are those of Options."""

    def read_file(
        data: bytes, filename: str = "list.csv", **said: Any
    ) -> drafting.Drafted:
        return drafting.draft_rows(
            session, data, Options(filename=filename, **said), quiet
        )

    return read_file


@pytest.fixture
def planned(session: Session) -> Callable[..., ImportRun]:
    """A maker of plans from the bytes of a file."""

    def plan_file(
        data: bytes, filename: str = "list.csv", *, by: Actor = ADMIN, **said: Any
    ) -> ImportRun:
        options = Options(filename=filename, **said)
        drafted = drafting.draft_rows(session, data, options, quiet)
        made = plan.build(
            session, drafted, drafting.source_of(options), quiet, actor=by
        )
        run = operations.start_run(
            session,
            actor=by,
            options=options,
            checksum=tasks.checksum_of(data),
            now=NOW,
        )
        operations.keep_plan(session, run=run, plan=made, drafted=drafted)
        session.flush()
        return run

    return plan_file


@pytest.fixture
def applied(
    session: Session, planned: Callable[..., ImportRun]
) -> Callable[..., ImportRun]:
    """A maker of plans that are carried out at once."""

    def apply_file(
        data: bytes, filename: str = "list.csv", *, by: Actor = ADMIN, **said: Any
    ) -> ImportRun:
        run = planned(data, filename, by=by, **said)
        applying.apply(session, actor=by, run_id=run.id, now=NOW, progress=quiet)
        session.flush()
        session.refresh(run)
        return run

    return apply_file


@pytest.fixture
def background(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets the worker's sessions share the test's transaction instead of opening their own."""
    factory = sessionmaker(
        bind=connection,
        join_transaction_mode="create_savepoint",
        expire_on_commit=False,
    )

    @contextmanager
    def unit_of_work(_config: Config) -> Iterator[Session]:
        with factory() as session, session.begin():
            yield session

    monkeypatch.setattr(tasks, "unit_of_work", unit_of_work)
    monkeypatch.setattr(duplicates, "unit_of_work", unit_of_work)
    monkeypatch.setattr(tasks, "_reading", lambda _config: factory())
