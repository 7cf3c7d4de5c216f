"""What `make run` does again, and what it leaves alone."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from bin import preparation, progress


class Commands(list[str]):
    """The steps that were run, and whether the database says it is complete."""

    is_complete = True
    fails_at = ""

    def run(self, title: str, command: Sequence[str]) -> None:
        """Stand in for progress.run."""
        name = " ".join(command[3:])
        if name == self.fails_at:
            raise progress.StepFailedError(title)
        self.append(name)


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Commands:
    run = Commands()
    monkeypatch.setenv("INSTANCE_DIR", str(tmp_path / "instance"))
    monkeypatch.setattr(progress, "ROOT", tmp_path)
    monkeypatch.setattr(progress, "run", run.run)
    monkeypatch.setattr(preparation, "_is_complete", lambda: run.is_complete)
    return run


ALL = [" ".join(step.command[3:]) for step in preparation.PREPARATIONS]


def test_it_does_everything_once_and_in_order(commands: Commands) -> None:
    preparation.prepare()
    preparation.prepare()
    assert commands == ALL


def test_it_continues_where_it_failed(commands: Commands) -> None:
    commands.fails_at = "seed taxonomy"
    with pytest.raises(progress.StepFailedError):
        preparation.prepare()
    commands.fails_at = ""
    preparation.prepare()
    assert commands == ALL


def test_it_repeats_the_step_whose_files_changed(commands: Commands) -> None:
    preparation.prepare()
    versions = progress.ROOT / "migrations" / "versions"
    versions.mkdir(parents=True)
    (versions / "0002_add_rooms.py").write_text("pass\n")
    del commands[:]
    preparation.prepare()
    assert commands == ["db upgrade"]


def test_it_does_everything_again_when_the_database_was_replaced(
    commands: Commands,
) -> None:
    preparation.prepare()
    del commands[:]
    commands.is_complete = False
    preparation.prepare()
    assert commands == ALL


def test_it_does_everything_again_for_another_database(
    commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    preparation.prepare()
    del commands[:]
    monkeypatch.setenv("DATABASE_URL", "postgresql+psycopg://localhost/homeward")
    preparation.prepare()
    assert commands == ALL


def test_it_leaves_the_demonstration_out_when_asked(commands: Commands) -> None:
    preparation.prepare(with_demonstration=False)
    assert commands == [name for name in ALL if name != "seed demo"]
