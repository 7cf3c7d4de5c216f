"""Checks the websites of listings; two failures in a row open a task for their keepers."""

import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from directory.models import (
    LinkCheck,
    Location,
    Offer,
    Organization,
    Sensitivity,
    Service,
    ServiceAtLocation,
    Url,
)
from directory.upkeep import fetching, kinds, scope, work
from directory.upkeep.fetching import Answer

AT_ONCE: Final = 50
"""Addresses checked in one run."""
AGAIN_AFTER: Final = timedelta(days=7)
FAILURES: Final = 2
AT_A_TIME: Final = 8
FEWEST_TELLING: Final = 5
"""When so many addresses all fail to connect, it is our own line that is down."""
LONGEST: Final = 2000
Ask = Callable[[str], Answer]


@dataclass(frozen=True, slots=True)
class Source:
    """A column that holds websites, and how a service or offer leads to it."""

    column: Any
    joins: tuple[tuple[Any, ColumnElement[bool]], ...] = ()
    is_of_organization: bool = False


_SOURCES: Final = (
    Source(Service.url),
    Source(Url.url, ((Url, Url.service_id == Service.id),)),
    Source(
        Location.url,
        (
            (ServiceAtLocation, ServiceAtLocation.id == Offer.service_at_location_id),
            (Location, Location.id == ServiceAtLocation.location_id),
        ),
    ),
    Source(
        Organization.website,
        ((Organization, Organization.id == Service.organization_id),),
        is_of_organization=True,
    ),
    Source(
        Url.url,
        ((Url, Url.organization_id == Service.organization_id),),
        is_of_organization=True,
    ),
)


@dataclass(frozen=True, slots=True)
class Link:
    """A website that somebody's listing, place or organization names."""

    url: str


def due_links(session: Session, *, now: datetime, limit: int = AT_ONCE) -> list[Link]:
    """Return websites not checked for a week, the longest waiting first.

    Those of services, of their organizations and of their places; never those that only protected
    listings name.
    """
    waiting: list[tuple[bool, datetime, str]] = []
    for source in _SOURCES:
        column = source.column
        query = (
            _offers(source, column, LinkCheck.checked_at)
            .outerjoin(LinkCheck, LinkCheck.url == column)
            .where(
                column.startswith("http"),
                func.length(column) <= LONGEST,
                *_open_to_checks(),
                LinkCheck.url.is_(None) | (LinkCheck.checked_at < now - AGAIN_AFTER),
            )
            .distinct()
            .order_by(LinkCheck.checked_at.nulls_first(), column)
            .limit(limit)
        )
        for url, checked_at in session.execute(query):
            waiting.append((checked_at is not None, checked_at or now, url))
    waiting.sort(key=lambda each: each[:2])
    urls = dict.fromkeys(url for _, _, url in waiting)
    return [Link(url) for url in urls][:limit]


def ask_all(links: Sequence[Link], ask: Ask = fetching.ask) -> dict[str, Answer]:
    """Ask every address, a few at a time; needs no database."""
    urls = [link.url for link in links]
    with ThreadPoolExecutor(max_workers=AT_A_TIME) as pool:
        return dict(zip(urls, pool.map(ask, urls), strict=True))


def note_answers(
    session: Session,
    links: Sequence[Link],
    answers: dict[str, Answer],
    *,
    now: datetime,
) -> int:
    """Keep what was answered, open tasks for what failed twice, and return how many opened.

    A run in which everything fails to connect says nothing about the websites: it is not kept.
    """
    mute = [answer for answer in answers.values() if answer.status is None]
    if len(mute) == len(answers) >= FEWEST_TELLING:
        return 0
    opened = 0
    for link in links:
        answer = answers[link.url]
        check = session.get(LinkCheck, link.url) or LinkCheck(url=link.url, failures=0)
        check.checked_at, check.status = now, answer.status
        check.failures = 0 if answer.is_alive else check.failures + 1
        session.add(check)
        if check.failures == FAILURES:
            for service_id in _naming(session, link.url):
                work.open_task(
                    session, service_id=service_id, kind=kinds.DEAD_LINK, now=now
                )
                opened += 1
    session.flush()
    return opened


def _offers(source: Source, *columns: Any) -> Select[Any]:
    """A query of columns of offers that reaches as far as a source."""
    query = select(*columns).select_from(Offer)
    query = query.join(Service, Service.id == Offer.service_id)
    for table, condition in source.joins:
        query = query.join(table, condition)
    return query


def _open_to_checks() -> tuple[ColumnElement[bool], ...]:
    """Listings in use that are neither protected nor a demonstration."""
    return (
        Service.sensitivity.in_((Sensitivity.L0, Sensitivity.L1)),
        Service.is_demonstration.is_(False),
        scope.in_use(),
    )


def _naming(session: Session, url: str) -> Sequence[uuid.UUID]:
    """The listings that a dead website is a task of, but protected ones.

    Those that name it themselves or by their place; of an organization that names it, one.
    """
    found: dict[uuid.UUID, None] = {}
    for source in _SOURCES:
        query = (
            _offers(source, Offer.service_id, Offer.organization_id)
            .where(source.column == url, *_open_to_checks())
            .order_by(Offer.service_at_location_id)
        )
        rows = session.execute(query).all()
        if source.is_of_organization:
            one = {row.organization_id: row.service_id for row in reversed(rows)}
            found |= dict.fromkeys(one.values())
        else:
            found |= dict.fromkeys(row.service_id for row in rows)
    return list(found)
