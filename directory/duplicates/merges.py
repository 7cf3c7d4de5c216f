"""Takes one listing into another, and makes two of them again while that is possible."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from directory import audit
from directory.authz import Actor
from directory.duplicates import absorbing, merging, queries, references, snapshots
from directory.errors import Conflict
from directory.listings import offers, operations, sealing, stored
from directory.listings.operations import EditedMeanwhile
from directory.models import DuplicatePair, Merge, Service
from directory.text import N_

ORIGIN: Final = "merge"
_NO_SYNC: Final = {"synchronize_session": False}
Keys = Sequence[uuid.UUID]


class CannotUndo(Conflict):
    """The merge is too old, or the listing has been changed since."""

    code = "cannot_undo"
    message = N_("This merge cannot be taken back any more.")


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided on a pair: which listing is kept, and whose value of each field.

    ``versions``: of the first and second listing as the person saw them.
    """

    keeps_first: bool
    choices: Mapping[str, str]
    versions: tuple[int, int]


def merge(
    session: Session,
    *,
    actor: Actor,
    pair_id: uuid.UUID,
    decision: Decision,
    now: datetime,
) -> Merge:
    """Take one listing of a pair into the other, and return the merge.

    Places, referrals, shortlists, feedback, reports, checks and watches follow; names stay
    findable, the old address leads on. A referral stays with the organization that it was sent to.
    Raises NotFound, EditedMeanwhile, or what ``update_services`` raises.
    """
    pair = queries.get_pair(session, pair_id, actor=actor)
    shown = queries.with_sides(session, [pair])[0]
    _hold(session, (pair.first_id, pair.second_id), decision.versions)
    sides = (shown.first, shown.second)
    kept, gone = sides if decision.keeps_first else (sides[1], sides[0])
    records = stored.read_records(session, [kept.key, gone.key])
    record = merging.merged(
        records[shown.first.key], records[shown.second.key],
        decision.choices, keeps_first=decision.keeps_first,
    )  # fmt: skip
    kept_id, gone_id, gone_name = kept.service.id, gone.service.id, gone.service.name
    owner_id = gone.service.organization_id
    is_sealing = sealing.SEALED in {kept.service.sensitivity, gone.service.sensitivity}
    places = absorbing.places_of(session, kept.key, kept_id, gone_id)
    countries = operations.countries_of(session, places.all)
    before = absorbing.take_in(session, kept_id, gone_id, places)
    operations.update_services(
        session, actor=actor, records={kept.key: record}, now=now, origin=ORIGIN
    )
    sealing.seal(session, [kept_id])
    session.expire_all()
    service = session.get_one(Service, kept_id)
    service.version += 1
    service.last_modified = now
    done = Merge(
        kept_id=kept_id, gone_id=gone_id,
        gone_organization_id=None if _offers(session, owner_id) else owner_id, before={} if is_sealing else before,
        version=service.version, merged_by=actor.user_id, merged_at=now,
    )  # fmt: skip
    session.add(done)
    _trace(session, actor, {kept_id: ("merge", None, gone_name)}, "update", now)
    _trace(session, actor, {gone_id: ("name", gone_name, None)}, "delete", now)
    _derive(session, [kept_id], countries)
    return done


def undo(session: Session, *, actor: Actor, merge_id: uuid.UUID, now: datetime) -> None:
    """Make two listings of one again, exactly as they were.

    Raises NotFound; CannotUndo after 30 days, or when the listing has been changed since.
    """
    done = queries.get_merge(session, merge_id, actor=actor)
    version = session.get_one(Service, done.kept_id).version
    _require_undoable(done, version, now)
    before = done.before
    keys = absorbing.keys_of(session, [done.kept_id])
    countries = operations.countries_of(session, keys)
    offers.remove(session, keys)
    used = absorbing.locations_of(session, keys)
    known = {uuid.UUID(row["id"]) for row in before["rows"].get("location", ())}
    snapshots.remove(session, [(column, keys) for column in references.OF_PLACE])
    snapshots.remove(
        session, [(column, [done.kept_id]) for column in references.OF_SERVICE]
    )
    restored = [key for key in used if key in known]
    snapshots.remove(session, [(column, restored) for column in references.OF_LOCATION])
    handed = [uuid.UUID(key) for key in before["handed"]]
    snapshots.remove(session, [(DuplicatePair.id, handed)])
    snapshots.put_back(session, before["rows"])
    absorbing.remove_unused_locations(
        session, [key for key in used if key not in known]
    )
    references.lead_back(session, before["moved"], done.gone_id)
    for place, moved in before["moved_places"].items():
        references.lead_back(session, moved, uuid.UUID(place))
    references.lead_imports_back(session, before["imports"], done.gone_id)
    folded = {kept: gone for gone, kept in before["folded"].items()}
    references.aim_proposals(session, done.gone_id, folded)
    session.expire_all()
    service = session.get_one(Service, done.kept_id)
    service.version = version + 1
    service.last_modified = now
    done.undone_at, done.undone_by, done.before = now, actor.user_id, {}
    session.flush()
    name = session.get_one(Service, done.gone_id).name
    _trace(session, actor, {done.kept_id: ("merge", name, None)}, "restore", now)
    _trace(session, actor, {done.gone_id: ("name", None, name)}, "restore", now)
    _derive(session, [done.kept_id, done.gone_id], countries)


def _offers(session: Session, organization_id: uuid.UUID) -> bool:
    """Whether an organization has any listing, seen by whomever."""
    query = select(Service.id).where(Service.organization_id == organization_id)
    return session.scalar(query.limit(1)) is not None


def is_undoable(done: Merge, version: int, now: datetime) -> bool:
    """Whether a merge can still be taken back, the kept listing being at ``version``."""
    try:
        _require_undoable(done, version, now)
    except CannotUndo:
        return False
    return True


def forget_old(session: Session, *, now: datetime) -> int:
    """Erase what undoing would need of merges that cannot be taken back any more."""
    limit = now - timedelta(days=queries.UNDO_DAYS)
    old = session.scalars(select(Merge).where(Merge.merged_at < limit)).all()
    waiting = [each for each in old if each.before]
    for each in waiting:
        each.before = {}
    session.flush()
    return len(waiting)


def _require_undoable(done: Merge, version: int, now: datetime) -> None:
    if done.undone_at is not None or not done.before:
        raise CannotUndo
    if done.merged_at < now - timedelta(days=queries.UNDO_DAYS):
        raise CannotUndo(remedy=N_("A merge can be taken back for 30 days."))
    if version != done.version:
        raise CannotUndo(
            remedy=N_("The listing was changed since. Write the other one down anew.")
        )


def _hold(session: Session, services: Keys, versions: tuple[int, int]) -> None:
    """Lock both listings, if they are still what the person saw."""
    for key, version in zip(services, versions, strict=True):
        held = session.execute(
            update(Service)
            .where(Service.id == key, Service.version == version)
            .values(version=Service.version),
            execution_options=_NO_SYNC,
        )
        if cast("CursorResult[Any]", held).rowcount == 0:
            raise EditedMeanwhile


def _trace(
    session: Session,
    actor: Actor,
    changes: Mapping[uuid.UUID, tuple[str, str | None, str | None]],
    action: str,
    now: datetime,
) -> None:
    for key, (field, old, new) in changes.items():
        audit.record(
            session, actor=actor, resource_type="service", resource_id=key,
            changes={field: (old, new)}, action=action, now=now, origin=ORIGIN,
        )  # fmt: skip


def _derive(
    session: Session,
    services: Keys,
    countries: Sequence[tuple[uuid.UUID, str | None]],
) -> None:
    """Make the derived rows anew and note the listings for the search, gone ones too."""
    keys = absorbing.keys_of(session, services)
    offers.refresh(session, keys)
    operations.note_for_index(
        session, [*countries, *operations.countries_of(session, keys)]
    )
