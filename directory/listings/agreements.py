"""What is agreed with a provider: memorandum, dates, referral channel, data-sharing clause (P6)."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory import audit, authz
from directory.authz import Action, Actor
from directory.errors import Invalid, NotFound
from directory.listings import facts, rules
from directory.models import Agreement, Organization
from directory.taxonomy.codes import REFERRAL_CHANNELS
from directory.text import N_

FIELDS: Final = (
    "has_memorandum", "signed_on", "valid_to", "referral_channel", "has_data_sharing_clause",
    "note",
)  # fmt: skip


def of_organization(
    session: Session, organization: Organization, *, actor: Actor
) -> Sequence[Agreement]:
    """Return the agreements with an organization, the newest first; none for who may not see them."""
    if not authz.may(actor, Action.SEE_AGREEMENTS, organization):
        return ()
    query = (
        select(Agreement)
        .where(Agreement.organization_id == organization.id)
        .order_by(Agreement.created_at.desc(), Agreement.id)
    )
    return session.scalars(query).all()


def get(session: Session, agreement_id: uuid.UUID, *, actor: Actor) -> Agreement:
    """Return one agreement; raises NotFound also for those who may not see any."""
    agreement = session.get(Agreement, agreement_id)
    if agreement is None or not authz.may(actor, Action.SEE_AGREEMENTS):
        raise NotFound
    return agreement


def is_over(agreement: Agreement, today: date) -> bool:
    """Whether the last day of an agreement has passed."""
    return facts.is_over(agreement.valid_to, today)


def create(
    session: Session,
    *,
    actor: Actor,
    organization: Organization,
    values: Mapping[str, Any],
    now: datetime,
) -> Agreement:
    """Write an agreement with an organization down; raises NotYours or Invalid."""
    authz.require(actor, Action.EDIT_AGREEMENTS)
    _require_valid(values)
    agreement = Agreement(organization_id=organization.id, created_at=now)
    _set(agreement, values)
    session.add(agreement)
    session.flush()
    _trace(session, actor, agreement, _stated(agreement), "create", now)
    return agreement


def edit(
    session: Session,
    *,
    actor: Actor,
    agreement: Agreement,
    values: Mapping[str, Any],
    now: datetime,
) -> None:
    """Set what an agreement says; raises NotYours or Invalid."""
    authz.require(actor, Action.EDIT_AGREEMENTS)
    _require_valid(values)
    before = {name: getattr(agreement, name) for name in FIELDS}
    _set(agreement, values)
    session.flush()
    changes = {name: (before[name], getattr(agreement, name)) for name in FIELDS}
    _trace(session, actor, agreement, changes, "update", now)


def _set(agreement: Agreement, values: Mapping[str, Any]) -> None:
    for name in FIELDS:
        setattr(agreement, name, values.get(name))
    agreement.has_memorandum = bool(agreement.has_memorandum)
    agreement.has_data_sharing_clause = bool(agreement.has_data_sharing_clause)


def _stated(agreement: Agreement) -> dict[str, tuple[Any, Any]]:
    return {name: (None, getattr(agreement, name)) for name in FIELDS}


def _require_valid(values: Mapping[str, Any]) -> None:
    problems: dict[str, str] = {}
    if values.get("referral_channel") not in {None, *REFERRAL_CHANNELS}:
        problems["referral_channel"] = N_("Choose one of the answers in the list.")
    if len(values.get("note") or "") > rules.TEXT_LENGTH:
        problems["note"] = N_("This text is too long.")
    first, last = values.get("signed_on"), values.get("valid_to")
    if first is not None and last is not None and last < first:
        problems["valid_to"] = N_("The last day must not be before the first.")
    if problems:
        raise Invalid(fields=problems)


def _trace(
    session: Session,
    actor: Actor,
    agreement: Agreement,
    changes: Mapping[str, tuple[Any, Any]],
    action: str,
    now: datetime,
) -> None:
    audit.record(
        session,
        actor=actor,
        resource_type="agreement",
        resource_id=agreement.id,
        changes=changes,
        action=action,
        now=now,
    )
