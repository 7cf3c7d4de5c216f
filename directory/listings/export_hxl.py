"""Writes who does what where (3W) as a table with HXL hashtags: one row per listing and area."""

import csv
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.listings import extracts
from directory.listings.extracts import Extract
from directory.listings.record import ListingRecord
from directory.models import Area, TaxonomyTerm

COLUMNS: Final[Mapping[str, str]] = {
    "Organization": "#org+name",
    "Type of organization": "#org+type",
    "Service": "#service+name",
    "Id": "#meta+id",
    "Sector": "#sector+name",
    "Sector code": "#sector+code",
    "Kinds of service": "#subsector+name",
    "Kind codes": "#subsector+code",
    "Country": "#country+code",
    "Region": "#adm1+name",
    "Region P-code": "#adm1+code",
    "District": "#adm2+name",
    "District P-code": "#adm2+code",
    "How it reaches the area": "#indicator+reach",
    "Latitude": "#geo+lat",
    "Longitude": "#geo+lon",
    "For whom": "#beneficiary+text",
    "Status": "#status",
    "Verified": "#date+updated",
}
"""Titles and hashtags, in the order of the table."""


@dataclass(frozen=True, slots=True)
class _Area:
    """An area, and what lies above it."""

    code: str
    name: str
    level: int
    country: str
    parent_id: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class _Words:
    """Areas by key and by code, and the names of categories by code."""

    areas: Mapping[uuid.UUID, _Area]
    keys: Mapping[str, uuid.UUID]
    terms: Mapping[str, str]


def write(session: Session, extract: Extract, path: Path) -> int:
    """Write the table as CSV, titles first, hashtags below; returns how many listings it holds.

    A listing that states areas has a row for each of them, others one for where they are.
    """
    words = _words(session)
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(COLUMNS)
        writer.writerow(COLUMNS.values())
        for key, record in extracts.read(session, extract):
            count += 1
            for reach, area in _reached(record, words):
                cells = _row(key, record, words, reach, area)
                writer.writerow([extracts.disarmed(cell) for cell in cells])
    return count


def _reached(
    record: ListingRecord, words: _Words
) -> Iterator[tuple[str, uuid.UUID | None]]:
    stated = [words.keys[one] for one in record.coverage_areas if one in words.keys]
    for area in stated:
        yield "area", area
    if not stated:
        own = words.keys.get(record.area_code or "")
        yield record.coverage or "place", own


def _row(
    key: uuid.UUID,
    record: ListingRecord,
    words: _Words,
    reach: str,
    area_id: uuid.UUID | None,
) -> list[str | float | None]:
    above = _chain(words, area_id)
    first, second = above.get(1), above.get(2)
    sectors = list(dict.fromkeys(t.partition(".")[0] for t in record.taxonomy_terms))
    country = next((one.country for one in above.values()), record.country)
    return [
        record.organization_name,
        record.provider_type,
        record.service_name,
        record.service_id or str(key),
        "; ".join(words.terms.get(code, code) for code in sectors),
        ";".join(sectors),
        "; ".join(words.terms.get(code, code) for code in record.taxonomy_terms),
        ";".join(record.taxonomy_terms),
        country,
        first.name if first else None,
        first.code if first else None,
        second.name if second else None,
        second.code if second else None,
        reach,
        record.latitude,
        record.longitude,
        record.eligibility_description,
        record.status,
        record.assured_date.isoformat() if record.assured_date else None,
    ]


def _chain(words: _Words, area_id: uuid.UUID | None) -> dict[int, _Area]:
    """The areas that hold an area, itself included, by level."""
    found: dict[int, _Area] = {}
    while area_id is not None and (area := words.areas.get(area_id)) is not None:
        if area.level in found:
            break
        found[area.level] = area
        area_id = area.parent_id
    return found


def _words(session: Session) -> _Words:
    rows = session.execute(
        select(
            Area.id, Area.code, Area.name, Area.level, Area.country, Area.parent_id
        ).where(Area.valid_to.is_(None))
    ).all()
    terms = session.execute(select(TaxonomyTerm.code, TaxonomyTerm.name))
    return _Words(
        {row.id: _Area(*row[1:]) for row in rows},
        {row.code: row.id for row in sorted(rows, key=lambda row: -row.level)},
        {row.code: row.name for row in terms},
    )
