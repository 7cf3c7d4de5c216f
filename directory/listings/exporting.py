"""Writes listings out, in the formats that others read; restricted ones never."""

import csv
import html
import re
import shutil
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from zipfile import ZipFile

import orjson
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from sqlalchemy.orm import Session

from directory.errors import Invalid
from directory.listings import export_hxl, export_package, extracts, hsds
from directory.listings.extracts import Extract
from directory.listings.record import ListingRecord
from directory.text import N_
from geo import gis_writing

_MOMENT: Final = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
Properties = Mapping[str, Any]
"""Cells by column."""
MAX_CELL: Final = 32_767
"""Characters in a cell of a workbook."""


class TooLongForWorkbook(Invalid):
    """A drawn area has more points than a cell can hold."""

    code = "cell_too_long"
    message = N_("The field %(field)s of %(name)s is too long for a workbook.")
    remedy = N_("Choose CSV, GeoJSON or GeoPackage instead.")


def write_csv(session: Session, extract: Extract, path: Path) -> int:
    """Write the listing file as CSV in UTF-8 with a byte order mark, as spreadsheets expect."""
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, extract.columns)
        writer.writeheader()
        for _, record in extracts.read(session, extract):
            row = extracts.as_row(record, extract.columns)
            writer.writerow(
                {name: extracts.guarded(value) for name, value in row.items()}
            )
            count += 1
    return count


def write_xlsx(session: Session, extract: Extract, path: Path) -> int:
    """Write the listing file as a workbook with typed cells.

    Every text is a text, so nothing can be a formula. Raises TooLongForWorkbook.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet("services")
    sheet.freeze_panes = "A2"
    sheet.append(list(extract.columns))
    count = 0
    for _, record in extracts.read(session, extract):
        row = extracts.as_typed_row(record, extract.columns)
        sheet.append([_cell(sheet, record, *each) for each in row.items()])
        count += 1
    _save(book, path)
    return count


def _save(book: Workbook, path: Path) -> None:
    """Save a workbook without the moment of writing: equal lists make equal files."""
    stream = BytesIO()
    book.save(stream)
    with ZipFile(stream) as made, ZipFile(path, "w") as kept:
        for name in made.namelist():
            data = made.read(name)
            if name == "docProps/core.xml":
                data = _MOMENT.sub(rb"2000-01-01T00:00:00Z", data)
            kept.writestr(extracts.member(name), data)


def _cell(sheet: Any, record: ListingRecord, column: str, value: Any) -> Any:
    cell = WriteOnlyCell(sheet, value=extracts.remarked(_sheet_text(value)))
    if isinstance(value, str):
        if len(str(cell.value)) >= MAX_CELL:
            named = {"field": column, "name": record.service_name}
            raise TooLongForWorkbook(values=named)
        cell.data_type = "s"
    elif isinstance(value, date):
        cell.number_format = "yyyy-mm-dd"
    return cell


def _sheet_text(value: Any) -> Any:
    """Workbooks cannot hold control characters but tabs and line ends."""
    if not isinstance(value, str):
        return value
    return "".join(each for each in value if each >= " " or each in "\t\n")


def write_geojson(
    session: Session,
    extract: Extract,
    path: Path,
    told: Callable[[Properties], Properties] = dict,
) -> int:
    """Write a FeatureCollection line by line; listings without a position have no geometry."""
    count = 0
    with path.open("wb") as stream:
        stream.write(b'{"type":"FeatureCollection","features":[')
        for key, record in extracts.read(session, extract):
            stream.write(b",\n" if count else b"\n")
            feature = _feature(key, record, told(_properties(record, extract.columns)))
            stream.write(orjson.dumps(feature))
            count += 1
        stream.write(b"\n]}\n")
    return count


def write_gpkg(session: Session, extract: Extract, path: Path) -> int:
    """Write a GeoPackage with one layer of points, for QGIS and its kin."""
    with TemporaryDirectory() as folder:
        features = Path(folder) / "services.geojson"
        count = write_geojson(session, extract, features)
        gis_writing.write_layer(features, path, "GPKG", layer="services")
    return count


def write_kml(session: Session, extract: Extract, path: Path) -> int:
    """Write KML, for globes and telephones: placemarks with names, the other columns as extended data."""
    with TemporaryDirectory() as folder:
        features = Path(folder) / "services.geojson"
        count = write_geojson(session, extract, features, _as_placemark)
        made = Path(folder) / "services.kml"  # the library asks for this ending
        gis_writing.write_layer(features, made, "LIBKML", layer="services")
        shutil.move(made, path)
    return count


def write_hsds(session: Session, extract: Extract, path: Path) -> int:
    """Write services as HSDS 3.1 JSON, each with all its places."""
    records = dict(extracts.read(session, extract))
    services = list(hsds.read_services(session, records))
    path.write_bytes(hsds.dumps(services))
    return len(services)


WRITERS: Final[Mapping[str, Callable[[Session, Extract, Path], int]]] = {
    "csv": write_csv,
    "xlsx": write_xlsx,
    "geojson": write_geojson,
    "gpkg": write_gpkg,
    "kml": write_kml,
    "hxl": export_hxl.write,
    "hsds": write_hsds,
    "hsds-package": export_package.write,
}
LABELS: Final[Mapping[str, str]] = {
    "csv": N_("Table (CSV)"),
    "xlsx": N_("Workbook (Excel)"),
    "geojson": N_("Map data (GeoJSON)"),
    "gpkg": N_("Map data (GeoPackage)"),
    "kml": N_("Map data (KML)"),
    "hxl": N_("Who does what where, with HXL tags (CSV)"),
    "hsds": N_("Open Referral HSDS 3.1 (JSON)"),
    "hsds-package": N_("Open Referral HSDS 3.1 (tables in a zip)"),
}
SUFFIXES: Final[Mapping[str, str]] = {
    "hxl": "hxl.csv",
    "hsds": "json",
    "hsds-package": "zip",
}
"""How the files of a format end, where that is not its name."""
TYPES: Final[Mapping[str, str]] = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "geojson": "application/geo+json",
    "gpkg": "application/geopackage+sqlite3",
    "kml": "application/vnd.google-earth.kml+xml",
    "hxl": "text/csv",
    "hsds": "application/json",
    "hsds-package": "application/zip",
}
"""Media types, as a browser is told."""


def _properties(record: ListingRecord, columns: Sequence[str]) -> Properties:
    """The cells of a record that say something."""
    row = extracts.as_row(record, columns)
    return {
        name: extracts.remarked(value)
        for name, value in row.items()
        if value not in (None, "")
    }


def _as_placemark(properties: Properties) -> Properties:
    """The same for KML, where a text may be markup: what looks like it is escaped."""
    written = {
        name: html.escape(value, quote=False)
        if isinstance(value, str) and (name == "description" or "<" in value)
        else value
        for name, value in properties.items()
    }
    return {"name": written.pop("service_name"), **written}


def _feature(
    key: uuid.UUID, record: ListingRecord, properties: Properties
) -> dict[str, Any]:
    geometry = None
    if record.latitude is not None and record.longitude is not None:
        geometry = {"type": "Point", "coordinates": [record.longitude, record.latitude]}
    return {
        "type": "Feature",
        "id": str(key),
        "geometry": geometry,
        "properties": properties,
    }
