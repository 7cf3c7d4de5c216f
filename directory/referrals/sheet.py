"""Puts the printed sheet of a person together: services by need, what was not found, what to bring."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from geoalchemy2 import WKBElement
from geoalchemy2.shape import to_shape
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.areas import queries as areas
from directory.authz import Actor
from directory.cases import queries as cases
from directory.countries import queries as countries
from directory.listings import facts as offer_facts
from directory.listings import freshness, hours, standing, stored, texts
from directory.listings import queries as listings
from directory.listings.hours import Days
from directory.listings.record import ListingRecord
from directory.matching import case_needs
from directory.matching import queries as matching
from directory.matching.coverage import Status
from directory.matching.queries import Match, MatchResult, Reason
from directory.models import (
    Area,
    Case,
    Need,
    Offer,
    Referral,
    Sensitivity,
    TaxonomyTerm,
)
from directory.referrals import clocks, queries
from directory.referrals.states import OPEN, TERMINAL, State
from directory.tokens import grouped
from geo import sketch
from geo.points import Point
from geo.sketch import Sketch

SUGGESTED: Final = 3
"""How many services a need shows that nobody has chosen yet."""
CONDITIONS: Final = frozenset(
    {
        "age",
        "sex",
        "profile",
        "documents",
        "return_modality",
        "host_country",
        "programme",
        "months_since_return",
        "residence",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One service on the sheet. A neutral one shows phones only: no name, no place, no kind."""

    number: int
    name: texts.Text | None
    organization: texts.Text | None
    address: texts.Text | None
    landmark: texts.Text | None
    way: texts.Text | None
    alert: texts.Text | None
    area_names: tuple[str, ...]
    point: Point | None
    week: tuple[Days, ...]
    hours_text: str | None
    phones: tuple[str, ...]
    cost: str | None
    fees: texts.Text | None
    documents: tuple[str, ...]
    conditions: texts.Text | None
    to_prove: tuple[Reason, ...]
    freshness: freshness.Freshness
    state: State | None
    """The state of the referral; None where nothing was sent."""
    is_chosen: bool
    """False: found by the match, arranged by nobody."""

    @property
    def is_neutral(self) -> bool:
        """Whether the sheet must not tell what kind of service this is (DOMAIN 5)."""
        return self.name is None


@dataclass(frozen=True, slots=True)
class Section:
    """One need; ``term_name`` is empty where even the need must stay unsaid."""

    term_name: str
    entries: tuple[Entry, ...]
    is_gap: bool
    """Nothing was found that serves the place and fits the person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What the template prints."""

    case_code: str
    place: str | None
    sections: tuple[Section, ...]
    documents: tuple[str, ...]
    sketch: Sketch | None


def build(
    session: Session, *, case: Case, actor: Actor, language: str, now: datetime
) -> Sheet:
    """The sheet of a case in a language, as far as ``actor`` may know the services."""
    needs = [need for need in case.needs if need.status in {"open", "gap"}]
    found = _match(session, case, needs, actor=actor, language=language, now=now)
    chosen = _chosen(session, case, actor=actor, language=language, now=now)
    picked = {need.id: _picks(need, chosen, found) for need in needs}
    keys = {pick.key for picks in picked.values() for pick in picks}
    shelf = _Shelf(session, keys, language=language, now=now)
    names = cases.term_names(
        session,
        [need.term for need in needs],
        language=language,
        country=case.return_country,
    )
    quiet = _quiet_terms(session, [need.term for need in needs])
    numbers: dict[uuid.UUID, int] = {}
    sections = []
    for need in needs:
        entries = []
        for pick in picked[need.id]:
            number = numbers.setdefault(pick.key, len(numbers) + 1)
            entries.append(shelf.entry(pick, number))
        is_gap = not entries and (found is None or need.term in found.gaps)
        name = "" if need.term in quiet else names.get(need.term, need.term)
        sections.append(Section(name, tuple(entries), is_gap))
    return Sheet(
        case_code=grouped(case.code),
        place=cases.place_name(session, case, language) or None,
        sections=tuple(sections),
        documents=_documents(sections),
        sketch=_sketch(session, case, sections),
    )


@dataclass(frozen=True, slots=True)
class _Pick:
    """A service picked for a need."""

    key: uuid.UUID
    is_chosen: bool
    state: State | None
    match: Match | None


def _match(
    session: Session,
    case: Case,
    needs: Sequence[Need],
    *,
    actor: Actor,
    language: str,
    now: datetime,
) -> MatchResult | None:
    asked = case_needs.needs_of(
        case,
        [need.term for need in needs],
        language=language,
        today=now.date(),
        limit=500,
    )
    return None if asked is None else matching.match(session, actor, asked, now)


def _chosen(
    session: Session, case: Case, *, actor: Actor, language: str, now: datetime
) -> list[tuple[uuid.UUID, uuid.UUID | None, State | None]]:
    """(service at a location, need, state): what was sent and is not over, then the shortlist."""
    chosen: list[tuple[uuid.UUID, uuid.UUID | None, State | None]] = [
        (one.service_at_location_id, one.need_id, clocks.state_now(one, now=now))
        for one in queries.of_case(session, case.id)
        if _belongs(one)
    ]
    taken = {(key, need) for key, need, _ in chosen}
    for kept in cases.shortlist(session, case, actor=actor, language=language):
        pair = (kept.item.service_at_location_id, kept.item.need_id)
        if kept.offer is not None and pair not in taken:
            chosen.append((*pair, None))
    return chosen


def _belongs(referral: Referral) -> bool:
    return referral.state in OPEN - {State.DRAFT} or referral.state == State.VERIFIED


def _picks(
    need: Need,
    chosen: Sequence[tuple[uuid.UUID, uuid.UUID | None, State | None]],
    found: MatchResult | None,
) -> list[_Pick]:
    """What was chosen for a need; else the best that match, but never unasked for a quiet one."""
    matches = [one for one in found.matches if one.term == need.term] if found else []
    by_key = {one.service_at_location_id: one for one in matches}
    picks = [
        _Pick(key, True, state, by_key.get(key))
        for key, need_id, state in chosen
        if need_id == need.id or (need_id is None and key in by_key)
    ]
    if picks:
        return picks
    public = [one for one in matches if one.sensitivity == Sensitivity.L0]
    return [
        _Pick(one.service_at_location_id, False, None, one)
        for one in public[:SUGGESTED]
    ]


class _Shelf:
    """The records of all services on a sheet, read at once."""

    def __init__(
        self,
        session: Session,
        keys: set[uuid.UUID],
        *,
        language: str,
        now: datetime,
    ) -> None:
        self._session, self._language, self._now = session, language, now
        self._offers: Mapping[uuid.UUID, Offer] = {
            offer.service_at_location_id: offer
            for offer in session.scalars(
                select(Offer).where(Offer.service_at_location_id.in_(keys))
            )
        }
        self._records = stored.read_records(session, list(keys))

    def entry(self, pick: _Pick, number: int) -> Entry:
        """One service in the sheet's language; a sensitive one without what would tell on it."""
        offer = self._offers[pick.key]
        record = listings.shown(self._records[pick.key], offer.sensitivity)
        quiet = offer.sensitivity != Sensitivity.L0
        facts = offer_facts.load(offer.facts)
        known = None if quiet else record
        return Entry(
            number=number,
            name=self._text(known, "service_name"),
            organization=self._text(known, "organization_name"),
            address=self._text(known, "address"),
            landmark=self._text(known, "landmark"),
            way=self._text(known, "transportation"),
            alert=self._alert(known),
            area_names=() if quiet else self._areas(offer),
            point=None if quiet else _point(record),
            week=() if quiet else self._week(record, offer),
            hours_text=None if quiet else record.opening_hours,
            phones=tuple(filter(None, [record.phone])),
            cost=None if quiet else offer.cost,
            fees=self._text(known, "fees_description"),
            documents=() if quiet else record.required_documents,
            conditions=self._text(known, "eligibility_description"),
            to_prove=() if quiet else _to_prove(pick.match),
            freshness=freshness.of(facts, self._now.date()),
            state=pick.state,
            is_chosen=pick.is_chosen,
        )

    def _alert(self, record: ListingRecord | None) -> texts.Text | None:
        """What must be known just now, until its last day."""
        if record is None or not standing.of(record, self._now.date()).has_alert:
            return None
        return self._text(record, "alert")

    def _text(self, record: ListingRecord | None, column: str) -> texts.Text | None:
        return texts.choose(record, column, self._language) if record else None

    def _areas(self, offer: Offer) -> tuple[str, ...]:
        names = listings.area_names(
            self._session, offer.area_id, self._language, offer.sensitivity
        )
        return names[::-1]

    def _week(self, record: ListingRecord, offer: Offer) -> tuple[Days, ...]:
        return hours.usual_week(
            record.opening_hours,
            self._now.date(),
            offer.country,
            countries.packs(self._session),
        )


def _point(record: ListingRecord) -> Point | None:
    if record.latitude is None or record.longitude is None:
        return None
    return Point(latitude=record.latitude, longitude=record.longitude)


def _to_prove(match: Match | None) -> tuple[Reason, ...]:
    """Conditions of which nobody knows yet whether the person meets them."""
    if match is None:
        return ()
    return tuple(
        reason
        for reason in match.reasons
        if reason.code in CONDITIONS and reason.status is Status.UNKNOWN
    )


def _quiet_terms(session: Session, terms: Sequence[str]) -> set[str]:
    """Needs that a sheet must not name, because someone may read it over a shoulder."""
    return set(
        session.scalars(
            select(TaxonomyTerm.code).where(
                TaxonomyTerm.code.in_(set(terms)),
                TaxonomyTerm.default_sensitivity != Sensitivity.L0,
            )
        )
    )


def _documents(sections: Sequence[Section]) -> tuple[str, ...]:
    """Everything to bring, each once, in the order of the services."""
    needed = [
        document
        for section in sections
        for entry in section.entries
        if entry.state not in TERMINAL
        for document in entry.documents
    ]
    return tuple(dict.fromkeys(needed))


def _sketch(session: Session, case: Case, sections: Sequence[Section]) -> Sketch | None:
    home = None
    if case.latitude is not None and case.longitude is not None:
        home = Point(latitude=case.latitude, longitude=case.longitude)
    places = {
        entry.number: entry.point
        for section in sections
        for entry in section.entries
        if entry.point is not None
    }
    return sketch.draw(
        home=home,
        places=sorted(places.items()),
        outlines=[to_shape(geometry) for geometry in _outlines(session, case)],
    )


def _outlines(session: Session, case: Case) -> list[WKBElement]:
    """The borders round the place of return, the country first."""
    rows = session.execute(
        select(Area.level, Area.geometry)
        .where(Area.id.in_(_areas_round(session, case)), Area.geometry.is_not(None))
        .order_by(Area.level)
    )
    return [row.geometry for row in rows]


def _areas_round(session: Session, case: Case) -> list[uuid.UUID]:
    if case.area_id is not None:
        above = areas.ancestors(session, case.area_id)
        return [*(area.id for area in above), case.area_id]
    if case.latitude is None or case.longitude is None:
        return []
    holding = areas.areas_containing(session, case.latitude, case.longitude)
    return [area.id for area in holding]
