"""Writes an HSDS 3.1 package: a zip with one CSV per table and a description of them all."""

import csv
import io
import uuid
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import orjson
from sqlalchemy.orm import Session

from directory.listings import extracts, hsds, hsds_tables
from directory.listings.extracts import Extract
from directory.listings.hsds_tables import Json
from directory.models import TaxonomyTerm

_TABLE_OF: Final[Mapping[str, str]] = {
    "organization": "organization",
    "organization_identifiers": "organization_identifier",
    "programs": "program",
    "program": "program",
    "funding": "funding",
    "additional_websites": "url",
    "additional_urls": "url",
    "contacts": "contact",
    "phones": "phone",
    "cost_options": "cost_option",
    "required_documents": "required_document",
    "languages": "language",
    "capacities": "service_capacity",
    "unit": "unit",
    "schedules": "schedule",
    "service_at_locations": "service_at_location",
    "service_areas": "service_area",
    "location": "location",
    "addresses": "address",
    "accessibility": "accessibility",
    "attributes": "attribute",
    "taxonomy_term": "taxonomy_term",
    "taxonomy_detail": "taxonomy",
}
"""What a list or object inside a row is called, and the table its rows belong to."""
_FURTHER: Final[Mapping[str, tuple[str, ...]]] = {
    "service": ("eligibility_description", "wait_time"),
    "location": ("description",),
    "service_area": (
        "id", "service_id", "service_at_location_id", "name", "description", "extent",
        "extent_type", "uri",
    ),
    "taxonomy_term": ("taxonomy", "language"),
    "attribute": (
        "id", "link_id", "taxonomy_term_id", "link_type", "link_entity", "value", "label",
    ),
}  # fmt: skip
"""Columns of tables that are stored in another form."""
_NUMBERS: Final = frozenset(
    {
        "minimum_age",
        "maximum_age",
        "latitude",
        "longitude",
        "amount",
        "available",
        "maximum",
    }
)
_DATES: Final = frozenset({"valid_from", "valid_to", "assured_date", "until"})

Tables = dict[str, dict[str, Json]]


def write(session: Session, extract: Extract, path: Path) -> int:
    """Write the package; returns how many services it holds."""
    records = dict(extracts.read(session, extract))
    tables: Tables = {"service": {}, "organization": {}, "location": {}}
    count = 0
    for service in hsds.read_services(session, records):
        _take("service", service, tables)
        count += 1
    _take_terms_above(session, tables)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, rows in tables.items():
            text = _csv(_columns(name), rows)
            archive.writestr(extracts.member(f"{name}.csv"), text)
        archive.writestr(extracts.member("datapackage.json"), _description(tables))
    return count


def _take(table: str, row: Json, tables: Tables) -> None:
    """Put a row into its table, and what lies inside it into theirs; a row met twice is one."""
    plain: Json = {}
    for name, value in row.items():
        if name not in _TABLE_OF:
            plain[name] = value
            continue
        inner = value if isinstance(value, list) else [value]
        for each in inner:
            _take(_TABLE_OF[name], each, tables)
        if isinstance(value, dict) and "id" in value:
            key = "taxonomy_id" if name == "taxonomy_detail" else f"{name}_id"
            plain.setdefault(key, value["id"])
    tables.setdefault(table, {}).setdefault(str(row["id"]), plain)


def _take_terms_above(session: Session, tables: Tables) -> None:
    """Put the categories above the terms beside them, so that no ``parent_id`` points at nothing."""
    terms = tables.get("taxonomy_term", {})
    while missing := {
        uuid.UUID(term["parent_id"])
        for term in terms.values()
        if term.get("parent_id") and term["parent_id"] not in terms
    }:
        above = hsds_tables.by_key(session, TaxonomyTerm, missing)
        same = {"language": hsds_tables.TERMS_ARE_IN}
        if taxonomy := next(iter(terms.values())).get("taxonomy"):
            same["taxonomy"] = taxonomy
        terms.update({str(key): row | same for key, row in above.items()})
        if not above:
            return


def _columns(table: str) -> tuple[str, ...]:
    model = next(
        (one for one in hsds_tables.FIELDS if one.__tablename__ == table), None
    )
    own = hsds_tables.FIELDS[model] if model is not None else ()
    return tuple(dict.fromkeys((*own, *_FURTHER.get(table, ()))))


def _csv(columns: tuple[str, ...], rows: Mapping[str, Json]) -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(columns)
    for row in rows.values():
        writer.writerow([extracts.disarmed(row.get(name)) for name in columns])
    return stream.getvalue().encode()


def _description(tables: Mapping[str, Any]) -> bytes:
    """The package described as the Data Package specification asks."""
    said = {
        "name": "homeward-services",
        "title": "Human services, HSDS 3.1",
        "profile": "tabular-data-package",
        "version": hsds.VERSION,
        "resources": [
            {
                "name": name,
                "path": f"{name}.csv",
                "profile": "tabular-data-resource",
                "encoding": "utf-8",
                "schema": {
                    "primaryKey": "id",
                    "fields": list(_fields(name)),
                    "foreignKeys": list(_foreign_keys(name, tables)),
                },
            }
            for name in tables
        ],
    }
    return orjson.dumps(said, option=orjson.OPT_INDENT_2)


def _fields(table: str) -> Iterator[Json]:
    for name in _columns(table):
        is_date = name in _DATES
        kind = "number" if name in _NUMBERS else "date" if is_date else "string"
        yield {"name": name, "type": kind}


def _foreign_keys(table: str, tables: Mapping[str, Any]) -> Iterator[Json]:
    for name in _columns(table):
        target = table if name == "parent_id" else name.removesuffix("_id")
        if name != "id" and name.endswith("_id") and target in tables:
            yield {
                "fields": name,
                "reference": {"resource": target, "fields": "id"},
            }
