"""Takes an import back: what it created is removed, what it changed is restored; one transaction."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory import authz
from directory.authz import Actor
from directory.database import among
from directory.errors import Conflict
from directory.listings import operations as listings
from directory.listings import reference, removal, stored
from directory.models import Change, ImportRow, ImportRun, Service, ServiceAtLocation
from directory.text import N_
from importers import apply, queries

Progress = Callable[[str, int, int], None]
CHUNK: Final = 5_000
_NAMED: Final = 5
_ORIGIN: Final = "import"


class EditedSince(Conflict):
    """Somebody edited what the import wrote; undoing would destroy that work."""

    code = "import_edited_since"
    message = N_("%(count)s listings were edited since the import, among them: %(names)s. Nothing was taken back.")  # fmt: skip
    remedy = N_("Take the import back without these listings, or correct them by hand.")


def undo(
    session: Session,
    *,
    actor: Actor,
    run_id: uuid.UUID,
    now: datetime,
    progress: Progress,
    keep_edited: bool = False,
) -> int:
    """Take back what a run wrote; returns how many listings.

    Raises EditedSince when listings were edited since (unless ``keep_edited`` leaves those alone),
    ListingInUse when a referral speaks of one, NotApplied when there is nothing to take back.
    """
    run = queries.get_run(session, run_id, actor)
    if run.state not in {"applied", "undoing"}:
        raise apply.NotApplied
    apply.claim(session, run, ("applied", "undoing"), "undoing")
    edited = _edited_since(session, run)
    if edited and not keep_edited:
        names = ", ".join(_names_of(session, actor, edited)) or "–"
        raise EditedSince(values={"count": len(edited), "names": names})
    left_alone = {key for key, _ in edited}
    created = [row.key for row in apply.written_rows(session, run, "create")]
    doomed = [key for key in created if key not in left_alone]
    progress("undoing", 0, len(doomed))
    for start in range(0, len(doomed), CHUNK):
        removal.remove_services(
            session, actor=actor, service_at_location_ids=doomed[start : start + CHUNK],
            now=now, origin=_ORIGIN,
        )  # fmt: skip
        progress("undoing", min(start + CHUNK, len(doomed)), len(doomed))
    restored = _restore(session, actor, run, now, left_alone)
    run.state = "undone"
    run.undone_at = now
    run.failure = None
    return len(doomed) + restored


def _names_of(
    session: Session, actor: Actor, edited: Sequence[tuple[uuid.UUID, str]]
) -> list[str]:
    """Return a few names; the reason stays with the run, so it names no protected listing."""
    everyone = authz.visible_services(replace(actor, can_see_restricted=False))
    named: set[str] = set()
    for keys in reference.chunks([key for key, _ in edited]):
        statement = (
            select(Service.name)
            .join(ServiceAtLocation, ServiceAtLocation.service_id == Service.id)
            .where(ServiceAtLocation.id.in_(keys), everyone)
        )
        named.update(session.scalars(statement))
    return sorted(named)[:_NAMED]


def _edited_since(session: Session, run: ImportRun) -> list[tuple[uuid.UUID, str]]:
    """Return key and name of the run's listings that are not as the import left them.

    A listing whose later changes were all taken back, by an undo or by hand, is as it was.
    """
    statement = (
        select(ImportRow.service_at_location_id, Service.name, Service.id)
        .join(
            ServiceAtLocation, ServiceAtLocation.id == ImportRow.service_at_location_id
        )
        .join(Service, Service.id == ServiceAtLocation.service_id)
        .where(
            ImportRow.run_id == run.id,
            ImportRow.action.in_(("create", "update")),
            Service.version != ImportRow.version,
        )
    )
    found = session.execute(statement).all()
    as_left = _as_left(session, run, {row.id for row in found})
    return [
        (key, name)
        for key, name, service_id in found
        if key is not None and service_id not in as_left
    ]


def _as_left(
    session: Session, run: ImportRun, services: set[uuid.UUID]
) -> set[uuid.UUID]:
    """Return those services of which every field says again what it said after the import."""
    first: dict[tuple[uuid.UUID, str], str] = {}
    last: dict[tuple[uuid.UUID, str], str] = {}
    for keys in reference.chunks(sorted(services)):
        statement = (
            select(
                Change.resource_id, Change.field_name, Change.previous_value,
                Change.replacement_value,
            )
            .where(
                Change.resource_type == "service",
                among(session, Change.resource_id, keys),
                Change.last_action_date > run.applied_at,
            )
            .order_by(Change.last_action_date, Change.id)
        )  # fmt: skip
        for service_id, field, old, new in session.execute(statement):
            first.setdefault((service_id, field), old)
            last[service_id, field] = new
    changed = {service_id for service_id, _ in first}
    return changed - {key[0] for key, old in first.items() if last[key] != old}


def _restore(
    session: Session,
    actor: Actor,
    run: ImportRun,
    now: datetime,
    left_alone: set[uuid.UUID],
) -> int:
    rows = [
        row
        for row in apply.written_rows(session, run, "update")
        if row.key not in left_alone
    ]
    for start in range(0, len(rows), CHUNK):
        chunk = rows[start : start + CHUNK]
        before = {row.key: orjson.loads(row.undo) for row in chunk if row.undo}
        current = stored.read_records(session, list(before))
        target = {key: apply.with_values(current[key], before[key]) for key in current}
        listings.update_services(
            session, actor=actor, records=target, now=now, origin=_ORIGIN
        )
    return len(rows)
