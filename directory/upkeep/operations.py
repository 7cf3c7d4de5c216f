"""Writes upkeep: checks and what follows from them, words from readers, claims of listings."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory import audit, authz
from directory.authz import Action, Actor
from directory.errors import Conflict, Invalid
from directory.listings import offers, queries, reports, verifications
from directory.listings import operations as listings
from directory.models import (
    ListingReport,
    Organization,
    Role,
    Service,
    UpkeepTask,
    Verification,
)
from directory.taxonomy.codes import VERIFICATION_METHODS
from directory.text import N_
from directory.upkeep import doubts, kinds, work

TRY_AGAIN_AFTER: Final = {verifications.NO_ANSWER: timedelta(days=3)}
"""When no day is named; other results than a right one wait as long as a task."""
UNREACHABLE_AFTER: Final = 3
"""So many calls in a row without an answer open a task."""
LONGEST_NOTE: Final = 2000
METHODS: Final = tuple(
    code for code in VERIFICATION_METHODS if code != "import_unverified"
)
"""How a person can check a listing."""


class NotClaimable(Conflict):
    """The listing is the actor's own organization's already, or has been claimed."""

    code = "not_claimable"
    message = N_("This listing is yours already, or somebody decides on it now.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What somebody did to check a listing, and what came of it."""

    method: str
    result: str
    note: str | None = None
    next_try: date | None = None


def verify(
    session: Session,
    *,
    actor: Actor,
    service: Service,
    check: Check,
    now: datetime,
    origin: str = "form",
) -> Verification:
    """Log a check by one who keeps the listing, and do what follows from its result.

    Right: verified as of today, doubts, tasks and reports closed. Closed or moved: out of date at
    once, with a task. Nobody there: a day to try again. Raises NotYours or Invalid by field.
    """
    authz.require(
        actor, Action.ASSURE_LISTING, service, area_ids=work.areas_of(session, service)
    )
    _require_sound(check, now.date())
    if check.result in verifications.RIGHT:
        listings.assure_service(
            session,
            actor=actor,
            service=service,
            method=check.method,
            now=now,
            origin=origin,
        )
        work.close_all(session, actor=actor, service_id=service.id, now=now)
    written = _log(session, actor=actor, service=service, check=check, now=now)
    _follow(session, actor, written, service, now=now, origin=origin)
    return written


def log_call(
    session: Session, *, actor: Actor, service: Service, now: datetime
) -> Verification:
    """Log that a worker called today and the service is there; a soft confirmation only.

    Who does not keep the listing cannot verify it, but their call lets a referral pass today.
    """
    doubts.confirm_softly(session, service=service, today=now.date())
    check = Check(method="phone", result=verifications.CONFIRMED)
    return _log(session, actor=actor, service=service, check=check, now=now)


def take_report(
    session: Session,
    *,
    service: Service,
    kind: str,
    text: str,
    language: str,
    now: datetime,
) -> ListingReport:
    """Keep what a reader says is wrong; two dead numbers within 14 days turn the listing red."""
    report = reports.report_listing(
        session, service=service, kind=kind, text=text, language=language, now=now
    )
    if kind == "phone":
        doubts.count_dead_number(
            session, actor=authz.VISITOR, service=service, now=now, origin="form"
        )
    return report


def claim(session: Session, *, actor: Actor, service: Service, now: datetime) -> None:
    """Ask that a listing become one's organization's; a supervisor decides. Raises NotClaimable."""
    own = sorted(actor.organization_ids)
    if actor.role is not Role.PROVIDER or not own:
        raise authz.NotYours
    open_claim = select(UpkeepTask.id).where(
        UpkeepTask.service_id == service.id,
        UpkeepTask.kind == kinds.CLAIM,
        UpkeepTask.state == work.OPEN,
    )
    if service.organization_id in own or session.scalar(open_claim) is not None:
        raise NotClaimable
    work.open_task(
        session,
        service_id=service.id,
        kind=kinds.CLAIM,
        now=now,
        values={"organization_id": str(own[0])},
    )


def decide_claim(
    session: Session, *, actor: Actor, task: UpkeepTask, grants: bool, now: datetime
) -> None:
    """Hand the claimed listing over, or leave it where it is; for supervisors and administrators."""
    if task.kind != kinds.CLAIM or not authz.sees_everything(actor):
        raise authz.NotYours
    work.close_task(session, actor=actor, task=task, now=now)
    if not grants:
        return
    service = session.get_one(Service, task.service_id)
    taker = session.get_one(
        Organization, uuid.UUID((task.values or {})["organization_id"])
    )
    giver = session.get_one(Organization, service.organization_id)
    audit.record(
        session,
        actor=actor,
        resource_type="service",
        resource_id=service.id,
        changes={"organization_name": (giver.name, taker.name)},
        now=now,
    )
    service.organization_id = taker.id
    service.version += 1
    service.last_modified = now
    session.flush()
    places = queries.places_of(session, service.id)
    offers.refresh(session, places)
    listings.note_for_index(session, listings.countries_of(session, places))


def _require_sound(check: Check, today: date) -> None:
    problems: dict[str, str] = {}
    if check.method not in METHODS:
        problems["method"] = N_("Choose one of the answers in the list.")
    if check.result not in verifications.RESULTS:
        problems["result"] = N_("Choose one of the answers in the list.")
    if len(check.note or "") > LONGEST_NOTE:
        problems["note"] = N_("This text is too long.")
    if check.next_try is not None and check.next_try < today:
        problems["next_try"] = N_("Choose a day that is still to come.")
    if problems:
        raise Invalid(fields=problems)


def _log(
    session: Session, *, actor: Actor, service: Service, check: Check, now: datetime
) -> Verification:
    wait = TRY_AGAIN_AFTER.get(check.result, kinds.DUE_AFTER)
    next_try = check.next_try or (now + wait).date()
    written = Verification(
        service_id=service.id,
        checked_at=now,
        user_id=actor.user_id,
        role=actor.role.value,
        method=check.method,
        result=check.result,
        note=(check.note or "").replace("\x00", "").strip() or None,
        next_try=None if check.result in verifications.RIGHT else next_try,
    )
    session.add(written)
    session.flush()
    return written


def _follow(
    session: Session,
    actor: Actor,
    written: Verification,
    service: Service,
    *,
    now: datetime,
    origin: str,
) -> None:
    """Do what follows from a result that is not right."""
    result = written.result
    if result in {verifications.CLOSED, verifications.MOVED}:
        doubts.doubt(
            session, actor=actor, service=service, kind=result, now=now, origin=origin
        )
    elif result == verifications.WRONG_NUMBER:
        doubts.count_dead_number(
            session, actor=actor, service=service, now=now, origin=origin
        )
    elif result == verifications.UNSURE:
        work.open_task(session, service_id=service.id, kind="unsure", now=now)
    elif result == verifications.NO_ANSWER and _unanswered(session, service):
        work.open_task(session, service_id=service.id, kind="unreachable", now=now)


def _unanswered(session: Session, service: Service) -> bool:
    """Whether the latest checks were all calls that nobody answered."""
    latest = (
        select(Verification.result)
        .where(Verification.service_id == service.id)
        .order_by(Verification.checked_at.desc(), Verification.id.desc())
        .limit(UNREACHABLE_AFTER)
    )
    found = session.scalars(latest).all()
    return len(found) == UNREACHABLE_AFTER and set(found) == {verifications.NO_ANSWER}
