"""What is exported comes in again: unchanged where it was, and the same where nothing was."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.listings import exporting, extracts, removal, stored
from directory.listings.record import ListingRecord, differences
from directory.models import ImportRun, ServiceAtLocation
from tests import factories
from tests.conftest import NOW
from tests.importers.conftest import ADMIN

WRITERS = {
    "csv": exporting.write_csv,
    "xlsx": exporting.write_xlsx,
    "geojson": exporting.write_geojson,
}


@pytest.fixture
def listings(session: Session) -> dict[str, ListingRecord]:
    """Three listings that use every column between them."""
    factories.make_service_at_location(
        session, organization_name="Red Door", organization_id="o1", service_name="=Health, post", service_id="s1",
        description="Line one\nline two; with “quotes” and 'more'", taxonomy_terms=("health.primary", "health.laboratory"),
        address="1 High Street", area_code="XA-NW", coverage_areas=("XA-N",), coverage_radius_km=12.5,
        minimum_age=5, maximum_age=60, sexes=("female",), profiles=("pregnant", "older"),
        required_documents=("national_id", "two photos of the family"), languages=("en", "fr"), cost="subsidised",
        fees_description="-5 to 10", opening_hours="Mo-Fr 08:00-16:00; PH off", phone="+233 30 222 3333",
        email="post@example.org", website="https://example.org/", status="temporarily closed",
        status_until=date(2027, 1, 31), capacity_available=3, wait_time_days=14, sensitivity="L0", source="ministry",
        landmark="behind the mill", access_flags=("step_free",), open_to="returnees", texts={("service_name", "fr"): "Poste", ("description", "ar"): "وصف"},
    )  # fmt: skip
    shape = '{"type":"MultiPolygon","coordinates":[[[[11.0,3.0],[11.5,3.0],[11.5,3.5],[11.0,3.5],[11.0,3.0]]]]}'
    factories.make_service_at_location(
        session, organization_name="Blue Door", service_name="Conseil", taxonomy_terms=("legal.aid",),
        coverage_geojson=shape, language="fr", latitude=3.25, longitude=11.25, assured_date=None,
    )  # fmt: skip
    factories.make_service_at_location(
        session, organization_name="Blue Door", service_name="Hotline", taxonomy_terms=("psychosocial.crisis",),
        latitude=None, longitude=None, country="XA", area_code="XA", coverage="remote",
    )  # fmt: skip
    session.flush()
    keys = session.scalars(select(ServiceAtLocation.id)).all()
    return {
        one.service_name: one for one in stored.read_records(session, keys).values()
    }


def exported(session: Session, tmp_path: Path, kind: str) -> bytes:
    path = tmp_path / f"export.{kind}"
    assert WRITERS[kind](session, extracts.prepare(session), path) == 3
    return path.read_bytes()


@pytest.mark.parametrize("kind", sorted(WRITERS))
def test_an_export_comes_in_again_as_unchanged(
    listings: dict[str, ListingRecord],
    planned: Callable[..., ImportRun],
    session: Session,
    tmp_path: Path,
    kind: str,
) -> None:
    run = planned(exported(session, tmp_path, kind), f"export.{kind}")
    assert run.counts is not None
    assert (run.counts["unchanged"], run.counts["rows"]) == (3, 3)
    assert run.counts["issues"]["error"] == 0


@pytest.mark.parametrize("kind", sorted(WRITERS))
def test_an_export_fills_an_empty_directory_with_the_same(
    listings: dict[str, ListingRecord],
    applied: Callable[..., ImportRun],
    session: Session,
    tmp_path: Path,
    kind: str,
) -> None:
    data = exported(session, tmp_path, kind)
    keys = session.scalars(select(ServiceAtLocation.id)).all()
    removal.remove_services(
        session, actor=ADMIN, service_at_location_ids=keys, now=NOW, origin="command"
    )
    run = applied(data, f"export.{kind}")
    assert run.counts is not None
    assert run.counts["create"] == 3
    keys = session.scalars(select(ServiceAtLocation.id)).all()
    for record in stored.read_records(session, keys).values():
        changed = differences(listings[record.service_name], record)
        assert changed.keys() <= {"source", "precision_m"}, changed
