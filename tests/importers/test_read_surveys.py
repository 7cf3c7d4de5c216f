"""Survey exports (KoboToolbox), spreadsheets of OpenDocument, and who-does-what-where tables (HXL)."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.listings import stored
from directory.models import ImportRun, ServiceAtLocation
from importers import headers, registry
from importers.records import Table
from importers.refusals import FileRefused
from tests.importers.conftest import csv_bytes, xlsx_bytes
from tests.importers.made_files import KOBO, SHEET, ods_bytes

LIMIT = 64_000_000
Run = Callable[..., ImportRun]


def table_of(data: bytes) -> Table:
    return headers.choose(registry.read(data, max_bytes=LIMIT).tables)


def rows_of(data: bytes) -> list[dict[str, str]]:
    table = table_of(data)
    return [dict(zip(table.headers, row, strict=True)) for row in table.rows]


POST = {
    "service_id": "u-1", "place/name": "Post", "place/kind": "Clinic", "needs": "food; cash", "languages": "en; fr",
    "latitude": "3.12345", "longitude": "11.12345", "precision_m": "4.5",
}  # fmt: skip


def test_a_survey_becomes_one_row_per_place() -> None:
    first, second = rows_of(xlsx_bytes(("Form", KOBO)))
    assert first == POST
    assert (second["service_id"], second["needs"]) == ("u-2", "")


def test_labels_and_one_cell_for_the_position_are_read_alike() -> None:
    rows: list[list[Any]] = [
        ["_uuid", "_id", "Name of the facility", "What is needed?/Food", "What is needed?/Cash", "Where is it?"],
        ["u-1", 1, "Post", "TRUE", "FALSE", "3.12345 11.12345 120 4.5"],
        ["u-2", 2, "House", "FALSE", "FALSE", ""],
    ]  # fmt: skip
    first, second = rows_of(xlsx_bytes(("Form", rows)))
    assert first == {
        "service_id": "u-1", "Name of the facility": "Post", "What is needed?": "Food",
        "latitude": "3.12345", "longitude": "11.12345", "precision_m": "4.5",
    }  # fmt: skip
    assert (second["latitude"], second["What is needed?"]) == ("", "")
    lines = [";".join(str(cell) for cell in row) for row in KOBO]
    assert rows_of(csv_bytes(*lines))[0] == POST


def test_a_survey_as_geojson_leaves_the_interviewer_out() -> None:
    properties = {
        "_uuid": "u-1",
        "_id": 7,
        "name": "Post",
        "phonenumber": "+233302220000",
        "end": "2026-01-01",
    }
    feature = {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "Point", "coordinates": [11.1, 3.1]},
    }
    (row,) = rows_of(
        json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()
    )
    assert row == {"service_id": "u-1", "name": "Post", "@lat": "3.1", "@lon": "11.1"}


def test_a_repeated_group_of_services_gives_a_row_each_and_says_what_belongs_to_nothing() -> (
    None
):
    form: list[list[Any]] = [["_uuid", "_index", "_id", "name", "_gps_latitude", "_gps_longitude"], ["u-1", 1, 7, "Post", 3.1, 11.1], ["u-2", 2, 8, "House", 3.2, 11.2]]  # fmt: skip
    repeats: list[list[Any]] = [["services/service_name", "services/type", "_index", "_parent_table_name", "_parent_index"], ["Births", "Maternity", 1, "Form", 1], ["Teeth", "Dentist", 2, "Form", 1], ["Lost", "Clinic", 3, "Form", 9]]  # fmt: skip
    table = table_of(xlsx_bytes(("Form", form), ("services", repeats)))
    rows = [dict(zip(table.headers, row, strict=True)) for row in table.rows]
    assert [(row["service_id"], row["services/service_name"], row["organization_name"], row["latitude"]) for row in rows] == [
        ("u-1/1", "Births", "Post", "3.1"), ("u-1/2", "Teeth", "Post", "3.1"),
    ]  # fmt: skip
    assert [(issue.code, issue.values["table"], issue.values["row"]) for _, issue in table.notes] == [
        ("reference_dangling", "services", "4"), ("record_unused", "Form", "3"),
    ]  # fmt: skip


def test_a_repeated_group_of_other_things_becomes_a_list_in_its_place() -> None:
    form: list[list[Any]] = [["_uuid", "_index", "_id", "name"], ["u-1", 1, 7, "Post"]]
    repeats: list[list[Any]] = [
        ["phone", "_index", "_parent_index"],
        ["111", 1, 1],
        ["222", 2, 1],
    ]
    (row,) = rows_of(xlsx_bytes(("Form", form), ("phones", repeats)))
    assert row == {"service_id": "u-1", "name": "Post", "phone": "111; 222"}


def test_a_spreadsheet_of_opendocument_is_read_like_one_of_excel() -> None:
    table = table_of(ods_bytes(("Read me", [["About this file"]]), ("List", SHEET)))
    assert table.sheet == "List"
    assert [list(row) for row in table.rows] == [
        ["Post", "Clinic", "3.12345", "11.12345"],
        ["House", "Hospital", "3.2", "11.2"],
    ]


@pytest.mark.parametrize(
    "row",
    [
        '<table:table-row table:number-rows-repeated="900000000"><table:table-cell office:value-type="float" office:value="1"/></table:table-row>',
        '<table:table-row table:number-rows-repeated="400000"><table:table-cell table:number-columns-repeated="900" office:value-type="float" office:value="1"/></table:table-row>',
        '<table:table-row table:number-rows-repeated="+3000000000"><table:table-cell office:value-type="float" office:value="1"/></table:table-row>',
        '<table:table-row><table:table-cell table:number-columns-repeated="0000000000000000000900000000" office:value-type="float" office:value="1"/></table:table-row>',
        '<table:table-row><table:table-cell table:number-columns-repeated="900000000" office:value-type="float" office:value="1"/></table:table-row>',
    ],
)
def test_cells_repeated_beyond_reason_are_refused(row: str) -> None:
    with pytest.raises(FileRefused) as refused:
        table_of(ods_bytes(("List", SHEET), row=row))
    assert refused.value.code in {"too_many_rows", "too_many_columns"}


PRESENCE = (
    "Qui,Quoi,Cluster,Code,Total",
    "#org+name,#activity,#sector+cluster,#adm1+code,#reached",
    "Red Door,Hot meals,Food security,XA-N,20",
    "Red Door,Hot meals,Food security,XA-N,35",
    "Red Door,Counselling,GBV,XA-N,5",
)


@pytest.mark.parametrize("is_above", [False, True])
def test_who_does_what_where_gives_one_listing_per_activity_and_area_that_covers_it(
    applied: Run, session: Session, is_above: bool
) -> None:
    titles, tags, *rows = (line for line in PRESENCE)
    head = (tags, titles) if is_above else (titles, tags)
    run = applied(csv_bytes(*head, *rows), "3w.csv")
    assert run.counts is not None
    assert (
        run.counts["create"],
        run.counts["issues"]["by_code"]["duplicate_listing"],
    ) == (2, 1)
    keys = session.scalars(select(ServiceAtLocation.id)).all()
    found = {
        one.service_name: one for one in stored.read_records(session, keys).values()
    }
    assert found["Hot meals"].coverage_areas == ("XA-N",)
    assert found["Hot meals"].taxonomy_terms == ("basic_needs.food",)
    assert found["Counselling"].sensitivity == "L2"
