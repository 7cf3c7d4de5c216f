"""Importing the whole list of the WHO, 98,745 facilities, into a directory of 100,000 listings.

    python -m benchmarks.bench_import

Every row is compared with the 100,000: the same names some kilometres away, one in twenty the same
place. Plan and apply run as the commands a person types, so start-up is counted. Measured on the
embedded database, and on PostgreSQL where BENCH_POSTGIS_URL names a server (its database is made anew
each time). Seconds of the clock, and of this machine's processors for the command and the processes
it hires, without the database server's.
"""

import csv
import gzip
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, make_url, text

from directory.config import ROOT, Config

FACILITIES = "facilities/who_ssa_mfl_98745.csv.gz"
FLASK = (sys.executable, "-m", "flask", "--app", "app")
EXISTING = 100_000
LEAST_ROWS = {"sqlite": 2_000, "postgresql": 4_000}
"""Rows per second that plan and apply together must do."""


@dataclass(frozen=True, slots=True)
class Timed:
    """What a command answered, and what it took."""

    answer: dict[str, Any]
    seconds: float
    processor_seconds: float


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        config = Config.from_environment(
            {**os.environ, "SECRET_KEY": "benchmark-0123456789"}
        )
        source = config.real_data_dir / FACILITIES
        if not source.exists():
            print(f"{FACILITIES} is not below REAL_DATA_DIR; nothing measured.")
            return
        existing = folder / "existing.csv"
        _write_existing(source, existing)
        _measure(folder, f"sqlite:///{folder}/homeward.sqlite3", existing, source)
        if server := os.environ.get("BENCH_POSTGIS_URL"):
            _measure(folder, _new_database(server), existing, source)


def _measure(folder: Path, url: str, existing: Path, source: Path) -> None:
    kind = make_url(url).get_backend_name()
    for words in (("db", "upgrade"), ("seed", "areas"), ("seed", "taxonomy")):
        _run(folder, url, *words)
    first = _import(folder, url, existing)
    load = os.getloadavg()[0]
    planned, applied = _import(folder, url, source)
    again = _plan(folder, url, source)
    seconds = planned.seconds + applied.seconds
    rows = planned.answer["rows"]
    print(f"{kind}: {rows:,} rows beside {first[1].answer['created']:,} listings, {applied.answer['created']:,} created")  # fmt: skip
    print(f"  {os.cpu_count()} cores, load {load:.1f} before and {os.getloadavg()[0]:.1f} after")  # fmt: skip
    steps = ("plan into nothing", "apply", "plan", "apply", "plan again")
    for name, one in zip(steps, (*first, planned, applied, again), strict=True):
        print(f"  {name:<18}{one.seconds:>8.1f} s{one.processor_seconds:>10.1f} s of processor")  # fmt: skip
    print(f"  {'rows a second':<18}{rows / seconds:>8.0f} (at least {LEAST_ROWS[kind]:,})")  # fmt: skip
    print(f"  {'duplicates':<18}{planned.answer['duplicates']:>8,}")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"  {'most memory':<18}{peak:>8.0f} MB of one process", flush=True)


def _import(folder: Path, url: str, file: Path) -> tuple[Timed, Timed]:
    planned = _plan(folder, url, file)
    return planned, _run(folder, url, "import", "apply", planned.answer["run"])


def _plan(folder: Path, url: str, file: Path) -> Timed:
    return _run(folder, url, "import", "plan", str(file), "--json")


def _write_existing(source: Path, path: Path) -> None:
    """Write a list of other places with the same names; one in twenty is the same place."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer: Any = None
        for number, row in zip(range(EXISTING), _forever(source), strict=False):
            if writer is None:
                writer = csv.DictWriter(stream, list(row))
                writer.writeheader()
            if number % 20 and row["Lat"]:
                moved = 0.02 + number % 7 / 100
                row["Lat"] = f"{float(row['Lat']) + moved:.5f}"
                row["Long"] = f"{float(row['Long']) - moved:.5f}"
            writer.writerow(row)


def _forever(source: Path) -> Iterator[dict[str, str]]:
    while True:
        with gzip.open(source, "rt", encoding="utf-8") as stream:
            yield from csv.DictReader(stream)


def _new_database(server: str) -> str:
    """Make an empty database on a server of PostgreSQL and return its address."""
    url = make_url(server)
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("DROP DATABASE IF EXISTS homeward_bench WITH (FORCE)"))
        connection.execute(text("CREATE DATABASE homeward_bench"))
    return url.set(database="homeward_bench").render_as_string(hide_password=False)


def _run(folder: Path, url: str, *words: str) -> Timed:
    """Run a command; what it prints is JSON or nothing of interest."""
    environment = {
        **os.environ,
        "INSTANCE_DIR": str(folder),
        "DATABASE_URL": url,
        "SECRET_KEY": "benchmark-0123456789",
    }
    processor, started = _processor_seconds(), time.perf_counter()
    done = subprocess.run(  # noqa: S603 -- our own command with words from this file
        [*FLASK, *words],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    is_json = done.stdout[:1] == "{"
    return Timed(
        json.loads(done.stdout) if is_json else {},
        time.perf_counter() - started,
        _processor_seconds() - processor,
    )


def _processor_seconds() -> float:
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


if __name__ == "__main__":
    main()
