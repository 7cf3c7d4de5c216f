"""Finds listings for a page of the directory: filters, text, order, counts beside the filters."""

import uuid
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from directory.authz import Actor
from directory.database import among
from directory.listings import filters as listing_filters
from directory.listings.filters import UNKNOWN, Filters, Sort
from directory.models import Area, Offer, Role
from directory.search import searching
from directory.search.engine import RANKED, WORD, Engine
from directory.search.searching import Hits
from directory.upkeep import scope

_BY_NAME: Final = (Offer.sort_name, Offer.service_at_location_id)


@dataclass(frozen=True, slots=True)
class Count:
    """How many listings there are with one value of a filter."""

    value: str
    count: int


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks, and on which day."""

    actor: Actor
    today: date


@dataclass(frozen=True, slots=True)
class Found:
    """One page of offers in order, how many there are in all, and what the text found.

    ``facets``, by filter name: how many listings each value would leave, most first.
    """

    offers: tuple[Offer, ...]
    total: int
    hits: Hits | None = None
    facets: Mapping[str, Sequence[Count]] = field(default_factory=dict)

    @property
    def corrected(self) -> str | None:
        """The spelling that was searched instead of the typed one."""
        return self.hits.corrected if self.hits else None

    @property
    def suggestion(self) -> str | None:
        """A spelling that may find more."""
        return self.hits.suggestion if self.hits else None

    @property
    def is_partial(self) -> bool:
        """Whether nothing has all the words, and these have some of them."""
        return self.hits is not None and self.hits.is_partial


def find(
    session: Session,
    engine: Engine,
    filters: Filters,
    *,
    reader: Reader,
    start: int,
    limit: int,
) -> Found:
    """Return the offers from ``start`` on that satisfy the filters, their number, and counts."""
    hits = search_text(session, engine, filters, actor=reader.actor)
    total, facets = count(session, filters, hits, reader=reader)
    if total <= start:
        return Found((), total, hits, facets)
    ordered = _page(session, filters, hits, reader=reader, start=start, limit=limit)
    return Found(tuple(ordered), total, hits, facets)


def search_text(
    session: Session, engine: Engine, filters: Filters, *, actor: Actor
) -> Hits | None:
    """Return the services whose text fits ``q``; None where no text is asked for."""
    if not filters.q.strip():
        return None
    return searching.search(
        session,
        engine,
        filters.q,
        country=filters.country,
        actor=actor,
        is_any=filters.is_any,
    )


def conditions(
    session: Session,
    filters: Filters,
    hits: Hits | None,
    *,
    actor: Actor,
    today: date,
) -> list[ColumnElement[bool]]:
    """Return all filters as conditions on ``Offer``, the text's hits included."""
    chosen = _chosen(session, filters, actor=actor, today=today)
    if hits is not None:
        chosen.append(hits.matches.condition(Offer.service_id))
    return chosen


def _chosen(
    session: Session,
    filters: Filters,
    *,
    actor: Actor,
    today: date,
    is_narrowed: bool = False,
) -> list[ColumnElement[bool]]:
    """All filters but the text; an authority's own listings are those inside its areas."""
    is_inside = filters.is_mine and actor.role is Role.AUTHORITY
    asked = replace(filters, is_mine=False) if is_inside else filters
    found = listing_filters.conditions(
        session, asked, actor=actor, today=today, is_narrowed=is_narrowed
    )
    return [*found, scope.kept_offers(session, actor)] if is_inside else found


def count(
    session: Session, filters: Filters, hits: Hits | None, *, reader: Reader
) -> tuple[int, dict[str, list[Count]]]:
    """Return how many listings fit, and how many each value of a filter would leave.

    A filter's own choice does not narrow its own counts; what the actor may not see is not counted.
    One pass over the rows, without these filters, makes a few hundred groups; they are counted here.
    """
    chosen = {
        "term": filters.term,
        "cost": filters.cost,
        "freshness": filters.freshness,
    }
    others = replace(filters, term=None, cost=None, freshness=None)
    tallies: dict[str, Counter[str]] = {name: Counter() for name in chosen}
    total = 0
    for values, number in _groups(session, others, hits, reader):
        missed = [
            name
            for name, value in chosen.items()
            if value and value not in values[name]
        ]
        total += 0 if missed else number
        for name, tally in tallies.items():
            if not set(missed) - {name}:
                tally.update(dict.fromkeys(values[name], number))
    return total, {name: _most_first(tally) for name, tally in tallies.items()}


def list_countries(session: Session, *, reader: Reader) -> list[str]:
    """Return the countries (ISO 3166-1) in which the actor may see a listing."""
    chosen = listing_filters.conditions(
        session, Filters(), actor=reader.actor, today=reader.today
    )
    has_one = exists().where(Offer.country == Area.code, *chosen)
    query = select(Area.code).where(Area.level == 0, Area.valid_to.is_(None), has_one)
    return sorted(session.scalars(query))


def _groups(
    session: Session, filters: Filters, hits: Hits | None, reader: Reader
) -> Iterator[tuple[Mapping[str, Collection[str]], int]]:
    """Count alike listings: their categories and leaves, cost and freshness, and how many."""
    chosen = conditions(session, filters, hits, actor=reader.actor, today=reader.today)
    band = listing_filters.band_of(reader.today)
    columns = (Offer.terms.label("terms"), Offer.cost.label("cost"), band.label("band"))
    query = (
        select(*columns, func.count().label("number"))
        .where(*chosen)
        .group_by(Offer.terms, Offer.cost, band)
    )
    for row in session.execute(query):
        codes = row.terms.split()
        values = {
            "term": {*codes, *(code.partition(".")[0] for code in codes)},
            "cost": {row.cost or UNKNOWN},
            "freshness": {row.band},
        }
        yield values, row.number


def _most_first(counter: Mapping[str, int]) -> list[Count]:
    ordered = sorted(counter.items(), key=lambda pair: (-pair[1], pair[0]))
    return [Count(value, count) for value, count in ordered]


def _page(
    session: Session,
    filters: Filters,
    hits: Hits | None,
    *,
    reader: Reader,
    start: int,
    limit: int,
) -> list[Offer]:
    sort = filters.sort or (Sort.RELEVANCE if hits else Sort.NAME)
    if sort is Sort.RELEVANCE and hits is not None:
        return _by_relevance(
            session, filters, hits, reader=reader, start=start, limit=limit
        )
    chosen = conditions(session, filters, hits, actor=reader.actor, today=reader.today)
    if filters.sort is None:
        return _outdated_last(session, chosen, reader=reader, start=start, limit=limit)
    order: tuple[Any, ...] = _BY_NAME
    if sort is Sort.VERIFIED:
        order = (Offer.assured_date.desc().nulls_last(), *_BY_NAME)
    elif sort is Sort.DISTANCE and filters.near is not None:
        order = (listing_filters.nearness(filters.near).asc().nulls_last(), *_BY_NAME)
    query = select(Offer).where(*chosen).order_by(*order).offset(start).limit(limit)
    return list(session.scalars(query))


def _outdated_last(
    session: Session,
    chosen: Sequence[ColumnElement[bool]],
    *,
    reader: Reader,
    start: int,
    limit: int,
) -> list[Offer]:
    """By name, and what is out of date behind everything else: two reads along the index of names."""
    current = (*chosen, ~listing_filters.is_outdated(reader.today))
    query = select(Offer).order_by(*_BY_NAME)
    page = list(session.scalars(query.where(*current).offset(start).limit(limit)))
    if len(page) < limit:
        counted = select(func.count()).select_from(Offer).where(*current)
        before = session.scalar(counted) or 0
        last = query.where(*chosen, listing_filters.is_outdated(reader.today))
        rest = last.offset(max(0, start - before)).limit(limit - len(page))
        page += session.scalars(rest)
    return page


def _rank(grade: int, *, is_outdated: bool) -> tuple[int, bool, int]:
    """The place of a hit: the more words found the better, and of equals what is out of date last.

    A name that was typed in full is found first whatever its age.
    """
    found = -(grade // WORD)
    is_whole_name = grade == found - found * WORD
    return (-found, is_outdated and not is_whole_name, grade)


def _by_relevance(
    session: Session,
    filters: Filters,
    hits: Hits,
    *,
    reader: Reader,
    start: int,
    limit: int,
) -> list[Offer]:
    """The best hits in their order, and behind them all others by name."""
    grade = hits.grades
    is_best = among(session, Offer.service_id, list(grade))
    chosen = _chosen(
        session, filters, actor=reader.actor, today=reader.today, is_narrowed=True
    )
    keys = select(
        Offer.service_at_location_id,
        Offer.service_id,
        Offer.sort_name,
        listing_filters.is_outdated(reader.today).label("is_outdated"),
    )
    best = session.execute(keys.where(*chosen, is_best)).all()
    ordered: list[uuid.UUID] = [
        row.service_at_location_id
        for row in sorted(
            best,
            key=lambda row: (
                _rank(grade[row.service_id], is_outdated=bool(row.is_outdated)),
                row.sort_name,
                row[0],
            ),
        )
    ]
    wanted = ordered[start : start + limit]
    query = select(Offer).where(Offer.service_at_location_id.in_(wanted))
    found = {offer.service_at_location_id: offer for offer in session.scalars(query)}
    page = [found[key] for key in wanted]
    if len(page) < limit and hits.matches.count > RANKED:
        chosen = conditions(
            session, filters, hits, actor=reader.actor, today=reader.today
        )
        others = (
            select(Offer)
            .where(*chosen, ~is_best)
            .order_by(*_BY_NAME)
            .offset(max(0, start - len(ordered)))
            .limit(limit - len(page))
        )
        page += session.scalars(others)
    return page
