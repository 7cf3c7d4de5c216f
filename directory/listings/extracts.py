"""What an export takes from the directory: which listings, which columns, and how a cell is written."""

import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipInfo

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from directory.listings import stored
from directory.listings.record import (
    FILE_COLUMNS,
    FURTHER_COLUMNS,
    LIST_FIELDS,
    TEXT_FIELDS,
    ListingRecord,
)
from directory.models import (
    Offer,
    Organization,
    Sensitivity,
    Service,
    ServiceAtLocation,
    Translation,
)

LEVELS: Final = (Sensitivity.L0,)
STAFF_LEVELS: Final = (Sensitivity.L0, Sensitivity.L1)
CHUNK: Final = 2000
FORMULA: Final = (
    "=",
    "+",
    "-",
    "@",
    "|",
    "%",
    "\t",
    "\r",
    "\n",
    "＝",
    "＋",
    "－",
    "＠",
)
"""What a spreadsheet may take for the beginning of a formula, in wide letters too."""
MARKED: Final = frozenset({*FORMULA, "'"})
"""What stands behind the mark that keeps a text from being one."""
_NUMBER: Final = re.compile(r"[+-][\d ().;/-]*")
_BLANK: Final = frozenset("\t\r\n")
_DASHES: Final = frozenset({"-", "--"})

Row = Mapping[str, str | float | int | None]


@dataclass(frozen=True, slots=True)
class Extract:
    """What is exported: the condition on offers, and the columns, texts in other languages included."""

    condition: ColumnElement[bool]
    columns: Sequence[str]


def prepare(
    session: Session,
    *,
    with_staff_level: bool = False,
    changed_since: datetime | None = None,
    conditions: Sequence[ColumnElement[bool]] = (),
) -> Extract:
    """Return what an export holds: L0, for staff also L1; L2 and L3 never leave (DOMAIN section 5).

    ``changed_since``: only listings edited from then on, or whose organization was. ``conditions``
    on ``Offer`` narrow it further. The columns tell of no listing that is not in it.
    """
    levels = STAFF_LEVELS if with_staff_level else LEVELS
    condition = and_(Offer.sensitivity.in_(levels), *conditions)
    if changed_since is not None:
        condition = and_(condition, edited_since(changed_since))
    used = _languages(session, condition)
    texts = [
        f"{column}:{language}"
        for column, place in TEXT_FIELDS.items()
        for language in sorted(code for *where, code in used if tuple(where) == place)
    ]
    columns = (*FILE_COLUMNS, *texts, *FURTHER_COLUMNS, "country", "language", "source")
    return Extract(condition, columns)


def count(session: Session, extract: Extract) -> int:
    """Return how many listings an export holds."""
    query = select(func.count()).select_from(Offer).where(extract.condition)
    return session.scalar(query) or 0


def read(
    session: Session, extract: Extract
) -> Iterator[tuple[uuid.UUID, ListingRecord]]:
    """Yield every listing of the extract, by key, in the order in which they were made."""
    last: uuid.UUID | None = None
    while True:
        query = (
            select(Offer.service_at_location_id)
            .where(extract.condition)
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
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in as_typed_row(record, columns).items()
    }


def as_typed_row(record: ListingRecord, columns: Sequence[str]) -> dict[str, Any]:
    """Return the record as cells of a workbook, dates as dates."""
    row: dict[str, Any] = {}
    for column in columns:
        name, _, language = column.partition(":")
        if language:
            row[column] = record.texts.get((name, language))
            continue
        value = getattr(record, name)
        row[column] = ";".join(value) if name in LIST_FIELDS else value
    return row


def guarded(value: Any) -> Any:
    """Return a text that no spreadsheet takes for a formula; an import takes the mark away again."""
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return remarked(value)


def disarmed(value: Any) -> Any:
    """Return a cell for other programs' tables: guarded, but numbers and telephones as they are."""
    is_number = isinstance(value, str) and _NUMBER.fullmatch(value)
    return value if is_number else guarded(value)


def member(name: str) -> ZipInfo:
    """Return the entry of an archive, without the moment of writing: equal lists make equal files."""
    entry = ZipInfo(name, date_time=(2000, 1, 1, 0, 0, 0))
    entry.compress_type = ZIP_DEFLATED
    return entry


def remarked(value: Any) -> Any:
    """Return a text with one mark more where an import would take something of it away.

    That is the mark of a text that has one, a line end or tab at the beginning, and dashes that
    stand for "nothing" in lists of others.
    """
    if not isinstance(value, str):
        return value
    is_marked = value[:1] == "'" and value[1:2] in MARKED
    return (
        f"'{value}" if is_marked or value[:1] in _BLANK or value in _DASHES else value
    )


def edited_since(since: datetime) -> ColumnElement[bool]:
    """Return the condition of offers that were edited from a moment on, or whose organization was."""
    services = select(Service.id).where(Service.last_modified >= since)
    organizations = select(Organization.id).where(Organization.last_modified >= since)
    return or_(Offer.service_id.in_(services), Offer.organization_id.in_(organizations))


def _languages(
    session: Session, condition: ColumnElement[bool]
) -> set[tuple[str, str, str]]:
    """The entity, field and language of each text that a listing of the export has."""
    services = select(Offer.service_id).where(condition)
    organizations = select(Offer.organization_id).where(condition)
    locations = (
        select(ServiceAtLocation.location_id)
        .join(Offer, Offer.service_at_location_id == ServiceAtLocation.id)
        .where(condition)
    )
    query = select(
        Translation.entity, Translation.field, Translation.language
    ).distinct()
    owners = (services, organizations, locations)
    chosen = query.where(or_(*[Translation.entity_id.in_(keys) for keys in owners]))
    return {(row.entity, row.field, row.language) for row in session.execute(chosen)}
