"""Changes that somebody may only propose: kept beside the listing until they are decided."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory import authz
from directory.authz import Action, Actor
from directory.errors import Conflict, Invalid, NotFound
from directory.listings import operations, reference, rules, stored
from directory.listings.record import ListingRecord, differences, from_json, to_json
from directory.models import Proposal, Service
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


class AlreadyDecided(Conflict):
    """Somebody else decided this proposal meanwhile."""

    code = "already_decided"
    message = N_("Somebody has decided on this proposal already.")


@dataclass(frozen=True, slots=True)
class Proposed:
    """An open proposal with its listing, and what it would change now, field by field."""

    proposal: Proposal
    service: Service
    changes: Mapping[str, tuple[Any, Any]]
    may_decide: bool


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
        select(Proposal, Service)
        .join(Service, Service.id == Proposal.service_id)
        .where(Proposal.state.in_(OPEN), authz.visible_services(actor))
        .order_by(Proposal.proposed_at)
        .limit(limit)
    )
    found = session.execute(query).all()
    areas = reference.listing_areas(session, [service.id for _, service in found])
    shown = []
    for proposal, service in found:
        chains = areas.get(service.id, [])
        may_decide = authz.may(actor, Action.DECIDE_PROPOSAL, service, area_ids=chains)
        if may_decide or proposal.proposed_by == actor.user_id:
            shown.append(
                Proposed(proposal, service, changes_of(session, proposal), may_decide)
            )
    return shown


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
    return Proposed(proposal, service, changes_of(session, proposal), may_decide=True)


def decide(
    session: Session,
    *,
    actor: Actor,
    proposed: Proposed,
    state: str,
    reason: str,
    now: datetime,
) -> None:
    """Approve, reject or hold a proposal; approval edits the listing as the one who approves.

    Only the proposed fields change, on the listing as it is now. Raises AlreadyDecided, Invalid,
    or what ``edit_service`` raises.
    """
    proposal = proposed.proposal
    if proposal.state not in OPEN:
        raise AlreadyDecided
    if state not in {APPROVED, REJECTED, HELD}:
        raise Invalid(fields={"state": N_("Choose one of the answers in the list.")})
    if state == REJECTED and not reason.strip():
        raise Invalid(fields={"reason": N_("Say in a few words why not.")})
    if state == APPROVED:
        key = _key(proposal)
        operations.update_services(
            session,
            actor=actor,
            records={key: proposed_record(session, proposal)},
            now=now,
            origin="form",
        )
    proposal.state = state
    proposal.decision_reason = reason.replace("\x00", "").strip()[:2000] or None
    proposal.decided_by = actor.user_id
    proposal.decided_at = now
    session.flush()


def proposed_record(session: Session, proposal: Proposal) -> ListingRecord:
    """Return the listing as it is now, with the proposed fields changed."""
    key = _key(proposal)
    records = stored.read_records(session, [key])
    if key not in records:
        raise NotFound
    values = to_json(records[key])
    for name, (_, after) in proposal.changes["fields"].items():
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
