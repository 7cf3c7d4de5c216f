"""Finds listings for a page of the directory: filters, text, order, counts beside the filters."""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from directory.authz import Actor
from directory.database import among
from directory.listings import filters as listing_filters
from directory.listings.filters import UNKNOWN, Filters, Sort
from directory.models import Offer, OfferTerm
from directory.search import searching
from directory.search.engine import Engine
from directory.search.searching import Hits

NAMED_FIRST: Final = 400
"""So many of the best hits are put in order of relevance; the rest follow by name."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many listings there are with one value of a filter."""

    value: str
    count: int


@dataclass(frozen=True, slots=True)
class Found:
    """One page of offers in order, how many there are in all, and what the text found."""

    offers: tuple[Offer, ...]
    total: int
    hits: Hits | None = None

    @property
    def corrected(self) -> str | None:
        """The spelling that was searched instead of the typed one."""
        return self.hits.corrected if self.hits else None

    @property
    def suggestion(self) -> str | None:
        """A spelling that may find more."""
        return self.hits.suggestion if self.hits else None


def find(
    session: Session,
    engine: Engine,
    filters: Filters,
    *,
    actor: Actor,
    today: date,
    start: int,
    limit: int,
) -> Found:
    """Return the offers from ``start`` on that satisfy the filters, and their number."""
    hits = search_text(session, engine, filters, actor=actor)
    chosen = conditions(session, filters, hits, actor=actor, today=today)
    total = session.scalar(select(func.count()).select_from(Offer).where(*chosen)) or 0
    if not total:
        return Found((), 0, hits)
    sort = filters.sort or (Sort.RELEVANCE if hits else Sort.NAME)
    ordered = _page(session, chosen, filters, sort, hits, start=start, limit=limit)
    return Found(tuple(ordered), total, hits)


def search_text(
    session: Session, engine: Engine, filters: Filters, *, actor: Actor
) -> Hits | None:
    """Return the services whose text fits ``q``; None where no text is asked for."""
    if not filters.q.strip():
        return None
    return searching.search(
        session, engine, filters.q, country=filters.country, actor=actor
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
    chosen = listing_filters.conditions(session, filters, actor=actor, today=today)
    if hits is not None:
        chosen.append(among(session, Offer.service_id, hits.ids))
    return chosen


def count_facets(
    session: Session,
    filters: Filters,
    hits: Hits | None,
    *,
    actor: Actor,
    today: date,
) -> dict[str, list[Count]]:
    """Return, by filter name, how many listings each value would leave, most first.

    A filter's own choice does not narrow its own counts; what the actor may not see is not counted.
    """
    band = listing_filters.band_of(today)
    plain: Mapping[str, Any] = {"cost": Offer.cost, "freshness": band}
    facets: dict[str, list[Count]] = {}
    free = {
        name: column for name, column in plain.items() if not getattr(filters, name)
    }
    if free:
        chosen = conditions(session, filters, hits, actor=actor, today=today)
        facets |= _grouped(session, free, chosen)
    for name in plain.keys() - free.keys():
        others = _without(filters, name)
        chosen = conditions(session, others, hits, actor=actor, today=today)
        facets |= _grouped(session, {name: plain[name]}, chosen)
    others = replace(filters, term=None)
    chosen = conditions(session, others, hits, actor=actor, today=today)
    facets["term"] = _terms(session, chosen, filters.term)
    return facets


def list_countries(session: Session, *, actor: Actor) -> list[str]:
    """Return the countries (ISO 3166-1) in which the actor may see a listing."""
    visible = listing_filters.conditions(
        session, Filters(), actor=actor, today=date.max
    )
    query = select(Offer.country).where(Offer.country.is_not(None), *visible).distinct()
    return sorted(session.scalars(query))


def _without(filters: Filters, name: str) -> Filters:
    return (
        replace(filters, cost=None)
        if name == "cost"
        else replace(filters, freshness=None)
    )


def _grouped(
    session: Session, columns: Mapping[str, Any], chosen: Sequence[ColumnElement[bool]]
) -> dict[str, list[Count]]:
    """Count every column in one pass over the rows."""
    names = list(columns)
    query = (
        select(
            *(columns[name].label(name) for name in names), func.count().label("number")
        )
        .where(*chosen)
        .group_by(*(columns[name] for name in names))
    )
    counters: dict[str, Counter[str]] = {name: Counter() for name in names}
    for row in session.execute(query):
        for name in names:
            counters[name][getattr(row, name) or UNKNOWN] += row.number
    return {name: _most_first(counter) for name, counter in counters.items()}


def _terms(
    session: Session, chosen: Sequence[ColumnElement[bool]], term: str | None
) -> list[Count]:
    """Count categories; below a chosen category, its leaves."""
    letters = "abcdefghijklmnopqrstuvwxyz_"
    # The part before the dot, in functions that every database has.
    head = func.rtrim(func.rtrim(OfferTerm.term, letters), ".")
    group: Any = func.coalesce(func.nullif(head, ""), OfferTerm.term)
    query = (
        select(
            group.label("value"),
            func.count(func.distinct(Offer.service_at_location_id)),
        )
        .join(Offer, Offer.service_at_location_id == OfferTerm.service_at_location_id)
        .where(*chosen)
        .group_by(group)
    )
    counter: Counter[str] = Counter(dict(session.execute(query).all()))
    if term:
        category = term.partition(".")[0]
        leaves = (
            select(OfferTerm.term, func.count())
            .join(
                Offer, Offer.service_at_location_id == OfferTerm.service_at_location_id
            )
            .where(*chosen, OfferTerm.term.startswith(f"{category}.", autoescape=True))
            .group_by(OfferTerm.term)
        )
        counter.update(dict(session.execute(leaves).all()))
    return _most_first(counter)


def _most_first(counter: Mapping[str, int]) -> list[Count]:
    ordered = sorted(counter.items(), key=lambda pair: (-pair[1], pair[0]))
    return [Count(value, count) for value, count in ordered]


def _page(
    session: Session,
    chosen: Sequence[ColumnElement[bool]],
    filters: Filters,
    sort: Sort,
    hits: Hits | None,
    *,
    start: int,
    limit: int,
) -> list[Offer]:
    if sort is Sort.RELEVANCE and hits is not None:
        return _by_relevance(session, chosen, hits, start=start, limit=limit)
    by_name = (Offer.sort_name, Offer.service_at_location_id)
    order: tuple[Any, ...] = by_name
    if sort is Sort.VERIFIED:
        order = (Offer.assured_date.desc().nulls_last(), *by_name)
    elif sort is Sort.DISTANCE and filters.near is not None:
        order = (listing_filters.nearness(filters.near).asc().nulls_last(), *by_name)
    query = select(Offer).where(*chosen).order_by(*order).offset(start).limit(limit)
    return list(session.scalars(query))


def _by_relevance(
    session: Session,
    chosen: Sequence[ColumnElement[bool]],
    hits: Hits,
    *,
    start: int,
    limit: int,
) -> list[Offer]:
    """The best hits in their order, and behind them all others by name."""
    first = hits.ids[:NAMED_FIRST]
    rank = {key: number for number, key in enumerate(first)}
    keys = select(Offer.service_at_location_id, Offer.service_id, Offer.sort_name)
    best = session.execute(
        keys.where(*chosen, among(session, Offer.service_id, first))
    ).all()
    ordered: list[uuid.UUID] = [
        row.service_at_location_id
        for row in sorted(
            best, key=lambda row: (rank[row.service_id], row.sort_name, row[0])
        )
    ]
    wanted = ordered[start : start + limit]
    found = {}
    if wanted:
        query = select(Offer).where(Offer.service_at_location_id.in_(wanted))
        found = {
            offer.service_at_location_id: offer for offer in session.scalars(query)
        }
    page = [found[key] for key in wanted]
    if len(page) < limit and len(hits.ids) > NAMED_FIRST:
        rest = (
            select(Offer)
            .where(*chosen, ~among(session, Offer.service_id, first))
            .order_by(Offer.sort_name, Offer.service_at_location_id)
            .offset(max(0, start - len(ordered)))
            .limit(limit - len(page))
        )
        page += session.scalars(rest)
    return page
