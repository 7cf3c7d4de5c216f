"""Writes listings out: the listing file as CSV or XLSX, GeoJSON, HSDS; restricted ones never."""

import csv
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.listings import hsds, stored
from directory.listings.record import (
    FILE_COLUMNS,
    FURTHER_COLUMNS,
    LIST_FIELDS,
    TEXT_FIELDS,
    ListingRecord,
)
from directory.models import Offer, Sensitivity, Translation

LEVELS: Final = (Sensitivity.L0,)
STAFF_LEVELS: Final = (Sensitivity.L0, Sensitivity.L1)
CHUNK: Final = 2000
_FORMULA: Final = ("=", "+", "-", "@", "|", "%", "\t", "\r")
_MARKED: Final = frozenset({*_FORMULA, "'"})

Progress = Callable[[int], None]
Row = Mapping[str, str | float | int | None]


@dataclass(frozen=True, slots=True)
class Extract:
    """What is exported: the levels, and the columns for texts in other languages."""

    levels: Sequence[Sensitivity]
    columns: Sequence[str]


def prepare(session: Session, *, with_staff_level: bool = False) -> Extract:
    """Return what an export holds: L0, for staff also L1; L2 and L3 never leave (DOMAIN section 5)."""
    levels = STAFF_LEVELS if with_staff_level else LEVELS
    used = {
        (row.entity, row.field, row.language)
        for row in session.execute(
            select(
                Translation.entity, Translation.field, Translation.language
            ).distinct()
        )
    }
    texts = [
        f"{column}:{language}"
        for column, place in TEXT_FIELDS.items()
        for language in sorted(code for *where, code in used if tuple(where) == place)
    ]
    columns = (*FILE_COLUMNS, *texts, *FURTHER_COLUMNS, "country", "language", "source")
    return Extract(levels, columns)


def read(
    session: Session, extract: Extract
) -> Iterator[tuple[uuid.UUID, ListingRecord]]:
    """Yield every listing of the extract, by key, in the order in which they were made."""
    last: uuid.UUID | None = None
    while True:
        query = (
            select(Offer.service_at_location_id)
            .where(Offer.sensitivity.in_(extract.levels))
            .order_by(Offer.service_at_location_id)
            .limit(CHUNK)
        )
        if last is not None:
            query = query.where(Offer.service_at_location_id > last)
        keys = session.scalars(query).all()
        if not keys:
            return
        records = stored.read_records(session, keys)
        for key in keys:
            yield key, records[key]
        last = keys[-1]


def as_row(record: ListingRecord, columns: Sequence[str]) -> dict[str, Any]:
    """Return the record as cells; lists are joined by semicolons, dates are ISO text."""
    row: dict[str, Any] = {}
    for column in columns:
        name, _, language = column.partition(":")
        if language:
            row[column] = record.texts.get((name, language))
            continue
        value = getattr(record, name)
        if name in LIST_FIELDS:
            value = ";".join(value)
        elif value is not None and not isinstance(value, (str, int, float)):
            value = value.isoformat()
        row[column] = value
    return row


def guarded(value: Any) -> Any:
    """Return a text that no spreadsheet takes for a formula; an import takes the mark away again."""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return remarked(value)


def remarked(value: Any) -> Any:
    """Return a text that begins like a marked one with one mark more: an import takes one away."""
    is_marked = isinstance(value, str) and value[:1] == "'" and value[1:2] in _MARKED
    return f"'{value}" if is_marked else value


def write_csv(session: Session, extract: Extract, path: Path) -> int:
    """Write the listing file as CSV in UTF-8 with a byte order mark, as spreadsheets expect."""
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, extract.columns)
        writer.writeheader()
        for _, record in read(session, extract):
            row = as_row(record, extract.columns)
            writer.writerow({name: guarded(value) for name, value in row.items()})
            count += 1
    return count


def write_xlsx(session: Session, extract: Extract, path: Path) -> int:
    """Write the listing file as a workbook; every text is a text, so nothing can be a formula."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("services")
    sheet.freeze_panes = "A2"
    sheet.append(list(extract.columns))
    count = 0
    for _, record in read(session, extract):
        cells = []
        for value in as_row(record, extract.columns).values():
            cell = WriteOnlyCell(sheet, value=remarked(_sheet_text(value)))
            if isinstance(value, str):
                cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
        count += 1
    book.save(path)
    return count


def write_geojson(session: Session, extract: Extract, path: Path) -> int:
    """Write a FeatureCollection line by line; listings without a position have no geometry."""
    count = 0
    with path.open("wb") as stream:
        stream.write(b'{"type":"FeatureCollection","features":[')
        for key, record in read(session, extract):
            stream.write(b",\n" if count else b"\n")
            stream.write(orjson.dumps(_feature(key, record, extract.columns)))
            count += 1
        stream.write(b"\n]}\n")
    return count


def write_hsds(session: Session, extract: Extract, path: Path) -> int:
    """Write services as HSDS 3.1 JSON, each with all its places."""
    services = list(hsds.read_services(session, dict(read(session, extract))))
    path.write_bytes(hsds.dumps(services))
    return len(services)


WRITERS: Final[Mapping[str, Callable[[Session, Extract, Path], int]]] = {
    "csv": write_csv,
    "xlsx": write_xlsx,
    "geojson": write_geojson,
    "hsds": write_hsds,
}


def _feature(
    key: uuid.UUID, record: ListingRecord, columns: Sequence[str]
) -> dict[str, Any]:
    geometry = None
    if record.latitude is not None and record.longitude is not None:
        geometry = {"type": "Point", "coordinates": [record.longitude, record.latitude]}
    row = as_row(record, columns)
    properties = {
        name: remarked(value) for name, value in row.items() if value not in (None, "")
    }
    return {
        "type": "Feature",
        "id": str(key),
        "geometry": geometry,
        "properties": properties,
    }


def _sheet_text(value: Any) -> Any:
    """Workbooks cannot hold control characters but tabs and line ends."""
    if not isinstance(value, str):
        return value
    return "".join(each for each in value if each >= " " or each in "\t\n")
