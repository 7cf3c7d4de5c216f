"""Makes new listings in bulk, a portion at a time, with their traces and derived rows."""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from directory import audit, authz
from directory.areas.locating import Locator
from directory.authz import Action, Actor
from directory.countries import queries as countries
from directory.database import insert_many
from directory.keys import new_key_texts, new_keys
from directory.listings import (
    fresh,
    index_notes,
    offers,
    reference,
    rows,
    rules,
    sealing,
    tables,
    units,
)
from directory.listings.record import CreatedIds, ListingRecord
from directory.models import Base

Identity = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Trace:
    """Who writes, when, and through which door (form, import, api, command)."""

    actor: Actor
    now: datetime
    origin: str

    @property
    def is_by_hand(self) -> bool:
        """Whether a person fills a form in, who can be asked for what a country wants to know."""
        return self.origin == "form"


@dataclass(frozen=True, slots=True)
class _New:
    """A record on its way to the tables: where it lies, and whose organization it is."""

    record: ListingRecord
    place: rows.Place
    identity: Identity


def create_in_portions(
    session: Session,
    portions: Iterable[Sequence[ListingRecord]],
    *,
    trace: Trace,
    import_run_id: uuid.UUID | None = None,
    organization_id: uuid.UUID | None = None,
) -> Iterator[list[CreatedIds]]:
    """Create a listing for each record of each portion; yield the keys of each portion.

    Organizations, services and places with the same identity, in any portion or already in the
    directory, are made once. Raises InvalidListing, UnknownArea, UnusableShape or NotYours before
    the portion that holds the fault is written; the caller rolls back.
    """
    terms = reference.read_terms(session)
    locator = Locator(session)
    batch = tables.Batch()
    known: dict[str, reference.KnownArea] = {}
    setting = setting_of(trace, terms, known, import_run_id)
    setting.review_days = countries.review_days(session)
    for portion in portions:
        for record in portion:
            rules.require_valid(record, terms.levels)
        known |= reference.read_areas(session, portion, known)
        setting.area_ids = {code: area.id for code, area in known.items()}
        places = reference.locate(session, portion, known, locator)
        if trace.is_by_hand:
            require_fields(session, portion, places)
        new = [
            _New(record, place, tables.organization_identity(record, place.country))
            for record, place in zip(portion, places, strict=True)
        ]
        identities = {one.identity for one in new}
        reference.remember_known(session, batch, portion, identities)
        if organization_id is not None:
            batch.organizations |= dict.fromkeys(identities, organization_id)
        _require_creation(session, trace.actor, batch, new)
        made = [batch.add(one.record, one.place, setting, one.identity) for one in new]
        _write(session, batch, trace)
        _derive(session, batch, setting, list(zip(new, made, strict=True)))
        doubtful = [
            ids.service_id
            for ids in made
            if (stored := batch.stored.get(ids.service_id)) is None
            or setting.level_of(stored) == sealing.SEALED
        ]
        if doubtful:
            offers.refresh(session, sealing.seal(session, doubtful))
        batch.forget_records()
        yield made


def require_fields(
    session: Session,
    records: Sequence[ListingRecord],
    places: Sequence[rows.Place],
) -> None:
    """Raise InvalidListing where a record lacks a field that its country's pack asks for."""
    for record, place in zip(records, places, strict=True):
        wanted = countries.required_fields(session, place.country)
        if problems := rules.missing_fields(record, wanted):
            raise rules.InvalidListing(fields=problems)


def setting_of(
    trace: Trace,
    terms: reference.Terms,
    known: Mapping[str, reference.KnownArea],
    import_run_id: uuid.UUID | None = None,
) -> rows.Setting:
    """Return what the rows of one batch share."""
    return rows.Setting(
        keys=new_keys(trace.now),
        key_texts=new_key_texts(trace.now),
        now=trace.now,
        term_ids=terms.ids,
        area_ids={code: area.id for code, area in known.items()},
        level_of=terms.level_of,
        import_run_id=import_run_id,
        assurer_email=trace.actor.email or None,
        assurer_role=trace.actor.role.value,
    )


def _require_creation(
    session: Session, actor: Actor, batch: tables.Batch, new: Sequence[_New]
) -> None:
    """Raise NotYours unless the actor may create each of these listings where it lies."""
    asked = {(batch.organizations.get(one.identity), one.place.area_id) for one in new}
    chains = reference.area_chains(session, {area_id for _, area_id in asked})
    for organization_id, area_id in asked:
        chain = chains.get(area_id) if area_id else None
        authz.require(
            actor,
            Action.CREATE_LISTING,
            organization_id=organization_id,
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
    created: Sequence[tuple[_New, CreatedIds]],
) -> None:
    """Make the derived rows of new listings and note them for the search index."""
    sources, unread, shaped = [], [], []
    make = fresh.OfferSources(setting)
    for new, ids in created:
        stored = batch.stored.get(ids.service_id)
        if stored is None or ids.organization_id not in batch.provider_types:
            unread.append(ids.service_at_location_id)
            continue
        provider_type = batch.provider_types[ids.organization_id]
        if provider_type != stored.provider_type:
            stored = replace(stored, provider_type=provider_type)
        sources.append(make(new.record, stored, ids, new.place))
        if rows.draws(new.record):
            shaped.append(ids.service_at_location_id)
    offers.build_offers(session, sources)
    offers.add_cells(session, shaped)
    offers.refresh(session, unread)
    index_notes.note_for_index(
        session, [(ids.service_id, new.place.country) for new, ids in created]
    )
