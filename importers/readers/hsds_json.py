"""JSON of HSDS APIs (lists, pages, full services and organizations) as the tables of a feed."""

from collections.abc import Mapping
from typing import Any, Final

from importers import cells
from importers.readers.csv import MAX_ROWS
from importers.readers.hsds_package import Entry, Package, column_of, table_of
from importers.refusals import FileRefused

Json = dict[
    str, Any
]  # JSON of a foreign service: its members have no narrower common type.

MADE_UP: Final = "#"
"""What ids of our own making begin with; they are never kept."""
_DEEPEST: Final = 24
_PAGED: Final = ("contents", "services", "organizations", "items", "results", "data")
_ONE: Final[Mapping[str, str]] = {
    "organization": "organization_id", "service": "service_id", "location": "location_id",
    "program": "program_id", "taxonomy_term": "taxonomy_term_id", "taxonomy_detail": "taxonomy_id",
}  # fmt: skip
"""Members that hold one record, and the column that a tabular feed has in their place."""

_BY_LINK: Final[Mapping[str, tuple[str, str]]] = {
    "location": ("service_at_location", "location_id"),
    "taxonomy": ("attribute", "taxonomy_term_id"),
    "taxonomy_term": ("attribute", "taxonomy_term_id"),
}
"""Lists right in a service whose rows a tabular feed ties to it by a table between them."""


def is_feed(document: object) -> bool:
    """Whether a JSON document holds services or organizations of HSDS."""
    return any(_table_of(one) for one in _records(document)[:5])


def read(document: object) -> Package:
    """Return the records of a document as tables; what is nested becomes rows that refer to each other."""
    walker = _Walker()
    if isinstance(document, dict) and not _table_of(document):
        for key, value in document.items():
            if (
                (table := table_of(key))
                and isinstance(value, list)
                and key not in _PAGED
            ):
                walker.take_all(table, value, {}, 0)
    for record in _records(document):
        if table := _table_of(record):
            walker.take(table, record, {}, 0)
        else:
            walker.package.unread.append("record")
    return walker.package


def _records(document: object) -> list[Any]:
    """Return the records of a page, of several pages, of a list, or the one record there is."""
    if isinstance(document, list):
        return [one for part in document for one in _page(part)]
    return _page(document)


def _page(part: object) -> list[Any]:
    if not isinstance(part, dict) or _table_of(part):
        return [part]
    lists = [part[key] for key in _PAGED if isinstance(part.get(key), list)]
    return [one for found in lists for one in found] or [part]


def _table_of(record: object) -> str | None:
    """Return which record of HSDS an object is, told by the members that only it has."""
    if not isinstance(record, dict):
        return None
    keys = record.keys()
    if "location" in keys and keys & {"service", "service_id"}:
        return "service_at_location"
    if "name" not in keys or keys & {"type", "elements"}:
        return None
    if keys & {"location_type", "latitude", "longitude"}:
        return "location" if keys & {"id", "location_type"} else None
    if keys & {
        "organization",
        "organization_id",
        "service_at_locations",
        "application_process",
        "program_id",
    }:
        return "service"
    return (
        "organization"
        if keys & {"services", "legal_status", "year_incorporated", "tax_status"}
        else None
    )


class _Walker:
    """Makes tables of nested records; a record met again adds what it did not say before."""

    def __init__(self) -> None:
        self.package = Package(is_nested=True)
        self._known: dict[tuple[str, str], dict[str, str]] = {}
        self._number = 0

    def take_all(
        self, table: str, records: list[Any], links: Mapping[str, str], depth: int
    ) -> None:
        """Take the records of a list."""
        for record in records:
            if isinstance(record, dict):
                self.take(table, record, links, depth)

    def take(
        self, table: str, record: Json, links: Mapping[str, str], depth: int
    ) -> str:
        """Take a record and what is nested in it; return its id, made up where it has none."""
        if depth > _DEEPEST:
            raise FileRefused("json_too_deep", limit=_DEEPEST)
        number = _text(record.get("id")).strip()
        if not number and _nests(record):
            # Nested rows need something to refer to; the position in the document serves.
            number = f"{MADE_UP}{self._number + 1}"
        kept = self._keep(
            table, number, {**links, **({"id": number} if number else {})}
        )
        for name, value in record.items():
            self._take_member(table, number, kept, name, value, depth)
        return number

    def _take_member(
        self,
        table: str,
        number: str,
        kept: dict[str, str],
        name: str,
        value: Any,
        depth: int,
    ) -> None:
        if isinstance(value, dict):
            if link := _ONE.get(name):
                kept[link] = self.take(
                    table_of(name) or "taxonomy", value, {}, depth + 1
                )
        elif not isinstance(value, list):
            if text := _text(value):
                kept.setdefault(column_of(table, name), text)
        elif inner := table_of(name):
            self._take_inner(table, number, inner, value, depth + 1)
        elif value and all(isinstance(one, str) for one in value):
            kept.setdefault(column_of(table, name), "; ".join(value))

    def _take_inner(
        self, table: str, number: str, inner: str, records: list[Any], depth: int
    ) -> None:
        """Take the rows of a list in a record; places and terms right in a service belong to it."""
        if table != "service" or inner not in _BY_LINK:
            self.take_all(inner, records, _links_to(table, number, inner), depth)
            return
        between, column = _BY_LINK[inner]
        for record in records:
            if isinstance(record, dict):
                link = {
                    column: self.take(column.removesuffix("_id"), record, {}, depth)
                }
                made = {"id": f"{MADE_UP}{self._number + 1}"}
                links = _links_to(table, number, between)
                self._keep(between, "", {**made, **links, **link})

    def _keep(self, table: str, number: str, cells: dict[str, str]) -> dict[str, str]:
        known = self._known.get((table, number)) if number else None
        if known is not None:
            for name, text in cells.items():
                known.setdefault(name, text)
            return known
        self._number += 1
        if self._number > 4 * MAX_ROWS:
            raise FileRefused("too_many_rows", limit=4 * MAX_ROWS)
        if number:
            self._known[table, number] = cells
        self.package.tables.setdefault(table, []).append(Entry(self._number, cells))
        return cells


def _links_to(table: str, number: str, inner: str) -> dict[str, str]:
    """Return the columns by which a nested row refers to the record around it."""
    if inner == "attribute":
        return {"link_entity": table, "link_id": number}
    return {f"{table}_id": number}


def _nests(record: Json) -> bool:
    return any(isinstance(value, list | dict) and value for value in record.values())


def _text(value: object) -> str:
    if value is None or isinstance(value, dict | list):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    # Cells lose the mark that keeps a spreadsheet from computing them; JSON has none to lose.
    return f"'{value}" if cells.is_marked(str(value)) else str(value)
