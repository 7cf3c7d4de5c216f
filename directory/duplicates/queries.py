"""Reads pairs of listings that may be one, as far as the reader may know of both and edit both."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from directory import authz
from directory.authz import Action, Actor
from directory.errors import NotFound
from directory.listings import reference, stored, successors
from directory.listings.record import ListingRecord
from directory.listings.sealing import shown
from directory.models import DuplicatePair, Merge, Service, ServiceAtLocation

OPEN, DIFFERENT = "open", "different"
MOST: Final = 2_000
"""Open pairs that one person is shown, the likest first."""
UNDO_DAYS: Final = 30


@dataclass(frozen=True, slots=True)
class Side:
    """One listing of a pair as it is shown: its first place, without what its level hides."""

    service: Service
    key: uuid.UUID
    record: ListingRecord
    places: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A pair with both its listings."""

    pair: DuplicatePair
    first: Side
    second: Side


def open_pairs(session: Session, *, actor: Actor) -> list[DuplicatePair]:
    """Return the open pairs that the actor may decide on, the likest first."""
    query = (
        select(DuplicatePair)
        .where(DuplicatePair.state == OPEN, *_visible(actor))
        .order_by(DuplicatePair.score.desc(), DuplicatePair.id)
        .limit(MOST)
    )
    return _editable(session, session.scalars(query).all(), actor)


def get_pair(session: Session, pair_id: uuid.UUID, *, actor: Actor) -> DuplicatePair:
    """Return an open pair that the actor may decide on; raises NotFound otherwise."""
    query = select(DuplicatePair).where(
        DuplicatePair.id == pair_id, DuplicatePair.state == OPEN, *_visible(actor)
    )
    found = _editable(session, session.scalars(query).all(), actor)
    if not found:
        raise NotFound
    return found[0]


def pairs_of(
    session: Session, service_id: uuid.UUID, *, actor: Actor
) -> list[DuplicatePair]:
    """Return the open pairs of one listing that the actor may decide on."""
    query = (
        select(DuplicatePair)
        .where(
            (DuplicatePair.first_id == service_id)
            | (DuplicatePair.second_id == service_id),
            DuplicatePair.state == OPEN,
            *_visible(actor),
        )
        .order_by(DuplicatePair.score.desc(), DuplicatePair.id)
    )
    return _editable(session, session.scalars(query).all(), actor)


def with_sides(session: Session, pairs: Sequence[DuplicatePair]) -> list[Shown]:
    """Return the pairs with their listings, a few statements for all of them."""
    keys = {key for pair in pairs for key in (pair.first_id, pair.second_id)}
    sides = _sides(session, keys)
    return [
        Shown(pair, sides[pair.first_id], sides[pair.second_id])
        for pair in pairs
        if pair.first_id in sides and pair.second_id in sides
    ]


def list_merges(session: Session, *, actor: Actor, now: datetime) -> list[Any]:
    """Return merges of the last 30 days that the actor may take back, with the listing that is left."""
    query = (
        select(Merge, Service)
        .join(Service, Service.id == Merge.kept_id)
        .where(
            Merge.undone_at.is_(None),
            Merge.merged_at >= now - timedelta(days=UNDO_DAYS),
            authz.visible_services(actor),
        )
        .order_by(Merge.merged_at.desc())
        .limit(100)
    )
    found = session.execute(query).all()
    areas = reference.listing_areas(session, [service.id for _, service in found])
    return [
        row
        for row in found
        if authz.may(
            actor, Action.EDIT_LISTING, row.Service,
            area_ids=areas.get(row.Service.id, []),
        )
    ]  # fmt: skip


def get_merge(session: Session, merge_id: uuid.UUID, *, actor: Actor) -> Merge:
    """Return a merge whose remaining listing the actor may edit; raises NotFound otherwise."""
    query = (
        select(Merge, Service)
        .join(Service, Service.id == Merge.kept_id)
        .where(Merge.id == merge_id, authz.visible_services(actor))
    )
    row = session.execute(query).one_or_none()
    if row is None or not may_edit(session, [row.Service], actor):
        raise NotFound
    merge: Merge = row.Merge
    return merge


def kept_instead(
    session: Session, service_id: uuid.UUID, *, actor: Actor
) -> uuid.UUID | None:
    """Return the listing that a merged one went into, where the actor may know of it."""
    seen = {service_id}
    key: uuid.UUID | None = service_id
    while key is not None:
        following = session.scalar(
            select(Merge.kept_id).where(
                Merge.gone_id == key, Merge.undone_at.is_(None)
            )
        )  # fmt: skip
        if following is None or following in seen:
            break
        seen.add(following)
        key = following
    if key == service_id:
        return None
    visible = select(Service.id).where(Service.id == key, authz.visible_services(actor))
    return session.scalar(visible)


def organization_instead(
    session: Session, organization_id: uuid.UUID, *, actor: Actor
) -> uuid.UUID | None:
    """Return the organization whose listing took in the last one of another, where the actor may know."""
    successor = successors.of_organizations(session).get(organization_id)
    if successor is None:
        return None
    visible = select(Service.organization_id).where(
        Service.id == successor.service_id, authz.visible_services(actor)
    )
    return session.scalar(visible)


def may_edit(session: Session, services: Sequence[Service], actor: Actor) -> bool:
    """Whether the actor may edit all of these listings where they lie."""
    areas: Mapping[uuid.UUID, Any] = {}
    if actor.area_ids:
        areas = reference.listing_areas(session, [service.id for service in services])
    return all(
        authz.may(
            actor, Action.EDIT_LISTING, service, area_ids=areas.get(service.id, [])
        )
        for service in services
    )


def _visible(actor: Actor) -> tuple[Any, Any]:
    known = select(Service.id).where(authz.visible_services(actor))
    return DuplicatePair.first_id.in_(known), DuplicatePair.second_id.in_(known)


def _editable(
    session: Session, pairs: Iterable[DuplicatePair], actor: Actor
) -> list[DuplicatePair]:
    """Those pairs both of whose listings the actor may edit."""
    pairs = list(pairs)
    keys = {key for pair in pairs for key in (pair.first_id, pair.second_id)}
    services: dict[uuid.UUID, Service] = {}
    for chunk in reference.chunks(sorted(keys)):
        query = select(Service).where(Service.id.in_(chunk))
        services |= {service.id: service for service in session.scalars(query)}
    areas: dict[uuid.UUID, Any] = {}
    if actor.area_ids:
        areas = reference.listing_areas(session, list(services))

    def allowed(key: uuid.UUID) -> bool:
        chains = areas.get(key, [])
        return authz.may(
            actor, Action.EDIT_LISTING, services[key], area_ids=chains
        )  # fmt: skip

    return [p for p in pairs if allowed(p.first_id) and allowed(p.second_id)]


def _sides(session: Session, keys: Iterable[uuid.UUID]) -> dict[uuid.UUID, Side]:
    chosen = sorted(keys)
    services = session.scalars(
        select(Service)
        .where(Service.id.in_(chosen))
        .options(joinedload(Service.organization))
    )
    places: dict[uuid.UUID, list[uuid.UUID]] = {}
    links = select(ServiceAtLocation.service_id, ServiceAtLocation.id)
    ordered = links.where(ServiceAtLocation.service_id.in_(chosen)).order_by(
        ServiceAtLocation.id
    )
    for service_id, key in session.execute(ordered):
        places.setdefault(service_id, []).append(key)
    records = stored.read_records(session, [each[0] for each in places.values()])
    return {
        service.id: Side(
            service,
            places[service.id][0],
            shown(records[places[service.id][0]], service.sensitivity),
            len(places[service.id]),
        )
        for service in services
        if service.id in places
    }
