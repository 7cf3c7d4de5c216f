"""Reads advisories for staff, and the open cases that one concerns; authz says who may."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory import authz
from directory.advisories import reach
from directory.advisories.reach import Spot, Standing
from directory.areas import queries as areas
from directory.areas import recalled
from directory.areas.recalled import Kept
from directory.authz import Action, Actor
from directory.database import among
from directory.errors import NotFound
from directory.models import AreaAdvisory, Case, Offer, Referral, User


@dataclass(frozen=True, slots=True)
class Listed:
    """One advisory in the list. ``place`` is the area's name, empty for a drawn shape."""

    advisory: Standing
    place: str
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class Shelves:
    """All advisories by what they are today; none is ever left out."""

    in_force: list[Listed]
    to_come: list[Listed]
    ended: list[Listed]
    """Ended without anybody having lifted them: somebody must look."""
    lifted: list[Listed]


@dataclass(frozen=True, slots=True)
class Concerned:
    """An open case that an advisory concerns: by its home, or by services it was referred to."""

    case_id: uuid.UUID
    code: str
    place: str
    is_home: bool
    referrals: int


def shelves(session: Session, *, actor: Actor, today: date, language: str) -> Shelves:
    """Return all advisories for staff; raises NotFound for everybody else."""
    require_reader(actor)
    standing = reach.read(session)
    names = _names(session, standing, language)
    found = Shelves([], [], [], [])
    for one in standing:
        listed = Listed(one, names.get(one.area_id, ""), one.is_overdue(today))
        if one.is_lifted:
            found.lifted.append(listed)
        elif one.is_in_force(today):
            found.in_force.append(listed)
        elif one.valid_from > today:
            found.to_come.append(listed)
        else:
            found.ended.append(listed)
    return found


def get(session: Session, advisory_id: uuid.UUID, *, actor: Actor) -> Standing:
    """Return one advisory for staff; raises NotFound for everybody else."""
    require_reader(actor)
    found = reach.read(session, AreaAdvisory.id == advisory_id)
    if not found:
        raise NotFound
    return found[0]


def place_name(session: Session, advisory: Standing, *, language: str) -> str:
    """Return the name of the advisory's area; empty for a drawn shape."""
    return _names(session, [advisory], language).get(advisory.area_id, "")


def issuer_name(session: Session, advisory: Standing) -> str | None:
    """Return the name of the account that issued the advisory."""
    name: str | None = session.scalar(
        select(User.name).where(User.id == advisory.issued_by)
    )
    return name


def overlay(session: Session, *, actor: Actor, today: date) -> list[Standing]:
    """Return the advisories in force that a map shows this actor: none but to staff."""
    if not authz.may(actor, Action.SEE_ADVISORIES):
        return []
    return reach.read(session, reach.in_force(today))


def concerned_cases(
    session: Session, advisory: Standing, *, actor: Actor, language: str
) -> list[Concerned]:
    """Return the open cases whose home, or whose provider's place, the advisory holds.

    Places are named in the language. Only those that the actor may read: nobody learns from an advisory that a case exists.
    """
    ground = reach.ground_of(session, advisory)
    cases = session.execute(
        select(
            Case.id,
            Case.code,
            Case.place_label,
            Case.latitude,
            Case.longitude,
            Case.area_id,
            Case.return_country,
        )
        .where(Case.closed_at.is_(None), authz.visible_cases(actor))
        .order_by(Case.code)
    ).all()
    homes = reach.held(
        session,
        ground,
        [Spot(one.latitude, one.longitude, one.area_id) for one in cases],
    )
    counts = _referrals_into(session, ground, [one.id for one in cases], actor=actor)
    concerned = [
        (one, is_home)
        for one, is_home in zip(cases, homes, strict=True)
        if is_home or one.id in counts
    ]
    places = _places(session, [one for one, _ in concerned], language)
    return [
        Concerned(
            case_id=one.id,
            code=one.code,
            place=place,
            is_home=is_home,
            referrals=counts.get(one.id, 0),
        )
        for (one, is_home), place in zip(concerned, places, strict=True)
    ]


def _places(session: Session, cases: Sequence[Any], language: str) -> list[str]:
    """What the homes of cases are called."""
    kept = [
        Kept(
            one.latitude,
            one.longitude,
            one.area_id,
            one.place_label,
            one.return_country,
        )
        for one in cases
    ]
    return recalled.labels_of(session, kept, language)


def _referrals_into(
    session: Session,
    ground: reach.Ground,
    case_ids: list[uuid.UUID],
    *,
    actor: Actor,
) -> dict[uuid.UUID, int]:
    """Count, by case, the open referrals to services that lie in the ground."""
    if not case_ids:
        return {}
    rows = session.execute(
        select(Referral.case_id, Offer.latitude, Offer.longitude, Offer.area_id)
        .join(Offer, Offer.service_at_location_id == Referral.service_at_location_id)
        .where(
            among(session, Referral.case_id, case_ids),
            Referral.closed_at.is_(None),
            authz.visible_offers(actor),
        )
    ).all()
    inside = reach.held(
        session,
        ground,
        [Spot(one.latitude, one.longitude, one.area_id) for one in rows],
    )
    counts: dict[uuid.UUID, int] = {}
    for row, is_inside in zip(rows, inside, strict=True):
        if is_inside:
            counts[row.case_id] = counts.get(row.case_id, 0) + 1
    return counts


def _names(
    session: Session, standing: list[Standing], language: str
) -> dict[uuid.UUID | None, str]:
    ids = [one.area_id for one in standing if one.area_id is not None]
    return dict(areas.names(session, ids, language).items())


def require_reader(actor: Actor) -> None:
    """Who may not read advisories does not learn that there are any."""
    if not authz.may(actor, Action.SEE_ADVISORIES):
        raise NotFound
