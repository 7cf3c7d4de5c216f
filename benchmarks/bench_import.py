"""Importing the whole list of the WHO: 98,745 facilities, planned and applied on the embedded database.

    python -m benchmarks.bench_import

Prepares a database of its own with the world's areas and the taxonomy, or copies the SQLite file that
BENCH_PREPARED names. Plan and apply run as the commands a person types, so start-up is counted.
"""

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from directory.config import ROOT, Config

FACILITIES = "facilities/who_ssa_mfl_98745.csv.gz"
FLASK = (sys.executable, "-m", "flask", "--app", "app")
LIMIT_SECONDS, LIMIT_MB = 60, 1024


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        config = _config()
        source = config.real_data_dir / FACILITIES
        if not source.exists():
            print(f"{FACILITIES} is not below REAL_DATA_DIR; nothing measured.")
            return
        _prepare(folder)
        answer, plan_seconds = _timed(folder, "import", "plan", str(source), "--json")
        counts = json.loads(answer)
        done, apply_seconds = _timed(folder, "import", "apply", counts["run"])
        again, again_seconds = _timed(folder, "import", "plan", str(source), "--json")
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        created = json.loads(done)["created"]
        print(f"Data: {counts['rows']:,} rows, {created:,} listings created")
        print(f"{'plan':<20}{plan_seconds:>8.1f} s")
        print(f"{'apply':<20}{apply_seconds:>8.1f} s")
        print(
            f"{'plan and apply':<20}{plan_seconds + apply_seconds:>8.1f} s (at most {LIMIT_SECONDS})"
        )
        print(
            f"{'plan again':<20}{again_seconds:>8.1f} s, unchanged {json.loads(again)['unchanged']:,}"
        )
        print(f"{'most memory':<20}{peak:>8.0f} MB (at most {LIMIT_MB})")


def _config() -> Config:
    return Config.from_environment({**os.environ, "SECRET_KEY": "benchmark-0123456789"})


def _prepare(folder: Path) -> None:
    if prepared := os.environ.get("BENCH_PREPARED"):
        shutil.copy(prepared, folder / "homeward.sqlite3")
        return
    for words in (("db", "upgrade"), ("seed", "areas"), ("seed", "taxonomy")):
        _timed(folder, *words)


def _timed(folder: Path, *words: str) -> tuple[str, float]:
    """Run a command; return what it printed and how long it took."""
    environment = {
        **os.environ,
        "INSTANCE_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder}/homeward.sqlite3",
        "SECRET_KEY": "benchmark-0123456789",
    }
    started = time.perf_counter()
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
    return done.stdout, time.perf_counter() - started


if __name__ == "__main__":
    main()
