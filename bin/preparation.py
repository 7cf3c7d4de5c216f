"""What stands between an installed program and a site that can be served: database, data, index."""

import hashlib
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from bin import environment, progress


@dataclass(frozen=True, slots=True)
class Preparation:
    """One command that may be repeated, and the files it must be repeated for."""

    name: str
    title: str
    command: tuple[str, ...]
    inputs: tuple[str, ...]
    is_demonstration: bool = False


FLASK = ("flask", "--app", "app")

# In this order.
PREPARATIONS = (
    Preparation(
        "database",
        "Bringing the database up to date",
        (*FLASK, "db", "upgrade"),
        ("migrations/versions/*.py",),
    ),
    Preparation(
        "areas",
        "Loading the countries and first-level areas of the world",
        (*FLASK, "seed", "areas"),
        ("data/*.geojson*", "data/area*", "data/countr*"),
    ),
    Preparation(
        "gazetteer",
        "Loading the gazetteer of towns",
        (*FLASK, "seed", "gazetteer"),
        ("requirements.lock", "data/place*", "data/gazetteer*"),
    ),
    Preparation(
        "taxonomy",
        "Loading the categories of needs",
        (*FLASK, "seed", "taxonomy"),
        ("data/taxonomy*",),
    ),
    Preparation(
        "demo",
        "Loading the demonstration data",
        (*FLASK, "seed", "demo"),
        ("data/demo*", "data/demo*/**/*"),
        is_demonstration=True,
    ),
    Preparation(
        "search",
        "Building the search index",
        (*FLASK, "search", "rebuild"),
        ("directory/search/**/*.py", "data/taxonomy*", "data/demo*", "data/demo*/**/*"),
    ),
)


def instance_dir() -> Path:
    """Where this installation keeps what it makes; the setting INSTANCE_DIR moves it."""
    return Path(os.environ.get("INSTANCE_DIR") or progress.ROOT / "instance").resolve()


def prepare(*, with_demonstration: bool = True) -> None:
    """Do what is not done yet, or whose files changed since.

    Raises StepFailedError naming the first step that did not work; what was done before it stays done.
    """
    wanted = [
        step for step in PREPARATIONS if with_demonstration or not step.is_demonstration
    ]
    if all(_is_done(step) for step in wanted) and not _is_complete():
        _forget(wanted)  # the database was replaced or emptied behind our back
    for step in wanted:
        if not _is_done(step):
            program, *arguments = step.command
            progress.run(step.title, [environment.tool(program), *arguments])
            _remember(step)


def _is_complete() -> bool:
    """Ask the database itself, and look whether there is a search index."""
    command = [environment.tool("python"), "-m", "bin.standing"]
    answer = subprocess.run(
        command, cwd=progress.ROOT, capture_output=True, check=False
    )
    return answer.returncode == 0


def _is_done(step: Preparation) -> bool:
    try:
        return _stamp(step).read_text() == _digest(step)
    except FileNotFoundError:
        return False


def _remember(step: Preparation) -> None:
    stamp = _stamp(step)
    stamp.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    stamp.write_text(_digest(step))


def _forget(steps: list[Preparation]) -> None:
    for step in steps:
        _stamp(step).unlink(missing_ok=True)


def _stamp(step: Preparation) -> Path:
    return instance_dir() / "prepared" / step.name


def _digest(step: Preparation) -> str:
    """What the step was done with: its command, its files, and the database it was done to."""
    digest = hashlib.sha256(" ".join(step.command).encode())
    digest.update(os.environ.get("DATABASE_URL", "").encode())
    files = {file for pattern in step.inputs for file in progress.ROOT.glob(pattern)}
    for file in sorted(files):
        if file.is_file():
            digest.update(str(file.relative_to(progress.ROOT)).encode())
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()
