"""What a protected listing never tells of its place, and how a sealed one loses what was kept."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import orjson
from sqlalchemy import and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from directory import authz
from directory.authz import Action, Actor
from directory.database import among
from directory.errors import Invalid
from directory.listings.record import NO_TEXTS, TEXT_FIELDS, ListingRecord
from directory.models import (
    Accessibility,
    Address,
    Change,
    CoverageCell,
    CoverageKind,
    ImportRow,
    ListingReport,
    Location,
    Merge,
    Phone,
    Proposal,
    Service,
    ServiceArea,
    ServiceAtLocation,
    Translation,
    Verification,
)
from directory.text import N_

PROTECTED: Final = frozenset({"L2", "L3"})
"""Levels whose position, address and distance nobody is shown (DOMAIN section 5)."""
SEALED: Final = "L3"
"""The level whose place is stored nowhere."""
ERASED: Final = "(erased)"
"""What the change log keeps instead of a place."""
LOCATION_TEXTS: Final = frozenset(
    column for column, (entity, _) in TEXT_FIELDS.items() if entity == "location"
)
PLACE: Final = LOCATION_TEXTS | {"latitude", "longitude", "precision_m"}
"""Fields that a sealed listing holds nowhere."""
HIDDEN: Final = PLACE | {
    "area_code", "coverage_radius_km", "coverage_geojson", "coverage_excluded_geojson",
    "coverage_travel_minutes", "coverage_travel_mode",
}  # fmt: skip
"""Fields that give the place of a listing away; a circle or a shape does so by its middle."""
LEVEL_FIELDS: Final = frozenset({"taxonomy_terms", "sensitivity"})
"""Fields that tell, or decide, how protected a listing is."""

_NO_SYNC: Final = {"synchronize_session": False}
_POSITION: Final[Mapping[Any, None]] = dict.fromkeys(
    (
        Location.photo, Location.photo_text, Location.name, Location.alternate_name, Location.description,
        Location.transportation, Location.landmark, Location.latitude, Location.longitude,
        Location.point, Location.precision_m, Location.external_identifier, Location.url,
    )
)  # fmt: skip
_ADDRESS: Final[Mapping[Any, str | None]] = {
    Address.attention: None, Address.address_1: "", Address.address_2: None, Address.city: "",
    Address.region: None, Address.state_province: "", Address.postal_code: "",
}  # fmt: skip


class LevelHeld(Invalid):
    """A protected listing would become less so by the hand of somebody who may not decide that."""

    code = "level_held"
    message = N_(
        "This listing is protected. Only a supervisor or an administrator trained for"
        " protected listings can lower its level."
    )


def column_of(field: str) -> str:
    """Return the column of a field as changes name it: ``address:fr`` is about ``address``."""
    return field.partition(":")[0]


def shown(record: ListingRecord, sensitivity: str) -> ListingRecord:
    """Return the record without what its sensitivity hides from every reader, in any language."""
    if sensitivity not in PROTECTED:
        return record
    nothing: dict[str, Any] = dict.fromkeys(HIDDEN)
    return replace(record, **nothing, texts=_silent(record))


def without_texts(record: ListingRecord) -> ListingRecord:
    """Return a settled record, if it is sealed, without the translations that tell its place."""
    if record.sensitivity != SEALED:
        return record
    return replace(record, texts=_silent(record), precision_m=None, location_type=None)


def require_level(actor: Actor, old: ListingRecord, new: ListingRecord) -> None:
    """Raise LevelHeld when a protected listing becomes less so and the actor may not decide that."""
    before, after = old.sensitivity or "L0", new.sensitivity or "L0"
    if before not in PROTECTED or after >= before:
        return
    if not authz.may(actor, Action.LOWER_LEVEL):
        moved = set(old.taxonomy_terms) != set(new.taxonomy_terms)
        field = "taxonomy_terms" if moved else "sensitivity"
        raise LevelHeld(fields={field: LevelHeld.message})


def traced(
    changes: Mapping[str, tuple[Any, Any]], sensitivity: str | None
) -> dict[str, tuple[Any, Any]]:
    """Return changes as the log may keep them: of a sealed listing no word about its place."""
    return {
        name: (ERASED, None)
        if sensitivity == SEALED and column_of(name) in HIDDEN
        else pair
        for name, pair in changes.items()
    }


def seal(session: Session, services: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    """Erase every place of those services that are stored as sealed; return their places' keys.

    Positions, addresses, circles and texts of all their places go, and with them what the change
    log, proposals and imports remember of them. A place that others share stays theirs. The
    caller makes the derived rows anew.
    """
    session.flush()
    chosen = among(session, Service.id, list(services))
    sealed = list(
        session.scalars(select(Service.id).where(chosen, Service.sensitivity == SEALED))
    )
    if not sealed:
        return []
    _detach(session, sealed)
    of_sealed = among(session, ServiceAtLocation.service_id, sealed)
    places = session.execute(
        select(ServiceAtLocation.id, ServiceAtLocation.location_id).where(of_sealed)
    ).all()
    keys = [place.id for place in places]
    _erase_places(session, [place.location_id for place in places if place.location_id])
    circles = and_(
        among(session, ServiceArea.service_at_location_id, keys),
        ServiceArea.kind == CoverageKind.RADIUS,
    )
    of_circle = CoverageCell.service_area_id.in_(select(ServiceArea.id).where(circles))
    session.execute(delete(CoverageCell).where(of_circle), execution_options=_NO_SYNC)
    session.execute(delete(ServiceArea).where(circles), execution_options=_NO_SYNC)
    _erase_log(session, sealed)
    _erase_proposals(session, sealed)
    _erase_imports(session, sealed)
    _erase_words(session, sealed)
    _erase_merges(session, sealed)
    return keys


def forget_photos(session: Session, services: Sequence[uuid.UUID]) -> None:
    """Erase the photographs of places that only protected services among these are given at."""
    session.flush()
    links = ServiceAtLocation.__table__.alias()
    open_there = (
        select(links.c.id)
        .join(Service, Service.id == links.c.service_id)
        .where(
            links.c.location_id == Location.id,
            Service.sensitivity.not_in(sorted(PROTECTED)),
        )
        .exists()
    )
    of_these = select(ServiceAtLocation.location_id).where(
        among(session, ServiceAtLocation.service_id, list(services))
    )
    session.execute(
        update(Location)
        .where(Location.id.in_(of_these), Location.photo.is_not(None), ~open_there)
        .values(photo=None, photo_text=None),
        execution_options=_NO_SYNC,
    )


def _silent(record: ListingRecord) -> Mapping[tuple[str, str], str]:
    """The translations that do not tell where the listing is."""
    kept = {
        key: text for key, text in record.texts.items() if key[0] not in LOCATION_TEXTS
    }
    return kept or NO_TEXTS


def _detach(session: Session, sealed: Sequence[uuid.UUID]) -> None:
    """Give sealed services an empty place of their own where others share the one they have."""
    others = ServiceAtLocation.__table__.alias()
    shared = (
        select(ServiceAtLocation, Location.organization_id, Location.area_id)
        .join(Location, Location.id == ServiceAtLocation.location_id)
        .where(
            among(session, ServiceAtLocation.service_id, sealed),
            select(others.c.id)
            .join(Service, Service.id == others.c.service_id)
            .where(
                others.c.location_id == ServiceAtLocation.location_id,
                Service.sensitivity != SEALED,
            )
            .exists(),
        )
    )
    for link, organization_id, area_id in session.execute(shared).all():
        country = session.scalar(
            select(Address.country).where(Address.location_id == link.location_id)
        )
        own = Location(
            organization_id=organization_id,
            location_type="virtual",
            area_id=area_id,
        )
        session.add(own)
        session.flush()
        session.add(Address(location_id=own.id, country=country or ""))
        session.execute(
            update(Phone)
            .where(
                Phone.service_id == link.service_id,
                Phone.location_id == link.location_id,
            )
            .values(location_id=own.id),
            execution_options=_NO_SYNC,
        )
        link.location_id = own.id
        session.flush()


def _erase_places(session: Session, locations: Sequence[uuid.UUID]) -> None:
    emptied = update(Location).where(among(session, Location.id, locations))
    bare = {column.key: value for column, value in _POSITION.items()}
    session.execute(
        emptied.values(**bare, location_type="virtual"), execution_options=_NO_SYNC
    )
    session.execute(
        update(Address)
        .where(among(session, Address.location_id, locations))
        .values({column.key: value for column, value in _ADDRESS.items()}),
        execution_options=_NO_SYNC,
    )
    for owner in (Accessibility.location_id, Translation.entity_id):
        own = among(session, owner, locations)
        session.execute(delete(owner.class_).where(own), execution_options=_NO_SYNC)


def _erase_log(session: Session, services: Sequence[uuid.UUID]) -> None:
    about_place = or_(
        Change.field_name.in_(sorted(HIDDEN)),
        *(
            Change.field_name.startswith(f"{column}:", autoescape=True)
            for column in sorted(LOCATION_TEXTS)
        ),
    )
    own = among(session, Change.resource_id, services)
    for column in (Change.previous_value, Change.replacement_value):
        session.execute(
            update(Change)
            .where(
                own,
                Change.resource_type == "service",
                about_place,
                func.length(column) > 0,
            )
            .values({column.key: ERASED}),
            execution_options=_NO_SYNC,
        )


def _erase_proposals(session: Session, services: Sequence[uuid.UUID]) -> None:
    """Take the place out of proposals, decided ones too."""
    query = select(Proposal).where(among(session, Proposal.service_id, services))
    for proposal in session.scalars(query):
        fields = _without_place(proposal.changes["fields"])
        if len(fields) < len(proposal.changes["fields"]):
            proposal.changes = {**proposal.changes, "fields": fields}
    session.flush()


def _erase_words(session: Session, services: Sequence[uuid.UUID]) -> None:
    """Take out what people wrote about a listing: any of it may tell where it is."""
    words = (
        ListingReport.text, Verification.note, Proposal.note, Proposal.decision_reason,
    )  # fmt: skip
    for column in words:
        model = column.class_
        chosen = among(session, model.service_id, services)
        session.execute(
            update(model).where(chosen).values({column.key: None}),
            execution_options=_NO_SYNC,
        )


def _erase_imports(session: Session, services: Sequence[uuid.UUID]) -> None:
    """Take the place out of what imports keep of their rows."""
    query = select(ImportRow).where(among(session, ImportRow.service_id, services))
    for row in session.scalars(query):
        for name in ("record", "changes", "conflicts", "undo"):
            if not (text := getattr(row, name)):
                continue
            values = orjson.loads(text)
            kept = _without_place(values)
            if len(kept) < len(values):
                setattr(row, name, orjson.dumps(kept).decode())
    session.flush()


def _erase_merges(session: Session, services: Sequence[uuid.UUID]) -> None:
    """Forget what merges into these services were made of: they cannot be taken back any more."""
    query = select(Merge).where(among(session, Merge.kept_id, services))
    for merge in session.scalars(query):
        merge.before = {}
    session.flush()


def _without_place(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value for name, value in values.items() if column_of(name) not in PLACE
    }
