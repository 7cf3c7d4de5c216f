"""Excel workbooks: every visible sheet as text, merged cells filled, formulas reported."""

import re
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Final

import python_calamine

from importers.readers.csv import MAX_COLUMNS, MAX_ROWS
from importers.records import Issue, Table
from importers.refusals import FileRefused

Cell = int | float | str | bool | time | date | datetime | timedelta

_SHEET: Final = re.compile(rb"<sheet\b([^>]*)>")
_RELATION: Final = re.compile(rb"<Relationship\b([^>]*)>")
_ATTRIBUTE: Final = re.compile(rb'([\w:]+)\s*=\s*"([^"]*)"')
MAX_CELLS: Final = 10_000_000
"""Half a million rows of twenty columns; empty cells count, for they are held as well."""
_SHEET_DATA: Final = b"sheetData"
_CELL: Final = re.compile(
    rb"""<(?:\w+:)?c((?:\s+[^\s=<>"']+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(/?)>"""
)
_CELL_BEGINS: Final = re.compile(rb"<(?:\w+:)?c[\s/>]")
_PLACES: Final = re.compile(rb"""(?<=\s)r\s*=\s*["']([^"']*)["']""")
_PLACE: Final = re.compile(rb"([A-Za-z]{1,3})([0-9]{1,7})")
_ROWS: Final = re.compile(rb"""<(?:\w+:)?row\s[^<>]*?\br\s*=\s*["']([^"']*)["']""")
_FORMULA: Final = re.compile(rb'<c\s[^>]*?\br="([A-Z]{1,3})(\d{1,7})"[^>]*>\s*<f[\s>/]')


def read(data: bytes, archive: zipfile.ZipFile) -> list[Table]:
    """Return one table for each visible sheet that has cells.

    No XML of the file is interpreted by us beyond finding where formulas stand, so there are no
    entities to expand. ``archive`` is the same file after ``guard.check_archive``.
    """
    _check_extents(archive)
    return read_sheets(data, archive, _sheet_parts(archive))


def is_workbook(archive: zipfile.ZipFile) -> bool:
    """Whether an archive is an Excel workbook."""
    names = archive.namelist()
    return "xl/workbook.xml" in names and "xl/workbook.bin" not in names


def _check_extents(archive: zipfile.ZipFile) -> None:
    """Refuse sheets whose farthest cells span more than the memory holds.

    The library lays out the whole rectangle up to the last row and column: one cell in the far
    corner is a hundred gigabytes. Every part that looks like a sheet is checked, whatever its name.
    """
    for name in archive.namelist():
        content = archive.read(name)
        if _SHEET_DATA not in content:
            continue
        width, height = _extent(content)
        if width > MAX_COLUMNS:
            raise FileRefused("too_many_columns", limit=MAX_COLUMNS)
        if height * width > MAX_CELLS:
            raise FileRefused("too_many_rows", limit=min(MAX_ROWS, MAX_CELLS // width))


def _extent(content: bytes) -> tuple[int, int]:
    """Return the last column and row, counted from 1, in which a cell of a sheet holds something.

    Cells that are only formatted close at once and count for nothing. What the library might read
    otherwise than we do is refused.
    """
    cells = _CELL.findall(content)
    if len(cells) != len(_CELL_BEGINS.findall(content)):
        raise FileRefused("file_damaged")
    filled = [attributes for attributes, closes in cells if not closes]
    stated = _PLACES.findall(b"\n".join(filled))
    places = [_PLACE.fullmatch(place) for place in set(stated)]
    columns = {place[1] for place in places if place}
    rows = {place[2] for place in places if place}
    if not all(
        map(_PLACES.search, filled)
    ):  # Cells without a place stand in the row around them.
        rows |= set(_ROWS.findall(content))
    if None in places or not all(number.isdigit() for number in rows):
        raise FileRefused("file_damaged")
    width = max(map(_column_number, columns), default=1)
    return width, max((int(number[:9]) for number in rows), default=1)


def _column_number(letters: bytes) -> int:
    """Return the number of a column from its letters: A is 1."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def read_sheets(
    data: bytes, archive: zipfile.ZipFile, parts: Mapping[str, str]
) -> list[Table]:
    """Return one table for each visible sheet; ``parts`` are those that may hold formulas, by sheet."""
    with _refusing_damage():
        workbook = python_calamine.CalamineWorkbook.from_filelike(BytesIO(data))
    tables = []
    for sheet in workbook.sheets_metadata:
        if sheet.visible is python_calamine.SheetVisibleEnum.Visible:
            formulas = _formulas(archive, parts.get(sheet.name))
            table = _table(workbook, sheet.name, formulas)
            if table.rows:
                tables.append(table)
    if not tables:
        raise FileRefused("empty_file")
    return tables


def _table(
    workbook: python_calamine.CalamineWorkbook,
    name: str,
    formulas: dict[int, list[str]],
) -> Table:
    with _refusing_damage():
        sheet = workbook.get_sheet_by_name(name)
        cells = sheet.to_python(skip_empty_area=False)
    if sheet.height > MAX_ROWS:
        raise FileRefused("too_many_rows", limit=MAX_ROWS)
    if sheet.width > MAX_COLUMNS:
        raise FileRefused("too_many_columns", limit=MAX_COLUMNS)
    merged = _fill_merged(cells, sheet.merged_cell_ranges or [])
    notes = [(line, _note("merged_cells", columns)) for line, columns in merged.items()]
    notes += [
        (line, _note("formula_cells", columns)) for line, columns in formulas.items()
    ]
    rows: list[list[str]] = []
    lines: list[int] = []
    for number, row in enumerate(cells, start=1):
        texts = [as_text(cell) for cell in row]
        if any(texts):
            rows.append(texts)
            lines.append(number)
    return Table(rows=rows, lines=lines, sheet=name, notes=tuple(notes))


@contextmanager
def _refusing_damage() -> Iterator[None]:
    """Refuse the file where the library that reads workbooks fails or gives up on it."""
    try:
        yield
    except (python_calamine.CalamineError, OSError, ValueError, OverflowError) as error:
        raise FileRefused("file_damaged") from error
    except BaseException as error:
        # The library's own failures reach Python as a kind that is no Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise FileRefused("file_damaged") from error


def as_text(cell: Cell) -> str:
    """Return a cell as a person would type it: whole numbers without ``.0``, dates in ISO form."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return (
            cell.date().isoformat() if cell.time() == time.min else cell.isoformat(" ")
        )
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell)


def _note(code: str, columns: Iterable[str]) -> Issue:
    return Issue(code, None, {"cells": ", ".join(list(columns)[:10])})


def _fill_merged(
    cells: list[list[Cell]], ranges: Iterable[tuple[tuple[int, int], tuple[int, int]]]
) -> dict[int, list[str]]:
    """Give every cell of a merged block the block's value; return the columns filled, by row."""
    filled: dict[int, list[str]] = defaultdict(list)
    left_over = MAX_CELLS
    for (top, left), (bottom, right) in ranges:
        if top >= len(cells) or left >= len(cells[top]):
            continue
        last_row, last_column = (
            min(bottom, len(cells) - 1),
            min(right, len(cells[top]) - 1),
        )
        left_over -= (last_row - top + 1) * (last_column - left + 1)
        if left_over < 0:
            raise FileRefused("file_damaged")  # Blocks that lie upon each other.
        value = cells[top][left]
        for row in range(top, last_row + 1):
            for column in range(left, min(last_column, len(cells[row]) - 1) + 1):
                cells[row][column] = value
            filled[row + 1].append(column_name(left))
    return dict(filled)


def column_name(index: int) -> str:
    """Return the letters of a column counted from 0: A, B, …, Z, AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _formulas(archive: zipfile.ZipFile, part: str | None) -> dict[int, list[str]]:
    """Return the columns that hold a formula, by row; calamine gives only their last values."""
    found: dict[int, list[str]] = defaultdict(list)
    if part is None or part not in archive.namelist():
        return {}
    for match in _FORMULA.finditer(archive.read(part)):
        found[int(match.group(2))].append(match.group(1).decode())
    return dict(found)


def _sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return which part of the archive holds each sheet."""
    try:
        relations = archive.read("xl/_rels/workbook.xml.rels")
    except KeyError:
        return {}
    targets = {}
    for match in _RELATION.finditer(relations):
        attributes = _attributes(match.group(1))
        target = attributes.get("Target", "").lstrip("/")
        targets[attributes.get("Id", "")] = (
            target if target.startswith("xl/") else f"xl/{target}"
        )
    parts = {}
    for match in _SHEET.finditer(archive.read("xl/workbook.xml")):
        attributes = _attributes(match.group(1))
        parts[attributes.get("name", "")] = targets.get(attributes.get("r:id", ""), "")
    return parts


def _attributes(text: bytes) -> dict[str, str]:
    return {
        name.decode(): value.decode("utf-8", "replace")
        .replace("&quot;", '"').replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
        for name, value in _ATTRIBUTE.findall(text)
    }  # fmt: skip


def other_kind(archive: zipfile.ZipFile) -> str:
    """Return what an archive is that is no workbook, in the words of its program."""
    names = archive.namelist()
    if "word/document.xml" in names:
        return "Word (.docx)"
    if "mimetype" in names:
        return "OpenDocument"
    return "a zip archive"
