"""Texts that spreadsheets run: safe in the file, and the same when the file comes back."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from directory.listings import exporting, extracts
from directory.models import ImportRun
from tests.directory.listings.test_export_formats import payloads


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_dangerous_texts_come_back_as_they_were(
    session: Session, planned: Callable[..., ImportRun], tmp_path: Path, kind: str
) -> None:
    number = payloads(session)
    path = tmp_path / f"out.{kind}"
    exporting.WRITERS[kind](session, extracts.prepare(session), path)
    run = planned(path.read_bytes(), path.name)
    assert run.counts is not None
    assert (run.counts["unchanged"], run.counts["rows"]) == (number, number)
