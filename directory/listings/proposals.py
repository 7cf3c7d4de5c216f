"""Changes that somebody may only propose: kept beside the listing until they are decided."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory import authz
from directory.authz import Action, Actor
from directory.errors import Conflict, Invalid, NotFound
from directory.listings import operations, reference, rules, stored
from directory.listings.record import ListingRecord, differences, from_json, to_json
from directory.models import Proposal, Service, User
from directory.text import N_

WAITING, APPROVED, REJECTED, HELD = "waiting", "approved", "rejected", "held"
OPEN: Final = (WAITING, HELD)
STATES: Final[Mapping[str, str]] = {
    WAITING: N_("Waiting"),
    HELD: N_("On hold"),
    APPROVED: N_("Approved"),
    REJECTED: N_("Not approved"),
}
NOTHING: Final = N_("Nothing was changed.")
REMEMBERED: Final = timedelta(days=90)
"""How long those who proposed something see what became of it."""


class AlreadyDecided(Conflict):
    """Somebody else decided this proposal meanwhile."""

    code = "already_decided"
    message = N_("Somebody has decided on this proposal already.")


@dataclass(frozen=True, slots=True)
class Proposed:
    """A proposal with its listing, and what it would change now, field by field.

    ``meanwhile``: the fields that somebody else has changed since, with their value at the time.
    """

    proposal: Proposal
    service: Service
    changes: Mapping[str, tuple[Any, Any]]
    may_decide: bool
    meanwhile: Mapping[str, Any]
    by_role: str | None = None
    """What its author is: a local authority knows other things than a provider."""


def propose(
    session: Session,
    *,
    actor: Actor,
    service: Service,
    service_at_location_id: uuid.UUID,
    record: ListingRecord,
    note: str,
    now: datetime,
) -> Proposal:
    """Keep a proposed record; the listing stays as it is. Raises NotYours, InvalidListing, Invalid."""
    authz.require(actor, Action.PROPOSE_CHANGE, service)
    rules.require_valid(record, reference.read_terms(session).levels)
    current = stored.read_records(session, [service_at_location_id])[
        service_at_location_id
    ]
    changed = differences(current, record)
    if not changed:
        raise Invalid(NOTHING)
    before, after = to_json(current), to_json(record)
    proposal = Proposal(
        service_id=service.id,
        changes={
            "service_at_location_id": str(service_at_location_id),
            "fields": {name: [before.get(name), after.get(name)] for name in changed},
        },
        note=note.replace("\x00", "").strip()[:2000] or None,
        proposed_by=actor.user_id,
        proposed_at=now,
    )
    session.add(proposal)
    session.flush()
    return proposal


def list_open(session: Session, *, actor: Actor, limit: int = 100) -> list[Proposed]:
    """Return open proposals that the actor may decide or has made, the oldest first."""
    query = (
        select(Proposal, Service, User.role)
        .join(Service, Service.id == Proposal.service_id)
        .outerjoin(User, User.id == Proposal.proposed_by)
        .where(Proposal.state.in_(OPEN), authz.visible_services(actor))
        .order_by(Proposal.proposed_at)
        .limit(limit)
    )
    found = session.execute(query).all()
    areas = reference.listing_areas(
        session, [service.id for _, service, _role in found]
    )
    shown = []
    for proposal, service, role in found:
        chains = areas.get(service.id, [])
        may_decide = authz.may(actor, Action.DECIDE_PROPOSAL, service, area_ids=chains)
        if may_decide or proposal.proposed_by == actor.user_id:
            one = _proposed(session, proposal, service, may_decide=may_decide)
            shown.append(replace(one, by_role=role))
    return shown


def list_decided(session: Session, *, actor: Actor, now: datetime) -> list[Proposed]:
    """Return what became of the actor's own proposals lately, the latest decision first."""
    query = (
        select(Proposal, Service)
        .join(Service, Service.id == Proposal.service_id)
        .where(
            Proposal.proposed_by == actor.user_id,
            Proposal.state.not_in(OPEN),
            Proposal.decided_at >= now - REMEMBERED,
            authz.visible_services(actor),
        )
        .order_by(Proposal.decided_at.desc())
        .limit(20)
    )
    return [
        Proposed(proposal, service, {}, may_decide=False, meanwhile={})
        for proposal, service in session.execute(query)
    ]


def _proposed(
    session: Session, proposal: Proposal, service: Service, *, may_decide: bool
) -> Proposed:
    changes = changes_of(session, proposal)
    then = {name: pair[0] for name, pair in proposal.changes["fields"].items()}
    meanwhile = {
        name: then[name]
        for name, (now, _) in changes.items()
        if name in then and not _is_same(then[name], now)
    }
    return Proposed(proposal, service, changes, may_decide, meanwhile)


def _is_same(kept: Any, now: Any) -> bool:
    """Whether a value from JSON and one of a record say the same."""
    if isinstance(now, tuple):
        return set(kept or ()) == set(now)
    return bool(kept == (now.isoformat() if isinstance(now, date) else now))


def get_proposal(session: Session, proposal_id: uuid.UUID, *, actor: Actor) -> Proposed:
    """Return a proposal that the actor may decide; raises NotFound otherwise."""
    query = (
        select(Proposal, Service)
        .join(Service, Service.id == Proposal.service_id)
        .where(Proposal.id == proposal_id, authz.visible_services(actor))
    )
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound
    proposal, service = row
    chains = reference.listing_areas(session, [service.id]).get(service.id, [])
    if not authz.may(actor, Action.DECIDE_PROPOSAL, service, area_ids=chains):
        raise NotFound
    return _proposed(session, proposal, service, may_decide=True)


def decide(
    session: Session,
    *,
    actor: Actor,
    proposed: Proposed,
    state: str,
    reason: str,
    now: datetime,
    fields: Collection[str] | None = None,
) -> None:
    """Approve, reject or hold a proposal; approval edits the listing as the one who approves.

    Only the proposed fields change, or those of them in ``fields``, on the listing as it is now.
    Raises AlreadyDecided, Invalid, or what ``edit_service`` raises.
    """
    proposal = proposed.proposal
    if proposal.state not in OPEN:
        raise AlreadyDecided
    if state not in {APPROVED, REJECTED, HELD}:
        raise Invalid(fields={"state": N_("Choose one of the answers in the list.")})
    if state == REJECTED and not reason.strip():
        raise Invalid(fields={"reason": N_("Say in a few words why not.")})
    if state == APPROVED:
        if fields is not None and not set(fields) & proposed.changes.keys():
            raise Invalid(fields={"field": N_("Tick what you approve.")})
        key = _key(proposal)
        operations.update_services(
            session,
            actor=actor,
            records={key: proposed_record(session, proposal, fields)},
            now=now,
            origin="form",
        )
    proposal.state = state
    proposal.decision_reason = reason.replace("\x00", "").strip()[:2000] or None
    proposal.decided_by = actor.user_id
    proposal.decided_at = now
    session.flush()


def proposed_record(
    session: Session, proposal: Proposal, fields: Collection[str] | None = None
) -> ListingRecord:
    """Return the listing as it is now, with the proposed fields (or some of them) changed."""
    key = _key(proposal)
    records = stored.read_records(session, [key])
    if key not in records:
        raise NotFound
    values = to_json(records[key])
    for name, (_, after) in proposal.changes["fields"].items():
        if fields is not None and name not in fields:
            continue
        if after is None:
            values.pop(name, None)
        else:
            values[name] = after
    return replace(from_json(values), source=records[key].source)


def changes_of(session: Session, proposal: Proposal) -> dict[str, tuple[Any, Any]]:
    """Return what a proposal would change now; what was changed the same way since is gone."""
    key = _key(proposal)
    records: Mapping[uuid.UUID, ListingRecord] = stored.read_records(session, [key])
    if key not in records:
        return {}
    return differences(records[key], proposed_record(session, proposal))


def _key(proposal: Proposal) -> uuid.UUID:
    return uuid.UUID(proposal.changes["service_at_location_id"])
