"""Reads from the HSDS tables what an offer is made of: a few statements for thousands of offers."""

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson
from sqlalchemy import Text, case, cast, func, select
from sqlalchemy.orm import Session

from directory.countries import queries as countries
from directory.countries.queries import NO_DAYS
from directory.database import among
from directory.listings.facts import Facts, OfferSource, Record, review_days
from directory.models import (
    Address,
    Area,
    Attribute,
    CoverageKind,
    Language,
    Location,
    Organization,
    Referral,
    RequiredDocument,
    Schedule,
    Service,
    ServiceArea,
    ServiceAtLocation,
    ServiceCapacity,
    ServiceStatus,
    TaxonomyTerm,
)

FEWEST_REFERRALS = 5
"""A record of fewer referrals says little about a service and too much about people."""

Ids = Sequence[uuid.UUID]
Grouped = Mapping[uuid.UUID, list[Any]]


def read(session: Session, ids: Ids) -> list[OfferSource]:
    """Read the sources of the offers with these service_at_location ids, eight statements in all."""
    rows = session.execute(
        _rows().where(among(session, ServiceAtLocation.id, ids))
    ).all()
    services = list({row.service_id for row in rows})
    lists = Lists(
        documents=_grouped(
            session,
            RequiredDocument.service_id,
            services,
            RequiredDocument.code,
            RequiredDocument.document,
        ),
        languages=_grouped(session, Language.service_id, services, Language.code),
        capacities=_grouped(
            session,
            ServiceCapacity.service_id,
            services,
            ServiceCapacity.available,
            ServiceCapacity.updated,
        ),
        hours=_grouped(
            session, Schedule.service_at_location_id, ids, Schedule.description
        ),
        statements=_grouped(
            session,
            ServiceArea.service_at_location_id,
            ids,
            ServiceArea.kind,
            ServiceArea.is_exclusion,
            ServiceArea.area_id,
        ),
        records=_records(session, ids),
        review_days=countries.review_days(session),
    )
    known: dict[Any, Facts] = {}
    return [_source(row, lists, known) for row in rows]


@dataclass(frozen=True, slots=True)
class Lists:
    """What an offer may have several of, by service or by service at a location."""

    documents: Grouped
    languages: Grouped
    capacities: Grouped
    hours: Grouped
    statements: Grouped
    records: Mapping[uuid.UUID, Record]
    review_days: Mapping[str, Mapping[str, int]]
    """What country packs say of review intervals, by country."""


_FACTS: Final = ("status", "status_until", "minimum_age", "maximum_age", "cost", "wait_time_days",
                 "sensitivity", "assured_date", "verification_method", "confirmed_on",
                 "doubted_on", "intake", "intake_until", "valid_from", "valid_to",
                 "minimum_months_since_return", "maximum_months_since_return")  # fmt: skip
_FACT_LISTS: Final = (
    "sexes",
    "profiles",
    "return_modalities",
    "host_countries",
    "access_flags",
    "programmes",
    "residence_areas",
)


def _rows() -> Any:
    """One row per service at a location, with all that is single about it; lists as their JSON."""
    service = Service.__table__.c
    terms = (
        select(func.aggregate_strings(TaxonomyTerm.code, ";"))
        .join(Attribute, Attribute.taxonomy_term_id == TaxonomyTerm.id)
        .where(Attribute.link_id == Service.id, Attribute.link_entity == "service")
        .scalar_subquery()
    )
    address_country = (
        select(func.max(Address.country))
        .where(
            Address.location_id == ServiceAtLocation.location_id, Address.country != ""
        )
        .scalar_subquery()
    )
    return (
        select(
            ServiceAtLocation.id,
            ServiceAtLocation.service_id,
            Service.organization_id,
            Service.name,
            Service.is_demonstration,
            Location.latitude,
            Location.longitude,
            Location.area_id,
            func.coalesce(address_country, Area.country, Organization.country).label(
                "country"
            ),
            terms.label("terms"),
            Organization.provider_type,
            *(service[name] for name in _FACTS),
            *(cast(service[name], Text).label(name) for name in _FACT_LISTS),
        )
        .join(Service, Service.id == ServiceAtLocation.service_id)
        .join(Organization, Organization.id == Service.organization_id)
        .join(Location, Location.id == ServiceAtLocation.location_id)
        .outerjoin(Area, Area.id == Location.area_id)
    )


_FIRST_FACT: Final = 9
"""Columns from here on (the terms) say the same for equal offers."""


def _source(row: Any, lists: Lists, known: dict[Any, Facts]) -> OfferSource:
    statements = lists.statements.get(row.id, ())
    stated = [each for each in statements if not each.is_exclusion]
    wide = {each.kind for each in stated if each.area_id is None}
    key = (row[_FIRST_FACT:], *_listed(row, lists, stated))
    facts = known.get(key) or known.setdefault(key, _facts(row, lists, stated))
    return OfferSource(
        service_at_location_id=row.id,
        service_id=row.service_id,
        organization_id=row.organization_id,
        name=row.name,
        country=row.country,
        area_id=row.area_id,
        latitude=row.latitude,
        longitude=row.longitude,
        states_coverage=bool(stated),
        reach=next((str(kind) for kind in _WIDE if kind in wide), None),
        is_demonstration=row.is_demonstration,
        facts=facts,
    )


_WIDE: Final = (CoverageKind.NATIONAL, CoverageKind.REMOTE)


def _listed(row: Any, lists: Lists, stated: list[Any]) -> Iterator[Any]:
    """What the lists say of a row, in a form that can be compared."""
    for grouped in (lists.documents, lists.languages, lists.capacities):
        yield tuple(grouped.get(row.service_id, ()))
    yield tuple(lists.hours.get(row.id, ()))
    yield lists.records.get(row.id)
    yield _is_remote(stated)
    yield row.country if row.country in lists.review_days else None


def _is_remote(stated: list[Any]) -> bool:
    return any(each.kind == CoverageKind.REMOTE for each in stated)


def _facts(row: Any, lists: Lists, stated: list[Any]) -> Facts:
    terms = _sorted((row.terms or "").split(";"))
    documents = lists.documents.get(row.service_id, ())
    capacities = lists.capacities.get(row.service_id, ())
    capacity = max(capacities, key=lambda each: each.updated, default=None)
    if capacity is not None and capacity.available is None:
        capacity = None
    stated_lists = {
        name: _sorted(orjson.loads(row._mapping[name] or "null"))
        for name in _FACT_LISTS
    }
    return Facts(
        terms=terms,
        status=row.status or ServiceStatus.ACTIVE,
        status_until=row.status_until,
        minimum_age=row.minimum_age,
        maximum_age=row.maximum_age,
        sexes=stated_lists["sexes"],
        profiles=stated_lists["profiles"],
        documents=_sorted(each.code for each in documents),
        other_documents=_sorted(each.document for each in documents if not each.code),
        languages=_sorted(lists.languages.get(row.service_id)),
        cost=row.cost,
        access=stated_lists["access_flags"],
        capacity=capacity.available if capacity else None,
        capacity_on=capacity.updated.date() if capacity else None,
        wait_days=row.wait_time_days,
        assured_date=row.assured_date,
        verification=row.verification_method,
        confirmed_on=row.confirmed_on,
        doubted_on=row.doubted_on,
        review_days=_review_days(row, terms, lists),
        record=lists.records.get(row.id),
        return_modalities=stated_lists["return_modalities"],
        host_countries=stated_lists["host_countries"],
        programmes=stated_lists["programmes"],
        minimum_months_since_return=row.minimum_months_since_return,
        maximum_months_since_return=row.maximum_months_since_return,
        residence_areas=stated_lists["residence_areas"],
        intake=row.intake,
        intake_until=row.intake_until,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        hours="; ".join(filter(None, lists.hours.get(row.id, ()))) or None,
        is_remote=_is_remote(stated),
        sensitivity=row.sensitivity,
    )


def _review_days(row: Any, terms: tuple[str, ...], lists: Lists) -> int:
    return review_days(
        terms,
        sensitivity=row.sensitivity,
        provider_type=row.provider_type,
        stated=lists.review_days.get(row.country, NO_DAYS),
    )


def _sorted(values: Any) -> tuple[str, ...]:
    return tuple(sorted({value for value in values or () if value}))


def _grouped(session: Session, key: Any, ids: Ids, *columns: Any) -> Grouped:
    """Rows by ``key``; a single column gives its values."""
    found: dict[uuid.UUID, list[Any]] = defaultdict(list)
    for row in session.execute(
        select(*columns, key.label("owner")).where(among(session, key, ids))
    ):
        found[row.owner].append(row if len(columns) > 1 else row[0])
    return found


def _records(session: Session, ids: Ids) -> dict[uuid.UUID, Record]:
    """What became of the referrals to each offer, where there are enough to say so."""

    def count(condition: Any) -> Any:
        return func.sum(case((condition, 1), else_=0))

    query = (
        select(
            Referral.service_at_location_id,
            func.count().label("sent"),
            count(Referral.acknowledged_at <= Referral.acknowledge_due_at).label(
                "answered"
            ),
            count(Referral.state == "verified").label("confirmed"),
            count(Referral.state == "disputed").label("disputed"),
        )
        .where(
            among(session, Referral.service_at_location_id, ids),
            Referral.sent_at.is_not(None),
        )
        .group_by(Referral.service_at_location_id)
        .having(func.count() >= FEWEST_REFERRALS)
    )
    return {
        row.service_at_location_id: Record(
            sent=row.sent,
            answered=int(row.answered),
            confirmed=int(row.confirmed),
            disputed=int(row.disputed),
        )
        for row in session.execute(query)
    }
