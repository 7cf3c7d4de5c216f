"""The calendar of what ends (O5.3): money and agreements that services of an area stand on."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from directory import authz
from directory.authz import Action, Actor
from directory.database import among
from directory.insights import ground as grounds
from directory.insights.ground import Ground, Owned
from directory.models import Agreement, Funding

MONTHS: Final = 12
"""How many months the calendar shows, the present one included."""


class Kind(StrEnum):
    """What ends."""

    FUNDING = "funding"
    AGREEMENT = "agreement"


@dataclass(frozen=True, slots=True)
class Ending:
    """One last day, and the services of one organization that stand on what ends then."""

    on: date
    kind: Kind
    payer: str | None
    organization_id: uuid.UUID
    organization: str
    services: tuple[tuple[uuid.UUID, str], ...]


Key = tuple[date, Kind, str, uuid.UUID]


def find(
    session: Session, ground: Ground, *, actor: Actor, today: date
) -> dict[date, list[Ending]]:
    """Return what ends from today on, for services that reach the ground, by the first of its month.

    Of agreements those alone are told who may read them. Protected services are named nowhere.
    """
    services = grounds.owned(session, ground)
    ends: dict[Key, set[uuid.UUID]] = defaultdict(set)
    for key, service_ids in _of_funding(session, services, today):
        ends[key] |= service_ids
    if authz.may(actor, Action.SEE_AGREEMENTS):
        for key, service_ids in _of_agreements(session, services, today):
            ends[key] |= service_ids
    names = grounds.names(
        session,
        services=(each for own in ends.values() for each in own),
        providers=(key[3] for key in ends),
    )
    months: dict[date, list[Ending]] = defaultdict(list)
    for key in sorted(ends):
        months[key[0].replace(day=1)].append(_ending(key, ends[key], names))
    return dict(months)


def last_month(today: date) -> date:
    """Return the first day of the last month that the calendar shows."""
    return _month(today, MONTHS - 1)


def _before(today: date) -> date:
    """The first day after the calendar."""
    return _month(today, MONTHS)


def _month(today: date, ahead: int) -> date:
    number = today.year * 12 + today.month - 1 + ahead
    return date(number // 12, number % 12 + 1, 1)


def _of_funding(
    session: Session, services: set[Owned], today: date
) -> Iterable[tuple[Key, set[uuid.UUID]]]:
    """The last days of who pays for a service, or for the whole of its organization."""
    owner = {each.service_id: each.organization_id for each in services}
    by_owner = _by_owner(services)
    of_service = among(session, Funding.service_id, sorted(owner))
    of_organization = and_(
        Funding.service_id.is_(None),
        among(session, Funding.organization_id, sorted(by_owner)),
    )
    rows = session.scalars(
        select(Funding).where(
            Funding.valid_to >= today,
            Funding.valid_to < _before(today),
            or_(of_service, of_organization),
        )
    )
    for row in rows:
        payer, last_day = row.source or "", row.valid_to
        if last_day is None:
            continue
        if row.service_id is not None:
            key = (last_day, Kind.FUNDING, payer, owner[row.service_id])
            yield key, {row.service_id}
        elif row.organization_id is not None:
            key = (last_day, Kind.FUNDING, payer, row.organization_id)
            yield key, by_owner[row.organization_id]


def _of_agreements(
    session: Session, services: set[Owned], today: date
) -> Iterable[tuple[Key, set[uuid.UUID]]]:
    by_owner = _by_owner(services)
    query = select(Agreement.organization_id, Agreement.valid_to).where(
        Agreement.valid_to >= today,
        Agreement.valid_to < _before(today),
        among(session, Agreement.organization_id, sorted(by_owner)),
    )
    for organization_id, last_day in session.execute(query):
        if last_day is not None:
            key = (last_day, Kind.AGREEMENT, "", organization_id)
            yield key, by_owner[organization_id]


def _by_owner(services: set[Owned]) -> dict[uuid.UUID, set[uuid.UUID]]:
    found: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    for each in services:
        found[each.organization_id].add(each.service_id)
    return found


def _ending(
    key: Key, service_ids: set[uuid.UUID], names: Mapping[uuid.UUID, str]
) -> Ending:
    last_day, kind, payer, organization_id = key
    return Ending(
        last_day,
        kind,
        payer or None,
        organization_id,
        names[organization_id],
        grounds.by_name(service_ids, names),
    )
