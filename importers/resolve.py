"""Which existing listing is this row? An earlier import, then the id, then name and place."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from directory import authz
from directory.authz import Actor
from directory.database import among, among_values, fetch
from directory.listings.reference import chunks
from directory.models import (
    Address,
    Area,
    ImportRow,
    ImportRun,
    Location,
    Service,
    ServiceAtLocation,
)
from directory.text import normalise
from geo.distance import great_circle_km
from geo.points import Point

NEAR_KM: Final = 0.2
"""Two entries of one name within this distance are one place."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """What of a row tells which listing it is."""

    fingerprint: str
    source: str
    service_id: str | None
    name: str
    country: str | None
    area_code: str | None
    address: str | None
    place: Point | None


@dataclass(frozen=True, slots=True)
class Match:
    """An existing listing. ``base`` is what its last import said, as stored then."""

    service_id: uuid.UUID
    service_at_location_id: uuid.UUID
    version: int
    sensitivity: str
    is_other_source: bool
    name: str
    is_visible: bool
    """Whether the importer may know of the listing; of the others nothing may be told."""
    base: str | None = None
    is_same: bool = False
    """Whether the row says exactly what the last import said."""


@dataclass(frozen=True, slots=True)
class _Listing:
    """A stored listing as far as recognising it needs."""

    service_id: uuid.UUID
    key: uuid.UUID
    version: int
    sensitivity: str
    source: str | None
    external_id: str | None
    name: str
    normalised_name: str
    country: str
    area_code: str | None
    address: str
    place: Point | None
    is_visible: bool


@dataclass(slots=True)
class Resolver:
    """Finds the listings of the rows of one file; each listing is given to one row only.

    Listings that the actor may not know of are found as well, or they would be made a second time.
    """

    session: Session
    actor: Actor
    rows_per_id: Counter[tuple[str, str]]
    claimed: set[uuid.UUID] = field(default_factory=set)
    _is_empty: bool | None = None

    @property
    def is_empty(self) -> bool:
        """Whether the directory has no listing at all, so that every row is new."""
        if self._is_empty is None:
            self._is_empty = not self.session.scalar(select(exists(select(Service.id))))
        return self._is_empty

    def match(self, candidates: Sequence[Candidate]) -> list[Match | None]:
        """Return the listing of each row, None where it is new."""
        self.session.flush()
        found: list[Match | None] = self._by_fingerprint(candidates)
        self._by_id(candidates, found)
        self._by_name(candidates, found)
        return self._with_base(found)

    def _by_fingerprint(self, candidates: Sequence[Candidate]) -> list[Match | None]:
        rows: dict[str, list[Any]] = defaultdict(list)
        wanted = sorted({one.fingerprint for one in candidates})
        statement = (
            select(
                ImportRow.fingerprint, ImportRow.service_at_location_id, Service.id,
                Service.version, Service.sensitivity, Service.name, _seen_by(self.actor),
            )
            .join(ImportRun, ImportRun.id == ImportRow.run_id)
            .join(ServiceAtLocation, ServiceAtLocation.id == ImportRow.service_at_location_id)
            .join(Service, Service.id == ServiceAtLocation.service_id)
            .where(ImportRun.state == "applied", ImportRow.action.in_(APPLIED))
            .order_by(ImportRun.applied_at.desc(), ImportRow.line)
        )  # fmt: skip
        for chunk in chunks(wanted):
            same = among_values(self.session, ImportRow.fingerprint, chunk)
            for row in fetch(self.session, statement.where(same)):
                rows[str(row.fingerprint)].append(row)
        found: list[Match | None] = []
        for one in candidates:
            free = [r for r in rows[one.fingerprint] if r[1] not in self.claimed]
            if not free:
                found.append(None)
                continue
            _, key, service_id, version, sensitivity, name, is_visible = free[0]
            self.claimed.add(key)
            found.append(
                Match(
                    service_id, key, version, sensitivity, is_other_source=False,
                    name=name, is_visible=is_visible, is_same=True,
                )
            )  # fmt: skip
        return found

    def _by_id(
        self, candidates: Sequence[Candidate], found: list[Match | None]
    ) -> None:
        wanted = {
            one.service_id for one, match in zip(candidates, found, strict=True) if match is None and one.service_id
        }  # fmt: skip
        listings: dict[str, list[_Listing]] = defaultdict(list)
        for listing in self._listings(Service.external_id, wanted):
            listings[listing.external_id or ""].append(listing)
        keys = {key: text for text in wanted if (key := _as_uuid(text)) is not None}
        for listing in self._listings(Service.id, keys):
            listings[keys[listing.service_id]].append(listing)
        for index, one in enumerate(candidates):
            if found[index] is None and one.service_id:
                free = [
                    x for x in listings[one.service_id]
                    if x.key not in self.claimed or not x.is_visible
                ]  # fmt: skip
                found[index] = self._claim(one, self._choose_by_id(one, free))

    def _choose_by_id(
        self, one: Candidate, listings: Sequence[_Listing]
    ) -> _Listing | None:
        """Return the listing with the row's id: its own place, or the only one there is."""
        own = [
            x
            for x in listings
            if x.source == one.source or str(x.service_id) == one.service_id
        ]
        if not own:
            own = [
                x
                for x in listings
                if x.normalised_name == one.name and x.country == one.country
            ]
        if unseen := next((x for x in own if not x.is_visible), None):
            return unseen  # a further place of a service that the actor may not know of is none
        at_place = [x for x in own if _is_near(one, x)]
        if at_place:
            return at_place[0]
        is_only = self.rows_per_id[one.source, one.service_id or ""] == 1
        return own[0] if len(own) == 1 and is_only else None

    def _by_name(
        self, candidates: Sequence[Candidate], found: list[Match | None]
    ) -> None:
        wanted = {
            one.name
            for one, match in zip(candidates, found, strict=True)
            if match is None
        }
        listings: dict[str, list[_Listing]] = defaultdict(list)
        for listing in self._listings(Service.normalised_name, wanted):
            listings[listing.normalised_name].append(listing)
        for index, one in enumerate(candidates):
            if found[index] is None:
                near = [
                    x for x in listings[one.name]
                    if x.key not in self.claimed and _is_near(one, x) and not _have_other_ids(one, x)
                ]  # fmt: skip
                found[index] = self._claim(one, near[0] if near else None)

    def _claim(self, one: Candidate, listing: _Listing | None) -> Match | None:
        if listing is None:
            return None
        self.claimed.add(listing.key)
        return Match(
            listing.service_id, listing.key, listing.version, listing.sensitivity,
            listing.source != one.source, listing.name, listing.is_visible,
        )  # fmt: skip

    def _listings(self, column: Any, values: Iterable[Any]) -> Iterable[_Listing]:
        for chunk in chunks(sorted(values)):
            choose = among if isinstance(chunk[0], uuid.UUID) else among_values
            statement = _statement(self.actor).where(
                choose(self.session, column, chunk)
            )
            for row in fetch(self.session, statement):
                yield _listing(row)

    def _with_base(self, found: Sequence[Match | None]) -> list[Match | None]:
        """Add what the last import said of each listing that was not found by its very words."""
        wanted = [
            m.service_at_location_id
            for m in found
            if m is not None and m.is_visible and not m.is_same
        ]
        bases: dict[uuid.UUID | None, str] = {}
        statement = (
            select(ImportRow.service_at_location_id, ImportRow.record)
            .join(ImportRun, ImportRun.id == ImportRow.run_id)
            .where(ImportRun.state == "applied", ImportRow.action.in_(APPLIED))
            .order_by(ImportRun.applied_at)
        )
        for chunk in chunks(wanted):
            where = among(self.session, ImportRow.service_at_location_id, chunk)
            found_here = fetch(self.session, statement.where(where))
            bases.update((key, text) for key, text in found_here)
        return [
            match if match is None or match.is_same
            else Match(
                match.service_id, match.service_at_location_id, match.version, match.sensitivity,
                match.is_other_source, match.name, match.is_visible,
                bases.get(match.service_at_location_id),
            )
            for match in found
        ]  # fmt: skip


APPLIED: Final = ("create", "update", "unchanged")
"""The actions whose record is, once the run is applied, what the listing was last told."""


def _seen_by(actor: Actor) -> ColumnElement[bool]:
    return authz.visible_services(actor).label("is_visible")


def _statement(
    actor: Actor,
) -> Any:  # Any: a Select of many columns has no shorter type
    return (
        select(
            Service.id, ServiceAtLocation.id, Service.version, Service.sensitivity, Service.source,
            Service.external_id, Service.name, Service.normalised_name, Address.country, Area.code,
            Address.address_1, Location.latitude, Location.longitude, _seen_by(actor),
        )
        .join(ServiceAtLocation, ServiceAtLocation.service_id == Service.id)
        .join(Location, Location.id == ServiceAtLocation.location_id)
        .outerjoin(Address, Address.location_id == Location.id)
        .outerjoin(Area, Area.id == Location.area_id)
        .order_by(Service.created_at, ServiceAtLocation.id)
    )  # fmt: skip


def _listing(row: Any) -> _Listing:
    latitude, longitude = row[11], row[12]
    has_place = latitude is not None and longitude is not None
    place = Point(latitude=latitude, longitude=longitude) if has_place else None
    return _Listing(
        service_id=row[0],
        key=row[1],
        version=row[2],
        sensitivity=row[3],
        source=row[4],
        external_id=row[5],
        name=row[6],
        normalised_name=row[7],
        country=row[8] or "",
        area_code=row[9],
        address=normalise(row[10] or ""),
        place=place,
        is_visible=bool(row[13]),
    )


def _is_near(one: Candidate, listing: _Listing) -> bool:
    if one.place is not None and listing.place is not None:
        return great_circle_km(one.place, listing.place) <= NEAR_KM
    if one.place is not None or listing.place is not None:
        return False
    return (
        (one.country or "") == listing.country
        and one.area_code == listing.area_code
        and normalise(one.address or "") == listing.address
    )


def _have_other_ids(one: Candidate, listing: _Listing) -> bool:
    """Whether both are named by the same source with different ids: then they are two services."""
    if one.service_id is None or listing.external_id is None:
        return False
    return one.source == listing.source and one.service_id != listing.external_id


def _as_uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
