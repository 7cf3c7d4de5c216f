"""Writes to referrals: make one, and move it along the table of its life cycle."""

import uuid
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from directory import authz, tokens
from directory.advisories.words import Level
from directory.authz import Action, Actor
from directory.cases import consents
from directory.cases import queries as cases
from directory.errors import Invalid, NotFound
from directory.models import Case, Need, Referral, Service
from directory.referrals import (
    effects,
    events,
    evidence,
    guards,
    lifecycle,
    notifications,
    queries,
)
from directory.referrals.lifecycle import Asks, Party, Transition
from directory.referrals.moves import NOTHING_SAID, By, Request, Said
from directory.referrals.states import (
    DECLINE_REASONS,
    OPEN,
    OUTCOMES,
    TERMINAL,
    WITH_PROVIDER,
    State,
)
from directory.taxonomy import codes
from directory.text import N_
from directory.upkeep import operations as upkeep

CODE_LENGTH: Final = 8
LONGEST_NOTE: Final = 2000


def make_referral(
    session: Session,
    *,
    actor: Actor,
    case: Case,
    need: Need,
    service_at_location_id: uuid.UUID,
    request: Request,
    now: datetime,
) -> Referral:
    """Draft a referral of one need to one service; ``send`` checks the guards and hands it over.

    With ``request.previous`` the new one follows another: an open one is redirected to it, an
    ended one stays as it was and is linked. Raises NotFound, NotYours, or Invalid by field.
    """
    authz.require(actor, Action.REFER, case)
    _check_same_case(case, need, request.previous)
    offer = cases.offer(session, service_at_location_id, actor=actor)
    urgency = request.urgency or need.urgency
    _check_request(request, urgency)
    referral = Referral(
        code=tokens.readable_code(CODE_LENGTH),
        case_id=case.id,
        need_id=need.id,
        service_at_location_id=service_at_location_id,
        organization_id=offer.organization_id,
        previous_id=request.previous.id if request.previous else None,
        term=need.term,
        urgency=urgency,
        state=State.DRAFT,
        disclosed=[item for item in consents.DATA_ITEMS if item in request.disclosed],
        message=request.message,
        called_on=now.date() if request.was_called else None,
        created_by=actor.user_id,
        created_at=now,
        events=[],
    )
    session.add(referral)
    session.flush()
    if request.was_called:
        _log_call(session, actor, offer.service_id, now)
    by = By(Party.SENDER, actor)
    if request.previous is not None:
        _follow(session, referral=referral, previous=request.previous, by=by, now=now)
    events.write(session, referral, move="create", source=None, by=by, now=now)
    case.last_activity_at = now
    session.flush()
    return referral


def send(
    session: Session,
    *,
    actor: Actor,
    referral: Referral,
    confirms_duplicate: bool = False,
    was_called: bool = False,
    acknowledgement: str | None = None,
    secret_key: str,
    now: datetime,
) -> None:
    """Hand a draft over: checks every guard, starts the clocks, queues the message to the provider.

    ``was_called``: the sender called the provider of an outdated listing today.
    ``acknowledgement``: why to refer in spite of an advisory that asks for caution. Raises
    GuardRefused for the first guard that is not met.
    """
    if was_called and referral.called_on != now.date():
        referral.called_on = now.date()
        offer = cases.offer(session, referral.service_at_location_id, actor=actor)
        _log_call(session, actor, offer.service_id, now)
    said = Said(confirms_duplicate=confirms_duplicate, acknowledgement=acknowledgement)
    by = By(Party.SENDER, actor)
    move(session, referral=referral, name="send", by=by, said=said, now=now)
    if acknowledgement:
        _note_caution(session, referral, acknowledgement, by=by, now=now)
    referral.answer_generation += 1
    token = notifications.answer_token(referral, secret_key)
    referral.answer_token_hash = tokens.digest(token)
    notifications.to_provider(session, referral=referral, kind="referral_sent", now=now)
    session.flush()


def _note_caution(
    session: Session, referral: Referral, reason: str, *, by: By, now: datetime
) -> None:
    """Keep on the timeline which cautions the sender has read, and why it was sent all the same."""
    case = session.get_one(Case, referral.case_id)
    standing = evidence.advisories(
        session, case, referral.service_at_location_id, today=now.date()
    )
    read = tuple(one.id for one in standing if one.level is Level.CAUTION)
    if read:
        events.write(
            session,
            referral,
            move="acknowledge_caution",
            source=State(referral.state),
            by=by,
            said=Said(note=reason, advisory_ids=read),
            now=now,
        )


def move(
    session: Session,
    *,
    referral: Referral,
    name: str,
    by: By,
    said: Said = NOTHING_SAID,
    now: datetime,
) -> Transition:
    """Make one move of the table, with its guards, stamps, clocks, event and messages.

    The caller has fetched ``referral`` to change, through the actor's eyes or a link. Raises
    MoveRefused, NotYourMove, MoveIncomplete, GuardRefused, NotYours, or Invalid by field.
    """
    case = session.get_one(Case, referral.case_id)
    need = session.get_one(Need, referral.need_id)
    _authorise(by, case=case, referral=referral)
    row = lifecycle.check(
        referral.state, name, by.party, said=said.asks, as_proxy=by.as_proxy
    )
    _check_said(said)
    if row.guards:
        facts = evidence.facts(
            session,
            referral,
            case=case,
            need=need,
            now=now,
            is_duplicate_confirmed=said.confirms_duplicate,
            acknowledgement=said.acknowledgement,
        )
        guards.require(row.guards, facts)
    source = State(referral.state)
    referral.state = row.target
    referral.version += 1
    _stamp(referral, row, now)
    effects.apply(
        session, row=row, referral=referral, case=case, need=need, said=said, now=now
    )
    events.write(session, referral, move=name, source=source, by=by, said=said, now=now)
    case.last_activity_at = now
    session.flush()
    return row


def remark(
    session: Session,
    *,
    referral: Referral,
    name: str,
    by: By,
    said: Said = NOTHING_SAID,
    now: datetime,
) -> None:
    """Write something on the timeline that moves nothing (``lifecycle.REMARKS``)."""
    case = session.get_one(Case, referral.case_id)
    _authorise(by, case=case, referral=referral)
    if name not in lifecycle.REMARKS:
        raise lifecycle.MoveRefused(values={"move": name, "state": referral.state})
    if name == "propose_redirect":
        if State(referral.state) not in WITH_PROVIDER:
            raise lifecycle.MoveRefused(values={"move": name, "state": referral.state})
        if not said.note:
            raise lifecycle.MoveIncomplete(
                fields={"note": N_("Write which service would help better.")}
            )
    if name == "attempt" and not said.contact:
        raise lifecycle.MoveIncomplete(
            fields={"contact": lifecycle.MISSING[Asks.CONTACT]}
        )
    _check_said(said)
    events.write(
        session,
        referral,
        move=name,
        source=State(referral.state),
        by=by,
        said=said,
        now=now,
    )
    if name == "propose_redirect":
        effects.tell_sender(session, referral=referral, case=case, now=now)
    session.flush()


def note_opening(session: Session, *, referral: Referral, now: datetime) -> None:
    """Keep when the provider first opened the link; the referral stays as it is."""
    if referral.opened_at is None:
        referral.opened_at = now
        remark(session, referral=referral, name="open", by=By(Party.RECEIVER), now=now)


def mark_unanswered(session: Session, *, now: datetime) -> int:
    """Mark late referrals as without an answer and remind; alert supervisors at twice the time.

    Never rejects anything. Returns how many were marked.
    """
    late = queries.unanswered(session, now=now)
    for referral in late:
        move(
            session, referral=referral, name="miss_answer", by=By(Party.SYSTEM), now=now
        )
    for referral in queries.still_unanswered(session):
        effects.escalate(session, referral=referral, now=now)
    return len(late)


def _log_call(
    session: Session, actor: Actor, service_id: uuid.UUID, now: datetime
) -> None:
    """The sender's call is a check of the listing, which its keepers read too."""
    service = session.get_one(Service, service_id)
    upkeep.log_call(session, actor=actor, service=service, now=now)


def _follow(
    session: Session, *, referral: Referral, previous: Referral, by: By, now: datetime
) -> None:
    """Tie a new referral to an earlier one: redirect an open one, note it on an ended one."""
    name = "redirect" if State(previous.state) in OPEN else "refer_again"
    words = Said(service_at_location_id=referral.service_at_location_id)
    if name == "redirect":
        move(session, referral=previous, name=name, by=by, said=words, now=now)
        return
    lifecycle.check(previous.state, name, by.party, said=words.asks)
    state = State(previous.state)
    events.write(session, previous, move=name, source=state, by=by, said=words, now=now)


def _authorise(by: By, *, case: Case, referral: Referral) -> None:
    """Accounts need the right of their party; links and the clock were let in by whoever calls."""
    if by.actor is None:
        return
    if by.party is Party.SUPERVISOR:
        authz.require(by.actor, Action.REVIEW_REFERRAL, case)
    elif by.party is Party.RECEIVER:
        authz.require(by.actor, Action.ANSWER_REFERRAL, referral)
    else:
        authz.require(by.actor, Action.REFER, case)


def _stamp(referral: Referral, row: Transition, now: datetime) -> None:
    if row.stamp and not (row.stamp == "acknowledged_at" and referral.acknowledged_at):
        setattr(referral, row.stamp, now)
    if row.target in TERMINAL:
        referral.closed_at = now


def _check_same_case(case: Case, need: Need, previous: Referral | None) -> None:
    """What belongs to another case does not exist here."""
    if {need.case_id, previous.case_id if previous else case.id} != {case.id}:
        raise NotFound


def _check_request(request: Request, urgency: str) -> None:
    problems: dict[str, str] = {}
    if urgency not in codes.URGENCIES:
        problems["urgency"] = N_("Choose how soon help is needed.")
    if set(request.disclosed) - set(consents.DATA_ITEMS):
        problems["disclosed"] = N_("Choose from the list.")
    if len(request.message or "") > LONGEST_NOTE:
        problems["message"] = N_("Write at most 2,000 characters.")
    if problems:
        raise Invalid(fields=problems)


def _check_said(said: Said) -> None:
    problems: dict[str, str] = {}
    reasons = {**DECLINE_REASONS, **effects.CANCEL_REASONS}
    if said.reason and said.reason not in reasons:
        problems["reason"] = N_("Choose a reason.")
    if said.outcome and said.outcome not in OUTCOMES:
        problems["outcome"] = N_("Choose what came of it.")
    if len(said.text or "") > LONGEST_NOTE:
        problems["note"] = N_("Write at most 2,000 characters.")
    if problems:
        raise Invalid(fields=problems)
