"""Every format of an export: what is in it, what comes back, and what a visitor may have."""

import csv
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from defusedxml import ElementTree
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.config import Config
from directory.listings import exporting, extracts
from directory.models import Organization, Service, User
from geo.gis_files import read_gis_file
from tests.directory.listings.test_create_services import FULL, create

PLAIN = replace(FULL, phone="+33 1 23 45 67 89", languages=("en",), precision_m=10.0)
STARTS = (
    "=1+1", "+1+1", "-1+1", "@SUM(A1)", "|calc", "%0A=1", "\t=1+1", "'=1+1", "''=1", "'plain",
    "=cmd|' /C calc'!A0", "=HYPERLINK(\"https://example.org\",\"x\")", "+cmd", "-2+3+cmd", "@x",
    "＝1+1", "＋1", "－1", "＠SUM(1)", "'＝1", "=", "+", "--", "@@", "'", "''", "'''=", "'\t=1",
    "=1;2", "=1,2", '="x"', "=\u200b1", "'@", "'+1", "'-1", "'|x", "'%x",
)  # fmt: skip
PAYLOADS = tuple(dict.fromkeys((*STARTS, *(f"{start} and more" for start in STARTS))))


def write(session: Session, path: Path, kind: str, **options: Any) -> int:
    extract = extracts.prepare(session, **options)
    return exporting.WRITERS[kind](session, extract, path)


def payloads(session: Session) -> int:
    records = [
        replace(
            PLAIN,
            service_id=f"s{number}",
            service_name=f"Post {number}",
            description=text,
            latitude=2.0 + number / 1000,
            texts={},
        )
        for number, text in enumerate(PAYLOADS)
    ]
    create(session, *records)
    return len(records)


def test_no_cell_is_taken_for_a_formula(session: Session, tmp_path: Path) -> None:
    number = payloads(session)
    assert number >= 60
    write(session, tmp_path / "out.csv", "csv")
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as stream:
        cells = [row["description"] for row in csv.DictReader(stream)]
    assert len(cells) == number
    assert [cell for cell in cells if cell[:1] in set("=+-@|%\t\r\n＝＋－＠")] == []
    write(session, tmp_path / "out.xlsx", "xlsx")
    sheet = load_workbook(tmp_path / "out.xlsx").active
    assert sheet is not None
    assert {cell.data_type for row in sheet.rows for cell in row} & {"f", "e"} == set()


def test_a_workbook_has_typed_cells(session: Session, tmp_path: Path) -> None:
    create(
        session,
        replace(
            PLAIN, cost="paid", cost_amount=12.5, cost_currency="EUR", cost_waiver=True
        ),
    )
    write(session, tmp_path / "out.xlsx", "xlsx")
    sheet = load_workbook(tmp_path / "out.xlsx").active
    assert sheet is not None
    titles, cells = ([cell.value for cell in row] for row in sheet.rows)
    row = dict(zip(titles, cells, strict=True))
    assert row["assured_date"] == datetime(2026, 11, 1)  # noqa: DTZ001 -- workbooks know no zones
    assert (row["minimum_age"], row["cost_amount"]) == (5, 12.5)
    assert row["cost_waiver"] is True


def test_a_geopackage_is_read_back(session: Session, tmp_path: Path) -> None:
    nowhere = replace(
        PLAIN, service_id="s2", latitude=None, longitude=None, coverage_radius_km=None
    )
    create(session, PLAIN, nowhere)
    assert write(session, tmp_path / "out.gpkg", "gpkg") == 2
    first, second = read_gis_file(tmp_path / "out.gpkg")
    assert first.geometry is not None
    assert first.geometry.coords[:] == [(11.0, 3.0)]
    assert first.properties["service_name"] == "Health post"
    assert first.properties["minimum_age"] == 5
    assert second.geometry is None


def test_kml_has_a_placemark_for_each_place(session: Session, tmp_path: Path) -> None:
    create(
        session, replace(PLAIN, service_name="Post & more", description="<i>Now</i>")
    )
    assert write(session, tmp_path / "out.kml", "kml") == 1
    tree = ElementTree.parse(tmp_path / "out.kml")
    said = {element.tag.partition("}")[2]: element for element in tree.iter()}
    assert said["name"].text == "Post & more"
    assert said["description"].text == "&lt;i&gt;Now&lt;/i&gt;", "a text, no markup"
    assert said["coordinates"].text.split() == ["11,3,0"]
    extended = {
        e.get("name"): e.text for e in tree.iter() if e.tag.endswith("SimpleData")
    }
    assert extended["minimum_age"] == "5"


def test_the_3w_table_says_who_does_what_where(
    session: Session, tmp_path: Path
) -> None:
    north = replace(PLAIN, coverage_areas=("XA-SW", "XA-N"), provider_type="un")
    create(session, north, replace(PLAIN, service_id="s2", coverage_areas=()))
    assert write(session, tmp_path / "out.csv", "hxl") == 2
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as stream:
        _titles, tags, *rows = csv.reader(stream)
    said = [dict(zip(tags, row, strict=True)) for row in rows]
    where = [
        (one["#adm1+code"], one["#adm2+code"], one["#country+code"]) for one in said
    ]
    assert sorted(where[:2]) == [("XA-N", "", "XA"), ("XA-S", "XA-SW", "XA")]
    assert len(where) == 3
    assert said[0]["#org+name"] == "Red Door"
    assert said[0]["#sector+code"] == "health"
    assert said[0]["#date+updated"] == "2026-11-01"


def test_the_hsds_package_keeps_to_the_specification(
    session: Session, tmp_path: Path, config: Config
) -> None:
    create(session, PLAIN, replace(PLAIN, latitude=1.0, address="Harbour 1"))
    assert write(session, tmp_path / "out.zip", "hsds-package") == 1
    with zipfile.ZipFile(tmp_path / "out.zip") as opened:
        described = json.loads(opened.read("datapackage.json"))
        tables = {
            one["name"]: list(
                csv.DictReader(io.StringIO(opened.read(one["path"]).decode()))
            )
            for one in described["resources"]
        }
    assert len(tables["location"]) == len(tables["service_at_location"]) == 2
    assert {row["id"] for row in tables["organization"]} == {
        row["organization_id"] for row in tables["service"]
    }
    codes = {row["code"] for row in tables["taxonomy_term"]}
    assert {code.partition(".")[0] for code in codes} <= codes, "categories too"
    for one in described["resources"]:
        for key in one["schema"]["foreignKeys"]:
            there = {row["id"] for row in tables[key["reference"]["resource"]]}
            here = {row[key["fields"]] for row in tables[one["name"]]} - {""}
            assert here <= there, (one["name"], key)
    schemas = config.standards_dir / "hsds-3.1" / "schema"
    if not schemas.is_dir():
        pytest.skip("STANDARDS_DIR is absent: the specification was not compared.")
    for name, rows in tables.items():
        schema = json.loads((schemas / f"{name}.json").read_text())
        assert rows[0].keys() <= schema["properties"].keys(), name


@pytest.mark.parametrize("kind", ["xlsx", "gpkg", "kml", "hsds-package"])
def test_equal_lists_make_equal_files(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    create(session, PLAIN)
    write(session, tmp_path / "first", kind)
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    monkeypatch.setattr(
        "time.localtime", lambda _now=0: (2033, 5, 18, 3, 33, 20, 2, 138, 0)
    )
    write(session, tmp_path / "second", kind)
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()


def test_only_what_changed_since_a_day(session: Session, tmp_path: Path) -> None:
    ids = [
        one.service_id
        for one in create(session, PLAIN, replace(PLAIN, service_id="s2"))
    ]
    old, new = (session.get_one(Service, key) for key in ids)
    organization = session.get_one(Organization, old.organization_id)
    organization.last_modified = old.last_modified = datetime(2025, 5, 1, tzinfo=UTC)
    new.last_modified = datetime(2026, 1, 1, tzinfo=UTC)
    session.flush()
    since = datetime(2026, 1, 1, tzinfo=UTC)
    assert write(session, tmp_path / "out.csv", "csv", changed_since=since) == 1
    organization.last_modified = since
    session.flush()
    assert write(session, tmp_path / "out.csv", "csv", changed_since=since) == 2


def test_the_columns_tell_of_no_hidden_listing(session: Session) -> None:
    create(session, replace(PLAIN, texts={}))
    before = extracts.prepare(session).columns
    create(
        session,
        replace(
            PLAIN,
            service_id="h",
            organization_id="h",
            organization_name="Hidden",
            sensitivity="L2",
            texts={("service_name", "so"): "x", ("organization_name", "so"): "x"},
        ),
    )
    assert extracts.prepare(session).columns == before


@pytest.mark.parametrize("kind", sorted(exporting.WRITERS))
def test_a_visitor_downloads_what_the_page_lists(
    session: Session,
    client: FlaskClient,
    client_of: Callable[[User], FlaskClient],
    counsellor: User,
    kind: str,
) -> None:
    for level in ("L0", "L1", "L2"):
        create(
            session,
            replace(
                PLAIN,
                service_id=level,
                service_name=f"Canary{level}",
                sensitivity=level,
                texts={},
            ),
        )
    create(
        session,
        replace(
            PLAIN,
            service_id="e",
            service_name="CanaryE",
            taxonomy_terms=("education.school",),
        ),
    )
    session.commit()
    seen = client.get(f"/services/export?term=health&format={kind}")
    assert seen.status_code == 200
    assert seen.mimetype == exporting.TYPES[kind]
    staff = client_of(counsellor).get(f"/services/export?term=health&format={kind}")
    found = [
        {
            name
            for name in ("L0", "L1", "L2", "E")
            if f"Canary{name}" in unpacked(answer.data, kind)
        }
        for answer in (seen, staff)
    ]
    assert found == [{"L0"}, {"L0", "L1"}]
    assert client.get("/services/export?format=exe").status_code == 404
    assert f"format={kind}" in client.get("/services").text


def unpacked(data: bytes, kind: str) -> str:
    if kind in {"xlsx", "hsds-package"}:
        with zipfile.ZipFile(io.BytesIO(data)) as opened:
            data = b"".join(opened.read(name) for name in opened.namelist())
    return data.decode("utf-8", "replace")


def test_a_list_that_is_too_long_is_not_sent(
    session: Session, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    create(session, PLAIN, replace(PLAIN, service_id="s2"))
    session.commit()
    monkeypatch.setattr("directory.search.views.VISITOR_LIMIT", 1)
    answer = client.get("/services/export")
    assert answer.status_code == 422
    assert "a download holds 1" in answer.text
    assert session.scalars(select(Service.assured_date)).first() == date(2026, 11, 1)
