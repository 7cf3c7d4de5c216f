"""Earlier versions of a listing: rebuilt from its change log, and brought back."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, Final

import orjson
from sqlalchemy.orm import Session

from directory import authz
from directory.authz import Action, Actor
from directory.errors import Invalid, NotFound
from directory.listings import operations, queries, reference, sealing, stored
from directory.listings.queries import Changed
from directory.listings.record import (
    LIST_FIELDS,
    ListingRecord,
    differences,
    from_json,
    to_json,
)
from directory.listings.rewrite import (
    COVERAGE_FIELDS,
    ORGANIZATION_FIELDS,
    PLACE_FIELDS,
)
from directory.models import Service
from directory.text import N_

MOST: Final = 2_000
"""Changes looked back over."""
NEVER: Final = ORGANIZATION_FIELDS | {
    "sensitivity",
    "assured_date",
    "verification_method",
}
"""An organization has its own history; a level is never lowered, a check never made, by going back."""
NOTHING: Final = N_("The listing says this already.")
_TYPES: Final = {one.name: str(one.type) for one in fields(ListingRecord)}


@dataclass(frozen=True, slots=True)
class Earlier:
    """A listing as it was before one change: what would differ, as ``{field: (now, then)}``."""

    service: Service
    key: uuid.UUID
    record: ListingRecord
    changed: Changed
    differences: Mapping[str, tuple[Any, Any]]


def before_change(
    session: Session, service: Service, change_id: uuid.UUID, *, actor: Actor
) -> Earlier:
    """Return the listing as it was just before a change; raises NotYours or NotFound.

    What the reader may not know, and what was erased, stays as it is now. Of a listing with several
    places only the service's own fields come back: the log does not say which place was changed.
    """
    chains = reference.listing_areas(session, [service.id]).get(service.id, [])
    authz.require(actor, Action.EDIT_LISTING, service, area_ids=chains)
    changes = queries.history_of(session, service, actor=actor, limit=MOST)
    chosen = next((each for each in changes if each.change.id == change_id), None)
    if chosen is None:
        raise NotFound
    keys = queries.places_of(session, service.id)
    record = stored.read_records(session, [keys[0]])[keys[0]]
    moment = chosen.change.last_action_date
    since = [each for each in changes if each.change.last_action_date >= moment]
    then = _without(record, since, has_one_place=len(keys) == 1)
    return Earlier(service, keys[0], then, chosen, differences(record, then))


def restore(
    session: Session,
    *,
    actor: Actor,
    earlier: Earlier,
    chosen: Collection[str],
    expected_version: int,
    now: datetime,
) -> dict[str, tuple[Any, Any]]:
    """Bring the chosen fields back, and return what changed; the log says that they were restored.

    Raises Invalid where nothing would change, and whatever ``edit_service`` raises.
    """
    wanted = [name for name in earlier.differences if name in chosen]
    if not wanted:
        raise Invalid(fields={"field": NOTHING})
    current = stored.read_records(session, [earlier.key])[earlier.key]
    values, then = to_json(current), to_json(earlier.record)
    for name in wanted:
        _set(values, name, then.get(name))
    return operations.edit_service(
        session,
        actor=actor,
        service_at_location_id=earlier.key,
        record=replace(from_json(values), source=current.source),
        expected_version=expected_version,
        now=now,
        origin="restore",
    )


def _without(
    record: ListingRecord, since: Sequence[Changed], *, has_one_place: bool
) -> ListingRecord:
    """Take changes back, the newest first."""
    values = to_json(record)
    kept = NEVER if has_one_place else NEVER | PLACE_FIELDS | COVERAGE_FIELDS
    for each in since:
        change = each.change
        column = sealing.column_of(change.field_name)
        is_erased = sealing.ERASED in {change.previous_value, change.replacement_value}
        is_new = change.last_action_type == "create"
        if is_new or is_erased or column in kept or column not in _TYPES:
            continue
        _set(values, change.field_name, _value(column, change.previous_value))
    return replace(from_json(values), source=record.source)


def _set(values: dict[str, Any], name: str, value: Any) -> None:
    if value is None:
        values.pop(name, None)
    else:
        values[name] = value


def _value(column: str, text: str) -> Any:
    """Read a value as ``audit.as_text`` wrote it; dates stay ISO text, as ``from_json`` wants them."""
    kind = _TYPES[column]
    if not text:
        return None
    if column in LIST_FIELDS:
        return orjson.loads(text)
    if kind.startswith("bool"):
        return text == "True"
    if kind.startswith("int"):
        return int(text)
    return float(text) if kind.startswith("float") else text
