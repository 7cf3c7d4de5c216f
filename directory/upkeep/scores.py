"""The score card: how much of what an authority or organization keeps is verified in time."""

import statistics
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, case, exists, func, select, true
from sqlalchemy.orm import Session

from directory import authz
from directory.areas import queries as areas
from directory.authz import Actor
from directory.database import among
from directory.models import (
    Area,
    Membership,
    Offer,
    Organization,
    Role,
    Service,
    UpkeepTask,
    User,
)
from directory.upkeep import scope, work

YEAR: Final = timedelta(days=365)
"""How far back corrections are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One line of the card; ``median_days`` is None where nothing was corrected yet."""

    id: uuid.UUID
    name: str
    code: str | None
    """An area's code; None for an organization."""
    listings: int
    in_time: int
    median_days: float | None
    open_tasks: int
    late_tasks: int

    @property
    def share(self) -> float:
        """The part that was verified in time, between 0 and 1."""
        return self.in_time / self.listings if self.listings else 0.0


@dataclass(slots=True)
class _Work:
    """The tasks of one keeper: days from opening to closing, how many are open and late."""

    days: list[float]
    open: int = 0
    late: int = 0


def of_authorities(
    session: Session, *, actor: Actor, language: str, now: datetime
) -> list[Score]:
    """Return a line for each area that an authority keeps; to an authority its own ones only."""
    keys = _authority_areas(session, actor)
    rows = session.scalars(select(Area).where(Area.id.in_(keys))).all()
    names = areas.names(session, keys, language)
    found = []
    for area in sorted(rows, key=lambda each: names.get(each.id, each.name)):
        below = sorted(areas.descendant_ids(session, [area.id]))
        inside = among(session, Offer.area_id, below)
        located = _located(session, below)
        total, in_time = _counts(session, actor, located, now.date())
        done = _together(_work(session, actor, now, where=inside).values())
        found.append(
            _score(
                area.id,
                names.get(area.id, area.name),
                area.code,
                total,
                in_time,
                done,
            )
        )
    return found


def of_organizations(
    session: Session, *, actor: Actor, now: datetime, start: int, limit: int
) -> tuple[list[Score], int]:
    """Return some of the organizations whose listings the actor keeps, the least verified first.

    The second value is how many organizations there are.
    """
    fresh = func.sum(case((Offer.due_on >= now.date(), 1), else_=0))
    kept = (_kept(session, actor), scope.in_use())
    share = fresh * 1.0 / func.count()
    rows = session.execute(
        select(
            Offer.organization_id,
            func.count().label("total"),
            fresh.label("fresh"),
            func.count().over().label("organizations"),
        )
        .where(*kept)
        .group_by(Offer.organization_id)
        .order_by(share, func.count().desc(), Offer.organization_id)
        .offset(start)
        .limit(limit)
    ).all()
    total = rows[0].organizations if rows else 0
    keys = [row.organization_id for row in rows]
    named = select(Organization.id, Organization.name).where(
        among(session, Organization.id, keys)
    )
    names = {row.id: row.name for row in session.execute(named)}
    done = _work(
        session,
        actor,
        now,
        where=among(session, Offer.organization_id, keys),
    )
    return [
        _score(
            row.organization_id,
            names.get(row.organization_id, ""),
            None,
            row.total,
            int(row.fresh),
            done[row.organization_id],
        )
        for row in rows
    ], total


def _kept(session: Session, actor: Actor) -> ColumnElement[bool]:
    """What the actor keeps; of an authority's listings each place counts for itself."""
    if actor.role is not Role.AUTHORITY:
        return scope.kept_offers(session, actor)
    inside = sorted(areas.descendant_ids(session, actor.area_ids))
    return and_(authz.visible_offers(actor), _located(session, inside))


def _located(session: Session, inside: Sequence[uuid.UUID]) -> ColumnElement[bool]:
    """Whether an offer lies in these areas, in a form that is read along ``ix_offer_kept``.

    That index holds everything a count needs; along the index of areas every row would be fetched.
    """
    among_them = among(session, Offer.area_id, inside)
    return case((Offer.area_id.is_not(None), among_them)).is_(true())


def _authority_areas(session: Session, actor: Actor) -> Sequence[uuid.UUID]:
    if not authz.sees_everything(actor):
        return sorted(actor.area_ids) if actor.role is Role.AUTHORITY else []
    query = (
        select(Membership.area_id)
        .join(User, User.id == Membership.user_id)
        .where(User.role == Role.AUTHORITY, Membership.area_id.is_not(None))
        .distinct()
    )
    return [key for key in session.scalars(query) if key is not None]


def _counts(
    session: Session, actor: Actor, condition: ColumnElement[bool], today: date
) -> tuple[int, int]:
    """How many listings there are, and how many of them were verified in time."""
    fresh = func.sum(case((Offer.due_on >= today, 1), else_=0))
    query = select(func.count(), fresh).where(
        authz.visible_offers(actor), scope.in_use(), condition
    )
    total, in_time = session.execute(query).one()
    return total, int(in_time or 0)


def _work(
    session: Session,
    actor: Actor,
    now: datetime,
    *,
    where: ColumnElement[bool],
) -> Mapping[uuid.UUID, _Work]:
    """The tasks of the last year, and all open ones, by organization."""
    chosen = exists().where(
        Offer.service_id == UpkeepTask.service_id, where, authz.visible_offers(actor)
    )
    rows = session.execute(
        select(
            Service.organization_id,
            UpkeepTask.state,
            UpkeepTask.due_on,
            UpkeepTask.opened_at,
            UpkeepTask.closed_at,
        )
        .join(Service, Service.id == UpkeepTask.service_id)
        .where(
            chosen,
            (UpkeepTask.state == work.OPEN) | (UpkeepTask.closed_at >= now - YEAR),
        )
    )
    found: dict[uuid.UUID, _Work] = defaultdict(lambda: _Work([]))
    for row in rows:
        _add(found[row.organization_id], row, now.date())
    return found


def _add(mine: _Work, row: Any, today: date) -> None:
    if row.state == work.OPEN:
        mine.open += 1
        mine.late += bool(row.due_on and row.due_on < today)
    elif row.closed_at is not None:
        mine.days.append((row.closed_at - row.opened_at).total_seconds() / 86400)


def _together(parts: Iterable[_Work]) -> _Work:
    found = _Work([])
    for part in parts:
        found.days += part.days
        found.open += part.open
        found.late += part.late
    return found


def _score(
    key: uuid.UUID, name: str, code: str | None, total: int, in_time: int, done: _Work
) -> Score:
    return Score(
        id=key,
        name=name,
        code=code,
        listings=total,
        in_time=in_time,
        median_days=statistics.median(done.days) if done.days else None,
        open_tasks=done.open,
        late_tasks=done.late,
    )
