"""The server is killed (kill -9) while it reads or carries out an import: all or nothing, and once."""

import os
import random
import signal
import subprocess
import sys
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Self, TextIO, cast

import pytest
from alembic import command
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.authz import Actor
from directory.cli import alembic_config
from directory.config import ROOT, Config
from directory.database import make_engine
from directory.models import (
    Change,
    ImportRow,
    ImportRun,
    Offer,
    Role,
    Service,
    ServiceAtLocation,
)
from importers import apply as applying
from importers import operations, uploads
from importers.drafting import Options
from tests import factories

ROWS = 1_500
TITLES = "service_id,organization_name,service_name,taxonomy_terms,latitude,longitude"
SERVER = """
import os, sys
from directory import jobs
from directory.config import Config
from importers import checking, crew, tasks
crew.FEWEST_ROWS, checking.PORTION = 1_000, 200
jobs.configure(Config.from_environment())
while sys.stdin.readline():
    child = os.fork()
    if not child:
        status = 1
        try:
            tasks.carry_on()
            status = 0
        finally:
            os._exit(status)
    print(child, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
"""Starts a process of its own for each line it reads, without importing everything anew."""
NOW = datetime(2026, 11, 1, tzinfo=UTC)


class Server:
    """A database of its own, and processes that carry on what is under way in it, as a server does."""

    def __init__(self, folder: Path, processes: int) -> None:
        self.environment = {
            "IMPORT_PROCESSES": str(processes),
            **os.environ,
            "DATABASE_URL": f"sqlite:///{folder}/own.sqlite3",
            "INSTANCE_DIR": str(folder),
            "SECRET_KEY": "0123456789abcdef-test",
            "JOBS": "immediate",
        }
        self.config = Config.from_environment(self.environment)
        self.engine = make_engine(self.config.database_url)
        command.upgrade(alembic_config(self.config.database_url), "head")
        with Session(self.engine) as session, session.begin():
            factories.seed_reference_data(session)
        self.killed = 0
        self._process = subprocess.Popen(
            (sys.executable, "-c", SERVER), cwd=ROOT, env=self.environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        self._tell = cast("TextIO", self._process.stdin)
        self._answers = cast("TextIO", self._process.stdout)

    def carry_on(self, key: uuid.UUID, *, kill_after: float | None = None) -> None:
        """Let a process do the work; kill it so many seconds after it has begun, or let it end."""
        uploads.clear_step(self.config, key)
        self._tell.write("go\n")
        self._tell.flush()
        child = int(self._answers.readline())
        if kill_after is not None:
            until = time.monotonic() + 60
            while uploads.step_of(self.config, key) is None:
                if not _is_running(child) or time.monotonic() > until:
                    break
                time.sleep(0.01)
            time.sleep(kill_after)
            if _is_running(child):
                os.kill(child, signal.SIGKILL)
        status = int(self._answers.readline())
        assert status == 0 or (kill_after is not None and status == -signal.SIGKILL)
        self.killed += status != 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """End the process that starts the others."""
        self._tell.close()
        self._process.wait(timeout=20)
        self._answers.close()
        self.engine.dispose()

    def count(self, model: type) -> int:
        with Session(self.engine) as session:
            return session.scalar(select(func.count()).select_from(model)) or 0

    def state(self, key: uuid.UUID) -> str:
        with Session(self.engine) as session:
            return session.get_one(ImportRun, key).state


def _is_running(child: int) -> bool:
    try:
        os.kill(child, 0)
    except ProcessLookupError:
        return False
    return True


def begin(server: Server) -> uuid.UUID:
    """Upload a list, as the page does."""
    rows = (
        f"S{number},Red Door,Clinic {number},health.primary,"
        f"{3.1 + number % 50 / 100},{11.1 + number // 50 / 100}"
        for number in range(ROWS)
    )
    data = ("\n".join((TITLES, *rows)) + "\n").encode()
    with Session(server.engine) as session, session.begin():
        run = operations.start_run(
            session, actor=Actor(role=Role.ADMIN), options=Options(filename="list.csv"),
            checksum="", now=NOW,
        )  # fmt: skip
        key = run.id
    uploads.keep(server.config, key, data)
    return key


def disturb(server: Server, key: uuid.UUID, moments: list[float], state: str) -> None:
    """Kill the work at these moments; it is either not done at all, or done."""
    for moment in moments:
        server.carry_on(key, kill_after=moment)
        done = server.state(key) == {"reading": "planned", "applying": "applied"}[state]
        assert done or server.state(key) == state
        planned = state == "applying" or done
        assert server.count(ImportRow) == (ROWS if planned else 0)
        written = ROWS if state == "applying" and done else 0
        assert server.count(Service) == server.count(Offer) == written
    server.carry_on(key)


def go_through(server: Server, reading: list[float], carrying_out: list[float]) -> int:
    """Carry a list through, killed at these moments; return how often that hit a process at work."""
    key = begin(server)
    disturb(server, key, reading, "reading")
    assert server.state(key) == "planned"
    with Session(server.engine) as session, session.begin():
        run = session.get_one(ImportRun, key)
        applying.begin(session, run, Actor(role=Role.ADMIN))
    disturb(server, key, carrying_out, "applying")
    assert server.state(key) == "applied"
    server.carry_on(key)
    for model in (Service, ServiceAtLocation, Offer, ImportRow):
        assert server.count(model) == ROWS, "nothing is there twice"
    assert server.count(Change) == ROWS + 1, "one line of history for each, and theirs"
    return server.killed


def test_an_import_that_two_processes_do_survives_a_kill(tmp_path: Path) -> None:
    with Server(tmp_path, processes=2) as server:
        assert go_through(server, [], [0.3]) == 1


@pytest.mark.drill
def test_an_import_survives_two_hundred_kills(tmp_path: Path) -> None:
    """Work that was done before its moment came is no kill: another list is taken, until all have hit."""
    dice = random.Random(9)  # noqa: S311 -- moments, not secrets
    wanted = int(os.environ.get("KILLS", "200"))
    killed = rounds = 0
    while killed < wanted:
        rounds += 1
        assert rounds <= wanted, f"only {killed} of {rounds} lists were met at work"
        folder = tmp_path / str(rounds)
        folder.mkdir()
        moments = [dice.uniform(0, 1.5) for _ in range(10)]
        with Server(folder, processes=1 + rounds % 2) as server:
            killed += go_through(server, moments[:4], moments[4:])
