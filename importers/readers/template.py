"""The hidden sheet of our own workbooks: which title is which field, which label is which code."""

from collections.abc import Mapping
from dataclasses import replace
from io import BytesIO
from typing import Final

import python_calamine

from importers.records import Table

SHEET: Final = "homeward codes"
TITLE: Final = "title"
"""In the first column: the row says what a title means. Otherwise a field whose label is a code."""
MAX_ROWS: Final = 5000
_SEPARATOR: Final = ";"


def decoded(tables: list[Table], data: bytes) -> list[Table]:
    """Return the tables of a workbook with codes in place of labels; others come back as they are.

    What the hidden sheet says is only a reading of words: every value is checked like any other.
    """
    titles, labels = _read(data)
    if not titles:
        return tables
    return [_decode(table, titles, labels) for table in tables]


def _read(data: bytes) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    workbook = python_calamine.CalamineWorkbook.from_filelike(BytesIO(data))
    titles: dict[str, str] = {}
    labels: dict[str, dict[str, str]] = {}
    if SHEET not in workbook.sheet_names:
        return titles, labels
    for row in workbook.get_sheet_by_name(SHEET).to_python()[:MAX_ROWS]:
        if len(row) < 3 or not all(isinstance(cell, str) for cell in row[:3]):
            continue
        kind, label, code = (str(cell).strip() for cell in row[:3])
        if kind == TITLE:
            titles[label] = code
        else:
            labels.setdefault(kind, {})[label.casefold()] = code
    return titles, labels


def _decode(
    table: Table, titles: Mapping[str, str], labels: Mapping[str, Mapping[str, str]]
) -> Table:
    index = _row_of_titles(table, titles)
    if index is None:
        return table
    fields = [titles.get(cell.strip(), "") for cell in table.rows[index]]
    by_column = {
        at: labels[field] for at, field in enumerate(fields) if field in labels
    }
    width = len(table.rows[index])
    rows = [
        [
            _codes(cell, by_column[at]) if at in by_column and cell else cell
            for at, cell in enumerate(row[:width])
        ]
        for row in table.rows[index + 1 :]
    ]
    return replace(
        table,
        headers=tuple(cell.strip() for cell in table.rows[index]),
        rows=[[*row, *[""] * (width - len(row))] for row in rows],
        lines=table.lines[index + 1 :],
        titles=dict(titles),
    )


def _row_of_titles(table: Table, titles: Mapping[str, str]) -> int | None:
    for index, row in enumerate(table.rows[:25]):
        if sum(cell.strip() in titles for cell in row) >= 2:
            return index
    return None


def _codes(cell: str, labels: Mapping[str, str]) -> str:
    """Return a cell with its labels as codes; one that holds an unknown word stays as it is."""
    whole = labels.get(cell.strip().casefold())
    if whole is not None:
        return whole
    parts = [part.strip() for part in cell.split(_SEPARATOR)]
    return _SEPARATOR.join(labels.get(part.casefold(), part) for part in parts)
