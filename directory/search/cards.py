"""What one line of a list says of an offer, in the reader's language; seven statements for a page."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.areas import queries as areas
from directory.countries import queries as countries
from directory.listings import facts, freshness, hours, local_time, queries
from directory.listings.hours import Day
from directory.listings.queries import WITHOUT_PLACE
from directory.models import Offer, Organization, Service
from directory.taxonomy import queries as taxonomy
from geo.distance import geodesic_km
from geo.points import Point

SUMMARY_LENGTH: Final = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One listing in a list. ``distance_km`` is geodesic; None for restricted ones."""

    service_id: uuid.UUID
    service_at_location_id: uuid.UUID
    name: str
    organization_id: uuid.UUID
    organization: str
    term: str
    category: str
    terms: tuple[str, ...]
    summary: str
    place: tuple[str, ...]
    country: str | None
    latitude: float | None
    longitude: float | None
    distance_km: float | None
    cost: str | None
    languages: tuple[str, ...]
    hours: str | None
    today: Day | None
    status: str
    sensitivity: str
    freshness: freshness.Freshness
    is_remote: bool
    is_demonstration: bool


def make_cards(
    session: Session,
    offers: Sequence[Offer],
    *,
    language: str,
    now: datetime,
    near: Point | None = None,
) -> list[Card]:
    """Return a card for each offer, in the same order."""
    loaded = [facts.as_of(offer.facts, now.date()) for offer in offers]
    texts = _Texts(session, offers, language)
    names = taxonomy.term_names(
        session, {t for each in loaded for t in each.terms}, language
    )
    places = _place_names(session, offers, language)
    packs = countries.packs(session)
    return [
        Card(
            service_id=offer.service_id,
            service_at_location_id=offer.service_at_location_id,
            name=texts.name(offer),
            organization_id=offer.organization_id,
            organization=texts.organization(offer),
            term=next(iter(each.terms), ""),
            category=_category(session, offer, each, names, language),
            terms=each.terms,
            summary=texts.summary(offer),
            place=places.get(offer.service_at_location_id, ()),
            country=offer.country,
            latitude=None if offer.sensitivity in WITHOUT_PLACE else offer.latitude,
            longitude=None if offer.sensitivity in WITHOUT_PLACE else offer.longitude,
            distance_km=_distance(offer, near),
            cost=each.cost,
            languages=each.languages,
            hours=each.hours,
            today=_today(offer, each, now, packs),
            status=each.status,
            sensitivity=offer.sensitivity,
            freshness=freshness.of(each, now.date()),
            is_remote=each.is_remote,
            is_demonstration=offer.is_demonstration,
        )
        for offer, each in zip(offers, loaded, strict=True)
    ]


def _category(
    session: Session,
    offer: Offer,
    each: facts.Facts,
    names: Mapping[str, str],
    language: str,
) -> str:
    """What the first category is called, in the words of the listing's country."""
    first = next(iter(each.terms), "")
    own = countries.labels(session, offer.country, language)
    return own.get(first) or names.get(first, "")


class _Texts:
    """Names and descriptions of some offers, translated where there is a translation."""

    def __init__(
        self, session: Session, offers: Sequence[Offer], language: str
    ) -> None:
        services = {offer.service_id for offer in offers}
        organizations = {offer.organization_id for offer in offers}
        about = select(Service.id, Service.description).where(Service.id.in_(services))
        called = select(Organization.id, Organization.name).where(
            Organization.id.in_(organizations)
        )
        self.descriptions = {row.id: row.description for row in session.execute(about)}
        self.organizations = {row.id: row.name for row in session.execute(called)}
        keys = [*services, *organizations]
        self.translated: Mapping[tuple[uuid.UUID, str], str] = queries.texts_in(
            session, keys, language
        )

    def name(self, offer: Offer) -> str:
        return self.translated.get((offer.service_id, "name")) or offer.name

    def organization(self, offer: Offer) -> str:
        key = offer.organization_id
        return self.translated.get((key, "name")) or self.organizations.get(key, "")

    def summary(self, offer: Offer) -> str:
        key = offer.service_id
        text = (
            self.translated.get((key, "description"))
            or self.descriptions.get(key)
            or ""
        )
        first = " ".join(text.split())
        if len(first) <= SUMMARY_LENGTH:
            return first
        return f"{first[:SUMMARY_LENGTH].rsplit(' ', 1)[0]} …"


def _place_names(
    session: Session, offers: Sequence[Offer], language: str
) -> dict[uuid.UUID, tuple[str, ...]]:
    """The deepest area and its first-level one; of restricted listings only the latter."""
    homes = {offer.area_id for offer in offers if offer.area_id}
    chains = areas.chains(session, homes)
    names = areas.names(
        session, {area.id for chain in chains.values() for area in chain}, language
    )
    places = {}
    for offer in offers:
        chain = chains.get(offer.area_id, []) if offer.area_id else []
        if offer.sensitivity in WITHOUT_PLACE:
            chain = [area for area in chain if area.level <= 1]
        inner = [area for area in chain if area.level >= 1] or chain
        shown = [inner[-1], inner[0]] if len(inner) > 1 else inner
        places[offer.service_at_location_id] = tuple(names[area.id] for area in shown)
    return places


def _distance(offer: Offer, near: Point | None) -> float | None:
    if near is None or offer.latitude is None or offer.longitude is None:
        return None
    if offer.sensitivity in WITHOUT_PLACE:
        return None
    return geodesic_km(near, Point(latitude=offer.latitude, longitude=offer.longitude))


def _today(
    offer: Offer, each: facts.Facts, now: datetime, packs: hours.Packs
) -> Day | None:
    local = local_time.likeliest(now, offer.country, offer.longitude)
    return next(iter(hours.week(each.hours, local.date(), offer.country, packs)), None)
