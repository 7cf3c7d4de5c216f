"""Writes listings: creates, changes, assures and removes them; never commits, leaves a trace."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from directory import audit, authz
from directory.authz import Action, Actor
from directory.database import insert_many
from directory.listings import fresh, offers, reference, rows, rules, tables
from directory.listings.keys import new_keys
from directory.listings.record import CreatedIds, ListingRecord
from directory.models import Base, IndexTask


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
) -> list[CreatedIds]:
    """Create a listing for each record, in bulk, and return their keys in the same order.

    Organizations, services and places with the same identity, in the batch or already in the
    directory, are made once. Raises InvalidListing, UnknownArea, UnusableShape or NotYours before
    the chunk of 5,000 records that holds the fault is written; the caller rolls back.
    """
    trace = Trace(actor, now, origin)
    terms = reference.read_terms(session)
    known = reference.read_areas(session, records)
    setting = rows.Setting(
        keys=new_keys(now),
        now=now,
        term_ids=terms.ids,
        area_ids={code: area.id for code, area in known.items()},
        level_of=lambda record: rules.level_of(
            record.taxonomy_terms, record.sensitivity, terms.levels
        ),
        import_run_id=import_run_id,
        assurer_email=actor.email or None,
        assurer_role=actor.role.value,
    )
    batch = tables.Batch()
    for chunk in reference.chunks(records):
        for record in chunk:
            rules.require_valid(record, terms.levels)
        places = reference.locate(session, chunk, known)
        reference.remember_known(session, batch, chunk, places)
        _require_creation(session, actor, batch, chunk, places)
        made = [
            batch.add(record, place, setting)
            for record, place in zip(chunk, places, strict=True)
        ]
        _write(session, batch, trace)
        _derive(session, batch, setting, list(zip(chunk, places, made, strict=True)))
    return batch.made


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
        if record.coverage_geojson or record.coverage_radius_km is not None:
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
        insert_many(
            session.connection(), Base.metadata.tables[IndexTask.__tablename__], tasks
        )
