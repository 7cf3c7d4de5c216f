"""Fills an empty installation from the file of a hand-over, and proves that nothing is missing."""

import uuid
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Column, bindparam, func, or_, select, update
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from directory.areas import cells, succession
from directory.countries import queries as countries
from directory.database import insert_many
from directory.errors import Conflict, Invalid
from directory.handover import archive as files
from directory.handover import queries, values
from directory.handover.archive import Damaged, Manifest
from directory.handover.codes import TABLES, Codes
from directory.handover.tables import Part, parts
from directory.handover.values import Json
from directory.listings import offers
from directory.models import (
    Address,
    AreaIndicator,
    AreaProfile,
    Location,
    Organization,
    Sensitivity,
    Service,
    ServiceAtLocation,
)
from directory.text import N_

BATCH: Final = 1000
_TELLING: Final = (
    Address.attention, Address.address_1, Address.address_2, Address.city, Address.postal_code,
)  # fmt: skip
"""What of an address tells where something is; a country alone does not."""

Progress = Callable[[str, int], None]
"""Told the name of a table and how many of its rows are in."""


class NotEmpty(Conflict):
    """There are listings or profiles of areas already."""

    code = "handover_not_empty"
    message = N_(
        "This installation holds %(count)s organizations, services and profiles of areas."
    )
    remedy = N_("A whole directory is imported into an empty installation only.")


class Differs(Invalid):
    """What came in is not what the file says it holds."""

    code = "handover_differs"
    message = N_("The table %(table)s is not what the file says it is.")
    remedy = N_("Nothing was imported. Export the directory again.")


class HoldsWhatItMustNot(Invalid):
    """A sealed listing with a place, or a protected one in a file said to have none."""

    code = "handover_protected"
    message = N_("The file holds protected listings that it must not hold.")
    remedy = N_("Nothing was imported. Export the directory again.")


def load(
    session: Session, archive: zipfile.ZipFile, progress: Progress | None = None
) -> Manifest:
    """Fill this installation from a file, in one transaction, and return what the file says.

    Areas, categories and country packs that are here already are brought to what the file says.
    Raises NotEmpty, NotAHandover, OtherVersion, Damaged, Differs and HoldsWhatItMustNot.
    """
    manifest = files.read_manifest(archive)
    _require_empty(session)
    chosen = parts(with_history=manifest.scope.with_history)
    if {part.name for part in chosen} != set(manifest.tables):
        raise files.NotAHandover
    codes = Codes(session)
    for part in chosen:
        rows = files.read_rows(archive, part.name)
        try:
            count = _fill(session, part, rows, codes)
        except (IntegrityError, DataError) as error:
            raise Damaged(values={"table": part.name, "line": "–"}) from error
        if progress:
            progress(part.name, count)
    session.expire_all()
    _check_packs(session)
    _check_protected(session, manifest)
    _compare(session, manifest, codes)
    cells.refresh(session, sorted(codes.written("area")))
    succession.locate_gazetteer(session)
    offers.rebuild(session)
    return manifest


def _require_empty(session: Session) -> None:
    count = sum(
        session.scalar(select(func.count()).select_from(model)) or 0
        for model in (Organization, Service, Location, AreaProfile, AreaIndicator)
    )
    if count:
        raise NotEmpty(values={"count": count})


def _fill(
    session: Session, part: Part, rows: Iterator[tuple[int, Json]], codes: Codes
) -> int:
    """Insert the rows of a table, or bring those that are known by code to what the file says."""
    count, batch, later = 0, [], []
    own = part.refers_to_itself
    for number, row in rows:
        try:
            made = _restored(part, row, codes, own)
            if part.by_code:
                made = codes.claim(session, part, made)
        except (KeyError, TypeError, ValueError) as error:
            raise Damaged(values={"table": part.name, "line": number}) from error
        count += 1
        if own and row.get(own) is not None:
            later.append((made, row[own]))
        if made.pop("is_known", False):
            continue
        batch.append(made)
        if len(batch) == BATCH:
            _insert(session, part, batch)
            batch = []
    _insert(session, part, batch)
    if own:
        _set_parents(session, part, own, later, codes)
    return count


def _restored(part: Part, row: Json, codes: Codes, own: str | None) -> Json:
    """Return a row as the database takes it; its parent is set when all rows are in."""
    columns = {column.name: column for column in part.columns}
    if unknown := row.keys() - columns.keys():
        raise KeyError(unknown)
    references = part.references
    made: Json = {}
    for name, column in columns.items():
        value = row.get(name)
        if name == own:
            made[name] = None
        elif value is None:
            made[name] = _default(column)
        elif references.get(name) in TABLES:
            made[name] = codes.key(references[name], value)
        else:
            made[name] = values.restored(column, value)
    return made


def _default(column: Column[Any]) -> Any:
    if column.nullable or not isinstance(column.default, ScalarElementColumnDefault):
        return None
    return column.default.arg


def _insert(session: Session, part: Part, rows: Sequence[Mapping[str, Any]]) -> None:
    insert_many(session.connection(), part.table, rows)


def _set_parents(
    session: Session,
    part: Part,
    own: str,
    later: Sequence[tuple[Json, str]],
    codes: Codes,
) -> None:
    if not later:
        return
    pairs = []
    for made, parent in later:
        try:
            key = codes.key(part.name, parent) if part.by_code else uuid.UUID(parent)
        except (KeyError, ValueError) as error:
            raise Damaged(values={"table": part.name, "line": "–"}) from error
        pairs.append({"row": made["id"], "parent": key})
    table = part.table
    statement = (
        update(table)
        .where(table.c.id == bindparam("row"))
        .values({own: bindparam("parent")})
    )
    session.connection().execute(statement, pairs)


def _check_packs(session: Session) -> None:
    """Refuse a country pack that no loader of ours has written."""
    countries.forget(session)
    try:
        countries.packs(session)
    except (TypeError, ValueError, AttributeError) as error:
        raise Damaged(values={"table": "country_pack", "line": "–"}) from error


def _check_protected(session: Session, manifest: Manifest) -> None:
    """Refuse a sealed listing with a place; a file that says it holds only public ones must."""
    of_sealed = (
        select(ServiceAtLocation.location_id)
        .join(Service, Service.id == ServiceAtLocation.service_id)
        .where(Service.sensitivity == Sensitivity.L3)
    )
    placed = (
        select(func.count())
        .select_from(Location)
        .where(
            Location.id.in_(of_sealed),
            or_(Location.latitude.is_not(None), Location.point.is_not(None)),
        )
    )
    addressed = (
        select(func.count())
        .select_from(Address)
        .where(
            Address.location_id.in_(of_sealed),
            or_(*[func.coalesce(column, "") != "" for column in _TELLING]),
        )
    )
    foreign = (
        select(func.count())
        .select_from(Service)
        .where(Service.sensitivity.not_in(manifest.scope.levels))
    )
    if any(session.scalar(query) for query in (placed, addressed, foreign)):
        raise HoldsWhatItMustNot


def _compare(session: Session, manifest: Manifest, codes: Codes) -> None:
    """Read everything back and refuse where a count or a sum is not the file's."""
    for part, rows in queries.read(session, manifest.scope):
        tally = queries.Tally()
        for row in rows:
            if part.by_code and not codes.is_of_file(part, row):
                continue
            tally.add(values.dumps(row))
        if (tally.rows, tally.checksum) != manifest.tables[part.name]:
            raise Differs(values={"table": part.name})
