"""Lets all that belongs to one listing follow it into another, and keeps what undoing needs."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session, aliased

from directory.database import among
from directory.duplicates import queries, references, snapshots
from directory.listings import offers
from directory.models import (
    DuplicatePair,
    Language,
    Location,
    Phone,
    Schedule,
    Service,
    ServiceArea,
    ServiceAtLocation,
)
from geo.distance import great_circle_km
from geo.points import Point

SAME_PLACE_KM: Final = 0.5
"""Places of two merged services that are nearer than this are one place."""
_NO_SYNC: Final = {"synchronize_session": False}
Keys = Sequence[uuid.UUID]


@dataclass(frozen=True, slots=True)
class Places:
    """Services at locations of both: those folded into others, and those that only change hands."""

    all: Keys
    folded: Mapping[uuid.UUID, uuid.UUID]
    moved: Keys
    locations: Keys
    """Of both services, used by no third one."""


def places_of(
    session: Session, kept_key: uuid.UUID, kept_id: uuid.UUID, gone_id: uuid.UUID
) -> Places:
    """Fold each place of the gone service into the nearest kept one that is the same place."""
    query = (
        select(
            ServiceAtLocation.id, ServiceAtLocation.service_id, Location.id.label("location"),
            Location.latitude, Location.longitude,
        )
        .join(Location, Location.id == ServiceAtLocation.location_id)
        .where(ServiceAtLocation.service_id.in_([kept_id, gone_id]))
        .order_by(ServiceAtLocation.id)
    )  # fmt: skip
    rows = session.execute(query).all()
    own = [row for row in rows if row.service_id == kept_id]
    other = [row for row in rows if row.service_id == gone_id]
    folded: dict[uuid.UUID, uuid.UUID] = {}
    for row in other:
        same = [each.id for each in own if _is_same_place(each, row)]
        if same:
            folded[row.id] = same[0]
        elif len(own) == len(other) == 1:
            folded[row.id] = kept_key
    locations = [row.location for row in rows]
    shared = select(ServiceAtLocation.location_id).where(
        among(session, ServiceAtLocation.location_id, locations),
        ServiceAtLocation.service_id.not_in([kept_id, gone_id]),
    )
    others = set(session.scalars(shared))
    return Places(
        all=[row.id for row in rows],
        folded=folded,
        moved=[row.id for row in other if row.id not in folded],
        locations=[key for key in locations if key not in others],
    )


def _is_same_place(one: Any, other: Any) -> bool:
    if one.location == other.location:
        return True
    if None in {one.latitude, one.longitude, other.latitude, other.longitude}:
        return False
    apart = great_circle_km(
        Point(latitude=one.latitude, longitude=one.longitude),
        Point(latitude=other.latitude, longitude=other.longitude),
    )
    return apart <= SAME_PLACE_KM


def take_in(
    session: Session, kept: uuid.UUID, gone: uuid.UUID, places: Places
) -> dict[str, Any]:
    """Let everything of the gone service follow, delete the rest, and return what undoing needs."""
    both = [kept, gone]
    double = references.doubles(session, gone, kept)
    pairs = or_(DuplicatePair.first_id == gone, DuplicatePair.second_id == gone)
    pair_ids = list(session.scalars(select(DuplicatePair.id).where(pairs)))
    rows = snapshots.keep(
        session,
        [
            (Service.id, both),
            (ServiceAtLocation.id, places.all),
            (Location.id, places.locations),
            *((column, both) for column in references.OF_SERVICE),
            *((column, places.all) for column in references.OF_PLACE),
            *((column, places.locations) for column in references.OF_LOCATION),
            (DuplicatePair.id, pair_ids),
            *double,
        ],
    )
    snapshots.remove(session, double)
    handed = _hand_over_verdicts(session, kept, gone)
    moved = references.follow_service(session, gone, kept)
    moved_places = {
        place.hex: references.follow_place(session, place, into)
        for place, into in places.folded.items()
    }
    imports = references.follow_imports(session, gone, kept, places.folded)
    texts = {str(place): str(into) for place, into in places.folded.items()}
    references.aim_proposals(session, kept, texts)
    offers.remove(session, places.all)
    _move_places(session, kept, gone, places.moved)
    _delete_rest(session, gone, places)
    return {
        "rows": rows,
        "moved": moved,
        "moved_places": moved_places,
        "imports": imports,
        "folded": texts,
        "handed": handed,
    }


def _hand_over_verdicts(
    session: Session, kept: uuid.UUID, gone: uuid.UUID
) -> list[str]:
    """Let "not the same" of the gone listing hold for the kept one; its pairs end. Returns new keys."""
    pairs = select(DuplicatePair).where(
        or_(DuplicatePair.first_id == gone, DuplicatePair.second_id == gone)
    )
    of_kept = select(DuplicatePair.first_id, DuplicatePair.second_id).where(
        or_(DuplicatePair.first_id == kept, DuplicatePair.second_id == kept)
    )
    known = {frozenset(row) for row in session.execute(of_kept)}
    handed = []
    for pair in session.scalars(pairs).all():
        other = pair.second_id if pair.first_id == gone else pair.first_id
        if (
            pair.state == queries.DIFFERENT
            and other != kept
            and frozenset((kept, other)) not in known
        ):
            new = DuplicatePair(
                first_id=min(kept, other), second_id=max(kept, other), score=pair.score,
                reasons=pair.reasons, country=pair.country, state=pair.state,
                found_at=pair.found_at, decided_by=pair.decided_by, decided_at=pair.decided_at,
            )  # fmt: skip
            session.add(new)
            session.flush()
            handed.append(new.id.hex)
        session.delete(pair)
    session.flush()
    return handed


def _move_places(
    session: Session, kept: uuid.UUID, gone: uuid.UUID, moved: Keys
) -> None:
    """Give places that the kept service has not yet to it, with their hours, phones and coverage."""
    if not moved:
        return
    locations = locations_of(session, moved)
    for column in (ServiceAtLocation.id, ServiceArea.service_at_location_id):
        session.execute(
            update(column.class_).where(column.in_(moved)).values(service_id=kept),
            execution_options=_NO_SYNC,
        )
    of_location = ((Phone, Phone.location_id), (Language, Language.location_id))
    for model, column in ((Schedule, Schedule.location_id), *of_location):
        session.execute(
            update(model)
            .where(model.service_id == gone, column.in_(locations))
            .values(service_id=kept),
            execution_options=_NO_SYNC,
        )
    session.flush()


def _delete_rest(session: Session, gone: uuid.UUID, places: Places) -> None:
    folded = list(places.folded)
    used = locations_of(session, folded)
    snapshots.remove(session, [(column, folded) for column in references.OF_PLACE])
    snapshots.remove(session, [(column, [gone]) for column in references.OF_SERVICE])
    snapshots.remove(session, [(ServiceAtLocation.id, folded), (Service.id, [gone])])
    remove_unused_locations(session, used)


def remove_unused_locations(session: Session, keys: Keys) -> None:
    named = aliased(ServiceAtLocation)
    unused = session.scalars(
        select(Location.id).where(
            among(session, Location.id, list(keys)),
            ~select(named.id).where(named.location_id == Location.id).exists(),
        )
    ).all()
    snapshots.remove(session, [(column, unused) for column in references.OF_LOCATION])
    snapshots.remove(session, [(Location.id, unused)])


def keys_of(session: Session, services: Keys) -> Keys:
    query = select(ServiceAtLocation.id).where(
        ServiceAtLocation.service_id.in_(services)
    )
    return session.scalars(query).all()


def locations_of(session: Session, keys: Keys) -> Keys:
    query = select(ServiceAtLocation.location_id).where(
        among(session, ServiceAtLocation.id, list(keys))
    )
    return session.scalars(query.distinct()).all()
