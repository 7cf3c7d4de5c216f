"""Excel files: which sheet, merged cells, formulas, and archives that are not safe to open."""

import io
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from importers import headers, registry
from importers.records import Table
from importers.refusals import FileRefused
from tests.importers.conftest import xlsx_bytes

LIMIT = 64_000_000
ROWS: list[list[Any]] = [
    ["Facility Name", "Latitude", "Longitude"],
    ["Post", 1.5, 12],
    ["Clinic", 2.5, 13],
]


def table_of(data: bytes) -> Table:
    return headers.choose(registry.read(data, max_bytes=LIMIT).tables)


def test_the_sheet_with_the_list_is_chosen() -> None:
    table = table_of(
        xlsx_bytes(("Read me", [["About this file"], ["Version 2"]]), ("List", ROWS))
    )
    assert table.sheet == "List"
    assert [list(row) for row in table.rows] == [
        ["Post", "1.5", "12"],
        ["Clinic", "2.5", "13"],
    ]


def test_dates_and_numbers_are_read_as_people_write_them() -> None:
    rows: list[list[Any]] = [
        ["Facility Name", "Last updated"],
        ["Post", date(2024, 3, 5)],
        ["Clinic", 7.0],
    ]
    assert [row[1] for row in table_of(xlsx_bytes(("List", rows))).rows] == [
        "2024-03-05",
        "7",
    ]


def test_merged_cells_count_for_every_row_they_span_and_are_said() -> None:
    rows: list[list[Any]] = [
        ["Region", "Facility Name"],
        ["North", "Post"],
        [None, "Clinic"],
        ["South", "Home"],
    ]
    table = table_of(xlsx_bytes(("List", rows), merge="A2:A3"))
    assert [row[0] for row in table.rows] == ["North", "North", "South"]
    merged = [
        (line, issue.values)
        for line, issue in table.notes
        if issue.code == "merged_cells"
    ]
    assert merged == [(2, {"cells": "A"}), (3, {"cells": "A"})]


def test_formulas_are_taken_by_value_and_said() -> None:
    data = xlsx_bytes(
        ("List", [["Facility Name", "Latitude"], ["Post", "=1+1"], ["Clinic", 3]])
    )
    notes = [(line, issue.code, issue.values) for line, issue in table_of(data).notes]
    assert notes == [(2, "formula_cells", {"cells": "B"})]


def test_a_workbook_that_swells_is_refused() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 59_000_000)
    data = stream.getvalue()
    assert len(data) < 160_000
    with pytest.raises(FileRefused) as refused:
        registry.read(data, max_bytes=LIMIT)
    assert refused.value.code == "archive_unsafe"
    assert "1:" in refused.value.values["why"]


def test_sizes_that_lie_are_counted_while_unpacking() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 2_000_000)
    data = bytearray(stream.getvalue())
    stated = (2_000_000).to_bytes(4, "little")
    assert data.count(stated) == 2
    lying = bytes(data).replace(stated, (5_000).to_bytes(4, "little"))
    with pytest.raises(FileRefused) as refused:
        registry.read(lying, max_bytes=LIMIT)
    assert refused.value.code in {"file_damaged", "archive_unsafe"}


@pytest.mark.parametrize(
    ("names", "code"),
    [
        (("word/document.xml",), "wrong_type"),
        (("data.txt",), "wrong_type"),
        (("xl/workbook.xml", "../outside.xml"), "archive_unsafe"),
        (("xl/workbook.xml", "inner.zip"), "archive_unsafe"),
        (("xl/workbook.xml",), "file_damaged"),
        (tuple(f"part{number}.xml" for number in range(1_001)), "archive_unsafe"),
    ],
)
def test_other_archives_are_refused(names: tuple[str, ...], code: str) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in names:
            archive.writestr(name, "<x/>")
    with pytest.raises(FileRefused) as refused:
        registry.read(stream.getvalue(), max_bytes=LIMIT)
    assert refused.value.code == code


def test_an_entity_that_multiplies_itself_does_nothing() -> None:
    original = xlsx_bytes(("List", ROWS))
    stream = io.BytesIO()
    laugh = (
        '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    )
    with (
        zipfile.ZipFile(io.BytesIO(original)) as old,
        zipfile.ZipFile(stream, "w") as new,
    ):
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename.endswith("sheet1.xml"):
                content = content.replace(b"?>", b"?>" + laugh.encode(), 1)
            new.writestr(entry.filename, content)
    try:
        count = len(table_of(stream.getvalue()).rows)
    except FileRefused:
        count = 2  # Refusing such a file is as good as reading it plainly.
    assert count == 2


@pytest.mark.parametrize("at", [0.3, 0.5, 0.7, 0.9, 0.97])
def test_a_damaged_workbook_is_refused_or_read(at: float) -> None:
    data = bytearray(xlsx_bytes(("List", ROWS)))
    place = int(len(data) * at)
    data[place : place + 40] = bytes(range(40))
    try:
        count = len(table_of(bytes(data)).rows)
    except FileRefused:
        count = 0
    assert count in {0, 2}


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("XFD1048576", "too_many_columns"),
        ("xfd1048576", "too_many_columns"),
        ("ZZ900000", "too_many_rows"),
        ("A9999999", "too_many_rows"),
        ("A99999999999", "file_damaged"),
        ("A" * 500 + "2", "file_damaged"),
        ("&#65;2", "file_damaged"),
    ],
)
def test_a_cell_in_the_far_corner_is_refused_before_memory_is_filled(
    cell: str, code: str
) -> None:
    with pytest.raises(FileRefused) as refused:
        table_of(
            _with_sheet(lambda sheet: sheet.replace(b'r="A2"', f'r="{cell}"'.encode()))
        )
    assert refused.value.code == code


def test_a_cell_in_the_far_corner_that_is_only_formatted_counts_for_nothing() -> None:
    far = b'<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>'
    table = table_of(_with_sheet(lambda sheet: sheet.replace(b"</sheetData>", far)))
    assert len(table.rows) == 2


def test_a_row_at_the_far_end_counts_where_its_cells_say_no_place() -> None:
    far = b'<row r="99999999"><c s="0" t="str"><v>x</v></c></row></sheetData>'
    with pytest.raises(FileRefused) as refused:
        table_of(_with_sheet(lambda sheet: sheet.replace(b"</sheetData>", far)))
    assert refused.value.code == "too_many_rows"


def test_merged_blocks_that_lie_upon_each_other_are_refused() -> None:
    blocks = (
        b"<mergeCells>"
        + b'<mergeCell ref="A1:CV1000"/>' * 200
        + b"</mergeCells></worksheet>"
    )
    with pytest.raises(FileRefused) as refused:
        table_of(_with_sheet(
            lambda sheet: sheet.replace(b'r="A2"', b'r="CV1000"').replace(b"</worksheet>", blocks)
        ))  # fmt: skip
    assert refused.value.code == "file_damaged"


def _with_sheet(change: Callable[[bytes], bytes]) -> bytes:
    """A workbook whose sheet was changed by hand."""
    source = zipfile.ZipFile(io.BytesIO(xlsx_bytes(("List", ROWS))))
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            data = source.read(name)
            archive.writestr(name, change(data) if "sheet1" in name else data)
    return stream.getvalue()
