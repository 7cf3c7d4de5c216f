"""How far the texts in other languages can be trusted: by a person, by a machine, or overtaken."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from directory import audit, authz
from directory.authz import Action, Actor
from directory.listings import reference
from directory.listings.record import TEXT_FIELDS, CreatedIds
from directory.models import Service, Translation
from directory.text import N_

HUMAN: Final = "human"
MACHINE: Final = "machine"
OUTDATED: Final = "outdated"
STATES: Final[Mapping[str, str]] = {
    HUMAN: N_("Translated by a person"),
    MACHINE: N_("Translated by a machine, not checked"),
    OUTDATED: N_("The original has changed since"),
}
"""A text that is changed becomes ``human``; a change of the original makes it ``outdated``."""

Key = tuple[str, str]
"""Column and language, as ``ListingRecord.texts`` has them."""
_COLUMN_OF: Final = {place: column for column, place in TEXT_FIELDS.items()}


def read_states(session: Session, ids: CreatedIds) -> dict[Key, str]:
    """Return the state of every translation of a listing, of its place and of its organization."""
    return {
        (_COLUMN_OF[row.entity, row.field], row.language): row.state
        for row in _rows(session, ids)
        if (row.entity, row.field) in _COLUMN_OF
    }


def mark(
    session: Session,
    *,
    actor: Actor,
    ids: CreatedIds,
    states: Mapping[Key, str],
    now: datetime,
    origin: str = "form",
) -> dict[str, tuple[str, str]]:
    """Say of translations how far they can be trusted; return what changed. Raises NotYours.

    Only ``human`` and ``machine`` can be said; texts that do not exist are left out.
    """
    service = session.get_one(Service, ids.service_id)
    chains = reference.listing_areas(session, [service.id]).get(service.id, [])
    authz.require(actor, Action.EDIT_LISTING, service, area_ids=chains)
    changes = {}
    for row in _rows(session, ids):
        key = (_COLUMN_OF.get((row.entity, row.field), ""), row.language)
        state = states.get(key, row.state)
        if state != row.state and state in {HUMAN, MACHINE}:
            changes[f"text_state:{key[0]}:{key[1]}"] = (row.state, state)
            row.state, row.updated_at = state, now
    if changes:
        service.version += 1
        service.last_modified = now
        session.flush()
        audit.record(
            session,
            actor=actor,
            resource_type="service",
            resource_id=service.id,
            changes=changes,
            now=now,
            origin=origin,
        )
    return changes


def _rows(session: Session, ids: CreatedIds) -> list[Translation]:
    owners = {
        "organization": ids.organization_id,
        "service": ids.service_id,
        "location": ids.location_id,
    }
    condition = or_(
        *(
            (Translation.entity == entity) & (Translation.entity_id == key)
            for entity, key in owners.items()
        )
    )
    return list(session.scalars(select(Translation).where(condition)))
