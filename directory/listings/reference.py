"""Finds what records name by code: terms, areas, the place of a position, known organizations."""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, or_, select, tuple_
from sqlalchemy.orm import Session

from directory.areas.locating import locate_points
from directory.errors import Invalid
from directory.listings import rows, tables
from directory.listings.record import ListingRecord
from directory.models import (
    Address,
    Area,
    Location,
    Organization,
    Service,
    TaxonomyTerm,
)
from directory.text import N_

CHUNK = 5000
"""How many values one IN list or one batch holds: well below SQLite's limit of variables."""


class UnknownArea(Invalid):
    """A record names an area code that is not loaded."""

    code = "area_unknown"
    message = N_("There is no area with the code %(code)s.")


@dataclass(frozen=True, slots=True)
class Terms:
    """The taxonomy by code: keys, and the default sensitivity of each term."""

    ids: Mapping[str, uuid.UUID]
    levels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class KnownArea:
    """An area as records refer to it."""

    id: uuid.UUID
    country: str


def read_terms(session: Session) -> Terms:
    """Read the whole taxonomy, about a hundred terms."""
    columns = (TaxonomyTerm.code, TaxonomyTerm.id, TaxonomyTerm.default_sensitivity)
    found = session.execute(select(*columns)).all()
    return Terms(
        ids={code: key for code, key, _ in found},
        levels={code: level for code, _, level in found},
    )


def read_areas(
    session: Session, records: Iterable[ListingRecord]
) -> dict[str, KnownArea]:
    """Read every area that the records name; raises UnknownArea for the first that is missing."""
    codes: set[str] = set()
    for record in records:
        codes.update(record.coverage_areas, record.coverage_excluded_areas)
        if record.area_code:
            codes.add(record.area_code)
    known: dict[str, KnownArea] = {}
    for chunk in chunks(sorted(codes)):
        found = select(Area.code, Area.id, Area.country).where(
            Area.code.in_(chunk), Area.valid_to.is_(None)
        )
        known |= {
            code: KnownArea(key, country)
            for code, key, country in session.execute(found)
        }
    for code in codes - known.keys():
        raise UnknownArea(
            values={"code": code}, fields={"area_code": UnknownArea.message}
        )
    return known


def locate(
    session: Session, records: Sequence[ListingRecord], known: Mapping[str, KnownArea]
) -> list[rows.Place]:
    """Return the country and deepest area of each record.

    The country is that of the stated area, else of the position, else the record's own; the area
    is the deepest that holds the position, else the stated one (INTERFACES, "Coverage").
    """
    positioned = [
        (index, (record.latitude, record.longitude))
        for index, record in enumerate(records)
        if record.latitude is not None and record.longitude is not None
    ]
    located = locate_points(session, [where for _, where in positioned])
    by_index = dict(zip((index for index, _ in positioned), located, strict=True))
    places = []
    for index, record in enumerate(records):
        stated = known.get(record.area_code) if record.area_code else None
        country, _, deepest = by_index.get(index, (None, None, None))
        if stated is not None:
            country = stated.country
        area_id = deepest or (stated.id if stated else None)
        places.append(rows.Place(country or record.country, area_id))
    return places


def remember_known(
    session: Session,
    batch: tables.Batch,
    records: Sequence[ListingRecord],
    places: Sequence[rows.Place],
) -> None:
    """Put organizations, services and locations that exist already into the batch's memory."""
    wanted = {
        tables.organization_identity(record, place.country)
        for record, place in zip(records, places, strict=True)
    }
    wanted -= batch.organizations.keys()
    by_id = [(source, external) for kind, source, external in wanted if kind == "id"]
    by_name = [name for kind, name, _ in wanted if kind == "name"]
    found: set[uuid.UUID] = set()
    for row in _organizations_by_id(session, by_id):
        batch.organizations["id", row.source, row.external_id] = row.id
        found.add(row.id)
    for row in _organizations_by_name(session, by_name):
        identity = ("name", row.normalised_name, row.country)
        batch.organizations.setdefault(identity, row.id)
        found.add(row.id)
    if found:
        _remember_services(session, batch, records, found)
        _remember_locations(session, batch, found)


def area_chains(
    session: Session, area_ids: Iterable[uuid.UUID | None]
) -> dict[uuid.UUID, frozenset[uuid.UUID]]:
    """Return each area's key together with those of all areas above it."""
    parents: dict[uuid.UUID, uuid.UUID | None] = {}
    wanted = {key for key in area_ids if key is not None}
    while wanted:
        for chunk in chunks(sorted(wanted)):
            found = select(Area.id, Area.parent_id).where(Area.id.in_(chunk))
            parents |= {row.id: row.parent_id for row in session.execute(found)}
        wanted = {parent for parent in parents.values() if parent} - parents.keys()
    chains = {}
    for key in parents:
        chain: list[uuid.UUID] = []
        above: uuid.UUID | None = key
        while above is not None and above not in chain:
            chain.append(above)
            above = parents.get(above)
        chains[key] = frozenset(chain)
    return chains


def chunks(values: Sequence[Any], size: int = CHUNK) -> Iterator[Sequence[Any]]:
    """Yield the values in slices of at most ``size``."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


def _organizations_by_id(
    session: Session, pairs: list[tuple[Any, ...]]
) -> Iterator[Any]:
    columns = select(Organization.id, Organization.source, Organization.external_id)
    for chunk in chunks(sorted(pairs, key=str)):
        named = [pair for pair in chunk if pair[0] is not None]
        loose = [external for source, external in chunk if source is None]
        sourceless = Organization.source.is_(None)
        condition = or_(
            tuple_(Organization.source, Organization.external_id).in_(named),
            and_(sourceless, Organization.external_id.in_(loose)),
        )
        yield from session.execute(columns.where(condition))


def _organizations_by_name(session: Session, names: list[str]) -> Iterator[Any]:
    columns = select(
        Organization.id, Organization.normalised_name, Organization.country
    )
    for chunk in chunks(sorted(names)):
        yield from session.execute(
            columns.where(Organization.normalised_name.in_(chunk))
        )


def _remember_services(
    session: Session,
    batch: tables.Batch,
    records: Sequence[ListingRecord],
    organizations: set[uuid.UUID],
) -> None:
    wanted = sorted({record.service_id for record in records if record.service_id})
    columns = select(Service.id, Service.organization_id, Service.external_id)
    for chunk in chunks(wanted):
        for row in session.execute(columns.where(Service.external_id.in_(chunk))):
            if row.organization_id in organizations:
                batch.services[row.organization_id, row.external_id] = row.id


def _remember_locations(
    session: Session, batch: tables.Batch, organizations: set[uuid.UUID]
) -> None:
    columns = select(
        Location.id, Location.organization_id, Location.latitude, Location.longitude,
        Location.name, Address.address_1,
    ).outerjoin(Address, Address.location_id == Location.id)  # fmt: skip
    for chunk in chunks(sorted(organizations)):
        for row in session.execute(columns.where(Location.organization_id.in_(chunk))):
            if row.latitude is None and not row.address_1:
                continue
            where = (row.latitude, row.longitude, row.address_1 or None, row.name)
            batch.locations[row.organization_id, *where] = row.id
