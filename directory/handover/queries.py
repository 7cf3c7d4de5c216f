"""Reads the rows of a hand-over, and counts and sums them."""

import hashlib
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session

from directory.handover import values
from directory.handover.tables import Part, parts
from directory.handover.values import Json
from directory.models import (
    Area,
    AreaIndicator,
    AreaName,
    AreaProfile,
    CountryPack,
    Location,
    Organization,
    Sensitivity,
    Service,
    ServiceArea,
    ServiceAtLocation,
    TaxonomyTerm,
)

CHUNK: Final = 2000
_SUM: Final = 2**256


@dataclass(frozen=True, slots=True)
class Scope:
    """What goes: public listings (L0) only, or protected ones (L1 to L3) too; the past, or not."""

    with_protected: bool = False
    with_history: bool = False

    @property
    def levels(self) -> tuple[str, ...]:
        """The levels that go."""
        return tuple(Sensitivity) if self.with_protected else (Sensitivity.L0,)


@dataclass(slots=True)
class Tally:
    """How many rows a table has, and their sum: of SHA-256 digests, whatever their order."""

    rows: int = 0
    total: int = 0

    def add(self, line: bytes) -> None:
        """Count one row."""
        self.rows += 1
        digest = hashlib.sha256(line).digest()
        self.total = (self.total + int.from_bytes(digest)) % _SUM

    @property
    def checksum(self) -> str:
        """The sum, as 64 hexadecimal digits."""
        return f"{self.total:064x}"


@dataclass(slots=True)
class _Names:
    """What has been read so far: keys by table, and the codes by which reference data is known."""

    keys: dict[str, set[uuid.UUID]] = field(default_factory=dict)
    codes: dict[str, dict[uuid.UUID, str]] = field(default_factory=dict)


def read(session: Session, scope: Scope) -> Iterator[tuple[Part, Iterator[Json]]]:
    """Yield each table with its rows, those that others refer to first.

    Each table's rows must be read before the next is asked for.
    """
    names = _Names(codes=_codes(session))
    names.keys = {
        "organization": _keys(session, Organization, _organizations(scope)),
        "location": _keys(session, Location, _locations(scope)),
    }
    for part in parts(with_history=scope.with_history):
        yield part, _rows(session, part, scope, names)


def tallies(session: Session, scope: Scope) -> dict[str, Tally]:
    """Return the counts and sums of all tables, by name."""
    found: dict[str, Tally] = {}
    for part, rows in read(session, scope):
        tally = found[part.name] = Tally()
        for row in rows:
            tally.add(values.dumps(row))
    return found


def checksum(found: Mapping[str, Tally]) -> str:
    """Return one checksum for all tables."""
    lines = [f"{name} {tally.rows} {tally.checksum}" for name, tally in found.items()]
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def area_code(country: str, level: int, code: str, valid_to: object) -> str:
    """Return how an area is known everywhere; an older set's areas carry the day they ended."""
    return f"{country}:{level}:{code}:{valid_to or ''}"


def _codes(session: Session) -> dict[str, dict[uuid.UUID, str]]:
    areas = session.execute(
        select(Area.id, Area.country, Area.level, Area.code, Area.valid_to)
    )
    terms = session.execute(select(TaxonomyTerm.id, TaxonomyTerm.code))
    taxonomy = TaxonomyTerm.metadata.tables["taxonomy"]
    lists = session.execute(select(taxonomy.c.id, taxonomy.c.name))
    return {
        "area": {row[0]: area_code(*row[1:]) for row in areas},
        "taxonomy_term": {row[0]: row[1] for row in terms},
        "taxonomy": {row[0]: row[1] for row in lists},
    }


def _keys(
    session: Session, model: Any, condition: ColumnElement[bool]
) -> set[uuid.UUID]:
    return set(session.scalars(select(model.id).where(condition)))


def _services(scope: Scope) -> Any:
    return select(Service.id).where(Service.sensitivity.in_(scope.levels))


def _organizations(scope: Scope) -> ColumnElement[bool]:
    """Those with a listing that goes: of the others a visitor knows nothing either."""
    if scope.with_protected:
        return true()
    chosen = select(Service.organization_id).where(
        Service.sensitivity.in_(scope.levels)
    )
    return Organization.id.in_(chosen)


def _locations(scope: Scope) -> ColumnElement[bool]:
    """Those where a listing that goes is given, and nothing else is known of the others."""
    if scope.with_protected:
        return true()
    return Location.id.in_(
        select(ServiceAtLocation.location_id).where(
            ServiceAtLocation.service_id.in_(_services(scope))
        )
    )


def countries(session: Session, scope: Scope) -> list[str]:
    """Return the countries (ISO 3166-1 alpha-2) whose areas the listings use."""
    at = select(Location.area_id).where(_locations(scope))
    reached = select(ServiceArea.area_id).where(
        ServiceArea.service_id.in_(_services(scope)), ServiceArea.area_id.is_not(None)
    )
    used = select(Area.country).where(or_(Area.id.in_(at), Area.id.in_(reached)))
    of_organizations = select(Organization.country).where(
        _organizations(scope), Organization.country.is_not(None)
    )
    found = {*session.scalars(used), *session.scalars(of_organizations)}
    return sorted(one for one in found if one)


def _condition(session: Session, part: Part, scope: Scope) -> ColumnElement[bool]:
    if part.model is Organization:
        return _organizations(scope)
    if part.model is Location:
        return _locations(scope)
    if part.model is Service:
        return Service.sensitivity.in_(scope.levels)
    if part.model in {Area, AreaName, AreaProfile, AreaIndicator, CountryPack}:
        used = countries(session, scope)
        if part.model in {AreaName, AreaProfile, AreaIndicator}:
            inside = select(Area.id).where(Area.country.in_(used))
            known: ColumnElement[bool] = part.model.area_id.in_(inside)
            return known
        chosen: ColumnElement[bool] = part.model.country.in_(used)
        return chosen
    return true()


def _rows(session: Session, part: Part, scope: Scope, names: _Names) -> Iterator[Json]:
    own = names.keys.setdefault(part.name, set())
    has_key = "id" in part.table.columns and not part.by_code
    order = [Area.level] if part.model is Area else []
    query = (
        select(*[values.selected(column) for column in part.columns])
        .where(_condition(session, part, scope))
        .order_by(*order, *part.table.primary_key.columns)
    )
    found = session.execute(query, execution_options={"yield_per": CHUNK})
    for values_of_row in found:
        row = dict(zip((one.name for one in part.columns), values_of_row, strict=True))
        if not _goes(part, row, names):
            continue
        if has_key:
            own.add(row["id"])
        yield {name: values.plain(value) for name, value in row.items()}


def _goes(part: Part, row: Json, names: _Names) -> bool:
    """Whether a row goes with its owners; what else it names and does not go is left empty."""
    if part.linked is not None:
        kind, key = part.linked
        if row[key] not in names.keys.get(row[kind], set()):
            return False
    stated = 0
    for column, table in part.references.items():
        key = row[column]
        if key is None:
            continue
        if table in names.codes:
            row[column] = names.codes[table].get(key)
            stated += column in part.owners
        elif key in names.keys.get(table, set()):
            stated += column in part.owners
        elif column in part.owners:
            return False
        else:
            row[column] = None
    return bool(stated) or not part.owners
