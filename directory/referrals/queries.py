"""Reads of referrals: by actor, by answer link, as a worklist, and what the guards look at."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, or_, select, true
from sqlalchemy import case as sql_case
from sqlalchemy.orm import Session, selectinload

from directory import authz, naming, tokens
from directory.authz import Actor
from directory.errors import NotFound
from directory.models import (
    Case,
    Need,
    Offer,
    Organization,
    Referral,
    ReferralEvent,
    Service,
)
from directory.referrals import clocks
from directory.referrals.states import OPEN, State


def _with_events(statement: Select[Referral]) -> Select[Referral]:
    return statement.options(selectinload(Referral.events)).execution_options(
        populate_existing=True
    )


def get_referral(
    session: Session, referral_id: uuid.UUID, *, actor: Actor, to_change: bool = False
) -> Referral:
    """The referral with its events; raises NotFound for whoever may not know of it.

    ``to_change`` locks the row until the transaction ends, so that two answers cannot cross.
    """
    statement = (
        select(Referral)
        .join(Case, Case.id == Referral.case_id)
        .where(Referral.id == referral_id, authz.visible_referrals(actor))
    )
    if to_change:
        statement = statement.with_for_update(of=Referral)
    referral = session.scalar(_with_events(statement))
    if referral is None:
        raise NotFound
    return referral


def visible_ids(
    session: Session, ids: Sequence[uuid.UUID], *, actor: Actor
) -> set[uuid.UUID]:
    """Which of these referrals the actor may know of."""
    statement = (
        select(Referral.id)
        .join(Case, Case.id == Referral.case_id)
        .where(Referral.id.in_(ids), authz.visible_referrals(actor))
    )
    return set(session.scalars(statement))


def by_answer_token(
    session: Session, token: str, *, to_change: bool = False
) -> Referral:
    """The referral whose answer link this is; raises NotFound."""
    digest = tokens.digest(tokens.tidy_code(token))
    statement = select(Referral).where(Referral.answer_token_hash == digest)
    if to_change:
        statement = statement.with_for_update()
    referral = session.scalar(_with_events(statement))
    if referral is None:
        raise NotFound
    return referral


def case_by_sheet_code(session: Session, code: str) -> Case:
    """The case whose sheet carries this code; raises NotFound."""
    digest = tokens.digest(tokens.tidy_code(code))
    case = session.scalar(
        select(Case)
        .where(Case.sheet_token_hash == digest)
        .options(selectinload(Case.needs), selectinload(Case.consents))
    )
    if case is None:
        raise NotFound
    return case


def of_case(session: Session, case_id: uuid.UUID) -> list[Referral]:
    """All referrals of a case with their events, newest first."""
    statement = (
        select(Referral)
        .where(Referral.case_id == case_id)
        .order_by(Referral.created_at.desc(), Referral.code)
    )
    return list(session.scalars(_with_events(statement)))


@dataclass(frozen=True, slots=True)
class Whole:
    """A referral with what every page about it shows."""

    referral: Referral
    case: Case
    need: Need
    service: Service
    organization: Organization
    offer: Offer | None
    service_name: str
    organization_name: str


def whole(session: Session, referral: Referral, *, language: str) -> Whole:
    """The rows around a referral that the caller may already see; names in a language, where there are any."""
    row = session.execute(
        select(
            Case,
            Need,
            Service,
            Organization,
            Offer,
            naming.service_name(language),
            naming.organization_name(language),
        )
        .select_from(Referral)
        .join(Case, Case.id == Referral.case_id)
        .join(Need, Need.id == Referral.need_id)
        .join(Offer, Offer.service_at_location_id == Referral.service_at_location_id)
        .join(Service, Service.id == Offer.service_id)
        .join(Organization, Organization.id == Referral.organization_id)
        .where(Referral.id == referral.id)
    ).one()
    return Whole(referral, *row)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a worklist."""

    referral: Referral
    case_code: str
    service_name: str
    organization: str
    state: State
    clock: clocks.Clock | None


def worklist(
    session: Session,
    *,
    actor: Actor,
    language: str,
    now: datetime,
    show: str = "open",
    state: str = "",
    limit: int = 25,
    offset: int = 0,
) -> tuple[list[Row], int]:
    """The actor's referrals, what is late first, and how many there are; names in ``language``.

    ``show``: ``open``, ``late``, ``ended`` or ``all``; ``state`` narrows to one state, where a sent
    referral past its limit counts as without an answer.
    """
    conditions = [
        authz.visible_referrals(actor),
        _shown(show, now),
        _in_state(state, now),
    ]
    statement = _named_referrals(language).where(*conditions)
    total = session.scalar(select(func.count()).select_from(statement.subquery())) or 0
    rows = session.execute(
        statement.order_by(
            Referral.state.in_([str(one) for one in OPEN]).desc(),
            _awaited_until().is_(None),
            _awaited_until(),
            Referral.created_at.desc(),
            Referral.code,
        )
        .limit(limit)
        .offset(offset)
    )
    return [
        Row(
            referral=row[0],
            case_code=row[1],
            service_name=row[2],
            organization=row[3],
            state=clocks.state_now(row[0], now=now),
            clock=clocks.clock(row[0], now=now),
        )
        for row in rows
    ], total


def _named_referrals(language: str) -> Select[Referral, str, str, str]:
    """Referrals with the code of their case and the names of their service and organization."""
    columns = (naming.service_name(language), naming.organization_name(language))
    return (
        select(Referral, Case.code, *columns)
        .join(Case, Case.id == Referral.case_id)
        .join(Offer, Offer.service_at_location_id == Referral.service_at_location_id)
        .join(Organization, Organization.id == Referral.organization_id)
    )


def _awaited_until() -> ColumnElement[datetime | None]:
    waiting = Referral.state.in_(("sent", "no_response", "info_requested"))
    return sql_case(
        (waiting, Referral.acknowledge_due_at), else_=Referral.service_due_at
    )


def _shown(show: str, now: datetime) -> ColumnElement[bool]:
    is_open = Referral.state.in_([str(one) for one in OPEN])
    if show == "ended":
        return Referral.state.not_in([str(one) for one in OPEN])
    if show == "late":
        runs = (
            "sent",
            "no_response",
            "info_requested",
            "acknowledged",
            "accepted",
            "waitlisted",
        )
        return Referral.state.in_(runs) & (_awaited_until() < now)
    return true() if show == "all" else is_open


def _in_state(state: str, now: datetime) -> ColumnElement[bool]:
    if state not in set(State):
        return true()
    late = Referral.acknowledge_due_at < now
    if state == State.NO_RESPONSE:
        return or_(Referral.state == state, (Referral.state == State.SENT) & late)
    if state == State.SENT:
        return (Referral.state == state) & or_(
            Referral.acknowledge_due_at.is_(None), ~late
        )
    return Referral.state == state


def events(session: Session, referral_id: uuid.UUID) -> list[ReferralEvent]:
    """The timeline of a referral, oldest first."""
    statement = (
        select(ReferralEvent)
        .where(ReferralEvent.referral_id == referral_id)
        .order_by(ReferralEvent.sequence)
    )
    return list(session.scalars(statement))


def questions(session: Session, referral_id: uuid.UUID) -> list[ReferralEvent]:
    """What the provider asked and was told, oldest first."""
    asked = {"ask", "answer"}
    return [event for event in events(session, referral_id) if event.move in asked]


def unanswered(session: Session, *, now: datetime) -> list[Referral]:
    """Sent referrals whose answer is late and not yet marked so."""
    statement = (
        select(Referral)
        .where(Referral.state == State.SENT, Referral.acknowledge_due_at < now)
        .order_by(Referral.acknowledge_due_at)
        .with_for_update(skip_locked=True)
    )
    return list(session.scalars(_with_events(statement)))


def still_unanswered(session: Session) -> list[Referral]:
    """Referrals marked as without an answer, for the second alert."""
    statement = select(Referral).where(Referral.state == State.NO_RESPONSE)
    return list(session.scalars(_with_events(statement)))


def offers(
    session: Session, keys: Sequence[uuid.UUID], *, language: str
) -> dict[uuid.UUID, tuple[Offer, str]]:
    """Offers and their names by service at a location, for pages whose reader is let in by a secret."""
    rows = session.execute(
        select(Offer, naming.service_name(language)).where(
            Offer.service_at_location_id.in_(keys)
        )
    )
    return {row[0].service_at_location_id: (row[0], row[1]) for row in rows}


def names_of(session: Session, offer: Offer, language: str) -> tuple[str, str]:
    """What an offer's service and its organization are called in a language."""
    row = session.execute(
        select(naming.service_name(language), naming.organization_name(language))
        .select_from(Offer)
        .join(Organization, Organization.id == Offer.organization_id)
        .where(Offer.service_at_location_id == offer.service_at_location_id)
    ).one()
    return row[0], row[1]
