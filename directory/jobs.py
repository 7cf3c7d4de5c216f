"""The one background queue: huey on a SQLite file, worked by threads of the serving process.

Features keep their tasks in ``tasks.py`` and import ``huey`` from here; ``app.py`` imports those
modules, so that the queue knows them. A task opens its own ``unit_of_work(settings())``.
"""

from pathlib import Path
from typing import Any

from huey import SqliteHuey
from huey.constants import EmptyData
from huey.consumer import Consumer

from directory.config import Config

huey = SqliteHuey("homeward", filename=":memory:", immediate=True, results=False)
_settings: list[Config] = []


def configure(config: Config) -> None:
    """Point the queue at this installation; immediate when ``JOBS`` says so."""
    _settings[:] = [config]
    if config.jobs == "immediate":
        huey.immediate = True
        return
    Path(config.instance_dir).mkdir(mode=0o700, parents=True, exist_ok=True)
    huey.immediate = False
    huey.storage_kwargs["filename"] = str(config.instance_dir / "jobs.sqlite3")
    huey.storage = huey.create_storage()


def settings() -> Config:
    """The settings that tasks work under; raises LookupError before ``configure``."""
    if not _settings:
        raise LookupError("jobs.configure() was not called.")
    return _settings[0]


def remember(name: str, text: str) -> None:
    """Keep a word about work that was done, beside the queue; it is no part of the directory."""
    huey.storage.put_data(name.encode(), text.encode())


def recall(name: str) -> str | None:
    """Return what was last remembered under a name, if anything was."""
    found: Any = huey.storage.peek_data(name.encode())
    return None if found is EmptyData else bytes(found).decode()


class _ThreadedConsumer(Consumer):  # type: ignore[misc]  # huey has no types
    """A consumer that lives beside the web server, whose signals are not its own."""

    def _set_signal_handlers(self) -> None:
        return


def start_threads(workers: int = 1) -> Any:
    """Work the queue in threads of this process until it ends."""
    consumer = _ThreadedConsumer(
        huey,
        workers=workers,
        worker_type="thread",
        periodic=True,
        check_worker_health=False,
    )
    consumer.start()
    return consumer
