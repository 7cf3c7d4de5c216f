"""Reads listings back from the HSDS tables as records, thousands with a dozen statements."""

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from directory.database import among
from directory.listings import reference, shapes
from directory.listings.record import NO_TEXTS, TEXT_FIELDS, ListingRecord
from directory.models import (
    Address,
    Area,
    Attribute,
    CostOption,
    CoverageKind,
    Funding,
    Language,
    Location,
    Organization,
    Phone,
    RequiredDocument,
    Schedule,
    Service,
    ServiceArea,
    ServiceAtLocation,
    ServiceCapacity,
    TaxonomyTerm,
    Translation,
    Unit,
)

Ids = Sequence[uuid.UUID]
Lists = Mapping[Any, list[Any]]

_COLUMN_OF = {place: column for column, place in TEXT_FIELDS.items()}
_LISTS = (
    "sexes", "profiles", "return_modalities", "host_countries", "communities", "access_flags",
    "residence_areas", "programmes", "further_facts",
)  # fmt: skip
_PLAIN = (
    "status_until", "fees_description", "application_process", "eligibility_description",
    "minimum_age", "maximum_age", "cost", "wait_time_days", "open_to", "assured_date",
    "verification_method", "referral_email", "sensitivity", "email", "source",
    "is_demonstration", "language", "status", "alternate_name",
    "minimum_months_since_return", "maximum_months_since_return", "intake", "intake_until",
    "referral_channel", "referral_role", "response_hours", "alert", "alert_until", "valid_from",
    "valid_to", "interpretation_services", "accreditations", "licenses",
    "complaint_channel",
)  # fmt: skip


def read_records(
    session: Session, ids: Iterable[uuid.UUID]
) -> dict[uuid.UUID, ListingRecord]:
    """Return the record of each service at a location; keys that do not exist are left out."""
    found: dict[uuid.UUID, ListingRecord] = {}
    for chunk in reference.chunks(list(ids)):
        found |= dict(_read_chunk(session, chunk))
    return found


def _read_chunk(
    session: Session, ids: Ids
) -> Iterator[tuple[uuid.UUID, ListingRecord]]:
    rows = session.execute(
        _statement().where(among(session, ServiceAtLocation.id, ids))
    ).all()
    services = list({row.service_id for row in rows})
    lists = {
        "terms": _terms(session, services),
        "documents": _grouped(
            session, RequiredDocument.service_id, services, RequiredDocument.document
        ),
        "languages": _grouped(session, Language.service_id, services, Language.code),
        "capacities": _capacities(session, services),
        "costs": _costs(session, services),
        "funding": _funding(session, services),
        "hours": _grouped(
            session, Schedule.service_at_location_id, ids, Schedule.description
        ),
        "phones": _phones(session, services),
        "coverage": _coverage(session, ids),
    }
    texts = _texts(session, rows)
    for row in rows:
        yield row.id, _record(row, lists, texts)


def _statement() -> Any:
    place = aliased(Area)
    return (
        select(
            ServiceAtLocation.id,
            ServiceAtLocation.service_id,
            ServiceAtLocation.location_id,
            Service.organization_id,
            Service.name.label("service_name"),
            Service.external_id.label("service_external_id"),
            Service.description,
            Service.url,
            Service.level.label("help_level"),
            *(getattr(Service, name) for name in (*_PLAIN, *_LISTS)),
            Organization.name.label("organization_name"),
            Organization.external_id.label("organization_external_id"),
            Organization.provider_type,
            Organization.description.label("organization_description"),
            Location.name.label("location_name"),
            Location.location_type,
            Location.landmark,
            Location.transportation,
            Location.latitude,
            Location.longitude,
            Location.precision_m,
            Address.address_1,
            Address.country,
            place.code.label("area_code"),
        )
        .join(Service, Service.id == ServiceAtLocation.service_id)
        .join(Organization, Organization.id == Service.organization_id)
        .join(Location, Location.id == ServiceAtLocation.location_id)
        .outerjoin(Address, Address.location_id == Location.id)
        .outerjoin(place, place.id == Location.area_id)
    )


def _record(
    row: Any, lists: Mapping[str, Lists], texts: Mapping[uuid.UUID, list[Any]]
) -> ListingRecord:
    service = row.service_id
    return ListingRecord(
        organization_name=row.organization_name,
        organization_id=row.organization_external_id,
        service_name=row.service_name,
        service_id=row.service_external_id,
        description=row.description or None,
        taxonomy_terms=tuple(sorted(lists["terms"].get(service, ()))),
        latitude=row.latitude,
        longitude=row.longitude,
        address=row.address_1 or None,
        area_code=row.area_code,
        required_documents=tuple(lists["documents"].get(service, ())),
        languages=tuple(lists["languages"].get(service, ())),
        opening_hours="; ".join(filter(None, lists["hours"].get(row.id, ()))) or None,
        phone="; ".join(lists["phones"].get((service, row.location_id), ())) or None,
        website=row.url,
        location_name=row.location_name,
        landmark=row.landmark,
        precision_m=row.precision_m,
        help_level=row.help_level,
        transportation=row.transportation,
        location_type=_location_type(row),
        provider_type=row.provider_type,
        organization_description=row.organization_description or None,
        country=row.country or None,
        texts=_own_texts(row, texts),
        **_plain_fields(row),
        **_report(lists["capacities"].get(service, ())),
        **_money(lists["costs"].get(service, ()), lists["funding"].get(service, ())),
        **_coverage_fields(lists["coverage"].get(row.id, ())),
    )


def _location_type(row: Any) -> str | None:
    """The kind of place, where it is another than the rest of the row says."""
    has_place = row.latitude is not None or row.address_1
    usual = "physical" if has_place else "virtual"
    return None if row.location_type == usual else row.location_type


def _report(capacities: Sequence[Any]) -> dict[str, Any]:
    """The last report of how many places there are."""
    if not capacities:
        return {}
    last = capacities[0]
    return {
        "capacity_available": last.available,
        "capacity_maximum": last.maximum,
        "capacity_unit": last.unit,
        "capacity_updated": last.updated.date(),
    }


def _money(costs: Sequence[Any], funding: Sequence[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for paid in costs[:1]:
        found["cost_amount"] = None if paid.amount is None else float(paid.amount)
        found["cost_currency"] = paid.currency
        found["cost_waiver"] = paid.has_waiver
    for payer in funding[:1]:
        found["funding_source"] = payer.source
        found["funding_until"] = payer.valid_to
    return found


def _plain_fields(row: Any) -> dict[str, Any]:
    lists = {name: tuple(getattr(row, name) or ()) for name in _LISTS}
    return lists | {name: getattr(row, name) for name in _PLAIN}


def _coverage_fields(statements: Sequence[Any]) -> dict[str, Any]:
    stated = [each for each in statements if not each.is_exclusion]
    circles = [each for each in stated if each.kind == CoverageKind.RADIUS]
    radius = [each for each in circles if each.travel_minutes is None]
    journey = [each for each in circles if each.travel_minutes is not None]
    shape = [each for each in stated if each.kind == CoverageKind.SHAPE]
    taken_out = [each for each in statements if each.is_exclusion and each.geometry]
    words = [each.kind for each in stated if each.kind in {"national", "remote"}]
    return {
        "coverage_areas": tuple(each.code for each in stated if each.code),
        "coverage_excluded_areas": tuple(
            each.code for each in statements if each.is_exclusion and each.code
        ),
        "coverage_radius_km": radius[0].radius_km if radius else None,
        "coverage_travel_minutes": journey[0].travel_minutes if journey else None,
        "coverage_travel_mode": journey[0].travel_mode if journey else None,
        "coverage_geojson": shapes.to_text(bytes(shape[0].geometry)) if shape else None,
        "coverage_excluded_geojson": shapes.to_text(bytes(taken_out[0].geometry))
        if taken_out
        else None,
        "coverage": str(words[0]) if words else None,
    }


def _own_texts(
    row: Any, texts: Mapping[uuid.UUID, list[Any]]
) -> Mapping[tuple[str, str], str]:
    found = {
        (_COLUMN_OF[text.entity, text.field], text.language): text.text
        for key in (row.organization_id, row.service_id, row.location_id)
        for text in texts.get(key, ())
        if (text.entity, text.field) in _COLUMN_OF
    }
    return found or NO_TEXTS


def _grouped(session: Session, key: Any, ids: Ids, column: Any) -> Lists:
    """Values of ``column`` by ``key``, in the order they were written."""
    found: dict[Any, list[Any]] = defaultdict(list)
    query = select(key, column).where(among(session, key, ids)).order_by(key.class_.id)
    for owner, value in session.execute(query):
        found[owner].append(value)
    return found


def _collect(
    rows: Iterable[Any], key: Callable[[Any], Any], value: Callable[[Any], Any]
) -> Lists:
    found: dict[Any, list[Any]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(value(row))
    return found


def _terms(session: Session, services: Ids) -> Lists:
    query = (
        select(Attribute.link_id, TaxonomyTerm.code)
        .join(TaxonomyTerm, TaxonomyTerm.id == Attribute.taxonomy_term_id)
        .where(
            Attribute.link_entity == "service",
            among(session, Attribute.link_id, services),
        )
    )
    return _collect(
        session.execute(query), lambda row: row.link_id, lambda row: row.code
    )


def _capacities(session: Session, services: Ids) -> Lists:
    """Reports of free places, the last one first."""
    query = (
        select(
            ServiceCapacity.service_id,
            ServiceCapacity.available,
            ServiceCapacity.maximum,
            ServiceCapacity.updated,
            Unit.name.label("unit"),
        )
        .outerjoin(Unit, Unit.id == ServiceCapacity.unit_id)
        .where(among(session, ServiceCapacity.service_id, services))
        .order_by(ServiceCapacity.updated.desc())
    )
    return _collect(session.execute(query), lambda row: row[0], lambda row: row)


def _costs(session: Session, services: Ids) -> Lists:
    columns = (
        CostOption.service_id, CostOption.amount, CostOption.currency, CostOption.has_waiver,
    )  # fmt: skip
    query = (
        select(*columns)
        .where(among(session, CostOption.service_id, services))
        .order_by(CostOption.id)
    )
    return _collect(session.execute(query), lambda row: row[0], lambda row: row)


def _funding(session: Session, services: Ids) -> Lists:
    query = (
        select(Funding.service_id, Funding.source, Funding.valid_to)
        .where(among(session, Funding.service_id, services))
        .order_by(Funding.id)
    )
    return _collect(session.execute(query), lambda row: row[0], lambda row: row)


def _phones(session: Session, services: Ids) -> Lists:
    query = (
        select(Phone.service_id, Phone.location_id, Phone.number)
        .where(among(session, Phone.service_id, services))
        .order_by(Phone.id)
    )
    rows = session.execute(query)
    return _collect(rows, lambda row: (row[0], row[1]), lambda row: row.number)


def _coverage(session: Session, ids: Ids) -> Lists:
    query = (
        select(
            ServiceArea.service_at_location_id,
            ServiceArea.kind,
            ServiceArea.is_exclusion,
            ServiceArea.radius_km,
            ServiceArea.travel_minutes,
            ServiceArea.travel_mode,
            func.ST_AsBinary(ServiceArea.geometry, type_=None).label("geometry"),
            Area.code,
        )
        .outerjoin(Area, Area.id == ServiceArea.area_id)
        .where(among(session, ServiceArea.service_at_location_id, ids))
        .order_by(ServiceArea.id)
    )
    return _collect(session.execute(query), lambda row: row[0], lambda row: row)


def _texts(session: Session, rows: Sequence[Any]) -> Mapping[uuid.UUID, list[Any]]:
    owners = {
        key
        for row in rows
        for key in (row.organization_id, row.service_id, row.location_id)
    }
    columns = (
        Translation.entity_id, Translation.entity, Translation.field, Translation.language,
        Translation.text,
    )  # fmt: skip
    query = select(*columns).where(among(session, Translation.entity_id, list(owners)))
    return _collect(session.execute(query), lambda row: row.entity_id, lambda row: row)
