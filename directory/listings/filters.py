"""The filters of the directory as conditions on ``Offer``: the same for lists, maps and programs."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    String,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import Session

from directory import authz
from directory.areas import queries as areas
from directory.authz import Actor
from directory.listings import offers, open_now
from directory.listings.freshness import Band
from directory.listings.queries import WITHOUT_PLACE
from directory.models import (
    CoverageCell,
    Language,
    Location,
    Offer,
    OfferTerm,
    Service,
    ServiceArea,
    ServiceAtLocation,
    ServiceStatus,
)
from geo import cells, spatial
from geo.points import Point

SHOWN_STATUSES: Final = (ServiceStatus.ACTIVE, ServiceStatus.TEMPORARILY_CLOSED)
"""What a list shows unless a status is asked for."""
DEFAULT_REACH_KM: Final = 50.0
"""How far a service that states no coverage is thought to reach (DEFAULT_REACH_KM)."""
UNKNOWN: Final = "unknown"


class Sort(StrEnum):
    """The orders of a list."""

    RELEVANCE = "relevance"
    NAME = "name"
    DISTANCE = "distance"
    VERIFIED = "verified"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a reader asks the directory for; ``None`` and empty ask for nothing.

    ``term`` is a taxonomy code, a category standing for all its leaves; ``area`` an area code;
    ``near`` with ``radius_km`` the surroundings of a point, ``covers`` a place that the service must
    reach. ``status`` "all" shows every status; ``cost`` and ``freshness`` may be "unknown";
    ``open_at`` is the moment at which a service must be open; ``community`` a country whose people
    it serves abroad. ``is_any``: some of the words of ``q`` are enough.
    """

    q: str = ""
    is_any: bool = False
    term: str | None = None
    area: str | None = None
    country: str | None = None
    near: Point | None = None
    radius_km: float | None = None
    covers: Point | None = None
    language: str | None = None
    cost: str | None = None
    status: str | None = None
    freshness: Band | None = None
    open_to: str | None = None
    community: str | None = None
    open_at: datetime | None = None
    is_mine: bool = False
    reach_km: float = DEFAULT_REACH_KM
    sort: Sort | None = None


def conditions(
    session: Session,
    filters: Filters,
    *,
    actor: Actor,
    today: date,
    is_narrowed: bool = False,
) -> list[ColumnElement[bool]]:
    """Return the conditions for all filters but the text, visibility included.

    ``is_narrowed``: the caller names a few rows by their keys. The country is then told in a form that
    no index answers, or the database would rather read the whole country than those rows.
    """
    found = [authz.visible_offers(actor), _status(filters.status, today)]
    found += _of_place(session, filters, is_narrowed=is_narrowed)
    if filters.open_at is not None:
        # Asked before the filters with counts, so that all of them share one answer.
        place = (filters.area, filters.country, filters.near, filters.radius_km)
        asked = (actor, filters.status, *place, filters.covers, filters.reach_km)
        is_open = open_now.condition(session, filters.open_at, found, question=asked)
        found.append(is_open)
    if filters.term:
        found.append(_tagged(filters))
    if filters.cost:
        wanted = None if filters.cost == UNKNOWN else filters.cost
        found.append(Offer.cost == wanted if wanted else Offer.cost.is_(None))
    if filters.freshness:
        found.append(band_of(today) == filters.freshness.value)
    found += _of_service(filters)
    if filters.is_mine:
        found.append(Offer.organization_id.in_(sorted(actor.organization_ids)))
    return found


def band_of(today: date) -> ColumnElement[str]:
    """The freshness band of an offer, as ``freshness.of`` tells it."""
    return case(
        (Offer.due_on.is_(None), Band.UNKNOWN.value),
        (Offer.due_on >= today, Band.FRESH.value),
        (Offer.stale_on >= today, Band.DUE.value),
        else_=Band.STALE.value,
    )


def is_outdated(today: date) -> ColumnElement[bool]:
    """Whether an offer is in the red band; never empty, so that it can be negated."""
    return func.coalesce(Offer.stale_on < today, false())


def nearness(point: Point) -> ColumnElement[float]:
    """An expression that grows with the distance from a point (haversine of the angle).

    Restricted listings have none, and so come last: their order would tell where they are.
    """
    latitude, longitude = func.radians(Offer.latitude), func.radians(Offer.longitude)
    half_lat = func.sin((latitude - func.radians(point.latitude)) / 2)
    half_lon = func.sin((longitude - func.radians(point.longitude)) / 2)
    angle = half_lat * half_lat + half_lon * half_lon * func.cos(latitude) * func.cos(
        func.radians(point.latitude)
    )
    return case((Offer.sensitivity.in_(WITHOUT_PLACE), None), else_=angle)


def in_force(today: date) -> ColumnElement[bool]:
    """Whether an offer's own dates, if it has any, hold the day (``facts.in_force``)."""
    return and_(
        or_(Offer.valid_from.is_(None), Offer.valid_from <= today),
        or_(Offer.valid_to.is_(None), Offer.valid_to >= today),
    )


def _status(status: str | None, today: date) -> ColumnElement[bool]:
    if status == "all":
        return Offer.status.is_not(None)
    if status is None or status == "":
        return and_(Offer.status.in_(SHOWN_STATUSES), in_force(today))
    chosen = Offer.status == status
    return and_(chosen, in_force(today)) if status in SHOWN_STATUSES else chosen


def _tagged(filters: Filters) -> ColumnElement[bool]:
    """A term, or for a category any of its leaves.

    Within a country the codes in the row itself are read, which the counting index holds; otherwise
    the index of terms leads to the rows.
    """
    term = filters.term or ""
    if filters.country:
        codes: Any = literal(" ").concat(Offer.terms).concat(" ")
        return or_(
            codes.contains(f" {term} ", autoescape=True),
            codes.contains(f" {term}.", autoescape=True),
        )
    tagged = select(OfferTerm.service_at_location_id).where(
        or_(
            OfferTerm.term == term,
            OfferTerm.term.startswith(f"{term}.", autoescape=True),
        )
    )
    return Offer.service_at_location_id.in_(tagged)


def _of_place(
    session: Session, filters: Filters, *, is_narrowed: bool
) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.area:
        found.append(_in_area(session, filters.area))
    if filters.country:
        country: Any = Offer.country.concat("") if is_narrowed else Offer.country
        found.append(country == filters.country)
    if filters.near is not None and filters.radius_km:
        found.append(_around(filters.near, filters.radius_km))
    if filters.covers is not None:
        found.append(_covers(session, filters.covers, filters.reach_km))
    return found


def _in_area(session: Session, code: str) -> ColumnElement[bool]:
    """Located in the area. Of restricted listings only the first level is told."""
    area = areas.area_by_code(session, code)
    if area is None:
        return false()
    if area.level == 0:
        return Offer.country == area.country
    below = sorted(areas.descendant_ids(session, [area.id]))
    located = Offer.area_id.in_(below)
    return (
        located
        if area.level == 1
        else and_(located, Offer.sensitivity.not_in(WITHOUT_PLACE))
    )


def _around(point: Point, radius_km: float) -> ColumnElement[bool]:
    close = (
        select(ServiceAtLocation.id)
        .join(Location, Location.id == ServiceAtLocation.location_id)
        .where(spatial.within(Location.point, point, radius_km))
    )
    # Restricted listings never answer to a distance: it would give their place away.
    return and_(
        Offer.service_at_location_id.in_(close), Offer.sensitivity.not_in(WITHOUT_PLACE)
    )


def _covers(session: Session, point: Point, reach_km: float) -> ColumnElement[bool]:
    """Whether the stated coverage holds the place; where none is stated, whether it is near."""
    holding = areas.areas_containing(session, point.latitude, point.longitude)
    ids = [area.id for area in holding]
    countries = {area.country for area in holding}
    nearby = cells.disk(point, reach_km, offers.RESOLUTION)
    return and_(
        or_(
            Offer.service_at_location_id.in_(
                _statements(point, ids, is_exclusion=False)
            ),
            and_(Offer.reach.is_not(None), Offer.country.in_(sorted(countries))),
            and_(
                Offer.states_coverage.is_(False),
                Offer.cell.in_(nearby),
                _around(point, reach_km),
            ),
        ),
        Offer.service_at_location_id.not_in(_statements(point, ids, is_exclusion=True)),
    )


def _statements(
    point: Point, holding: Collection[uuid.UUID], *, is_exclusion: bool
) -> Any:
    """Offers with a statement about an area, shape or circle that holds the point."""
    by_area = select(ServiceArea.service_at_location_id).where(
        ServiceArea.area_id.in_(sorted(holding)),
        ServiceArea.is_exclusion.is_(is_exclusion),
        ServiceArea.service_at_location_id.is_not(None),
    )
    by_cell = (
        select(ServiceArea.service_at_location_id)
        .join(CoverageCell, CoverageCell.service_area_id == ServiceArea.id)
        .where(
            ServiceArea.service_at_location_id.is_not(None),
            CoverageCell.cell.in_(cells.cells_of(point)),
            or_(CoverageCell.is_whole, spatial.covers(ServiceArea.geometry, point)),
            ServiceArea.is_exclusion.is_(is_exclusion),
        )
    )
    return by_area.union(by_cell)


def _of_service(filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.language:
        spoken = select(Language.service_id).where(Language.code == filters.language)
        found.append(Offer.service_id.in_(spoken))
    if filters.open_to:
        open_to = select(Service.id).where(Service.open_to == filters.open_to)
        found.append(Offer.service_id.in_(open_to))
    if filters.community:
        named = cast(Service.communities, String).contains(f'"{filters.community}"')
        serving = select(Service.id).where(named)
        found.append(Offer.service_id.in_(serving))
    return found
