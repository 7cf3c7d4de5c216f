"""Reads of cases, always through the eyes of an actor; what is not the actor's does not exist."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import orjson
from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, selectinload

from directory import authz, naming
from directory.areas import recalled
from directory.authz import Actor
from directory.countries import queries as countries
from directory.errors import NotFound
from directory.models import (
    Case,
    CaseRead,
    Membership,
    Need,
    Offer,
    Organization,
    Referral,
    Role,
    ShortlistItem,
    User,
)
from directory.tokens import tidy_code

ARRIVALS_WITHIN = timedelta(days=14)
TRAVELLING = ("intends_return", "confirmed")
ENDED = (
    "verified",
    "declined",
    "redirected",
    "withdrawn",
    "cancelled",
    "lost_to_follow_up",
)


def get_case(session: Session, case_id: uuid.UUID, *, actor: Actor) -> Case:
    """The case with its needs and consents; raises NotFound for whoever may not know of it."""
    case = session.scalar(
        select(Case)
        .where(Case.id == case_id, authz.visible_cases(actor))
        .options(selectinload(Case.needs), selectinload(Case.consents))
        .execution_options(populate_existing=True)
    )
    if case is None:
        raise NotFound
    return case


def get_need(case: Case, need_id: uuid.UUID) -> Need:
    """A need of this case; raises NotFound."""
    found = next((need for need in case.needs if need.id == need_id), None)
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case in a list: what is open, and the next date."""

    case: Case
    open_needs: int
    open_referrals: int
    waiting_referrals: int
    next_date: date | None


def list_cases(
    session: Session,
    *,
    actor: Actor,
    code: str = "",
    only_mine: bool = True,
    closed: bool = False,
    limit: int = 25,
    offset: int = 0,
) -> tuple[list[CaseRow], int]:
    """Cases with the most urgent date first, and how many there are in all."""
    condition = [authz.visible_cases(actor)]
    condition.append(
        Case.closed_at.is_not(None) if closed else Case.closed_at.is_(None)
    )
    if only_mine:
        mine = or_(
            Case.counsellor_id == actor.user_id, Case.caseworker_id == actor.user_id
        )
        condition.append(mine)
    if code:
        condition.append(Case.code.startswith(tidy_code(code), autoescape=True))
    total = (
        session.scalar(select(func.count()).select_from(Case).where(*condition)) or 0
    )
    next_date = (
        select(func.min(Need.next_date))
        .where(Need.case_id == Case.id, Need.status == "open")
        .scalar_subquery()
    )
    rows = session.execute(
        select(Case, next_date)
        .where(*condition)
        .order_by(next_date.is_(None), next_date, Case.arrival_date, Case.code)
        .limit(limit)
        .offset(offset)
    ).all()
    return _rows(session, [(row[0], row[1]) for row in rows]), total


def arrivals(session: Session, *, actor: Actor, today: date) -> list[CaseRow]:
    """Who arrives within the next 14 days, soonest first."""
    next_date = (
        select(func.min(Need.next_date))
        .where(Need.case_id == Case.id, Need.status == "open")
        .scalar_subquery()
    )
    rows = session.execute(
        select(Case, next_date)
        .where(
            authz.visible_cases(actor),
            Case.closed_at.is_(None),
            Case.decision_status.in_(TRAVELLING),
            Case.arrival_date.between(today, today + ARRIVALS_WITHIN),
        )
        .order_by(Case.arrival_date, Case.code)
    ).all()
    return _rows(session, [(row[0], row[1]) for row in rows])


def _rows(session: Session, found: Sequence[tuple[Case, date | None]]) -> list[CaseRow]:
    ids = [case.id for case, _ in found]
    needs = _counts(session, Need.case_id, Need.case_id.in_(ids), Need.status == "open")
    in_these = Referral.case_id.in_(ids)
    running = _counts(
        session, Referral.case_id, in_these, Referral.state.not_in((*ENDED, "draft"))
    )
    waiting = _counts(
        session, Referral.case_id, in_these, Referral.state.in_(("sent", "no_response"))
    )
    return [
        CaseRow(
            case=case,
            open_needs=needs.get(case.id, 0),
            open_referrals=running.get(case.id, 0),
            waiting_referrals=waiting.get(case.id, 0),
            next_date=next_date,
        )
        for case, next_date in found
    ]


def _counts(session: Session, key: Any, *conditions: Any) -> dict[uuid.UUID, int]:
    rows = session.execute(select(key, func.count()).where(*conditions).group_by(key))
    return {row[0]: row[1] for row in rows}


@dataclass(frozen=True, slots=True)
class Kept:
    """A service on the shortlist, and the offer it is now (None: gone or hidden from this actor)."""

    item: ShortlistItem
    offer: Offer | None
    service_name: str
    organization: str

    @property
    def has_changed(self) -> bool:
        """Whether the service says something else than when it was kept; a mere check does not count."""
        then = self.item.snapshot.get("facts")
        if self.offer is None or not isinstance(then, str):
            return False
        return _what_matters(then) != _what_matters(self.offer.facts)


_MERE_CHECKS: Final = frozenset(
    {"assured_date", "verification", "confirmed_on", "review_days", "record"}
)


def _what_matters(facts: str) -> dict[str, Any]:
    said = orjson.loads(facts)
    return {name: value for name, value in said.items() if name not in _MERE_CHECKS}


def shortlist(
    session: Session, case: Case, *, actor: Actor, language: str
) -> list[Kept]:
    """The shortlist in the order things were kept; names in a language, where there are any."""
    items = session.scalars(
        select(ShortlistItem)
        .where(ShortlistItem.case_id == case.id)
        .order_by(ShortlistItem.added_at, ShortlistItem.id)
    ).all()
    ids = [item.service_at_location_id for item in items]
    offers = {
        row[0].service_at_location_id: (row[0], row[1], row[2])
        for row in session.execute(
            select(
                Offer,
                naming.service_name(language),
                naming.organization_name(language),
            )
            .join(Organization, Organization.id == Offer.organization_id)
            .where(Offer.service_at_location_id.in_(ids), authz.visible_offers(actor))
        )
    }
    nothing: tuple[Offer | None, str, str] = (None, "", "")
    return [
        Kept(item, *offers.get(item.service_at_location_id, nothing)) for item in items
    ]


@dataclass(frozen=True, slots=True)
class ReferralRow:
    """A referral of a case; the names are empty where this actor may not know the listing."""

    referral: Referral
    service_name: str
    organization: str


def referrals(
    session: Session, case: Case, *, actor: Actor, language: str
) -> list[ReferralRow]:
    """The referrals of a case with their events, newest first; names in a language, where there are any."""
    rows = session.execute(
        select(
            Referral,
            naming.service_name(language),
            naming.organization_name(language),
        )
        .outerjoin(
            Offer,
            and_(
                Offer.service_at_location_id == Referral.service_at_location_id,
                authz.visible_offers(actor),
            ),
        )
        .outerjoin(Organization, Organization.id == Offer.organization_id)
        .where(Referral.case_id == case.id)
        .order_by(Referral.created_at.desc(), Referral.code)
        .options(selectinload(Referral.events))
    )
    return [ReferralRow(row[0], row[1] or "", row[2] or "") for row in rows]


def get_kept(session: Session, case: Case, item_id: uuid.UUID) -> ShortlistItem:
    """One item of this case's shortlist; raises NotFound."""
    item = session.scalar(
        select(ShortlistItem).where(
            ShortlistItem.id == item_id, ShortlistItem.case_id == case.id
        )
    )
    if item is None:
        raise NotFound
    return item


def offer(
    session: Session, service_at_location_id: uuid.UUID, *, actor: Actor
) -> Offer:
    """The offer, if this actor may know of it; raises NotFound."""
    found = session.scalar(
        select(Offer).where(
            Offer.service_at_location_id == service_at_location_id,
            authz.visible_offers(actor),
        )
    )
    if found is None:
        raise NotFound
    return found


def colleagues(session: Session, case: Case) -> list[User]:
    """Who may look after a need of this case: active case staff of its organization."""
    rows = session.scalars(
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.organization_id == case.organization_id,
            User.is_active.is_(True),
            User.role.in_((Role.COUNSELLOR, Role.CASEWORKER, Role.SUPERVISOR)),
        )
        .order_by(User.name, User.email)
    )
    return list(rows.unique())


def user_names(
    session: Session, ids: Sequence[uuid.UUID | None]
) -> Mapping[uuid.UUID, str]:
    """Names of accounts by id."""
    wanted = {one for one in ids if one is not None}
    rows = session.execute(
        select(User.id, User.name, User.email).where(User.id.in_(wanted))
    )
    return {row.id: row.name or row.email for row in rows}


def term_names(
    session: Session,
    wanted: Sequence[str],
    *,
    language: str,
    country: str | None = None,
) -> Mapping[str, str]:
    """Labels of taxonomy codes in a language, English where it has none; in a country's own words."""
    return countries.term_names(session, wanted, language, country)


def term_choices(
    session: Session, *, language: str, country: str | None = None
) -> list[tuple[str, list[tuple[str, str]]]]:
    """All needs for a grouped list: each category with itself and its parts, in the taxonomy's order."""
    return [
        (
            each.term.label(language),
            [(one.code, one.label(language)) for one in (each.term, *each.leaves)],
        )
        for each in countries.categories(session, country)
    ]


def place_name(session: Session, case: Case, language: str) -> str:
    """What the place of return is called in a language; empty where it is not known."""
    return place_names(session, [case], language)[case.id]


def place_names(
    session: Session, cases: Iterable[Case], language: str
) -> Mapping[uuid.UUID, str]:
    """What the places of return of many cases are called, by the case's key."""
    kept = {
        case.id: recalled.Kept(
            case.latitude,
            case.longitude,
            case.area_id,
            case.place_label,
            case.return_country,
        )
        for case in cases
    }
    named = recalled.labels_of(session, list(kept.values()), language)
    return dict(zip(kept, named, strict=True))


def reads(
    session: Session, case: Case, *, limit: int = 50
) -> list[tuple[CaseRead, str]]:
    """Who opened the case lately, newest first, for its supervisor."""
    rows = session.execute(
        select(CaseRead, User.name)
        .outerjoin(User, User.id == CaseRead.user_id)
        .where(CaseRead.case_id == case.id)
        .order_by(CaseRead.at.desc())
        .limit(limit)
    )
    return [(row[0], row[1] or "") for row in rows]
