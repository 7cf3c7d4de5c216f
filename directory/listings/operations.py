"""Writes listings: creates, changes, assures and removes them; never commits, leaves a trace."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from directory import audit, authz
from directory.authz import Action, Actor
from directory.database import among, insert_many
from directory.errors import Conflict, Invalid, NotFound
from directory.keys import new_keys
from directory.listings import (
    capacity,
    fresh,
    offers,
    reference,
    rewriting,
    rows,
    rules,
    sealing,
    stored,
    tables,
    units,
)
from directory.listings.record import CreatedIds, ListingRecord, differences
from directory.listings.rewrite import PLACE_FIELDS, Rewrite
from directory.models import Base, IndexTask, Offer, Service, ServiceAtLocation
from directory.taxonomy.codes import VERIFICATION_METHODS
from directory.text import N_

NOTED = "noted_for_index"
"""Set in ``session.info`` when this transaction noted listings for the search index."""


class EditedMeanwhile(Conflict):
    """Somebody else changed the listing after this form was opened."""

    code = "edited_meanwhile"
    message = N_("Someone else changed this listing while you were editing it.")
    remedy = N_("Compare both versions below and save again.")


@dataclass(frozen=True, slots=True)
class Trace:
    """Who writes, when, and through which door (form, import, api, command)."""

    actor: Actor
    now: datetime
    origin: str


def create_services(
    session: Session,
    *,
    actor: Actor,
    records: Sequence[ListingRecord],
    now: datetime,
    origin: str,
    import_run_id: uuid.UUID | None = None,
    organization_id: uuid.UUID | None = None,
) -> list[CreatedIds]:
    """Create a listing for each record, in bulk, and return their keys in the same order.

    ``organization_id``: the existing organization that all of them belong to, whatever its name.

    Organizations, services and places with the same identity, in the batch or already in the
    directory, are made once. Raises InvalidListing, UnknownArea, UnusableShape or NotYours before
    the chunk of 5,000 records that holds the fault is written; the caller rolls back.
    """
    trace = Trace(actor, now, origin)
    terms = reference.read_terms(session)
    known = reference.read_areas(session, records)
    setting = _setting(trace, terms, known, import_run_id)
    batch = tables.Batch()
    for chunk in reference.chunks(records):
        for record in chunk:
            rules.require_valid(record, terms.levels)
        places = reference.locate(session, chunk, known)
        reference.remember_known(session, batch, chunk, places)
        if organization_id is not None:
            batch.organizations |= {
                tables.organization_identity(record, place.country): organization_id
                for record, place in zip(chunk, places, strict=True)
            }
        _require_creation(session, actor, batch, chunk, places)
        made = [
            batch.add(record, place, setting)
            for record, place in zip(chunk, places, strict=True)
        ]
        _write(session, batch, trace)
        _derive(session, batch, setting, list(zip(chunk, places, made, strict=True)))
        offers.refresh(session, sealing.seal(session, [ids.service_id for ids in made]))
    return batch.made


def _setting(
    trace: Trace,
    terms: reference.Terms,
    known: Mapping[str, reference.KnownArea],
    import_run_id: uuid.UUID | None = None,
) -> rows.Setting:
    return rows.Setting(
        keys=new_keys(trace.now),
        now=trace.now,
        term_ids=terms.ids,
        area_ids={code: area.id for code, area in known.items()},
        level_of=terms.level_of,
        import_run_id=import_run_id,
        assurer_email=trace.actor.email or None,
        assurer_role=trace.actor.role.value,
    )


def _require_creation(
    session: Session,
    actor: Actor,
    batch: tables.Batch,
    records: Sequence[ListingRecord],
    places: Sequence[rows.Place],
) -> None:
    """Raise NotYours unless the actor may create each of these listings where it lies."""
    chains = reference.area_chains(session, {place.area_id for place in places})
    for record, place in zip(records, places, strict=True):
        identity = tables.organization_identity(record, place.country)
        chain = chains.get(place.area_id) if place.area_id else None
        authz.require(
            actor,
            Action.CREATE_LISTING,
            organization_id=batch.organizations.get(identity),
            area_ids=[chain] if chain else [],
        )


def _write(session: Session, batch: tables.Batch, trace: Trace) -> None:
    connection = session.connection()
    for kind in ("organization", "service"):
        audit.record_created(
            session,
            actor=trace.actor,
            resource_type=kind,
            created=[(row["id"], row["name"]) for row in batch.tables[kind]],
            now=trace.now,
            origin=trace.origin,
        )
    units.ensure(session, batch.stored.values())
    for name in tables.ORDER:
        if made := batch.tables[name]:
            insert_many(connection, Base.metadata.tables[name], made)
    batch.tables.clear()


def _derive(
    session: Session,
    batch: tables.Batch,
    setting: rows.Setting,
    created: Sequence[tuple[ListingRecord, rows.Place, CreatedIds]],
) -> None:
    """Make the derived rows of new listings and note them for the search index."""
    sources, unread, shaped = [], [], []
    for record, place, ids in created:
        stored = batch.stored.get(ids.service_id)
        if stored is None or ids.organization_id not in batch.provider_types:
            unread.append(ids.service_at_location_id)
            continue
        provider_type = batch.provider_types[ids.organization_id]
        if provider_type != stored.provider_type:
            stored = replace(stored, provider_type=provider_type)
        sources.append(fresh.offer_source(record, stored, ids, place, setting))
        if rows.draws(record):
            shaped.append(ids.service_at_location_id)
    offers.build_offers(session, sources)
    offers.add_cells(session, shaped)
    offers.refresh(session, unread)
    note_for_index(
        session, [(ids.service_id, place.country) for _, place, ids in created]
    )


def note_for_index(
    session: Session, services: Iterable[tuple[uuid.UUID, str | None]]
) -> None:
    """Note, in this transaction, whose search entries must be made anew."""
    tasks = [
        {"service_id": service_id, "country": country}
        for service_id, country in dict.fromkeys(services)
    ]
    if tasks:
        session.info[NOTED] = object()  # another one for every note
        insert_many(
            session.connection(), Base.metadata.tables[IndexTask.__tablename__], tasks
        )


def countries_of(
    session: Session, keys: Sequence[uuid.UUID]
) -> list[tuple[uuid.UUID, str | None]]:
    """Return (service key, country) of listings, as the search index files them."""
    query = select(Offer.service_id, Offer.country).where(
        among(session, Offer.service_at_location_id, keys)
    )
    return [(row.service_id, row.country) for row in session.execute(query)]


def update_services(
    session: Session,
    *,
    actor: Actor,
    records: Mapping[uuid.UUID, ListingRecord],
    now: datetime,
    origin: str,
) -> dict[uuid.UUID, dict[str, tuple[Any, Any]]]:
    """Bring listings, by service_at_location key, to what the records say; return what changed.

    A record is the whole listing: what it leaves empty becomes empty. Listings that already say the
    same are not touched and not in the answer. Listings that become sealed lose their place, also
    from the change log. Raises NotFound, NotYours, InvalidListing, LevelHeld, UnknownArea or
    UnusableShape.
    """
    trace = Trace(actor, now, origin)
    terms = reference.read_terms(session)
    known = reference.read_areas(session, list(records.values()))
    setting = _setting(trace, terms, known)
    changed: dict[uuid.UUID, dict[str, tuple[Any, Any]]] = {}
    for keys in reference.chunks(list(records)):
        rewrites = _rewrites(
            session, trace, {key: records[key] for key in keys}, terms, known
        )
        for rewrite in rewriting.apply(session, rewrites, setting):
            changed[rewrite.ids.service_at_location_id] = dict(rewrite.changes)
        services = [rewrite.ids.service_id for rewrite in rewrites]
        sealing.seal(session, services)
        sealing.forget_photos(session, services)
        _trace_changes(session, trace, rewrites)
        _derive_again(session, rewrites)
    return changed


def edit_service(
    session: Session,
    *,
    actor: Actor,
    service_at_location_id: uuid.UUID,
    record: ListingRecord,
    expected_version: int,
    now: datetime,
    origin: str = "form",
) -> dict[str, tuple[Any, Any]]:
    """Bring one listing to what the record says, if it is still at ``expected_version``.

    Raises EditedMeanwhile when somebody was faster; otherwise as ``update_services``.
    """
    service_id = (
        select(ServiceAtLocation.service_id)
        .where(ServiceAtLocation.id == service_at_location_id)
        .scalar_subquery()
    )
    # The row is locked by writing it, so that of two editors one is told.
    held = session.execute(
        update(Service)
        .where(Service.id == service_id, Service.version == expected_version)
        .values(version=Service.version)
        .execution_options(synchronize_session=False)
    )
    if cast("CursorResult[Any]", held).rowcount == 0:
        raise EditedMeanwhile
    changed = update_services(
        session,
        actor=actor,
        records={service_at_location_id: record},
        now=now,
        origin=origin,
    )
    session.expire_all()
    return changed.get(service_at_location_id, {})


def assure_service(
    session: Session,
    *,
    actor: Actor,
    service: Service,
    method: str,
    now: datetime,
    origin: str = "form",
) -> None:
    """Record that the listing was looked at and is right today; raises NotYours or Invalid."""
    if method not in VERIFICATION_METHODS:
        raise Invalid(fields={"method": N_("Choose one of the answers in the list.")})
    chains = reference.listing_areas(session, [service.id]).get(service.id, [])
    authz.require(actor, Action.ASSURE_LISTING, service, area_ids=chains)
    changes = {
        "assured_date": (service.assured_date, now.date()),
        "verification_method": (service.verification_method, method),
    }
    service.assured_date = now.date()
    service.verification_method = method
    service.assurer_email = actor.email or None
    service.assurer_role = actor.role.value
    service.confirmed_on = service.doubted_on = None
    service.version += 1
    service.last_modified = now
    session.flush()
    audit.record(
        session,
        actor=actor,
        resource_type="service",
        resource_id=service.id,
        changes=changes,
        action="assure",
        now=now,
        origin=origin,
    )
    keys = select(ServiceAtLocation.id).where(
        ServiceAtLocation.service_id == service.id
    )
    offers.refresh(session, session.scalars(keys).all())


def _rewrites(
    session: Session,
    trace: Trace,
    records: Mapping[uuid.UUID, ListingRecord],
    terms: reference.Terms,
    known: Mapping[str, reference.KnownArea],
) -> list[Rewrite]:
    """Compare records with what is stored; those that differ, checked and allowed, remain."""
    keys = list(records)
    before = stored.read_records(session, keys)
    ids = reference.read_ids(session, keys)
    if missing := records.keys() - ids.keys():
        raise NotFound(values={"count": len(missing)})
    places = reference.locate(session, list(records.values()), known)
    settled = [
        sealing.without_texts(capacity.dated(record, before[key], trace.now.date()))
        for key, record in zip(
            keys,
            reference.settle(session, list(records.values()), places, terms),
            strict=True,
        )
    ]
    found = []
    for key, record, place in zip(keys, settled, places, strict=True):
        changes = differences(before[key], record)
        if changes:
            rules.require_valid(record, terms.levels)
            found.append(Rewrite(ids[key], before[key], record, place, changes))
    _require_edits(session, trace.actor, found)
    return found


def _require_edits(session: Session, actor: Actor, rewrites: Sequence[Rewrite]) -> None:
    """Raise NotYours unless the actor may edit each listing where it lies and where it will lie.

    Raises LevelHeld where a protected listing would become less so by other hands.
    """
    services = [each.ids.service_id for each in rewrites]
    now_there = reference.listing_areas(session, services)
    later = reference.area_chains(session, {each.place.area_id for each in rewrites})
    for each in rewrites:
        chains = list(now_there.get(each.ids.service_id, []))
        if each.touches(PLACE_FIELDS) and each.place.area_id:
            chains.append(later[each.place.area_id])
        owner = Service(
            id=each.ids.service_id, organization_id=each.ids.organization_id
        )
        authz.require(actor, Action.EDIT_LISTING, owner, area_ids=chains)
        sealing.require_level(actor, each.old, each.new)


def _trace_changes(session: Session, trace: Trace, rewrites: Sequence[Rewrite]) -> None:
    for each in rewrites:
        audit.record(
            session,
            actor=trace.actor,
            resource_type="service",
            resource_id=each.ids.service_id,
            changes=sealing.traced(each.changes, each.new.sensitivity),
            now=trace.now,
            origin=trace.origin,
        )


def _derive_again(session: Session, rewrites: Sequence[Rewrite]) -> None:
    """Refresh every place of the changed services and note them for the search, old country too."""
    services = [each.ids.service_id for each in rewrites]
    places = select(ServiceAtLocation.id).where(
        among(session, ServiceAtLocation.service_id, services)
    )
    offers.refresh(session, session.scalars(places).all())
    countries = [
        (each.ids.service_id, country)
        for each in rewrites
        for country in (each.old.country, each.place.country)
    ]
    note_for_index(session, countries)
