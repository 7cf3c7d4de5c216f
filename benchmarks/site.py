"""A site of its own for a benchmark: a database of facilities, and the server that people meet."""

import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from directory.config import Config

FILE = "facilities/who_ssa_mfl_98745.csv.gz"


def database(folder: Path) -> dict[str, str]:
    """The environment of a database that holds the facilities."""
    environment = {
        **os.environ,
        "INSTANCE_DIR": str(folder),
        "SECRET_KEY": "benchmark-only-0123456789",
    }
    if given := os.environ.get("BENCH_DATABASE_URL"):
        return {**environment, "DATABASE_URL": given}
    environment["DATABASE_URL"] = f"sqlite:///{folder / 'bench.sqlite3'}"
    source = Config.from_environment(environment).real_data_dir / FILE
    if not source.exists():
        sys.exit(f"REAL_DATA_DIR holds no {FILE}: nothing to measure.")
    for command in (["db", "upgrade"], ["seed", "areas"], ["seed", "taxonomy"]):
        flask(environment, *command)
    plan = json.loads(flask(environment, "import", "plan", str(source), "--json"))
    flask(environment, "import", "apply", plan["run"])
    return environment


def flask(environment: dict[str, str], *command: str) -> str:
    print("…", *command, file=sys.stderr)
    done = subprocess.run(  # noqa: S603 -- our own commands
        [sys.executable, "-m", "flask", *command],
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return done.stdout


@contextlib.contextmanager
def server(environment: dict[str, str]) -> Iterator[int]:
    """The site as it is served, on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "gunicorn",
            "-c",
            "gunicorn.conf.py",
            "app:create_app()",
        ],
        env={**environment, "PORT": str(port), "JOBS": "none"},
    )
    try:
        _wait(port)
        yield port
    finally:
        process.terminate()
        process.wait()


def _wait(port: int) -> None:
    for _ in range(300):
        with contextlib.suppress(OSError):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        time.sleep(0.1)
    raise RuntimeError("The server did not start.")
