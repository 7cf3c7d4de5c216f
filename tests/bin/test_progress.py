"""A step of `make run` that works, is slow, or fails."""

import sys
from pathlib import Path

import pytest

from bin import progress


@pytest.fixture(autouse=True)
def log(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Keep the steps of these tests out of the real log."""
    monkeypatch.setattr(progress, "ROOT", tmp_path)
    monkeypatch.setattr(progress, "LOG", tmp_path / "instance" / "setup.log")
    return progress.LOG


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_it_says_when_a_step_is_done(capsys: pytest.CaptureFixture[str]) -> None:
    progress.run("Making nothing", python("print('made')"))
    assert capsys.readouterr().out == "  done: Making nothing\n"


def test_it_shows_that_a_slow_step_is_alive(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "QUIET_SECONDS", 0.2)
    code = "import time; print('7 of 9 read', flush=True); time.sleep(1)"
    progress.run("Reading places", python(code))
    shown = capsys.readouterr().out
    assert "Reading places … 0 s  7 of 9 read" in shown
    assert "done: Reading places (1 s)" in shown


def test_it_keeps_the_output_in_the_log(log: Path) -> None:
    progress.run("Making nothing", python("print('one'); print('two')"))
    assert log.read_text().endswith("Making nothing\none\ntwo\n")


def test_it_stops_with_one_sentence_when_a_step_fails() -> None:
    with pytest.raises(progress.StepFailedError) as caught:
        progress.run("Loading areas", python("raise SystemExit('area 7 is torn')"))
    assert str(caught.value) == (
        "Stopped while loading areas, because the command said “area 7 is torn”: read "
        "the whole story at the end of instance/setup.log, then run the same command "
        "again; it continues here."
    )


def test_it_quotes_the_error_and_not_what_follows_it() -> None:
    output = "Traceback\nsqlalchemy.exc.DataError: bad shape\n[SQL: …]\n(Background)"
    sentence = progress.explain("Loading areas", output)
    assert "because the command said “sqlalchemy.exc.DataError: bad shape”" in sentence


@pytest.mark.parametrize(
    ("output", "cause"),
    [
        ("OSError: [Errno 28] No space left on device", "the disk is full"),
        (
            "Failed to establish: Temporary failure in name resolution",
            "cannot be reached",
        ),
        ("THESE PACKAGES DO NOT MATCH THE HASHES FROM THE", "differs from the one in"),
        ("SSLError: CERTIFICATE_VERIFY_FAILED; no match", "is not trusted here"),
        ("Error: Failed to download Chrome for Testing", "offers Chromium cannot be"),
        ("sudo: a password is required", "sudo needs a password"),
        ("sqlite3.OperationalError: database is locked", "is using the database"),
        ("E: Unable to locate package libsqlite3-mod-spatialite", "do not offer"),
    ],
)
def test_it_names_cause_and_remedy_of_what_often_fails(output: str, cause: str) -> None:
    sentence = progress.explain("Loading areas", output)
    assert cause in sentence
    assert sentence.endswith("then run the same command again; it continues here.")
