"""Writes listings: creates, changes, assures and removes them; never commits, leaves a trace."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from directory import audit, authz
from directory.authz import Action, Actor
from directory.database import among
from directory.errors import Conflict, Invalid, NotFound
from directory.listings import (
    capacity,
    creation,
    index_notes,
    offers,
    reference,
    rewriting,
    rules,
    sealing,
    stored,
)
from directory.listings.creation import Trace
from directory.listings.record import CreatedIds, ListingRecord, differences
from directory.listings.rewrite import PLACE_FIELDS, Rewrite
from directory.models import Offer, Service, ServiceAtLocation
from directory.taxonomy.codes import VERIFICATION_METHODS
from directory.text import N_

NOTED = index_notes.NOTED
note_for_index = index_notes.note_for_index


class EditedMeanwhile(Conflict):
    """Somebody else changed the listing after this form was opened."""

    code = "edited_meanwhile"
    message = N_("Someone else changed this listing while you were editing it.")
    remedy = N_("Compare both versions below and save again.")


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
    For the rest see ``creation.create_in_portions``.
    """
    portions = creation.create_in_portions(
        session, reference.chunks(records), trace=Trace(actor, now, origin),
        import_run_id=import_run_id, organization_id=organization_id,
    )  # fmt: skip
    return [ids for portion in portions for ids in portion]


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
    setting = creation.setting_of(trace, terms, known)
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
            if trace.is_by_hand:
                creation.require_fields(session, [record], [place])
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
