"""OpenDocument spreadsheets: every visible sheet as text, like an Excel workbook."""

import io
import re
from collections.abc import Mapping
from typing import Final
from xml.etree.ElementTree import ParseError
from zipfile import ZipFile

from defusedxml import DefusedXmlException, ElementTree

from importers.readers import xlsx
from importers.readers.csv import MAX_COLUMNS, MAX_ROWS
from importers.records import Table
from importers.refusals import FileRefused

_TYPE: Final = b"application/vnd.oasis.opendocument.spreadsheet"
_MAX_CELLS: Final = 20_000_000
_TIMES: Final = re.compile(r"[0-9]{1,9}")


def is_workbook(archive: ZipFile) -> bool:
    """Whether an archive is a spreadsheet of OpenDocument."""
    names = archive.namelist()
    if "content.xml" not in names:
        return False
    return "mimetype" in names and archive.read("mimetype").strip().startswith(_TYPE)


def read(data: bytes, archive: ZipFile) -> list[Table]:
    """Return one table for each visible sheet that has cells.

    The library that reads the sheets trusts their XML: broken, it would read for ever, and a cell
    that says to stand a billion times would fill the memory. So the XML is looked through first.
    """
    try:
        _check(archive.read("content.xml"))
    except DefusedXmlException as error:
        raise FileRefused("xml_unsafe") from error
    except (ParseError, ValueError, LookupError) as error:
        raise FileRefused("file_damaged") from error
    return xlsx.read_sheets(data, archive, {})


def _check(content: bytes) -> None:
    """Raise what is wrong with the XML, or FileRefused where it stands for too many cells."""
    total = width = 0
    for _, element in ElementTree.iterparse(
        io.BytesIO(content), events=("end",), forbid_dtd=True
    ):
        name = element.tag.rpartition("}")[2]
        said = {key.rpartition("}")[2]: value for key, value in element.attrib.items()}
        if name in {"table-cell", "covered-table-cell"}:
            width += _width(said, is_filled=len(element) > 0)
        elif name == "table-row":
            times = _number(said, "number-rows-repeated")
            if width and times > MAX_ROWS:
                raise FileRefused("too_many_rows", limit=MAX_ROWS)
            total, width = total + times * width, 0
            if total > _MAX_CELLS:
                raise FileRefused("too_many_rows", limit=MAX_ROWS)
        else:
            continue
        element.clear()


def _width(said: Mapping[str, str], *, is_filled: bool) -> int:
    """Return how many columns a cell fills; rows end with thousands of empty ones, which count nothing."""
    if not is_filled and "value-type" not in said:
        return 0
    times = _number(said, "number-columns-repeated")
    if times > MAX_COLUMNS:
        raise FileRefused("too_many_columns", limit=MAX_COLUMNS)
    return times


def _number(said: Mapping[str, str], name: str) -> int:
    """Return how often something is repeated; what the reader of cells might read otherwise is refused."""
    text = said.get(name, "1")
    if not _TIMES.fullmatch(text):
        raise FileRefused("too_many_rows", limit=MAX_ROWS)
    return int(text)
