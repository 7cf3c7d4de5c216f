"""Reads public organizations, places and services for the FHIR interface, a page at a time."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from directory.areas import queries as areas
from directory.areas.queries import AreaRow
from directory.fhir import conditions
from directory.fhir.asked import Asked, LocationStatus
from directory.listings import hsds_tables, reference, stored
from directory.listings.hsds_tables import Json
from directory.listings.record import CreatedIds, ListingRecord
from directory.models import (
    Address,
    Location,
    Offer,
    Organization,
    OrganizationIdentifier,
    Phone,
    Service,
    ServiceAtLocation,
    ServiceStatus,
    Translation,
    Url,
)
from directory.taxonomy import queries as taxonomy

Texts = Mapping[tuple[uuid.UUID, str], str]
"""Texts in the reader's language, by what they belong to and their field."""


@dataclass(frozen=True, slots=True)
class Reader:
    """The day and the language in which something is read."""

    today: date
    language: str


@dataclass(frozen=True, slots=True)
class Place:
    """An area that holds something: its code and level, and its name for the reader."""

    code: str
    level: int
    name: str


@dataclass(frozen=True, slots=True)
class OrganizationRow:
    """An organization with what belongs to it; ``parent``: only one that has public listings."""

    row: Organization
    name: str
    identifiers: Sequence[Json]
    phones: Sequence[Json]
    websites: Sequence[Json]
    parent: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class LocationRow:
    """A place with its addresses, the areas around it (country first), and who offers something there."""

    row: Location
    texts: Texts
    addresses: Sequence[Json]
    areas: Sequence[Place]
    status: LocationStatus
    organization_id: uuid.UUID
    organization_name: str
    last_modified: datetime
    is_demonstration: bool


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """A service at one place."""

    ids: CreatedIds
    record: ListingRecord
    is_active: bool
    last_modified: datetime
    terms: Mapping[str, str] = field(default_factory=dict)
    """The names of its categories by code."""
    areas: Sequence[Place] = ()
    """The areas it serves."""


def organizations(
    session: Session, asked: Asked, *, reader: Reader, start: int, limit: int
) -> tuple[list[OrganizationRow], int]:
    """Return some organizations with public listings, by key, and how many there are."""
    if asked.keys is not None:  # only their offers need to be read
        asked = replace(asked, organizations=asked.keys)
    public = select(Offer.organization_id).where(
        *conditions.offers(session, asked, reader.today)
    )
    if asked.parents is not None:
        parents = _public_organizations(session, asked.parents, reader)
        asked = replace(asked, parents=sorted(parents))
    query = select(Organization.id).where(
        Organization.id.in_(public), *conditions.of_organization(asked)
    )
    total, keys = _page(session, query, Organization.id, start, limit)
    chosen = select(Organization).where(Organization.id.in_(keys))
    rows = list(session.scalars(chosen.order_by(Organization.id)))
    above = [row.parent_organization_id for row in rows if row.parent_organization_id]
    known = _public_organizations(session, above, reader)
    told = _texts(session, "organization", keys, reader.language)
    identifiers, phones, websites = (
        hsds_tables.by_owner(session, column, keys)
        for column in (
            OrganizationIdentifier.organization_id,
            Phone.organization_id,
            Url.organization_id,
        )
    )
    found = [
        OrganizationRow(
            row,
            told.get((row.id, "name")) or row.name,
            identifiers.get(row.id, ()),
            [phone for phone in phones.get(row.id, ()) if _is_general(phone)],
            websites.get(row.id, ()),
            row.parent_organization_id if row.parent_organization_id in known else None,
        )
        for row in rows
    ]
    return found, total


def locations(
    session: Session, asked: Asked, *, reader: Reader, start: int, limit: int
) -> tuple[list[LocationRow], int]:
    """Return some places of public listings, by key, and how many there are."""
    if asked.keys is not None:  # only what is offered there needs to be read
        asked = replace(asked, locations=asked.keys)
    public = conditions.offers(session, asked, reader.today)
    query = select(Location.id).where(
        Location.id.in_(conditions.placed(public)),
        *conditions.of_location(session, asked, public, reader.today),
    )
    total, keys = _page(session, query, Location.id, start, limit)
    rows = list(
        session.scalars(
            select(Location).where(Location.id.in_(keys)).order_by(Location.id)
        )
    )
    told = _texts(session, "location", keys, reader.language)
    addresses = hsds_tables.by_owner(session, Address.location_id, keys)
    around = _places(session, {row.area_id for row in rows if row.area_id}, reader)
    offered = _offered(session, keys, reader)
    names = _texts(
        session,
        "organization",
        [offers[0].organization_id for offers in offered.values()],
        reader.language,
    )
    found = []
    for row in rows:
        offers = offered[row.id]
        first = offers[0]
        found.append(
            LocationRow(
                row,
                told,
                addresses.get(row.id, ()),
                around.get(row.area_id, ()) if row.area_id else (),
                _status(offers),
                first.organization_id,
                names.get((first.organization_id, "name")) or first.organization_name,
                max(offer.last_modified for offer in offers),
                all(offer.is_demonstration for offer in offers),
            )
        )
    return found, total


def services(
    session: Session, asked: Asked, *, reader: Reader, start: int, limit: int
) -> tuple[list[ServiceRow], int]:
    """Return some public services at their places, by key, and how many there are."""
    query = select(Offer.service_at_location_id).where(
        *conditions.offers(session, asked, reader.today),
        *conditions.of_service(asked, reader.today),
    )
    total, keys = _page(session, query, Offer.service_at_location_id, start, limit)
    records = stored.read_records(session, keys)
    ids = reference.read_ids(session, keys)
    active = conditions.is_active(reader.today).label("is_active")
    states = {
        row.key: row
        for row in session.execute(
            select(
                Offer.service_at_location_id.label("key"), active, Service.last_modified
            )
            .join(Service, Service.id == Offer.service_id)
            .where(Offer.service_at_location_id.in_(keys))
        )
    }
    terms = _term_names(session, records.values(), reader.language)
    covered = _covered(session, records.values(), reader)
    found = [
        ServiceRow(
            ids[key],
            records[key],
            bool(states[key].is_active),
            states[key].last_modified,
            terms,
            [covered[code] for code in records[key].coverage_areas if code in covered],
        )
        for key in keys
    ]
    return found, total


def _page(
    session: Session, query: Select[Any], key: Any, start: int, limit: int
) -> tuple[int, list[uuid.UUID]]:
    counted = select(func.count()).select_from(query.subquery())
    total = session.scalar(counted) or 0
    if limit == 0 or total <= start:
        return total, []
    page = query.order_by(key).offset(start).limit(limit)
    return total, list(session.scalars(page))


def _public_organizations(
    session: Session, keys: Sequence[uuid.UUID], reader: Reader
) -> set[uuid.UUID]:
    """Which of some organizations have a listing that the public knows; parents may have none."""
    public = conditions.offers(session, Asked(organizations=keys), reader.today)
    return set(session.scalars(select(Offer.organization_id).where(*public)))


def _is_general(phone: Json) -> bool:
    """Whether a number is the organization's own, not that of one of its services or places."""
    return not {"service_id", "service_at_location_id", "location_id"} & phone.keys()


def _texts(
    session: Session, entity: str, keys: Sequence[uuid.UUID], language: str
) -> Texts:
    query = select(Translation.entity_id, Translation.field, Translation.text).where(
        Translation.entity == entity,
        Translation.entity_id.in_(keys),
        Translation.language == language,
    )
    return {(row.entity_id, row.field): row.text for row in session.execute(query)}


def _offered(
    session: Session, keys: Sequence[uuid.UUID], reader: Reader
) -> dict[uuid.UUID, list[Any]]:
    """What the public knows to be offered at some places, by place."""
    query = (
        select(
            ServiceAtLocation.location_id,
            Offer.organization_id,
            Organization.name.label("organization_name"),
            Offer.status,
            conditions.is_active(reader.today).label("is_active"),
            Offer.is_demonstration,
            Service.last_modified,
        )
        .join(Offer, Offer.service_at_location_id == ServiceAtLocation.id)
        .join(Service, Service.id == Offer.service_id)
        .join(Organization, Organization.id == Offer.organization_id)
        .where(*conditions.offers(session, Asked(locations=keys), reader.today))
        .order_by(Offer.service_at_location_id)
    )
    found: dict[uuid.UUID, list[Any]] = defaultdict(list)
    for row in session.execute(query):
        found[row.location_id].append(row)
    return found


def _status(offers: Sequence[Any]) -> LocationStatus:
    if any(offer.is_active for offer in offers):
        return LocationStatus.ACTIVE
    if any(offer.status == ServiceStatus.TEMPORARILY_CLOSED for offer in offers):
        return LocationStatus.SUSPENDED
    return LocationStatus.INACTIVE


def _places(
    session: Session, keys: set[uuid.UUID], reader: Reader
) -> dict[uuid.UUID, list[Place]]:
    chains = areas.chains(session, keys)
    every = {area.id for chain in chains.values() for area in chain}
    names = areas.names(session, every, reader.language)
    return {
        key: [_place(area, names) for area in chain] for key, chain in chains.items()
    }


def _place(area: AreaRow, names: Mapping[uuid.UUID, str]) -> Place:
    return Place(area.code, area.level, names.get(area.id, area.name))


def _covered(session: Session, records: Any, reader: Reader) -> dict[str, Place]:
    codes = {code for record in records for code in record.coverage_areas}
    rows = areas.areas_by_codes(session, codes)
    names = areas.names(session, [row.id for row in rows.values()], reader.language)
    return {code: _place(row, names) for code, row in rows.items()}


def _term_names(session: Session, records: Any, language: str) -> dict[str, str]:
    leaves = {code for record in records for code in record.taxonomy_terms}
    tops = {code.partition(".")[0] for code in leaves}
    return taxonomy.term_names(session, leaves | tops, language)
