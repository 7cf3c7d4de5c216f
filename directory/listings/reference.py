"""Finds what records name by code: terms, areas, the place of a position, known organizations."""

import uuid
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import not_, select
from sqlalchemy.orm import Session

from directory import authz
from directory.areas import queries as areas
from directory.areas.locating import Located, Locator
from directory.authz import Actor
from directory.database import among, among_values, fetch
from directory.errors import Invalid
from directory.listings import rows, rules, successors, tables
from directory.listings.record import CreatedIds, ListingRecord
from directory.models import (
    Address,
    Area,
    Location,
    Organization,
    Service,
    ServiceArea,
    ServiceAtLocation,
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

    def level_of(self, record: ListingRecord) -> str:
        """The sensitivity that a record is stored with."""
        return rules.level_of(record.taxonomy_terms, record.sensitivity, self.levels)


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
    session: Session,
    records: Iterable[ListingRecord],
    already: Container[str] = (),
) -> dict[str, KnownArea]:
    """Read every area that the records name; raises UnknownArea for the first that is missing.

    Codes that are ``already`` known are not read again.
    """
    codes: set[str] = set()
    for record in records:
        codes.update(record.coverage_areas, record.coverage_excluded_areas)
        if record.area_code:
            codes.add(record.area_code)
    known: dict[str, KnownArea] = {}
    codes = {code for code in codes if code not in already}
    for chunk in chunks(sorted(codes)):
        found = select(Area.code, Area.id, Area.country).where(
            among_values(session, Area.code, chunk), Area.valid_to.is_(None)
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
    session: Session,
    records: Sequence[ListingRecord],
    known: Mapping[str, KnownArea],
    locator: Locator | None = None,
    located: Sequence[Located] | None = None,
) -> list[rows.Place]:
    """Return the country and deepest area of each record.

    The country is that of the stated area, else of the position, else the record's own; the area
    is the deepest that holds the position, else the stated one (INTERFACES, "Coverage"). A
    ``locator`` remembers what it read of the areas, for work in portions; ``located`` is what one has
    said before of the records that have a position.
    """
    positioned = [
        (index, (record.latitude, record.longitude))
        for index, record in enumerate(records)
        if record.latitude is not None and record.longitude is not None
    ]
    if located is None:
        located = (locator or Locator(session)).locate(
            [where for _, where in positioned], near_coast=True
        )
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
    identities: Set[tuple[Any, ...]],
    *,
    actor: Actor,
) -> None:
    """Put organizations, services and locations that exist already into the batch's memory.

    ``identities`` are those of the records' organizations. One of which the actor may not know is
    not taken: a public listing under its name would show it to everybody.
    """
    wanted = identities - batch.organizations.keys()
    by_id = [(source, external) for kind, source, external in wanted if kind == "id"]
    by_name = [name for kind, name, _ in wanted if kind == "name"]
    instead = successors.of_organizations(session) if wanted else {}
    same: list[tuple[tuple[Any, ...], uuid.UUID]] = [
        (("id", row.source, row.external_id), _owner(instead, row.id))
        for row in _organizations_by_id(session, by_id)
    ]
    same += [
        (("name", row.normalised_name, row.country), _owner(instead, row.id))
        for row in _organizations_by_name(session, by_name)
    ]
    found = {key for _, key in same}
    found -= _unknown_organizations(session, found, actor)
    for identity, key in same:
        if key in found:
            batch.organizations.setdefault(identity, key)
    if found:
        _remember_services(session, batch, records, found)
        _remember_locations(session, batch, found, actor)


def _owner(
    instead: Mapping[uuid.UUID, successors.Successor], organization_id: uuid.UUID
) -> uuid.UUID:
    """The organization itself, or the one that took its place."""
    successor = instead.get(organization_id)
    return successor.organization_id if successor else organization_id


def area_chains(
    session: Session, area_ids: Iterable[uuid.UUID | None]
) -> dict[uuid.UUID, frozenset[uuid.UUID]]:
    """Return each area's key together with those of all areas above it."""
    return areas.chain_keys(session, {key for key in area_ids if key is not None})


def chunks(values: Sequence[Any], size: int = CHUNK) -> Iterator[Sequence[Any]]:
    """Yield the values in slices of at most ``size``."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


def _unknown_organizations(
    session: Session, keys: Iterable[uuid.UUID], actor: Actor
) -> set[uuid.UUID]:
    """Those of these organizations that only offer what the actor may not know of."""
    if authz.sees_restricted(actor):
        return set()
    unknown: set[uuid.UUID] = set()
    for chunk in chunks(sorted(set(keys) - actor.organization_ids)):
        offers = select(Service.organization_id).where(
            among(session, Service.organization_id, chunk)
        )
        unknown |= set(session.scalars(offers.distinct()))
        seen = offers.where(authz.visible_services(actor))
        unknown -= set(session.scalars(seen.distinct()))
    return unknown


def _organizations_by_id(
    session: Session, pairs: list[tuple[Any, ...]]
) -> Iterator[Any]:
    columns = select(Organization.id, Organization.source, Organization.external_id)
    by_source: dict[str | None, list[str]] = defaultdict(list)
    for source, external_id in pairs:
        by_source[source].append(external_id)
    for source, external_ids in by_source.items():
        named = among_values(session, Organization.external_id, external_ids)
        own = Organization.source == source  # "IS NULL" where there is none
        yield from fetch(session, columns.where(own, named))


def _organizations_by_name(session: Session, names: list[str]) -> Iterator[Any]:
    columns = select(
        Organization.id, Organization.normalised_name, Organization.country
    )
    if names:
        named = among_values(session, Organization.normalised_name, names)
        yield from fetch(session, columns.where(named))


def _remember_services(
    session: Session,
    batch: tables.Batch,
    records: Sequence[ListingRecord],
    organizations: set[uuid.UUID],
) -> None:
    wanted = sorted({record.service_id for record in records if record.service_id})
    columns = select(Service.id, Service.organization_id, Service.external_id)
    if wanted:
        named = among_values(session, Service.external_id, wanted)
        for row in fetch(session, columns.where(named)):
            if row.organization_id in organizations:
                batch.services[row.organization_id, row.external_id] = row.id


def _remember_locations(
    session: Session,
    batch: tables.Batch,
    organizations: set[uuid.UUID],
    actor: Actor,
) -> None:
    columns = select(
        Location.id, Location.organization_id, Location.latitude, Location.longitude,
        Location.name, Address.address_1,
    ).outerjoin(Address, Address.location_id == Location.id)  # fmt: skip
    for chunk in chunks(sorted(organizations)):
        own = among(session, Location.organization_id, chunk)
        hidden = _places_of_unseen(session, chunk, actor)
        for row in fetch(session, columns.where(own)):
            if row.id in hidden or (row.latitude is None and not row.address_1):
                continue
            where = (row.latitude, row.longitude, row.address_1 or None, row.name)
            batch.locations[row.organization_id, *where] = row.id


def _places_of_unseen(
    session: Session, organizations: Sequence[uuid.UUID], actor: Actor
) -> set[uuid.UUID]:
    """Places of listings of which the actor may not know: their photograph and directions stay there."""
    if authz.sees_restricted(actor):
        return set()
    places = (
        select(ServiceAtLocation.location_id)
        .join(Service, Service.id == ServiceAtLocation.service_id)
        .where(
            among(session, Service.organization_id, organizations),
            not_(authz.visible_services(actor)),
        )
    )
    return set(session.scalars(places))


def settle(
    session: Session,
    records: Sequence[ListingRecord],
    places: Sequence[rows.Place],
    terms: Terms,
) -> list[ListingRecord]:
    """Return the records as they read once stored, so that they compare with stored ones.

    The area becomes the deepest one of the position, the country the resolved one; the sensitivity
    and status are those that hold; telephone numbers stand in one form.
    """
    codes = _area_codes(session, {place.area_id for place in places})
    return [
        replace(
            record,
            area_code=codes.get(place.area_id) if place.area_id else record.area_code,
            country=place.country,
            sensitivity=terms.level_of(record),
            status=record.status or "active",
            description=record.description or None,
            phone=_phones(record.phone),
        )
        for record, place in zip(records, places, strict=True)
    ]


def read_ids(
    session: Session, keys: Sequence[uuid.UUID]
) -> dict[uuid.UUID, CreatedIds]:
    """Return the keys of organization, service and place by that of the service at a location."""
    query = (
        select(
            Service.organization_id,
            Service.id,
            ServiceAtLocation.location_id,
            ServiceAtLocation.id.label("key"),
        )
        .join(ServiceAtLocation, ServiceAtLocation.service_id == Service.id)
        .where(among(session, ServiceAtLocation.id, keys))
    )
    return {row.key: CreatedIds(*row) for row in session.execute(query)}


def listing_areas(
    session: Session, services: Sequence[uuid.UUID]
) -> dict[uuid.UUID, list[frozenset[uuid.UUID]]]:
    """Return, for each service, the areas that hold each of its places, with all areas above.

    A place counts by its position's area. Where no place of a service has one, every area that its
    coverage states counts instead: who edits must hold them all.
    """
    placed = (
        select(ServiceAtLocation.service_id, Location.area_id)
        .join(Location, Location.id == ServiceAtLocation.location_id)
        .where(among(session, ServiceAtLocation.service_id, services))
        .where(Location.area_id.is_not(None))
    )
    covered = (
        select(ServiceArea.service_id, ServiceArea.area_id)
        .where(among(session, ServiceArea.service_id, services))
        .where(ServiceArea.is_exclusion.is_(False))
    )
    found: dict[uuid.UUID, set[uuid.UUID | None]] = {}
    for service_id, area_id in session.execute(placed):
        found.setdefault(service_id, set()).add(area_id)
    elsewhere: dict[uuid.UUID, set[uuid.UUID | None]] = {}
    for service_id, area_id in session.execute(covered):
        if service_id not in found:
            elsewhere.setdefault(service_id, set()).add(area_id)
    found |= elsewhere
    chains = area_chains(session, {key for keys in found.values() for key in keys})
    return {
        service_id: [chains[key] if key else frozenset() for key in keys]
        for service_id, keys in found.items()
    }


def _area_codes(session: Session, ids: set[uuid.UUID | None]) -> dict[uuid.UUID, str]:
    codes: dict[uuid.UUID, str] = {}
    for chunk in chunks(sorted(key for key in ids if key)):
        found = select(Area.id, Area.code).where(Area.id.in_(chunk))
        codes |= {row.id: row.code for row in session.execute(found)}
    return codes


def _phones(text: str | None) -> str | None:
    numbers = [number.strip() for number in (text or "").split(";")]
    return "; ".join(filter(None, numbers)) or None
