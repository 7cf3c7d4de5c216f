"""OpenDocument spreadsheets: every visible sheet as text, like an Excel workbook."""

import re
from typing import Final
from zipfile import ZipFile

from importers.readers import xlsx
from importers.readers.csv import MAX_COLUMNS, MAX_ROWS
from importers.records import Table
from importers.refusals import FileRefused

_TYPE: Final = b"application/vnd.oasis.opendocument.spreadsheet"
_MAX_CELLS: Final = 20_000_000
_ROW: Final = re.compile(
    rb"<table:table-row\b([^>]*?)(/>|>(.*?)</table:table-row>)", re.DOTALL
)
_CELL: Final = re.compile(rb"<table:(?:covered-)?table-cell\b([^>]*?)(/>|>)")
_REPEATED: Final = re.compile(rb'table:number-(?:rows|columns)-repeated="(\d{1,18})"')
_FILLED: Final = re.compile(rb"office:(?:string-|date-|time-|boolean-)?value|<text:")


def is_workbook(archive: ZipFile) -> bool:
    """Whether an archive is a spreadsheet of OpenDocument."""
    names = archive.namelist()
    if "content.xml" not in names:
        return False
    return "mimetype" in names and archive.read("mimetype").strip().startswith(_TYPE)


def read(data: bytes, archive: ZipFile) -> list[Table]:
    """Return one table for each visible sheet that has cells.

    The format writes a cell once and says how often it stands there; a file that would fill the
    machine's memory that way is refused before it is opened.
    """
    _check_repetitions(archive.read("content.xml"))
    return xlsx.read_sheets(data, archive, {})


def _check_repetitions(content: bytes) -> None:
    total = 0
    for row in _ROW.finditer(content):
        if not _FILLED.search(row.group(3) or b""):
            continue  # Sheets end with a million empty rows; nobody reads those.
        times = _times(row.group(1))
        if times > MAX_ROWS:
            raise FileRefused("too_many_rows", limit=MAX_ROWS)
        width = 0
        for cell in _CELL.finditer(row.group(3)):
            number = _times(cell.group(1))
            if number > MAX_COLUMNS and _FILLED.search(cell.group(1)):
                raise FileRefused("too_many_columns", limit=MAX_COLUMNS)
            width += min(number, MAX_COLUMNS)
        total += times * width
        if total > _MAX_CELLS:
            raise FileRefused("too_many_rows", limit=MAX_ROWS)


def _times(attributes: bytes) -> int:
    found = _REPEATED.search(attributes)
    return int(found.group(1)) if found else 1
