"""Files that wait in ``instance/uploads`` for their plan, and how far a long job is.

An upload is deleted when its import was carried out, as soon as its plan has shown a listing that
must not be stored anywhere, and after a day in any case. Nobody but the server's account may read it.
"""

import json
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from directory.config import Config

_KEPT_SECONDS: Final = 24 * 3600
_STALLED_SECONDS: Final = 180


@dataclass(frozen=True, slots=True)
class Step:
    """Where a long job is: its phase, and how much of it is done."""

    phase: str
    done: int
    total: int
    is_stalled: bool = False


def keep(config: Config, run_id: uuid.UUID, data: bytes) -> None:
    """Store the bytes of an upload, and remove uploads that were forgotten."""
    folder = _folder(config)
    path = folder / f"{run_id.hex}.upload"
    path.touch(mode=0o600)
    path.write_bytes(data)
    oldest = time.time() - _KEPT_SECONDS
    for other in folder.iterdir():
        if other.stat().st_mtime < oldest:
            other.unlink(missing_ok=True)


def read(config: Config, run_id: uuid.UUID) -> bytes | None:
    """Return the bytes of an upload; None when it is gone."""
    path = _folder(config) / f"{run_id.hex}.upload"
    return path.read_bytes() if path.exists() else None


def is_kept(config: Config, run_id: uuid.UUID) -> bool:
    """Whether the upload is still there, so that it can be read with other columns."""
    return (_folder(config) / f"{run_id.hex}.upload").exists()


def forget(config: Config, run_id: uuid.UUID) -> None:
    """Delete an upload."""
    (_folder(config) / f"{run_id.hex}.upload").unlink(missing_ok=True)


def tell(config: Config, run_id: uuid.UUID, step: Step) -> None:
    """Note how far a job is, where the page can read it without a transaction."""
    path = _folder(config) / f"{run_id.hex}.progress"
    path.write_text(json.dumps([step.phase, step.done, step.total]))


def step_of(config: Config, run_id: uuid.UUID) -> Step | None:
    """Return how far a job is; None before it has begun."""
    path = _folder(config) / f"{run_id.hex}.progress"
    try:
        phase, done, total = json.loads(path.read_text())
        age = time.time() - path.stat().st_mtime
    except (FileNotFoundError, ValueError):
        return None
    return Step(phase, done, total, is_stalled=age > _STALLED_SECONDS)


def clear_step(config: Config, run_id: uuid.UUID) -> None:
    """Forget how far a job was, and what was asked of it."""
    for ending in ("progress", "stop", "tries"):
        (_folder(config) / f"{run_id.hex}.{ending}").unlink(missing_ok=True)


def ask_to_stop(config: Config, run_id: uuid.UUID) -> None:
    """Ask the job of a run to stop; it looks whenever it tells how far it is."""
    (_folder(config) / f"{run_id.hex}.stop").touch()


def is_to_stop(config: Config, run_id: uuid.UUID) -> bool:
    """Whether the job of a run was asked to stop."""
    return (_folder(config) / f"{run_id.hex}.stop").exists()


def count_try(config: Config, run_id: uuid.UUID) -> int:
    """Note that a job is started anew without anybody's asking; return how often it was."""
    path = _folder(config) / f"{run_id.hex}.tries"
    tries = path.stat().st_size + 1 if path.exists() else 1
    path.write_bytes(b"x" * tries)
    return tries


def _folder(config: Config) -> Path:
    folder = config.instance_dir / "uploads"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder
