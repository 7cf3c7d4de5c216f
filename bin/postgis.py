"""A PostGIS server of our own for the length of a test run: free port, temporary folder, gone at the end."""

import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bin import progress, system_packages

START_SECONDS = 60.0
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    # Nothing here has to outlive a power cut.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "256MB",
    "jit": "off",
    "max_connections": "60",
    "timezone": "UTC",
    "log_min_messages": "warning",
}


def ensure_installed() -> None:
    """Have the server programs of a PostgreSQL with PostGIS.

    Raises StepFailedError when they are missing and cannot be installed.
    """
    if _programs() is not None:
        return
    version = _offered_version()
    system_packages.ensure(
        [
            system_packages.SystemPackage(
                f"postgresql-{version}", "the second database the tests run on"
            ),
            system_packages.SystemPackage(
                f"postgresql-{version}-postgis-3", "its geography"
            ),
        ]
    )
    if _programs() is None:
        raise progress.StepFailedError(
            "Stopped because no PostgreSQL server with PostGIS was found after installing one: check that "
            "/usr/lib/postgresql holds it, then run the same command again."
        )


@contextmanager
def server() -> Iterator[str]:
    """Start the server, and give the address of an empty database with PostGIS in it."""
    programs = _programs()
    if programs is None:
        raise progress.StepFailedError(
            "Stopped because PostgreSQL with PostGIS is not installed: run “make test”, which installs it."
        )
    folder = Path(tempfile.mkdtemp(prefix="homeward-postgis-"))
    prefix = _as_unprivileged(folder)
    process = None
    try:
        _initialise(programs, folder, prefix)
        port = _free_port()
        process = _start(programs, folder, prefix, port)
        _wait(programs, process, folder, port)
        address = f"postgresql+psycopg://homeward@127.0.0.1:{port}/homeward_test"
        _create_database(programs, port)
        yield address
    finally:
        if process is not None:
            process.send_signal(signal.SIGINT)  # does not wait for open connections
            _stop(process)
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path | None:
    """The newest folder of server programs for which PostGIS is installed too."""
    folders = list(Path("/usr/lib/postgresql").glob("*/bin"))
    if not folders and (other := shutil.which("initdb")):
        folders = [Path(other).resolve().parent]  # not Debian's layout
    found = [folder for folder in folders if _has_postgis(folder)]
    return max(found, key=lambda folder: folder.parent.name, default=None)


def _has_postgis(folder: Path) -> bool:
    """Whether the server in this folder of programs finds the extension."""
    version = folder.parent.name
    shares = (
        Path("/usr/share/postgresql", version),
        folder.parent / "share",
        folder.parent / "share" / "postgresql",
    )
    controls = [share / "extension" / "postgis.control" for share in shares]
    return (folder / "initdb").exists() and any(path.exists() for path in controls)


def _offered_version() -> str:
    """The PostgreSQL version of this release of Debian or Ubuntu: 15, 16 …"""
    if shutil.which("apt-cache") is None:
        raise progress.StepFailedError(
            "Stopped because this system has no apt to install PostgreSQL from: install PostgreSQL with PostGIS so that "
            "initdb is on the PATH, then run the same command again."
        )
    command = ("apt-cache", "depends", "postgresql")
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"Depends: postgresql-(\d+)", answer.stdout)
    if found is None:  # a machine whose package lists were never read
        system_packages.refresh_lists()
        answer = subprocess.run(command, capture_output=True, text=True, check=False)
        found = re.search(r"Depends: postgresql-(\d+)", answer.stdout)
    if found is None:
        raise progress.StepFailedError(
            "Stopped because the system's package sources offer no PostgreSQL: enable Debian's main section, then run "
            "the same command again."
        )
    return found.group(1)


def _as_unprivileged(folder: Path) -> list[str]:
    """The words before a server command: ends with us, and is never root."""
    prefix = ["setpriv", "--pdeathsig", "INT"] if shutil.which("setpriv") else []
    if os.geteuid() != 0:
        return prefix
    user = next(name for name in ("postgres", "nobody") if _user_exists(name))
    entry = pwd.getpwnam(user)
    os.chown(folder, entry.pw_uid, entry.pw_gid)
    return [
        "setpriv",
        f"--reuid={entry.pw_uid}",
        f"--regid={entry.pw_gid}",
        "--clear-groups",
        "--pdeathsig",
        "INT",
    ]


def _user_exists(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def _initialise(programs: Path, folder: Path, prefix: list[str]) -> None:
    progress.run(
        "Making a PostGIS server in a temporary folder",
        [
            *prefix,
            str(programs / "initdb"),
            "--pgdata",
            folder / "data",
            "--username=homeward",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ],
    )


def _start(
    programs: Path, folder: Path, prefix: list[str], port: int
) -> subprocess.Popen[bytes]:
    settings = SETTINGS | {"port": str(port), "unix_socket_directories": str(folder)}
    options = [word for pair in settings.items() for word in ("-c", "=".join(pair))]
    with (progress.ROOT / "instance" / "postgis.log").open("wb") as log:
        return subprocess.Popen(
            [*prefix, str(programs / "postgres"), "-D", str(folder / "data"), *options],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=folder,
        )


def _wait(
    programs: Path, process: subprocess.Popen[bytes], folder: Path, port: int
) -> None:
    """Return when the server takes connections."""
    question = [
        str(programs / "pg_isready"),
        "--quiet",
        "--host",
        str(folder),
        "--port",
        str(port),
    ]
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if subprocess.run(question, check=False).returncode == 0:
            return
        time.sleep(0.1)
    raise progress.StepFailedError(
        "Stopped because the PostGIS server did not start: read instance/postgis.log, mend the cause it names, then run "
        "the same command again."
    )


def _create_database(programs: Path, port: int) -> None:
    psql = [
        str(programs / "psql"),
        "--quiet",
        "--host=127.0.0.1",
        f"--port={port}",
        "--username=homeward",
    ]
    subprocess.run(
        [*psql, "--dbname=postgres", "--command=CREATE DATABASE homeward_test"],
        check=True,
    )
    subprocess.run(
        [*psql, "--dbname=homeward_test", "--command=CREATE EXTENSION postgis"],
        check=True,
    )


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the server even where a test left a connection open."""
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
