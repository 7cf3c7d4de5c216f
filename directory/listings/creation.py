"""Makes new listings in bulk, a portion at a time, with their traces and derived rows."""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from directory import audit, authz
from directory.areas.locating import Located, Locator
from directory.authz import Action, Actor
from directory.countries import queries as countries
from directory.database import Insert, prepare_inserts, run_insert
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
from directory.listings.facts import OfferSource
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


@dataclass(frozen=True, slots=True)
class Made:
    """New listings that are not written yet: what ``write`` puts down, made without writing.

    ``inserts`` are in the order that foreign keys ask for. Then follow ``shaped`` offers, whose cells
    are counted, ``unread`` ones, which are derived from what is stored, and ``doubtful`` services,
    which may have become sealed.
    """

    ids: list[CreatedIds]
    inserts: list[Insert]
    units: list[str]
    shaped: list[uuid.UUID]
    unread: list[uuid.UUID]
    doubtful: list[uuid.UUID]


def create_in_portions(
    session: Session,
    portions: Iterable[Sequence[ListingRecord]],
    *,
    trace: Trace,
    import_run_id: uuid.UUID | None = None,
    organization_id: uuid.UUID | None = None,
) -> Iterator[list[CreatedIds]]:
    """Create a listing for each record of each portion; yield the keys of each portion.

    ``organization_id``: the existing organization of all of them. Raises what ``Maker.make`` raises
    before the portion that holds the fault is written; the caller rolls back.
    """
    maker = Maker(
        session, trace=trace, import_run_id=import_run_id, organization_id=organization_id
    )  # fmt: skip
    for portion in portions:
        made = maker.make(portion)
        write(session, made)
        yield made.ids


def write(session: Session, made: Made) -> None:
    """Write new listings, with their traces and derived rows."""
    units.ensure_names(session, made.units)
    connection = session.connection()
    for insert in made.inserts:
        run_insert(connection, insert)
    if made.inserts:
        index_notes.mark(session)
    offers.add_cells(session, made.shaped)
    offers.refresh(session, made.unread)
    if made.doubtful:
        offers.refresh(session, sealing.seal(session, made.doubtful))


class Maker:
    """Makes new listings, a portion after the other, out of records; reads, and writes nothing.

    Organizations, services and places with the same identity, in any portion or already in the
    directory, are made once. Nothing is read of what an earlier portion made, so that a process may
    make the next portion while another one writes this one.
    """

    def __init__(
        self,
        session: Session,
        *,
        trace: Trace,
        import_run_id: uuid.UUID | None = None,
        organization_id: uuid.UUID | None = None,
    ) -> None:
        self._session = session
        self._trace = trace
        self._organization_id = organization_id
        self._terms = reference.read_terms(session)
        self._locator = Locator(session)
        self._batch = tables.Batch()
        self._known: dict[str, reference.KnownArea] = {}
        self._setting = setting_of(trace, self._terms, self._known, import_run_id)
        self._setting.review_days = countries.review_days(session)

    def make(
        self,
        portion: Sequence[ListingRecord],
        located: Sequence[Located] | None = None,
    ) -> Made:
        """Return the listings of these records.

        ``located``: where those with a position lie, if that was found already. Raises InvalidListing, UnknownArea, UnusableShape or NotYours.
        """
        batch, setting = self._batch, self._setting
        new = self._placed(portion, located)
        identities = {one.identity for one in new}
        reference.remember_known(
            self._session, batch, portion, identities, actor=self._trace.actor
        )
        if self._organization_id is not None:
            batch.organizations |= dict.fromkeys(identities, self._organization_id)
        _require_creation(self._session, self._trace.actor, batch, new)
        ids = [batch.add(one.record, one.place, setting, one.identity) for one in new]
        sources, unread = _sources(batch, setting, new, ids)
        made = Made(
            ids=ids,
            inserts=self._inserts(sources, new, ids),
            units=units.names_of(batch.stored.values()),
            shaped=[
                key.service_at_location_id
                for one, key in zip(new, ids, strict=True)
                if rows.draws(one.record) and key.service_at_location_id not in unread
            ],
            unread=list(unread),
            doubtful=[
                key.service_id
                for key in ids
                if (stored := batch.stored.get(key.service_id)) is None
                or setting.level_of(stored) == sealing.SEALED
            ],
        )
        batch.forget_records()
        return made

    def _placed(
        self, portion: Sequence[ListingRecord], located: Sequence[Located] | None
    ) -> list[_New]:
        """Check the records and find where they lie."""
        for record in portion:
            rules.require_valid(record, self._terms.levels)
        self._known |= reference.read_areas(self._session, portion, self._known)
        self._setting.area_ids = {code: area.id for code, area in self._known.items()}
        places = reference.locate(
            self._session, portion, self._known, self._locator, located
        )
        if self._trace.is_by_hand:
            require_fields(self._session, portion, places)
        return [
            _New(record, place, tables.organization_identity(record, place.country))
            for record, place in zip(portion, places, strict=True)
        ]

    def _inserts(
        self,
        sources: Sequence[OfferSource],
        new: Sequence[_New],
        ids: Sequence[CreatedIds],
    ) -> list[Insert]:
        """Prepare all rows of the portion: the log, the HSDS tables, the offers, the index's tasks."""
        made = self._batch.tables
        trace, named = self._trace, Base.metadata.tables
        log = [
            row
            for kind in ("organization", "service")
            for row in audit.created_rows(
                actor=trace.actor, resource_type=kind, now=trace.now, origin=trace.origin,
                created=[(row["id"], row["name"]) for row in made[kind]],
            )
        ]  # fmt: skip
        tasks = index_notes.task_rows(
            (key.service_id, one.place.country)
            for one, key in zip(new, ids, strict=True)
        )
        prepared = prepare_inserts(
            self._session.get_bind().dialect,
            [
                (named["metadata"], log),
                *((named[name], made[name]) for name in tables.ORDER),
                *offers.derived_rows(sources),
                (index_notes.TABLE, tasks),
            ],
        )
        made.clear()
        return prepared


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
        actor=trace.actor,
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


def _sources(
    batch: tables.Batch,
    setting: rows.Setting,
    new: Sequence[_New],
    ids: Sequence[CreatedIds],
) -> tuple[list[OfferSource], dict[uuid.UUID, None]]:
    """Return what the offers are made from, and the keys of those that must be read back."""
    sources: list[OfferSource] = []
    unread: dict[uuid.UUID, None] = {}
    make = fresh.OfferSources(setting)
    for one, key in zip(new, ids, strict=True):
        stored = batch.stored.get(key.service_id)
        if stored is None or key.organization_id not in batch.provider_types:
            unread[key.service_at_location_id] = None
            continue
        provider_type = batch.provider_types[key.organization_id]
        if provider_type != stored.provider_type:
            stored = replace(stored, provider_type=provider_type)
        sources.append(make(one.record, stored, key, one.place))
    return sources, unread
