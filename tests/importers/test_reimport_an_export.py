"""What was exported and comes back unchanged must change nothing."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from directory.listings import exporting, extracts
from directory.models import ImportRun
from tests.directory.listings.test_create_services import FULL, create
from tests.directory.listings.test_export import ODD

PLAIN = replace(
    FULL,
    precision_m=10.0,
    phone="+33 1 2345 6789",  # as somebody spaced it
    languages=("en", "mam"),  # ISO 639-3
    source="first file",
)
OTHER = replace(
    ODD,
    phone=None,
    source="second file",
    precision_m=10.0,
    organization_id="o9",
    service_id="s1",
    texts={},
)


@pytest.mark.parametrize(
    "kind", ["csv", "xlsx", "geojson", "gpkg", "kml", "hsds", "hsds-package"]
)
def test_an_export_comes_back_without_a_change(
    session: Session, planned: Callable[..., ImportRun], tmp_path: Path, kind: str
) -> None:
    bare = replace(
        PLAIN,
        service_id=None,
        organization_id=None,
        organization_name="No numbers",
        service_name="Plain & simple",
        description="Under <i>5</i> & over 60; 1 < 2",
        source=None,
        latitude=1.0,
    )
    create(session, PLAIN, OTHER, bare)
    path = tmp_path / f"out.{kind}"
    exporting.WRITERS[kind](session, extracts.prepare(session), path)
    run = planned(path.read_bytes(), path.name)
    assert run.counts is not None
    assert (run.counts["unchanged"], run.counts["create"], run.counts["update"]) == (
        3,
        0,
        0,
    )
