"""Makes the documents of the index from the listings: words in every language, marks, level."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.database import among
from directory.listings import reference
from directory.models import (
    Address,
    Location,
    Offer,
    OfferTerm,
    Organization,
    Sensitivity,
    Service,
    ServiceAtLocation,
    Translation,
)
from directory.search.analyzers import all_words, mark, spellings, stem
from directory.search.engine import Document


@dataclass(slots=True)
class _Source:
    """What one service says, gathered from its places."""

    organization_id: uuid.UUID | None = None
    countries: set[str] = field(default_factory=set)
    level: Sensitivity = Sensitivity.L0
    names: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    marks: set[str] = field(default_factory=set)


def make_documents(
    session: Session, services: Sequence[uuid.UUID]
) -> dict[str, list[Document]]:
    """Return the documents of these services by country; services that are gone have none.

    Listings without a country are filed under the empty name.
    """
    sources: dict[uuid.UUID, _Source] = defaultdict(_Source)
    _read_offers(session, services, sources)
    _read_texts(session, services, sources)
    _read_translations(session, services, sources)
    found: dict[str, list[Document]] = defaultdict(list)
    for service_id, source in sources.items():
        if source.organization_id is None:
            continue
        words = all_words([*source.names, *source.texts]) | source.marks
        document = Document(
            service_id=service_id,
            organization_id=source.organization_id,
            level=source.level,
            name=all_words(source.names),
            words=words,
            spellings=_spellings([*source.names, *source.texts]),
        )
        for country in source.countries or {""}:
            found[country].append(document)
    return found


def _read_offers(
    session: Session,
    services: Sequence[uuid.UUID],
    sources: Mapping[uuid.UUID, _Source],
) -> None:
    """Read owner, level, country, categories and areas from the derived rows."""
    query = select(
        Offer.service_id,
        Offer.organization_id,
        Offer.country,
        Offer.sensitivity,
        Offer.area_id,
    ).where(among(session, Offer.service_id, services))
    rows = session.execute(query).all()
    chains = reference.area_chains(session, {row.area_id for row in rows})
    marks = {
        key: {mark("area", each.hex) for each in chain} for key, chain in chains.items()
    }
    for row in rows:
        source = sources[row.service_id]
        source.organization_id = row.organization_id
        source.level = max(source.level, Sensitivity(row.sensitivity))
        if row.country:
            source.countries.add(row.country)
        source.marks |= marks.get(row.area_id, set())
    terms = (
        select(Offer.service_id, OfferTerm.term)
        .join(
            OfferTerm, OfferTerm.service_at_location_id == Offer.service_at_location_id
        )
        .where(among(session, Offer.service_id, services))
    )
    codes: dict[str, set[str]] = {}
    for service_id, term in session.execute(terms):
        if term not in codes:
            codes[term] = {mark("term", term), mark("term", term.partition(".")[0])}
        sources[service_id].marks |= codes[term]


def _read_texts(
    session: Session,
    services: Sequence[uuid.UUID],
    sources: Mapping[uuid.UUID, _Source],
) -> None:
    query = (
        select(
            Service.id,
            Service.name,
            Service.alternate_name,
            Service.description,
            Organization.name.label("organization"),
            Location.name.label("place"),
            Location.landmark,
            Address.address_1,
        )
        .join(Organization, Organization.id == Service.organization_id)
        .join(ServiceAtLocation, ServiceAtLocation.service_id == Service.id)
        .join(Location, Location.id == ServiceAtLocation.location_id)
        .outerjoin(Address, Address.location_id == Location.id)
        .where(among(session, Service.id, services))
    )
    for row in session.execute(query):
        source = sources.get(row.id)
        if source is None:
            continue
        source.names += _given(row.name, row.alternate_name)
        texts = (
            row.description,
            row.organization,
            row.place,
            row.landmark,
            row.address_1,
        )
        source.texts += _given(*texts)


def _read_translations(
    session: Session,
    services: Sequence[uuid.UUID],
    sources: Mapping[uuid.UUID, _Source],
) -> None:
    """Read the other languages of services, and of their organizations and places."""
    owners: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    query = (
        select(Service.id, Service.organization_id, ServiceAtLocation.location_id)
        .join(ServiceAtLocation, ServiceAtLocation.service_id == Service.id)
        .where(among(session, Service.id, services))
    )
    for service_id, organization_id, location_id in session.execute(query):
        for key in (service_id, organization_id, location_id):
            owners[key].add(service_id)
    columns = (
        Translation.entity_id,
        Translation.entity,
        Translation.field,
        Translation.text,
    )
    texts = select(*columns).where(among(session, Translation.entity_id, list(owners)))
    for row in session.execute(texts):
        for service_id in owners[row.entity_id]:
            source = sources.get(service_id)
            if source is not None:
                is_name = (row.entity, row.field) == ("service", "name")
                (source.names if is_name else source.texts).append(row.text)


def _spellings(texts: Iterable[str]) -> frozenset[str]:
    written = {word for text in texts for word in spellings(text)}
    return frozenset(word for word in written if stem(word) != word)


def _given(*texts: Any) -> Iterable[str]:
    return [text for text in texts if text]
