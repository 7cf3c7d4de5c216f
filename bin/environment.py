"""The virtual environment: made once, filled from a lock file with hashes, renewed when the lock changes."""

import hashlib
import os
import platform
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

from bin import progress, system_packages

VENV = progress.ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCKS = {"runtime": "requirements.lock", "dev": "requirements-dev.lock"}


def ensure(kind: str) -> None:
    """Have an environment with the packages of the runtime, or of development ("dev").

    Does nothing when the environment was filled from this very lock file before.
    """
    if _is_filled(kind):
        system_packages.ensure(system_packages.spatialite_packages())
        return
    _check_interpreter()
    system_packages.ensure(
        [*system_packages.python_packages(), *system_packages.spatialite_packages()]
    )
    if not _works():
        shutil.rmtree(VENV, ignore_errors=True)
        progress.run(
            "Making the virtual environment in .venv",
            [sys.executable, "-m", "venv", VENV],
        )
    progress.run(
        f"Installing the Python packages of {LOCKS[kind]}",
        [PYTHON, "-m", "pip", "install", "--require-hashes", "-r", LOCKS[kind]],
        env={
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PIP_NO_INPUT": "1",
            "PIP_PROGRESS_BAR": "off",
            "PIP_ROOT_USER_ACTION": "ignore",
        },
    )
    # The development lock holds every package of the runtime lock at the same version.
    for filled in ("runtime", "dev") if kind == "dev" else ("runtime",):
        _stamp(filled).write_text(_digest(filled))


def tool(name: str) -> str:
    """The path of a command inside the environment."""
    return str(VENV / "bin" / name)


def _is_filled(kind: str) -> bool:
    try:
        return _stamp(kind).read_text() == _digest(kind) and PYTHON.exists()
    except FileNotFoundError:
        return False


def _stamp(kind: str) -> Path:
    return VENV / f".filled-{kind}"


def _digest(kind: str) -> str:
    return hashlib.sha256((progress.ROOT / LOCKS[kind]).read_bytes()).hexdigest()


def _works() -> bool:
    """Whether there is an environment whose Python is at least 3.11 and has pip."""
    if not PYTHON.exists():
        return False
    code = "import pip, sys; sys.exit(sys.version_info < (3, 11))"
    answer = subprocess.run([PYTHON, "-c", code], capture_output=True, check=False)
    return answer.returncode == 0


def _check_interpreter() -> None:
    """Refuse a Python that can load SpatiaLite neither by itself nor with pysqlite3."""
    if hasattr(sqlite3.Connection, "enable_load_extension"):
        return
    if sys.platform == "linux" and platform.machine() == "x86_64":
        return  # the lock file brings pysqlite3
    if os.environ.get("DATABASE_URL", "").startswith("postgresql"):
        return
    raise progress.StepFailedError(
        "Stopped because this Python's sqlite3 cannot load extensions: name one that can, for example "
        "“make run PYTHON=/usr/bin/python3”."
    )
