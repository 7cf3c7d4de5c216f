"""Checks the websites of listings; two failures in a row open a task for their keepers."""

import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.models import LinkCheck, Offer, Sensitivity, Service
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
class Link:
    """A website and the listing that names it."""

    url: str
    service_id: uuid.UUID


def due_links(session: Session, *, now: datetime, limit: int = AT_ONCE) -> list[Link]:
    """Return websites not checked for a week, never those of protected listings."""
    query = (
        select(Service.url, Offer.service_id)
        .join(Service, Service.id == Offer.service_id)
        .outerjoin(LinkCheck, LinkCheck.url == Service.url)
        .where(
            Service.url.is_not(None),
            Service.url.startswith("http"),
            Service.sensitivity.in_((Sensitivity.L0, Sensitivity.L1)),
            Service.is_demonstration.is_(False),
            scope.in_use(),
            LinkCheck.url.is_(None) | (LinkCheck.checked_at < now - AGAIN_AFTER),
        )
        .order_by(LinkCheck.checked_at.nulls_first(), Offer.service_at_location_id)
        .limit(limit)
    )
    first: dict[str, uuid.UUID] = {}
    for url, service_id in session.execute(query):
        if url and len(url) <= LONGEST:
            first.setdefault(url, service_id)
    return [Link(url, service_id) for url, service_id in first.items()]


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


def _naming(session: Session, url: str) -> Sequence[uuid.UUID]:
    """The listings that name a website, but protected ones."""
    query = select(Service.id).where(
        Service.url == url,
        Service.sensitivity.in_((Sensitivity.L0, Sensitivity.L1)),
        Service.id.in_(select(Offer.service_id).where(scope.in_use())),
    )
    return session.scalars(query).all()
