"""An installation of its own for the fault drills: real processes, real files, on the embedded database."""

import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
FLASK = (sys.executable, "-m", "flask", "--app", "app")
HEADER = (
    "organization_name,organization_id,service_name,service_id,taxonomy_terms,"
    "latitude,longitude\n"
)


@dataclass(frozen=True, slots=True)
class Installation:
    """A folder with a prepared database, and the commands that work on it."""

    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """The settings of every command."""
        return {
            **os.environ,
            "INSTANCE_DIR": str(self.folder),
            "DATABASE_URL": f"sqlite:///{self.folder}/homeward.sqlite3",
            "SECRET_KEY": "fault-drills-0123456789",
        }

    def flask(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            [*FLASK, *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start a command, to be disturbed."""
        return subprocess.Popen(
            [*FLASK, *words],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def plan(self, file: Path) -> dict[str, Any]:
        """Plan an import and return its answer."""
        done = self.flask("import", "plan", str(file), "--country=GH", "--json")
        assert done.returncode == 0, done.stderr[-2000:]
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    def count(self, table: str) -> int:
        """How many rows a table has."""
        path = self.folder / "homeward.sqlite3"
        with contextlib.closing(sqlite3.connect(path)) as connection:
            (count,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 – names from the drills
            return int(count)

    def is_sound(self) -> bool:
        """Whether the file of the database is whole."""
        path = self.folder / "homeward.sqlite3"
        with contextlib.closing(sqlite3.connect(path)) as connection:
            answer = connection.execute("PRAGMA integrity_check").fetchone()
            return bool(answer == ("ok",))


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an installation with areas and categories, which the drills copy."""
    installation = Installation(tmp_path_factory.mktemp("prepared"))
    for words in (("db", "upgrade"), ("seed", "areas"), ("seed", "taxonomy")):
        done = installation.flask(*words)
        assert done.returncode == 0, done.stderr[-2000:]
    return installation.folder


@pytest.fixture
def installation(prepared: Path, tmp_path: Path) -> Iterator[Installation]:
    """An installation that a drill may break."""
    folder = tmp_path / "instance"
    shutil.copytree(prepared, folder)
    yield Installation(folder)
    shutil.rmtree(folder)


@pytest.fixture
def listing_file(tmp_path: Path) -> Path:
    """Three thousand services in the Ashanti region."""
    rows = (
        f"Clinic group {number % 50},g{number % 50},Clinic {number},s{number},"
        f"health.primary,{6.5 + number % 60 / 100},{-1.9 + number // 60 / 100}\n"
        for number in range(3000)
    )
    path = tmp_path / "clinics.csv"
    path.write_text(HEADER + "".join(rows), encoding="utf-8")
    return path
