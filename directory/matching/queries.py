"""Answers a match: who serves this place, fits this person, and why."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from directory import authz, naming
from directory.areas import queries as areas
from directory.authz import Actor
from directory.database import among, fetch
from directory.listings.facts import Facts
from directory.matching import candidates, ranking, residence, whereabouts
from directory.matching import needs as asked
from directory.matching.coverage import DEFAULT_REACH_KM, Status
from directory.matching.needs import Needs
from directory.matching.ranking import Question, Ranked
from directory.matching.verdicts import NameOfArea, NameOfTerm, NamesOfAreas
from directory.matching.whereabouts import Whereabouts
from directory.models import (
    Area,
    AreaName,
    Offer,
    OfferTerm,
    Organization,
    Service,
    TaxonomyTerm,
    Translation,
)
from directory.text import Names


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One criterion as shown: message ids with their values, names already in the reader's language."""

    code: str
    status: Status
    weight: float
    value: float
    reason: str
    remedy: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One service at a location for one need, with all that a reader is shown.

    ``kilometres`` is ``None`` where there is no distance or it may not be told. ``covered_by`` is
    the kind of statement that reaches the place, empty for a near miss that none reaches.
    """

    service_id: uuid.UUID
    service_at_location_id: uuid.UUID
    organization_id: uuid.UUID
    external_id: str | None
    name: str
    name_language: str
    organization_name: str
    term: str
    service_terms: tuple[str, ...]
    score: float
    kilometres: float | None
    is_approximate: bool
    covered_by: str
    area_name: str
    country: str | None
    is_demonstration: bool
    facts: Facts
    reasons: tuple[Reason, ...]

    @property
    def sensitivity(self) -> str:
        """Who may know of it."""
        return self.facts.sensitivity

    @property
    def failures(self) -> tuple[Reason, ...]:
        """What is not met."""
        return tuple(each for each in self.reasons if each.status is Status.NOT_MET)


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchResult:
    """The answer. ``totals`` counts the matches of each need, also those beyond the limit."""

    matches: tuple[Match, ...]
    not_matched: tuple[Match, ...]
    questions: tuple[Question, ...]
    gaps: tuple[str, ...]
    totals: Mapping[str, int]
    place: Whereabouts

    @property
    def total(self) -> int:
        """All matches for all needs."""
        return sum(self.totals.values())


def match(
    session: Session,
    actor: Actor,
    needs: Needs,
    now: datetime,
    *,
    reach_km: float = DEFAULT_REACH_KM,
) -> MatchResult:
    """Match ``needs`` against what ``actor`` may see; raises UnknownTerm, UnknownArea.

    ``reach_km``: how far a service reaches that states no coverage.
    """
    session.flush()
    today = now.date()
    wanted = asked.wanted(session, needs.terms)
    place = whereabouts.find(session, needs, today=today)
    found = candidates.find(
        session, place=place, visible=authz.visible_offers(actor), reach_km=reach_km
    )
    home = residence.find(session, needs.person, place)
    ranked = ranking.rank(
        needs, wanted, found, place=place, today=today, residence=home
    )
    listed = [*ranked.matches, *ranked.not_matched]
    details = _details(
        session, [each.service_at_location_id for each in listed], needs.language
    )
    names = _Names(session, listed, details.values(), needs.language)
    shown = [_shown(each, details, names, place, needs.language) for each in listed]
    return MatchResult(
        matches=tuple(shown[: len(ranked.matches)]),
        not_matched=tuple(shown[len(ranked.matches) :]),
        questions=ranked.questions,
        gaps=ranked.gaps,
        totals=ranked.totals,
        place=place,
    )


_NAMED = (NameOfArea, NameOfTerm, NamesOfAreas)


class _Names:
    """The names of areas and terms that results and their reasons speak of."""

    def __init__(
        self,
        session: Session,
        listed: Iterable[Ranked],
        rows: Iterable[Any],
        language: str,
    ) -> None:
        spoken_of = {
            value
            for each in listed
            for judged in each.judged
            for value in judged.verdict.values.values()
            if type(value) in _NAMED
        }
        area_ids = [each.area_id for each in spoken_of if isinstance(each, NameOfArea)]
        area_ids += [row.area_id for row in rows if row.area_id is not None]
        own = select(Area.id, func.coalesce(AreaName.name, Area.name)).outerjoin(
            AreaName, and_(AreaName.area_id == Area.id, AreaName.language == language)
        )
        asked = among(session, Area.id, list(dict.fromkeys(area_ids)))
        self._names: dict[Any, str] = {
            NameOfArea(key): name for key, name in fetch(session, own.where(asked))
        }
        self._lists: dict[NamesOfAreas, Names] = {}
        for each in spoken_of:
            if isinstance(each, NamesOfAreas):
                self._lists[each] = _area_names(session, each.codes, language)
        codes = [each.code for each in spoken_of if isinstance(each, NameOfTerm)]
        query = select(TaxonomyTerm.code, TaxonomyTerm.name, TaxonomyTerm.names)
        for row in fetch(session, query.where(TaxonomyTerm.code.in_(codes))):
            self._names[NameOfTerm(row.code)] = row.names.get(language) or row.name

    def of_area(self, area_id: uuid.UUID | None) -> str:
        """The name of an area; empty for none."""
        return "" if area_id is None else self._names.get(NameOfArea(area_id), "")

    def _named(self, value: Any) -> Any:
        if isinstance(value, NamesOfAreas):
            return self._lists[value]
        return self._names[value] if type(value) in _NAMED else value

    def fill(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """Put names in place of what stands for them."""
        if not values:
            return values
        return {key: self._named(value) for key, value in values.items()}


def _area_names(session: Session, codes: Sequence[str], language: str) -> Names:
    """The names of areas by their codes; a code that is not loaded stands for itself."""
    rows = areas.areas_by_codes(session, codes)
    names = areas.names(session, [row.id for row in rows.values()], language)
    return Names(
        tuple(names[rows[code].id] if code in rows else code for code in codes)
    )


def _details(
    session: Session, keys: Sequence[uuid.UUID], language: str
) -> dict[uuid.UUID, Any]:
    """What the readers see of each listed offer besides its facts."""
    terms = (
        select(func.aggregate_strings(OfferTerm.term, ";"))
        .where(OfferTerm.service_at_location_id == Offer.service_at_location_id)
        .scalar_subquery()
    )
    query = (
        select(
            Offer.service_at_location_id,
            Offer.service_id,
            Offer.organization_id,
            Offer.area_id,
            Offer.country,
            Offer.is_demonstration,
            Service.external_id,
            Service.language,
            Offer.name,
            Translation.text.label("translated_name"),
            naming.organization_name(language).label("organization_name"),
            terms.label("terms"),
        )
        .join(Service, Service.id == Offer.service_id)
        .join(Organization, Organization.id == Offer.organization_id)
        .outerjoin(
            Translation,
            and_(
                Translation.entity == "service",
                Translation.entity_id == Offer.service_id,
                Translation.field == "name",
                Translation.language == language,
            ),
        )
        .where(among(session, Offer.service_at_location_id, list(dict.fromkeys(keys))))
    )
    return {row.service_at_location_id: row for row in fetch(session, query)}


def _shown(
    ranked: Ranked,
    details: Mapping[uuid.UUID, Any],
    names: _Names,
    place: Whereabouts,
    language: str,
) -> Match:
    row = details[ranked.service_at_location_id]
    return Match(
        service_id=row.service_id,
        service_at_location_id=ranked.service_at_location_id,
        organization_id=row.organization_id,
        external_id=row.external_id,
        name=row.translated_name or row.name,
        name_language=language if row.translated_name else row.language,
        organization_name=row.organization_name,
        term=ranked.term,
        service_terms=tuple(sorted((row.terms or "").split(";"))),
        score=ranked.score,
        kilometres=ranked.kilometres,
        is_approximate=place.is_area and ranked.kilometres is not None,
        covered_by=""
        if ranked.reach.status is Status.NOT_MET
        else str(ranked.reach.kind),
        area_name=names.of_area(row.area_id),
        country=row.country,
        is_demonstration=row.is_demonstration,
        facts=ranked.facts,
        reasons=tuple(
            Reason(
                code=judged.code,
                status=judged.verdict.status,
                weight=judged.weight,
                value=round(judged.verdict.value, 4),
                reason=judged.verdict.reason,
                remedy=judged.verdict.remedy,
                values=names.fill(judged.verdict.values),
            )
            for judged in ranked.judged
        ),
    )
