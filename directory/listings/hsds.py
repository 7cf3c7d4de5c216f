"""From listings to JSON of the Human Services Data Specification, version 3.1."""

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.database import among
from directory.listings import hsds_schedules, hsds_words, reference
from directory.listings import hsds_tables as tables
from directory.listings.hsds_tables import Json, Rows
from directory.listings.record import CreatedIds, ListingRecord
from directory.models import (
    Accessibility,
    Address,
    Contact,
    CostOption,
    Funding,
    Language,
    Location,
    Offer,
    Organization,
    OrganizationIdentifier,
    Phone,
    Program,
    RequiredDocument,
    Schedule,
    Sensitivity,
    Service,
    ServiceAtLocation,
    ServiceCapacity,
    Unit,
    Url,
)

VERSION: Final = "3.1"
CHUNK: Final = 1000
_PARENT: Final = "parent_organization_id"

Place = tuple[CreatedIds, ListingRecord]


@dataclass(frozen=True, slots=True)
class _Shelf:
    """The stored rows that some services need: ``rows[name]`` by the key of their owner."""

    one: Mapping[type[Any], Mapping[uuid.UUID, Json]]
    rows: Mapping[str, Rows]
    terms: Mapping[str, Json]


def read_services(
    session: Session, records: Mapping[uuid.UUID, ListingRecord]
) -> Iterator[Json]:
    """Yield each service with its organization, places and conditions, in the order of ``records``.

    ``records``: what the places of the services state, by the key of the service at a location.
    Protected listings do not belong here: nothing is withheld. What HSDS has no field for stands as
    sentences in ``eligibility_description``, and as attributes whose label is our column.
    """
    by_service: dict[uuid.UUID, list[Place]] = {}
    for keys in reference.chunks(list(records)):
        ids = reference.read_ids(session, keys)
        for key in keys:
            by_service.setdefault(ids[key].service_id, []).append(
                (ids[key], records[key])
            )
    for services in reference.chunks(list(by_service), CHUNK):
        chosen = [by_service[service_id] for service_id in services]
        shelf = _read(session, chosen)
        for places in chosen:
            yield _service(places, shelf)


def dumps(services: Sequence[Json]) -> bytes:
    """Write services as one HSDS page of all."""
    page = {
        "total_items": len(services),
        "total_pages": 1,
        "page_number": 1,
        "size": len(services),
        "first_page": True,
        "last_page": True,
        "empty": not services,
        "contents": services,
    }
    return orjson.dumps(page, option=orjson.OPT_INDENT_2)


_OF_ORGANIZATION: Final[Mapping[str, Any]] = {
    "organization_identifiers": OrganizationIdentifier.organization_id,
    "programs": Program.organization_id,
    "funding": Funding.organization_id,
    "additional_websites": Url.organization_id,
    "contacts": Contact.organization_id,
    "phones": Phone.organization_id,
}
_OF_SERVICE: Final[Mapping[str, Any]] = {
    "additional_urls": Url.service_id,
    "funding": Funding.service_id,
    "cost_options": CostOption.service_id,
    "required_documents": RequiredDocument.service_id,
    "languages": Language.service_id,
    "capacities": ServiceCapacity.service_id,
    "contacts": Contact.service_id,
    "schedules": Schedule.service_id,
    "phones": Phone.service_id,
}
_OF_LOCATION: Final[Mapping[str, Any]] = {
    "addresses": Address.location_id,
    "accessibility": Accessibility.location_id,
    "languages": Language.location_id,
    "contacts": Contact.location_id,
    "schedules": Schedule.location_id,
}
_OF_PLACE: Final[Mapping[str, Any]] = {
    "schedules": Schedule.service_at_location_id,
    "contacts": Contact.service_at_location_id,
    "phones": Phone.service_at_location_id,
}
"""Lists inside a row, and the column by which their rows name it."""


def _read(session: Session, groups: Sequence[Sequence[Place]]) -> _Shelf:
    every = [place for group in groups for place in group]

    def keys(of: Callable[[CreatedIds], uuid.UUID]) -> set[uuid.UUID]:
        return {of(ids) for ids, _ in every}

    owners = {
        "organization": (_OF_ORGANIZATION, keys(lambda ids: ids.organization_id)),
        "service": (_OF_SERVICE, keys(lambda ids: ids.service_id)),
        "location": (_OF_LOCATION, keys(lambda ids: ids.location_id)),
        "place": (_OF_PLACE, keys(lambda ids: ids.service_at_location_id)),
    }
    rows = {
        f"{kind}.{name}": tables.by_owner(session, column, chosen)
        for kind, (lists, chosen) in owners.items()
        for name, column in lists.items()
    }
    one: dict[type[Any], dict[uuid.UUID, Json]] = {
        model: tables.by_key(session, model, owners[kind][1])
        for kind, model in (
            ("organization", Organization),
            ("service", Service),
            ("location", Location),
            ("place", ServiceAtLocation),
        )
    }
    _forget_parents(session, one[Organization])
    one[Program] = tables.by_key(session, Program, _named(one[Service], "program_id"))
    capacities = [row for group in rows["service.capacities"].values() for row in group]
    units = {uuid.UUID(row["unit_id"]) for row in capacities if "unit_id" in row}
    one[Unit] = tables.by_key(session, Unit, units)
    programs = [
        row for group in rows["organization.programs"].values() for row in group
    ]
    tables.add_plan_references(session, [*programs, *one[Program].values()])
    codes = {term for _, record in every for term in record.taxonomy_terms}
    return _Shelf(one, rows, tables.terms_by_code(session, codes))


def _forget_parents(session: Session, organizations: Mapping[uuid.UUID, Json]) -> None:
    """Leave out what an organization belongs to where that has no public listing: even its key tells of it."""
    parents = list(_named(organizations, _PARENT))
    if not parents:
        return
    public = set(
        session.scalars(
            select(Offer.organization_id).where(
                among(session, Offer.organization_id, parents),
                Offer.sensitivity == Sensitivity.L0,
            )
        )
    )
    for row in organizations.values():
        if _PARENT in row and uuid.UUID(row[_PARENT]) not in public:
            del row[_PARENT]


def _named(rows: Mapping[uuid.UUID, Json], column: str) -> set[uuid.UUID]:
    return {uuid.UUID(row[column]) for row in rows.values() if column in row}


def _service(places: Sequence[Place], shelf: _Shelf) -> Json:
    ids, record = places[0]
    own = dict(shelf.one[Service][ids.service_id])
    lists = _lists(_OF_SERVICE, "service", ids.service_id, shelf)
    # A number belongs to the service at its place, unless it names no place.
    lists["phones"] = [row for row in lists["phones"] if "location_id" not in row]
    lists["capacities"] = _capacities(lists["capacities"], shelf)
    program = (
        shelf.one[Program].get(uuid.UUID(own["program_id"]))
        if "program_id" in own
        else None
    )
    return _without_empty(
        own
        | lists
        | {
            "fees_description": record.fees_description or record.cost,
            "wait_time": hsds_words.wait(record),
            "eligibility_description": hsds_words.eligibility(record),
            "organization": _organization(ids, record, shelf),
            "program": program,
            "attributes": hsds_words.attributes(ids, record, shelf.terms),
            "service_at_locations": [_at_location(place, shelf) for place in places],
        }
    )


def _organization(ids: CreatedIds, record: ListingRecord, shelf: _Shelf) -> Json:
    own = shelf.one[Organization][ids.organization_id]
    lists = _lists(_OF_ORGANIZATION, "organization", ids.organization_id, shelf)
    attributes = hsds_words.organization_attributes(ids, record)
    return own | _without_empty(lists | {"attributes": attributes})


def _at_location(place: Place, shelf: _Shelf) -> Json:
    ids, record = place
    own = shelf.one[ServiceAtLocation][ids.service_at_location_id]
    lists = _lists(_OF_PLACE, "place", ids.service_at_location_id, shelf)
    lists["schedules"] = [
        part
        for row in lists.get("schedules", ())
        for part in hsds_schedules.written_out(row)
    ]
    here = str(ids.location_id)
    lists["phones"] = lists["phones"] + [
        row
        for row in shelf.rows["service.phones"].get(ids.service_id, [])
        if row.get("location_id") == here
    ]
    areas = hsds_words.service_areas(ids, record)
    return _without_empty(
        own | lists | {"location": _location(place, shelf), "service_areas": areas}
    )


def _location(place: Place, shelf: _Shelf) -> Json:
    ids, record = place
    own = dict(shelf.one[Location][ids.location_id])
    own.setdefault("description", record.landmark)
    lists = _lists(_OF_LOCATION, "location", ids.location_id, shelf)
    if record.latitude is None and not record.address:
        lists["addresses"] = []
    attributes = hsds_words.location_attributes(ids, record)
    return _without_empty(own | lists | {"attributes": attributes})


def _lists(
    names: Mapping[str, Any], kind: str, key: uuid.UUID, shelf: _Shelf
) -> dict[str, list[Json]]:
    return {name: list(shelf.rows[f"{kind}.{name}"].get(key, ())) for name in names}


def _capacities(rows: Sequence[Json], shelf: _Shelf) -> list[Json]:
    """Reports with a number of free places, which HSDS asks for, each with its unit."""
    found = []
    for row in rows:
        if "available" not in row:
            continue
        unit = (
            shelf.one[Unit].get(uuid.UUID(row["unit_id"])) if "unit_id" in row else None
        )
        found.append(row | {"unit": unit or hsds_words.PLACES})
    return found


def _without_empty(values: Json) -> Json:
    return {name: value for name, value in values.items() if value not in (None, [])}
