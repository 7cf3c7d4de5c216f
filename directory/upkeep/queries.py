"""Reads what waits to be checked: the keepers' queue, and the next listing of a call session."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from directory.areas import queries as areas
from directory.authz import Actor
from directory.database import among
from directory.listings import facts as offer_facts
from directory.listings import freshness, proposals, reports
from directory.listings.freshness import Freshness
from directory.models import (
    ListingReport,
    Offer,
    Organization,
    Phone,
    Proposal,
    Sensitivity,
    UpkeepTask,
    Verification,
)
from directory.upkeep import scope, work

MOST_COUNTED: Final = 1000
"""A queue is counted so far and no further: longer ones are said to hold more."""


class Show(StrEnum):
    """The parts of the queue, the most urgent first."""

    RED = "red"
    TASKS = "tasks"
    REPORTED = "reported"
    PROPOSED = "proposed"
    DUE = "due"
    UNVERIFIED = "unverified"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What of the queue is asked for; ``area`` is a code."""

    show: Show
    area: str | None = None
    organization_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One listing of the queue."""

    service_id: uuid.UUID
    name: str
    organization: str
    is_public: bool
    freshness: Freshness
    phones: tuple[str, ...]
    tasks: tuple[UpkeepTask, ...]
    reports: tuple[ListingReport, ...]
    last: Verification | None


def queue(
    session: Session,
    wanted: Wanted,
    *,
    actor: Actor,
    today: date,
    start: int,
    limit: int,
) -> list[Row]:
    """Return some listings of one part of the queue, those longest overdue first."""
    query = select(Offer).where(
        *_chosen(session, wanted, actor=actor), _part(wanted.show, today)
    )
    order: Any = Offer.due_on
    if wanted.show is Show.TASKS:
        first = (
            select(UpkeepTask.service_id, func.min(UpkeepTask.due_on).label("due_on"))
            .where(UpkeepTask.state == work.OPEN)
            .group_by(UpkeepTask.service_id)
            .subquery()
        )
        query = query.join(first, first.c.service_id == Offer.service_id)
        order = first.c.due_on
    query = query.order_by(order, Offer.stale_on, Offer.service_at_location_id)
    found = session.scalars(query.offset(start).limit(limit)).all()
    return rows_of(session, found, today=today)


def counts(
    session: Session, wanted: Wanted, *, actor: Actor, today: date
) -> dict[Show, int]:
    """Return how long each part of the queue is, at most ``MOST_COUNTED`` + 1."""
    chosen = _chosen(session, wanted, actor=actor)
    return {show: _count(session, [*chosen, _part(show, today)]) for show in Show}


def to_call(
    session: Session, *, actor: Actor, today: date, skip: int = 0
) -> Row | None:
    """Return the listing to call next: red ones, those to try again, due ones, tasks, the rest.

    Only listings with a phone number, and none that is to be tried on a later day. ``skip``: how
    many to pass over.
    """
    kept = scope.kept_offers(session, actor)
    base = [kept, _first_place(), _has_phone(), _may_try(today)]
    seen: dict[uuid.UUID, Offer] = {}
    for condition in (
        (Offer.due_on < today) & (Offer.stale_on < today),
        _to_try_again(today),
        Offer.due_on < today,
        _with_task(),
        Offer.due_on.is_(None),
    ):
        query = (
            select(Offer)
            .where(*base, condition)
            .order_by(Offer.due_on, Offer.stale_on, Offer.service_at_location_id)
            .limit(skip + 1)
        )
        for offer in session.scalars(query):
            seen.setdefault(offer.service_id, offer)
        if len(seen) > skip:
            return rows_of(session, [list(seen.values())[skip]], today=today)[0]
    return None


def count_due(session: Session, *, actor: Actor, today: date) -> int:
    """Return how many listings the actor keeps whose check is due, at most ``MOST_COUNTED`` + 1."""
    kept = scope.kept_offers(session, actor)
    due = scope.in_use() & (Offer.due_on < today)
    return _count(session, [kept, _first_place(), due])


def rows_of(session: Session, offers: Sequence[Offer], *, today: date) -> list[Row]:
    """Return what the queue shows of these offers, with a handful of statements for all."""
    services = [offer.service_id for offer in offers]
    names: dict[uuid.UUID, str] = {
        row.id: row.name
        for row in session.execute(
            select(Organization.id, Organization.name).where(
                among(
                    session, Organization.id, [each.organization_id for each in offers]
                )
            )
        )
    }
    phones = _by_service(session, Phone, services, Phone.id)
    tasks = _by_service(
        session, UpkeepTask, services, UpkeepTask.due_on, state=work.OPEN
    )
    said = _by_service(
        session, ListingReport, services, ListingReport.reported_at, state=reports.OPEN
    )
    checks = _by_service(session, Verification, services, Verification.checked_at)
    return [
        Row(
            service_id=offer.service_id,
            name=offer.name,
            organization=names.get(offer.organization_id, ""),
            is_public=offer.sensitivity == Sensitivity.L0,
            freshness=freshness.of(offer_facts.load(offer.facts), today),
            phones=_numbers(phones[offer.service_id]),
            tasks=tuple(tasks[offer.service_id]),
            reports=tuple(said[offer.service_id]),
            last=checks[offer.service_id][-1] if checks[offer.service_id] else None,
        )
        for offer in offers
    ]


def _chosen(
    session: Session, wanted: Wanted, *, actor: Actor
) -> list[ColumnElement[bool]]:
    """What the actor keeps, in the area and of the organization asked for."""
    found = [scope.kept_offers(session, actor), _first_place()]
    if wanted.organization_id is not None:
        found.append(Offer.organization_id == wanted.organization_id)
    if wanted.area:
        area = areas.area_by_code(session, wanted.area)
        below = areas.descendant_ids(session, [area.id]) if area else set()
        found.append(scope.lying_in(session, sorted(below)))
    return found


def _part(show: Show, today: date) -> ColumnElement[bool]:
    match show:
        case Show.RED:
            return scope.in_use() & (Offer.due_on < today) & (Offer.stale_on < today)
        case Show.DUE:
            return scope.in_use() & (Offer.due_on < today) & (Offer.stale_on >= today)
        case Show.UNVERIFIED:
            return scope.in_use() & Offer.due_on.is_(None)
        case Show.TASKS:
            return _with_task()
        case Show.REPORTED:
            said = select(ListingReport.service_id).where(
                ListingReport.state == reports.OPEN
            )
            return Offer.service_id.in_(said)
        case Show.PROPOSED:
            waiting = select(Proposal.service_id).where(
                Proposal.state.in_(proposals.OPEN)
            )
            return Offer.service_id.in_(waiting)


def _first_place() -> ColumnElement[bool]:
    """One row for each service, whatever the number of its places."""
    other = Offer.__table__.alias()
    return ~exists().where(
        other.c.service_id == Offer.service_id,
        other.c.service_at_location_id < Offer.service_at_location_id,
    )


def _with_task() -> ColumnElement[bool]:
    waiting = select(UpkeepTask.service_id).where(UpkeepTask.state == work.OPEN)
    return Offer.service_id.in_(waiting)


def _has_phone() -> ColumnElement[bool]:
    return exists().where(Phone.service_id == Offer.service_id, Phone.number != "")


def _may_try(today: date) -> ColumnElement[bool]:
    """Listings in use that nobody wants to try again on a later day only."""
    later = ~exists().where(
        Verification.service_id == Offer.service_id, Verification.next_try > today
    )
    return scope.in_use() & later


def _to_try_again(today: date) -> ColumnElement[bool]:
    later = Verification.__table__.alias()
    return Offer.service_id.in_(
        select(Verification.service_id).where(
            Verification.next_try <= today,
            ~exists().where(
                later.c.service_id == Verification.service_id,
                later.c.checked_at > Verification.checked_at,
            ),
        )
    )


def _count(session: Session, conditions: Iterable[ColumnElement[bool]]) -> int:
    some = select(Offer.service_id).where(*conditions).limit(MOST_COUNTED + 1)
    return session.scalar(select(func.count()).select_from(some.subquery())) or 0


def _by_service(
    session: Session,
    model: Any,
    services: Sequence[uuid.UUID],
    order: Any,
    **values: str,
) -> Mapping[uuid.UUID, list[Any]]:
    found: dict[uuid.UUID, list[Any]] = defaultdict(list)
    query = (
        select(model)
        .where(among(session, model.service_id, services))
        .filter_by(**values)
        .order_by(order)
    )
    for row in session.scalars(query):
        found[row.service_id].append(row)
    return found


def _numbers(phones: Iterable[Phone]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.number for each in phones if each.number))
