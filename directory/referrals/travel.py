"""What a change of travel or of mind does to a case's referrals: stop, shift, withdraw consent."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy.orm import Session

from directory import authz
from directory.authz import Action, Actor
from directory.errors import Conflict, Invalid
from directory.models import Case, Consent, Referral
from directory.referrals import effects, lifecycle, operations, queries
from directory.referrals.lifecycle import Party
from directory.referrals.moves import By, Said
from directory.referrals.states import OPEN, WITH_PROVIDER, State
from directory.taxonomy import codes
from directory.text import N_

ENDING: Final = frozenset({"withdrawn", "decided_to_stay"})


class AlreadyWithdrawn(Conflict):
    """The consent was withdrawn before."""

    code = "consent_withdrawn"
    message = N_("This consent has already been withdrawn.")


@dataclass(frozen=True, slots=True)
class Stopped:
    """What stopping did: referrals that ended, and those under way that need a word by phone."""

    ended: list[Referral]
    under_way: list[Referral]


def decide(
    session: Session, *, actor: Actor, case: Case, decision: str, now: datetime
) -> Stopped:
    """Record the person's decision; "no longer returning" cancels what is open (REQUIREMENTS P1).

    Providers are told that the referral has ended and never why; the case closes, which starts
    the clock of its erasure. Any other decision opens it again.
    """
    authz.require(actor, Action.EDIT_CASE, case)
    if decision not in codes.DECISIONS:
        raise Invalid(fields={"decision_status": N_("Choose one of the list.")})
    case.decision_status = decision
    case.last_activity_at = now
    case.version += 1
    if decision not in ENDING:
        case.closed_at = None
        session.flush()
        return Stopped([], [])
    case.closed_at = now
    stopped = _cancel_open(session, case=case, actor=actor, now=now)
    session.flush()
    return stopped


def _cancel_open(
    session: Session, *, case: Case, actor: Actor, now: datetime
) -> Stopped:
    by = By(Party.SYSTEM)
    said = Said(reason="return_cancelled")
    stopped = Stopped([], [])
    for referral in queries.of_case(session, case.id):
        names = {row.move for row in lifecycle.allowed(referral.state, by.party)}
        if State(referral.state) not in OPEN:
            continue
        if "cancel" in names:
            operations.move(
                session, referral=referral, name="cancel", by=by, said=said, now=now
            )
            stopped.ended.append(referral)
        elif referral.state == State.DRAFT:
            own = By(Party.SENDER, actor)
            operations.move(
                session, referral=referral, name="cancel", by=own, said=said, now=now
            )
            stopped.ended.append(referral)
        else:
            stopped.under_way.append(referral)
    return stopped


@dataclass(frozen=True, slots=True)
class Shift:
    """How a new arrival moves one referral; ``clashes`` with a date the provider has set."""

    referral: Referral
    service_due_before: datetime | None
    service_due_after: datetime | None
    clashes: bool


def shifts(session: Session, *, case: Case, arrival: date | None) -> list[Shift]:
    """What a new arrival date would move, as a preview: nothing is kept (REQUIREMENTS O1.2c)."""
    found = []
    for referral in queries.of_case(session, case.id):
        if State(referral.state) not in WITH_PROVIDER or referral.sent_at is None:
            continue
        after = effects.service_due(
            session, referral=referral, arrival=arrival, sent_at=referral.sent_at
        )
        fixed = referral.appointment_at.date() if referral.appointment_at else None
        promised = fixed or referral.expected_on
        found.append(
            Shift(
                referral=referral,
                service_due_before=referral.service_due_at,
                service_due_after=after,
                clashes=bool(arrival and promised and promised < arrival),
            )
        )
    return found


def change_arrival(
    session: Session,
    *,
    actor: Actor,
    case: Case,
    arrival: date | None,
    now: datetime,
) -> list[Shift]:
    """Set the arrival and move every service clock that hangs on it; returns what moved."""
    authz.require(actor, Action.EDIT_CASE, case)
    moved = shifts(session, case=case, arrival=arrival)
    case.arrival_date = arrival
    case.last_activity_at = now
    case.version += 1
    for shift in moved:
        shift.referral.service_due_at = shift.service_due_after
    session.flush()
    return moved


def withdraw_consent(
    session: Session, *, actor: Actor, case: Case, consent: Consent, now: datetime
) -> list[Referral]:
    """End a consent at once: what rests on it is withdrawn, and its providers are told the end."""
    authz.require(actor, Action.EDIT_CASE, case)
    if consent.withdrawn_at is not None:
        raise AlreadyWithdrawn
    consent.withdrawn_at = now
    case.last_activity_at = now
    session.flush()
    by = By(Party.SENDER, actor)
    ended = []
    for referral in queries.of_case(session, case.id):
        rests_on_it = referral.consent_id == consent.id
        if rests_on_it and State(referral.state) in WITH_PROVIDER:
            operations.move(session, referral=referral, name="withdraw", by=by, now=now)
            ended.append(referral)
    return ended
