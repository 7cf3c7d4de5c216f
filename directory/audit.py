"""Writes the change log: who changed which field, from what, to what, when, from where."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy.orm import Session

from directory.authz import Actor
from directory.keys import new_key_texts
from directory.models import Change


def record(
    session: Session,
    *,
    actor: Actor,
    resource_type: str,
    resource_id: uuid.UUID,
    changes: Mapping[str, tuple[Any, Any]],
    action: str = "update",
    now: datetime,
    origin: str = "form",
) -> None:
    """Write one row per field of ``changes`` ({field: (old, new)}); equal values write none."""
    for field, (old, new) in changes.items():
        if old == new:
            continue
        session.add(
            Change(
                resource_id=resource_id,
                resource_type=resource_type,
                last_action_date=now,
                last_action_type=action,
                field_name=field,
                previous_value=as_text(old),
                replacement_value=as_text(new),
                updated_by=actor.label,
                user_id=actor.user_id,
                origin=origin,
            )
        )


def created_rows(
    *,
    actor: Actor,
    resource_type: str,
    created: Iterable[tuple[uuid.UUID, str]],
    now: datetime,
    origin: str,
) -> list[dict[str, Any]]:
    """Return one row of the log, saying ``create``, for each (id, name)."""
    keys = new_key_texts(now)
    return [
        {
            "id": next(keys),
            "resource_id": resource_id,
            "resource_type": resource_type,
            "last_action_date": now,
            "last_action_type": "create",
            "field_name": "name",
            "previous_value": "",
            "replacement_value": name,
            "updated_by": actor.label,
            "user_id": actor.user_id,
            "origin": origin,
        }
        for resource_id, name in created
    ]


def as_text(value: Any) -> str:
    """A value as the change log keeps it: text as it is, lists as JSON, dates in ISO form."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (list, tuple, dict)):
        return orjson.dumps(value, default=str).decode()
    return str(value)
