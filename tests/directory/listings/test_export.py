"""Listings as files: nothing restricted, nothing lost, nothing a spreadsheet would run."""

import csv
import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from directory.config import Config
from directory.listings import exporting, extracts
from tests.directory.listings.test_create_services import FULL, create
from tests.directory.listings.test_edit_service import SQUARE

ODD = replace(
    FULL,
    service_id="s2",
    service_name='=HYPERLINK("x")',
    description='\'=already marked, and\na second line; with "quotes"',
    coverage_geojson=SQUARE,
    coverage="national",
    coverage_excluded_areas=("XA-NW",),
    access_flags=("walk_in",),
    texts={**FULL.texts, ("description", "ar"): "رعاية"},
)


def export(session: Session, path: Path, kind: str, **options: Any) -> int:
    extract = extracts.prepare(session, **options)
    return exporting.WRITERS[kind](session, extract, path)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize("kind", sorted(exporting.WRITERS))
def test_restricted_listings_never_leave(
    session: Session, tmp_path: Path, kind: str
) -> None:
    for number in range(4):
        name = f"Level{number}"
        bare = replace(FULL, latitude=None, longitude=None, address=None, landmark=None)
        record = replace(bare if number == 3 else FULL, coverage_radius_km=None)
        create(
            session,
            replace(
                record,
                service_id=name,
                service_name=name,
                sensitivity=f"L{number}",
                texts={},
            ),
        )
    path = tmp_path / f"out.{kind}"
    found = {}
    for staff in (False, True):
        assert export(session, path, kind, with_staff_level=staff) == (
            2 if staff else 1
        )
        data = path.read_bytes()
        if kind == "hsds-package":
            with zipfile.ZipFile(path) as opened:
                data = b"".join(opened.read(name) for name in opened.namelist())
        if kind == "xlsx":
            sheet = load_workbook(path).active
            assert sheet is not None
            data = str([cell.value for row in sheet.rows for cell in row]).encode()
        found[staff] = {
            number for number in range(4) if f"Level{number}".encode() in data
        }
    assert found == {False: {0}, True: {0, 1}}


def test_csv_has_the_columns_of_the_listing_file_and_is_safe_to_open(
    session: Session, tmp_path: Path
) -> None:
    create(session, FULL, ODD)
    export(session, tmp_path / "out.csv", "csv")
    first, second = rows(tmp_path / "out.csv")
    assert list(first)[:4] == [
        "organization_name",
        "organization_id",
        "service_name",
        "service_id",
    ]
    assert first["service_name:fr"] == "Poste de santé"
    assert set(first["taxonomy_terms"].split(";")) == {
        "health.primary",
        "health.hospital",
    }
    assert first["assured_date"] == "2026-11-01"
    assert first["phone"] == "'+999 1 23; +999 4 56"
    assert second["service_name"] == '\'=HYPERLINK("x")'
    assert second["description"].startswith("''=already")


def test_xlsx_holds_texts_not_formulas(session: Session, tmp_path: Path) -> None:
    create(session, ODD)
    export(session, tmp_path / "out.xlsx", "xlsx")
    sheet = load_workbook(tmp_path / "out.xlsx").active
    assert sheet is not None
    cells = {cell.value: cell for row in sheet.rows for cell in row}
    assert cells['=HYPERLINK("x")'].data_type == "s"


def test_geojson_has_a_point_or_none(session: Session, tmp_path: Path) -> None:
    nowhere = replace(
        FULL, service_id="s3", latitude=None, longitude=None, coverage_radius_km=None
    )
    create(session, FULL, nowhere)
    export(session, tmp_path / "out.geojson", "geojson")
    collection = json.loads((tmp_path / "out.geojson").read_text())
    first, second = collection["features"]
    assert first["geometry"] == {"type": "Point", "coordinates": [11.0, 3.0]}
    assert first["properties"]["service_name"] == "Health post"
    assert second["geometry"] is None


NESTED = {
    "organization": "organization",
    "languages": "language",
    "required_documents": "required_document",
    "attributes": "attribute",
    "taxonomy_term": "taxonomy_term",
    "service_at_locations": "service_at_location",
    "location": "location",
    "addresses": "address",
    "phones": "phone",
    "schedules": "schedule",
    "service_areas": "service_area",
}


def check(value: dict[str, Any], kind: str, schemas: Path) -> None:
    """Every column exists in the specification, and those that are required are there."""
    schema = json.loads((schemas / f"{kind}.json").read_text())
    assert value.keys() <= schema["properties"].keys(), (kind, value.keys())
    assert set(schema.get("required", ())) <= value.keys(), (kind, value.keys())
    for name, part in value.items():
        if name in NESTED:
            for each in part if isinstance(part, list) else [part]:
                check(each, NESTED[name], schemas)


def test_hsds_keeps_to_the_specification(
    session: Session, tmp_path: Path, config: Config
) -> None:
    elsewhere = replace(FULL, latitude=1.0, address="Harbour 1")
    create(session, FULL, elsewhere, ODD)
    assert export(session, tmp_path / "out.json", "hsds") == 2
    page = json.loads((tmp_path / "out.json").read_text())
    first = page["contents"][0]
    assert len(first["service_at_locations"]) == 2
    assert "Pregnant or breastfeeding" in first["eligibility_description"]
    codes = {
        a["taxonomy_term"]["code"] for a in first["attributes"] if "taxonomy_term" in a
    }
    assert codes == {"health.primary", "health.hospital"}
    schemas = config.standards_dir / "hsds-3.1" / "schema"
    if not schemas.is_dir():
        pytest.skip("STANDARDS_DIR is absent: the specification was not compared.")
    for service in page["contents"]:
        check(service, "service", schemas)
