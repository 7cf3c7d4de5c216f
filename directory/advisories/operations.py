"""Writes advisories: issue, change, lift. Each leaves a trace; none is ever deleted."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from geoalchemy2.shape import to_shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from directory import audit, authz
from directory.advisories.words import LEVELS, REASON_CLASSES
from directory.authz import Action, Actor
from directory.errors import Conflict, Invalid, NotFound
from directory.listings import shapes
from directory.models import AreaAdvisory
from directory.text import N_

LONGEST_REASON: Final = 2000
_AUDITED: Final = (
    "level", "reason_class", "reason", "area_id", "valid_from", "valid_to", "review_on",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What an advisory says. Exactly one of ``area_id`` and ``outline`` is given."""

    level: str
    reason: str
    valid_from: date | None
    area_id: uuid.UUID | None = None
    outline: BaseGeometry | None = None
    country: str | None = None
    reason_class: str = "other"
    valid_to: date | None = None
    review_on: date | None = None


class AlreadyLifted(Conflict):
    """A lifted advisory stays as it was."""

    code = "advisory_lifted"
    message = N_("This advisory has been lifted already.")
    remedy = N_("Issue a new one if the danger is back.")


def issue(
    session: Session, *, actor: Actor, details: Details, now: datetime
) -> AreaAdvisory:
    """Issue an advisory; raises NotYours, or Invalid by field."""
    authz.require(actor, Action.ISSUE_ADVISORIES)
    _check(details)
    advisory = AreaAdvisory(
        **_columns(details), issued_by=actor.user_id, created_at=now
    )
    session.add(advisory)
    session.flush()
    said = _said(advisory, details.outline)
    changes = {name: (None, value) for name, value in said.items()}
    _trace(session, actor, advisory.id, changes, action="create", now=now)
    return advisory


def change(
    session: Session,
    *,
    actor: Actor,
    advisory_id: uuid.UUID,
    details: Details,
    now: datetime,
) -> AreaAdvisory:
    """Change an advisory that stands; raises NotFound, NotYours, AlreadyLifted, or Invalid by field."""
    advisory = _standing(session, actor, advisory_id)
    _check(details)
    drawn = advisory.geometry
    before = _said(advisory, None if drawn is None else to_shape(drawn))
    for name, value in _columns(details).items():
        setattr(advisory, name, value)
    session.flush()
    after = _said(advisory, details.outline)
    changes = {name: (before[name], value) for name, value in after.items()}
    _trace(session, actor, advisory.id, changes, action="update", now=now)
    return advisory


def lift(
    session: Session, *, actor: Actor, advisory_id: uuid.UUID, now: datetime
) -> None:
    """End an advisory at once; raises NotFound, NotYours, AlreadyLifted."""
    advisory = _standing(session, actor, advisory_id)
    advisory.lifted_at = now
    changes = {"lifted_at": (None, now.date())}
    _trace(session, actor, advisory.id, changes, action="update", now=now)
    session.flush()


def _standing(session: Session, actor: Actor, advisory_id: uuid.UUID) -> AreaAdvisory:
    if not authz.may(actor, Action.SEE_ADVISORIES):
        raise NotFound
    authz.require(actor, Action.ISSUE_ADVISORIES)
    advisory = session.get(AreaAdvisory, advisory_id)
    if advisory is None:
        raise NotFound
    if advisory.lifted_at is not None:
        raise AlreadyLifted
    return advisory


def _check(details: Details) -> None:
    problems: dict[str, str] = {}
    if details.level not in LEVELS:
        problems["level"] = N_("Choose how strong the advisory is.")
    if details.reason_class not in REASON_CLASSES:
        problems["reason_class"] = N_("Choose from the list.")
    if not details.reason.strip():
        problems["reason"] = N_("Say why: whoever may not refer reads it.")
    if len(details.reason) > LONGEST_REASON:
        problems["reason"] = N_("Write at most 2,000 characters.")
    if (details.area_id is None) == (details.outline is None):
        problems["place"] = N_("Choose an area, or draw one: one of the two.")
    problems |= _dates(details)
    if problems:
        raise Invalid(fields=problems)


def _dates(details: Details) -> dict[str, str]:
    begins = details.valid_from
    if begins is None:
        return {"valid_from": N_("Enter the day on which it begins.")}
    problems: dict[str, str] = {}
    if details.valid_to is not None and details.valid_to < begins:
        problems["valid_to"] = N_("The end must not lie before the beginning.")
    if details.review_on is not None and details.review_on < begins:
        problems["review_on"] = N_("The review must not lie before the beginning.")
    if details.review_on is None and details.valid_to is None:
        problems["review_on"] = N_("Say when somebody looks at it again.")
    return problems


def _columns(details: Details) -> dict[str, Any]:
    outline = details.outline
    return {
        "level": details.level,
        "reason_class": details.reason_class,
        "reason": details.reason.strip(),
        "area_id": details.area_id,
        "geometry": None if outline is None else shapes.to_ewkt(outline),
        "country": details.country,
        "valid_from": details.valid_from,
        "valid_to": details.valid_to,
        "review_on": details.review_on,
    }


def _said(advisory: AreaAdvisory, outline: BaseGeometry | None) -> dict[str, Any]:
    """What the change log keeps of an advisory."""
    said = {name: getattr(advisory, name) for name in _AUDITED}
    return said | {"outline": None if outline is None else shapes.written(outline)}


def _trace(
    session: Session,
    actor: Actor,
    advisory_id: uuid.UUID,
    changes: Mapping[str, tuple[Any, Any]],
    *,
    action: str,
    now: datetime,
) -> None:
    audit.record(
        session,
        actor=actor,
        resource_type="area_advisory",
        resource_id=advisory_id,
        changes=changes,
        action=action,
        now=now,
    )
