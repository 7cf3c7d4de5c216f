"""Writes to cases: open and edit them, their needs, consent and shortlist."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory import authz, tokens
from directory.authz import Action, Actor
from directory.cases import checks, consents
from directory.cases.details import CaseDetails, ConsentDetails, NeedDetails
from directory.errors import Conflict, Invalid
from directory.models import (
    Case,
    CaseRead,
    Consent,
    Need,
    Role,
    ShortlistItem,
    TaxonomyTerm,
)
from directory.taxonomy import codes
from directory.text import N_

CODE_LENGTH: Final = 8
NEXT_DATE_AFTER: Final[Mapping[str, timedelta]] = {
    codes.Urgency.EMERGENCY: timedelta(days=1),
    codes.Urgency.HIGH: timedelta(days=2),
    codes.Urgency.MEDIUM: timedelta(days=7),
    codes.Urgency.LOW: timedelta(days=14),
}


class NoOffice(Invalid):
    """The account belongs to no organization, so a case would have no owner."""

    code = "no_office"
    message = N_("Your account belongs to no organization, so it cannot open a case.")
    remedy = N_("Ask the person who manages accounts in your office.")


class CaseChanged(Conflict):
    """Somebody else saved the case since the form was opened."""

    code = "case_changed"
    message = N_("Someone else changed this case in the meantime.")
    remedy = N_("Look at the case as it is now, then enter your change again.")


def open_case(
    session: Session,
    *,
    actor: Actor,
    details: CaseDetails,
    needs: Sequence[NeedDetails],
    now: datetime,
    organization_id: uuid.UUID | None = None,
) -> Case:
    """Open a case for the actor's organization, under a code that says nothing about the person.

    Raises NotYours, NoOffice, or Invalid naming the fields.
    """
    authz.require(actor, Action.CREATE_CASE)
    checks.require_case(details)
    owner = organization_id or min(actor.organization_ids, default=None)
    if owner is None or owner not in actor.organization_ids:
        raise NoOffice
    case = Case(
        code=_free_code(session),
        organization_id=owner,
        counsellor_id=actor.user_id if actor.role is not Role.CASEWORKER else None,
        caseworker_id=actor.user_id if actor.role is Role.CASEWORKER else None,
        created_at=now,
        last_activity_at=now,
        **_values(details),
    )
    session.add(case)
    session.flush()
    for each in needs:
        add_need(session, actor=actor, case=case, details=each, now=now)
    return case


def edit_case(
    session: Session,
    *,
    actor: Actor,
    case: Case,
    details: CaseDetails,
    expected_version: int,
    now: datetime,
) -> None:
    """Set the facts of a case; the decision, the arrival and the fear of return have their own acts.

    Raises CaseChanged where someone saved in between, NotYours, or Invalid naming the fields.
    """
    authz.require(actor, Action.EDIT_CASE, case)
    checks.require_case(details)
    if case.version != expected_version:
        raise CaseChanged
    kept = {"decision_status", "arrival_date", "fears_return"}
    for name, value in _values(details).items():
        if name not in kept:
            setattr(case, name, value)
    case.version += 1
    case.last_activity_at = now
    session.flush()


def record_fear(
    session: Session, *, actor: Actor, case: Case, fears_return: bool, now: datetime
) -> None:
    """Record that the person fears to return; only a supervisor clears it again (REQUIREMENTS L1)."""
    action = Action.EDIT_CASE if fears_return else Action.REVIEW_REFERRAL
    authz.require(actor, action, case)
    case.fears_return = fears_return
    case.last_activity_at = now
    session.flush()


def add_need(
    session: Session, *, actor: Actor, case: Case, details: NeedDetails, now: datetime
) -> Need:
    """Add a need; without an owner it is the actor's, without a date one follows from its urgency."""
    authz.require(actor, Action.EDIT_CASE, case)
    checks.require_need(details)
    _require_term(session, details.term)
    highest = session.scalar(
        select(func.max(Need.position)).where(Need.case_id == case.id)
    )
    need = Need(
        case_id=case.id,
        created_at=now,
        position=(highest or 0) + 1,
        **_need_values(details, actor=actor, today=now.date()),
    )
    session.add(need)
    case.last_activity_at = now
    session.flush()
    return need


def edit_need(
    session: Session,
    *,
    actor: Actor,
    case: Case,
    need: Need,
    details: NeedDetails,
    now: datetime,
) -> None:
    """Change a need; an open one keeps an owner and a next date whatever was typed."""
    authz.require(actor, Action.EDIT_CASE, case)
    checks.require_need(details)
    _require_term(session, details.term)
    for name, value in _need_values(details, actor=actor, today=now.date()).items():
        setattr(need, name, value)
    case.last_activity_at = now
    session.flush()


def record_consent(
    session: Session,
    *,
    actor: Actor,
    case: Case,
    details: ConsentDetails,
    now: datetime,
) -> Consent:
    """Keep what the person allows as a new version; earlier versions stay as they were."""
    authz.require(actor, Action.EDIT_CASE, case)
    expires = details.expires_on or details.given_on + consents.DEFAULT_VALID_FOR
    checks.require_consent(details, age=case.age, expires=expires, today=now.date())
    highest = session.scalar(
        select(func.max(Consent.version)).where(Consent.case_id == case.id)
    )
    values = asdict(details) | {"expires_on": expires}
    consent = Consent(
        case_id=case.id,
        version=(highest or 0) + 1,
        recorded_by=actor.user_id,
        created_at=now,
        **values,
    )
    session.add(consent)
    case.last_activity_at = now
    session.flush()
    return consent


def keep(
    session: Session,
    *,
    actor: Actor,
    case: Case,
    need_id: uuid.UUID | None,
    service_at_location_id: uuid.UUID,
    snapshot: Mapping[str, Any],
    now: datetime,
) -> ShortlistItem:
    """Put a service on the shortlist once, with what was shown when it was chosen."""
    authz.require(actor, Action.EDIT_CASE, case)
    kept = session.scalar(
        select(ShortlistItem).where(
            ShortlistItem.case_id == case.id,
            ShortlistItem.service_at_location_id == service_at_location_id,
            ShortlistItem.need_id == need_id,
        )
    )
    if kept is None:
        kept = ShortlistItem(
            case_id=case.id,
            need_id=need_id,
            service_at_location_id=service_at_location_id,
            snapshot=dict(snapshot),
            added_at=now,
        )
        session.add(kept)
    case.last_activity_at = now
    session.flush()
    return kept


def drop(session: Session, *, actor: Actor, case: Case, item: ShortlistItem) -> None:
    """Take a service off the shortlist."""
    authz.require(actor, Action.EDIT_CASE, case)
    session.delete(item)
    session.flush()


def note_read(
    session: Session, *, actor: Actor, case: Case, purpose: str, now: datetime
) -> None:
    """Write down who opened the case, and why (REQUIREMENTS P5)."""
    session.add(
        CaseRead(case_id=case.id, user_id=actor.user_id, at=now, purpose=purpose)
    )


def sheet_code(
    session: Session, *, actor: Actor, case: Case, secret_key: str, renew: bool = False
) -> str:
    """The code of the person's sheet: the same at every print, another one after ``renew``.

    Only its digest is stored, so that whoever reads the database cannot open the status page.
    """
    authz.require(actor, Action.EDIT_CASE, case)
    if renew or not case.sheet_generation:
        case.sheet_generation += 1
    code = tokens.derive(
        secret_key,
        purpose="sheet",
        subject=case.id,
        generation=case.sheet_generation,
        length=16,
    )
    case.sheet_token_hash = tokens.digest(code)
    session.flush()
    return code


def _values(details: CaseDetails) -> dict[str, Any]:
    return {each.name: getattr(details, each.name) for each in fields(details)}


def _need_values(details: NeedDetails, *, actor: Actor, today: date) -> dict[str, Any]:
    values = asdict(details)
    if details.status == "open":
        values["owner_id"] = details.owner_id or actor.user_id
        values["next_date"] = (
            details.next_date or today + NEXT_DATE_AFTER[details.urgency]
        )
    return values


def _free_code(session: Session) -> str:
    """A code that no case has yet: 40 random bits, so one try is nearly always enough."""
    while True:
        code = tokens.readable_code(CODE_LENGTH)
        if session.scalar(select(Case.id).where(Case.code == code)) is None:
            return code


def _require_term(session: Session, term: str) -> None:
    known = session.scalar(select(TaxonomyTerm.id).where(TaxonomyTerm.code == term))
    if known is None:
        raise Invalid(fields={"term": N_("Choose a need.")})
