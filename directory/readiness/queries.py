"""Checks a country before it goes live (O1.2g): areas, gazetteer, actors, critical services, texts."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from directory import authz
from directory.areas import queries as areas
from directory.areas.queries import AreaRow
from directory.authz import Action, Actor
from directory.countries import queries as countries
from directory.countries.packs import Pack
from directory.errors import NotFound
from directory.listings import filters
from directory.listings.facts import CRITICAL_TERMS
from directory.listings.freshness import Band
from directory.models import (
    Area,
    Offer,
    OfferTerm,
    Organization,
    Place,
    Sensitivity,
    Service,
    ServiceStatus,
    TaxonomyTerm,
    Translation,
)
from directory.profiles import queries as profiles
from directory.taxonomy.codes import PROVIDER_TYPES
from directory.text import N_

COUNTED: Final = (Sensitivity.L0, Sensitivity.L1)
"""Protected services (L2, L3) are counted nowhere (DOMAIN section 5)."""
HOST_TERMS: Final = ("legal.aid", "legal.asylum", "protection.child")
"""Beside what keeps people alive: legal ways, asylum and child protection (O1.2g)."""
CRITICAL: Final = tuple(sorted({*CRITICAL_TERMS, *HOST_TERMS, "arrival.reception"}))
ENOUGH_VERIFIED: Final = 0.8
ENOUGH_TRANSLATED: Final = 0.8


class State(StrEnum):
    """How one thing stands. ``missing`` keeps a country from being ready; ``partly`` does not."""

    OK = "ok"
    PARTLY = "partly"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that was looked at: a message id, its values, and the category or actor it names.

    ``term`` and ``provider_type`` are codes whose label belongs before the sentence.
    """

    state: State
    message: str
    values: Mapping[str, Any] = field(default_factory=dict)
    term: str | None = None
    provider_type: str | None = None


@dataclass(frozen=True, slots=True)
class Readiness:
    """All that was looked at in a country."""

    country: AreaRow
    items: tuple[Item, ...]

    @property
    def is_ready(self) -> bool:
        """Whether nothing that it must have is missing."""
        return all(item.state is not State.MISSING for item in self.items)

    @property
    def lacking(self) -> tuple[Item, ...]:
        """What is missing or not whole."""
        return tuple(item for item in self.items if item.state is not State.OK)


def check(session: Session, *, actor: Actor, country: str, today: date) -> Readiness:
    """Look at everything; raises NotFound for an unknown country, NotYours for other roles."""
    authz.require(actor, Action.SEE_READINESS)
    area = areas.area_by_code(session, country)
    if area is None or area.level != 0:
        raise NotFound
    pack = countries.pack_of(session, country)
    counted = and_(
        Offer.country == country,
        Offer.sensitivity.in_(COUNTED),
        Offer.status == ServiceStatus.ACTIVE,
        filters.in_force(today),
    )
    items = (
        *_of_pack(pack),
        *_of_areas(session, country),
        *_of_actors(session, counted, pack),
        *_of_critical_terms(session, counted),
        *_of_verification(session, counted, today),
        *_of_texts(session, counted, pack),
    )
    return Readiness(area, items)


def _of_pack(pack: Pack | None) -> Iterator[Item]:
    if pack is None:
        yield Item(State.MISSING, N_("There is no country pack yet."))
    else:
        yield Item(
            State.OK,
            N_("There is a country pack, version %(version)s."),
            {"version": pack.version or "–"},
        )


def _of_areas(session: Session, country: str) -> Iterator[Item]:
    rows = session.execute(
        select(Area.level, func.count(), func.count(Area.geometry))
        .where(Area.country == country, Area.valid_to.is_(None), Area.level > 0)
        .group_by(Area.level)
        .order_by(Area.level)
    ).all()
    if not rows:
        yield Item(State.MISSING, N_("No areas below the country are known."))
    for level, number, outlined in rows:
        yield Item(
            State.OK if outlined == number else State.PARTLY,
            N_(
                "Level %(level)s: %(number)s areas with codes, %(outlined)s with outlines."
            ),
            {"level": level, "number": number, "outlined": outlined},
        )
    if rows and max(row[0] for row in rows) < 2:
        yield Item(
            State.PARTLY,
            N_("Districts (level 2) are not loaded: places are known by region only."),
        )
    if rows:
        yield _of_profiles(session, country)
    towns = select(func.count()).select_from(Place).where(Place.country == country)
    found = session.scalar(towns) or 0
    yield Item(
        State.OK if found else State.MISSING,
        N_("The gazetteer knows %(number)s towns and villages."),
        {"number": found},
    )


def _of_profiles(session: Session, country: str) -> Item:
    """Regions of which it is written what life and work there are like."""
    regions = session.scalars(
        select(Area.id).where(
            Area.country == country, Area.level == 1, Area.valid_to.is_(None)
        )
    ).all()
    number = profiles.count_with(session, regions)
    return Item(
        State.OK if number == len(regions) else State.PARTLY,
        N_("%(number)s of %(total)s regions have a profile of life and work there."),
        {"number": number, "total": len(regions)},
    )


def _of_actors(
    session: Session, counted: ColumnElement[bool], pack: Pack | None
) -> Iterator[Item]:
    """Each kind of provider that must be there, by its services."""
    wanted: Sequence[str] = pack.provider_types if pack else tuple(PROVIDER_TYPES)
    rows = session.execute(
        select(Organization.provider_type, func.count(Offer.service_id.distinct()))
        .join(Offer, Offer.organization_id == Organization.id)
        .where(counted)
        .group_by(Organization.provider_type)
    )
    number: Counter[str | None] = Counter({row[0]: row[1] for row in rows})
    absent = State.MISSING if pack else State.PARTLY
    for kind in wanted:
        yield Item(
            State.OK if number[kind] else absent,
            N_("Services of such providers: %(number)s"),
            {"number": number[kind]},
            provider_type=kind,
        )


def _of_critical_terms(
    session: Session, counted: ColumnElement[bool]
) -> Iterator[Item]:
    """Each critical kind of service; protected kinds are named, and never counted."""
    levels = {
        row.code: row.default_sensitivity
        for row in session.execute(
            select(TaxonomyTerm.code, TaxonomyTerm.default_sensitivity).where(
                TaxonomyTerm.code.in_(CRITICAL)
            )
        )
    }
    rows = session.execute(
        select(OfferTerm.term, func.count())
        .join(Offer, Offer.service_at_location_id == OfferTerm.service_at_location_id)
        .where(counted, OfferTerm.term.in_(CRITICAL))
        .group_by(OfferTerm.term)
    )
    number: Counter[str] = Counter({row[0]: row[1] for row in rows})
    for term in CRITICAL:
        if term not in levels:
            continue
        yield Item(
            State.OK if number[term] else _absent(term),
            N_("Services: %(number)s"),
            {"number": number[term]},
            term=term,
        )


def _absent(term: str) -> State:
    """Where nobody applies for asylum, advice on it is not missed."""
    return State.PARTLY if term == "legal.asylum" else State.MISSING


def _of_verification(
    session: Session, counted: ColumnElement[bool], today: date
) -> Iterator[Item]:
    rows = session.execute(
        select(filters.band_of(today).label("band"), func.count())
        .where(counted)
        .group_by("band")
    )
    number: Counter[str] = Counter({row[0]: row[1] for row in rows})
    total = number.total()
    share = number[Band.FRESH] / total if total else 0.0
    yield Item(
        State.MISSING
        if not total
        else State.OK
        if share >= ENOUGH_VERIFIED
        else State.PARTLY,
        N_("%(fresh)s of %(total)s services are verified in time."),
        {"fresh": number[Band.FRESH], "total": total},
    )


def _of_texts(
    session: Session, counted: ColumnElement[bool], pack: Pack | None
) -> Iterator[Item]:
    """Services whose name and description can be read in each language of the country."""
    services = select(Offer.service_id).where(counted).distinct()
    total = session.scalar(select(func.count()).select_from(services.subquery())) or 0
    for language in pack.languages if pack else ():
        own = select(Service.id).where(
            Service.id.in_(services), Service.language == language
        )
        translated = select(Translation.entity_id).where(
            Translation.entity_id.in_(services),
            Translation.language == language,
            Translation.field == "name",
        )
        found = len({*session.scalars(own), *session.scalars(translated)})
        enough = total and found / total >= ENOUGH_TRANSLATED
        yield Item(
            State.OK if enough else State.PARTLY,
            N_("%(found)s of %(total)s services can be read in %(language)s."),
            {"found": found, "total": total, "language": language},
        )
