"""The tables of an HSDS feed (2 or 3, tabular) under one set of names, whatever it calls them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from zipfile import ZipFile

from importers.readers import csv
from importers.refusals import FileRefused


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a table of the feed; ``row`` is its number in the file, the titles being row 1."""

    row: int
    cells: Mapping[str, str]

    def get(self, *names: str) -> str:
        """Return the first of these columns that says something, without blanks around it."""
        for name in names:
            if text := self.cells.get(name, "").strip():
                return text
        return ""


@dataclass(slots=True)
class Package:
    """A feed: its rows by our name of the table, and the files that are no table of HSDS."""

    tables: dict[str, list[Entry]] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)
    is_nested: bool = False
    """Whether the rows were records of an API, nested in each other."""

    def rows(self, table: str) -> Sequence[Entry]:
        """Return the rows of a table; a feed may leave any table out."""
        return self.tables.get(table, ())


TABLES: Final[Mapping[str, str]] = {
    # Our name of the table: the names of files and lists it goes by in HSDS 2.0 to 3.1.
    "organization": "organizations",
    "service": "services",
    "location": "locations",
    "program": "programs",
    "service_at_location": "services_at_location|service_at_locations|services_at_locations",
    "address": "addresses|physical_address|physical_addresses|postal_address|postal_addresses",
    "phone": "phones|telephone|telephones",
    "contact": "contacts",
    "schedule": "schedules|regular_schedule|regular_schedules",
    "holiday_schedule": "holiday_schedules",
    "language": "languages",
    "taxonomy": "taxonomies|taxonomy_types",
    "taxonomy_term": "taxonomy_terms",
    "attribute": "attributes|services_taxonomy|service_taxonomy|service_taxonomies|service_attribute|service_attributes|other_attributes",
    "service_area": "service_areas",
    "required_document": "required_documents|documents_required",
    "eligibility": "eligibilities",
    "cost_option": "cost_options|fee|fees",
    "accessibility": "accessibility_for_disabilities",
    "payment_accepted": "payments_accepted",
    "funding": "fundings",
    "organization_identifier": "organization_identifiers|identifiers",
    "service_capacity": "service_capacities|capacities",
    "unit": "units",
    "url": "urls|additional_urls|additional_websites",
    "metadata": "",
    "meta_table_description": "meta_table_descriptions",
}

_NAMES: Final[Mapping[str, str]] = {
    name: table
    for table, others in TABLES.items()
    for name in (table, *filter(None, others.split("|")))
}

_COLUMNS: Final[Mapping[str, Mapping[str, str]]] = {
    # Spellings of the field, by table: HSDS 2 and the feeds that grew around it.
    "taxonomy_term": {
        "taxonomy_recordid": "id", "taxonomy_name": "name", "term": "name",
        "taxonomy_parent_recordid": "parent_id", "taxonomy": "taxonomy_id", "vocabulary": "taxonomy_id",
    },
    "taxonomy": {"taxonomy_type_recordid": "id"},
    "attribute": {"taxonomy_id": "taxonomy_term_id"},
    "service_at_location": {"services_id": "service_id", "locations_id": "location_id"},
}  # fmt: skip
_SEPARATORS: Final = re.compile(r"[\s\-.]+")


def table_of(name: str) -> str | None:
    """Return our name of the table that a file or list is called by; None for others."""
    plain = _SEPARATORS.sub("_", name.strip().lower())
    return _NAMES.get(plain) or _NAMES.get(plain.removeprefix("hsds_"))


def is_package(names: Iterable[str]) -> bool:
    """Whether the files of an archive are those of a tabular feed."""
    found = {table_of(_stem(name)) for name in names if name.lower().endswith(".csv")}
    return bool(found & {"service", "organization"}) and len(found - {None}) > 1


def read(archive: ZipFile) -> Package:
    """Return the tables of a feed. Raises FileRefused where a table cannot be split into cells."""
    package = Package()
    files = [one for one in archive.namelist() if one.lower().endswith(".csv")]
    stems = {table_of(_stem(one)) for one in files}
    total = 0
    for name in files:
        table = table_of(_stem(name))
        if table == "taxonomy" and "taxonomy_term" not in stems:
            table = "taxonomy_term"  # HSDS 2.0 keeps its terms in the table "taxonomy".
        if table is None or name.startswith("__MACOSX/"):
            package.unread.append(name)
            continue
        entries = _entries(archive.read(name), table)
        total += len(entries)
        if total > 4 * csv.MAX_ROWS:
            raise FileRefused("too_many_rows", limit=4 * csv.MAX_ROWS)
        package.tables.setdefault(table, []).extend(entries)
    return package


def _entries(data: bytes, table: str) -> list[Entry]:
    if not data.strip(b"\xef\xbb\xbf\x00 \t\r\n"):
        return []
    (cells,) = csv.read(data)
    if not cells.rows:
        return []
    titles = [column_of(table, title) for title in cells.rows[0]]
    return [
        Entry(line, _cells(titles, row))
        for line, row in zip(cells.lines[1:], cells.rows[1:], strict=True)
    ]


def _cells(titles: Sequence[str], row: Sequence[str]) -> dict[str, str]:
    """Return a row by column; of two columns that mean the same, the first that says something."""
    cells: dict[str, str] = {}
    for title, text in zip(titles, row, strict=False):
        if not cells.get(title):
            cells[title] = text
    return cells


def column_of(table: str, title: str) -> str:
    """Return our name of a column of a table."""
    plain = title.strip().strip("\ufeff").lower().replace(" ", "_")
    return _COLUMNS.get(table, {}).get(plain, plain)


def _stem(name: str) -> str:
    return name.replace("\\", "/").rpartition("/")[2].rpartition(".")[0]
