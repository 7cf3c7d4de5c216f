"""Asks the database which offers reach a place, by each kind of coverage statement."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import (
    ColumnElement,
    String,
    and_,
    case,
    func,
    or_,
    select,
    true,
    type_coerce,
)
from sqlalchemy.orm import Session, aliased

from directory.advisories.reach import Ground
from directory.database import among, fetch
from directory.listings import offers
from directory.matching.coverage import (
    DEFAULT_REACH_KM,
    NEAR,
    NEAR_ENOUGH,
    OFFER_COLUMNS,
    OFFER_KEY,
    Findings,
    Key,
    Reach,
    Status,
    as_uuid,
)
from directory.matching.whereabouts import NEARLY_KM, Whereabouts
from directory.models import Area, CoverageCell, CoverageKind, Offer, ServiceArea
from geo import cells, spatial
from geo.geodesics import Numbers, distances_km
from geo.nearness import Surroundings

Visible = ColumnElement[bool]
_CLOSE_BY = Reach(kind=CoverageKind.SHAPE, status=Status.NOT_MET)


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of coverage, and the offer that it belongs to."""

    offer: Any
    key: uuid.UUID
    kind: str
    is_exclusion: bool
    area_id: uuid.UUID | None
    radius_km: float | None
    minutes: int | None


def statements(
    session: Session, place: Whereabouts, visible: Visible
) -> list[Statement]:
    """Statements about areas around the place, and shapes and circles whose box touches it."""
    asked = [*place.holding, *place.nearby, *place.parts]
    surroundings = Surroundings(
        point=place.point, reach_km=NEARLY_KM, outline=place.outline
    )
    drawn = ServiceArea.kind.in_([CoverageKind.SHAPE, CoverageKind.RADIUS])
    in_box = spatial.in_box(ServiceArea.geometry, surroundings.box)
    # Offers are looked up afterwards: joined to them, SQLite may begin with all of them.
    rows = [
        *fetch(session, _COLUMNS.where(among(session, ServiceArea.area_id, asked))),
        *fetch(session, _COLUMNS.where(drawn, in_box)),
    ]
    keys = [as_uuid(row.offer_key) for row in rows if row.offer_key is not None]
    offers_found = _offers(session, list(dict.fromkeys(keys)), visible)
    return [
        Statement(offers_found[row.offer_key], *row[1:])
        for row in rows
        if row.offer_key in offers_found
    ]


_COLUMNS = select(
    type_coerce(ServiceArea.service_at_location_id, String()).label("offer_key"),
    ServiceArea.id,
    ServiceArea.kind,
    ServiceArea.is_exclusion,
    ServiceArea.area_id,
    ServiceArea.radius_km,
    ServiceArea.travel_minutes,
)


def _offers(
    session: Session, keys: Sequence[uuid.UUID], visible: Visible
) -> dict[Key, Any]:
    if not keys:
        return {}
    query = select(*OFFER_COLUMNS).where(
        among(session, Offer.service_at_location_id, keys), visible
    )
    return {row[0]: row for row in fetch(session, query)}


def by_area(
    place: Whereabouts, stated: Iterable[Statement], findings: Findings
) -> None:
    """Statements about areas that hold the place, lie in it, or lie close by."""
    for each in stated:
        if each.area_id is None:
            continue
        reach = _of_area(each.area_id, each.kind, place)
        if reach is not None:
            findings.add(each.offer, reach, is_exclusion=each.is_exclusion)


def _of_area(area_id: uuid.UUID, kind: str, place: Whereabouts) -> Reach | None:
    """How a statement about an area relates to a place; None where it lies far away."""
    if area_id in place.parts:
        return Reach(kind=kind, status=Status.UNKNOWN, area_id=area_id)
    if area_id in place.holding:
        return Reach(kind=kind, status=Status.MET, area_id=area_id)
    if area_id in place.nearby:
        km = place.nearby[area_id]
        return Reach(kind=kind, status=Status.NOT_MET, miss_km=km, area_id=area_id)
    return None


def by_country(
    session: Session, place: Whereabouts, visible: Visible, findings: Findings
) -> None:
    """Offers for a whole country: the place's own, or one whose border is close."""
    countries = {**place.nearby_countries, **dict.fromkeys(place.countries, 0.0)}
    query = select(*OFFER_COLUMNS, Offer.reach, Offer.country).where(
        Offer.reach.in_([CoverageKind.NATIONAL, CoverageKind.REMOTE]),
        Offer.country.in_(sorted(countries)),
        visible,
    )
    for row in fetch(session, query):
        is_own = row.country in place.countries
        findings.add(
            row,
            Reach(
                kind=row.reach,
                status=Status.MET if is_own else Status.NOT_MET,
                miss_km=countries[row.country],
            ),
        )


def by_circle(
    place: Whereabouts, stated: Iterable[Statement], findings: Findings
) -> None:
    """Radii round a position, measured exactly from the place."""
    circles = [each for each in stated if each.kind == CoverageKind.RADIUS]
    if not circles:
        return
    radii = np.array([each.radius_km for each in circles])
    distances = kilometres(place, [each.offer for each in circles])
    for each, beyond in zip(circles, (distances - radii).tolist(), strict=True):
        if beyond <= NEARLY_KM:
            reach = Reach(
                kind=CoverageKind.RADIUS,
                status=Status.MET if beyond <= 0 else Status.NOT_MET,
                miss_km=max(0.0, beyond),
                radius_km=each.radius_km,
                minutes=each.minutes,
            )
            findings.add(each.offer, reach, is_exclusion=each.is_exclusion)


def by_shape(
    session: Session,
    place: Whereabouts,
    stated: Iterable[Statement],
    findings: Findings,
) -> None:
    """Drawn shapes: by their cells, by the outline where a cell is not wholly inside."""
    shapes = {each.key: each for each in stated if each.kind == CoverageKind.SHAPE}
    if not shapes:
        return
    holding = _shapes_holding(session, place)
    for key in shapes.keys() & holding:
        each = shapes.pop(key)
        reach = Reach(kind=CoverageKind.SHAPE, status=Status.MET)
        findings.add(each.offer, reach, is_exclusion=each.is_exclusion)
    for each in shapes.values():
        if each.is_exclusion:
            findings.add(each.offer, _CLOSE_BY, is_exclusion=True)
    missed = [key for key, each in shapes.items() if not each.is_exclusion]
    surroundings = Surroundings(point=place.point, reach_km=NEARLY_KM)
    for key, shape in outlines(session, missed):
        km = surroundings.distance_km(shape)
        if km is not None:
            reach = Reach(kind=CoverageKind.SHAPE, status=Status.NOT_MET, miss_km=km)
            findings.add(shapes[key].offer, reach)


def _shapes_holding(session: Session, place: Whereabouts) -> set[uuid.UUID]:
    """The statements whose shape holds the place."""
    inside = case(
        (CoverageCell.is_whole, true()),
        else_=spatial.covers(ServiceArea.geometry, place.point),
    )
    query = (
        select(CoverageCell.service_area_id)
        .join(ServiceArea, ServiceArea.id == CoverageCell.service_area_id)
        .where(CoverageCell.cell.in_(cells.cells_of(place.point)), inside)
    )
    return {key for (key,) in fetch(session, query)}


def by_nearness(
    session: Session,
    place: Whereabouts,
    visible: Visible,
    findings: Findings,
    reach_km: float = DEFAULT_REACH_KM,
) -> None:
    """Offers that state no coverage: those whose position is near the place, or nearly."""
    around = cells.disk(place.point, reach_km + NEARLY_KM, offers.RESOLUTION)
    query = select(*OFFER_COLUMNS).where(
        Offer.cell.in_(around), Offer.states_coverage.is_(False), visible
    )
    rows = fetch(session, query)
    if not rows:
        return
    km = kilometres(place, rows)
    for row, beyond in zip(rows, (km - reach_km).tolist(), strict=True):
        if beyond <= 0:
            findings.add(row, NEAR_ENOUGH)
        elif beyond <= NEARLY_KM:
            findings.add(row, Reach(kind=NEAR, status=Status.NOT_MET, miss_km=beyond))


def statements_of(session: Session, keys: Iterable[Key]) -> Iterable[Any]:
    """Every statement of some services at locations, with its outline (the area's or its own)."""
    nation = aliased(Area)
    country = (
        select(nation.id)
        .where(
            nation.level == 0, nation.code == Offer.country, nation.valid_to.is_(None)
        )
        .limit(1)
        .correlate(Offer)
        .scalar_subquery()
    )
    whole = and_(
        ServiceArea.area_id.is_(None),
        ServiceArea.kind.in_([CoverageKind.NATIONAL, CoverageKind.REMOTE]),
        Area.id == country,
    )
    outline = func.coalesce(ServiceArea.geometry, Area.geometry, type_=None)
    query = (
        select(
            OFFER_KEY.label("key"),
            ServiceArea.kind,
            ServiceArea.is_exclusion,
            ServiceArea.area_id,
            ServiceArea.radius_km,
            func.ST_AsBinary(outline, type_=None).label("outline"),
        )
        .join(Offer, Offer.service_at_location_id == ServiceArea.service_at_location_id)
        .outerjoin(Area, or_(Area.id == ServiceArea.area_id, whole))
        .where(
            among(
                session,
                ServiceArea.service_at_location_id,
                [as_uuid(key) for key in keys],
            ),
            outline.is_not(None),
        )
    )
    return fetch(session, query)


def outlines(
    session: Session, statements: Sequence[uuid.UUID]
) -> Iterable[tuple[uuid.UUID, BaseGeometry]]:
    """The shapes of some statements."""
    if not statements:
        return
    query = select(
        ServiceArea.id, func.ST_AsBinary(ServiceArea.geometry, type_=None)
    ).where(among(session, ServiceArea.id, statements))
    for key, outline in fetch(session, query):
        yield key, shapely.from_wkb(bytes(outline))


def lying_in(session: Session, ground: Ground, rows: Sequence[Any]) -> frozenset[Key]:
    """The offers among ``rows`` (OFFER_COLUMNS) that lie in the ground of advisories.

    By the area of their position, else by the drawn shapes that hold it; an offer without a
    position lies where the middle of its stated area does.
    """
    if not ground or not rows:
        return frozenset()
    by_area: set[Key] = set()
    if ground.area_ids:
        own = among(session, Offer.area_id, list(ground.area_ids))
        by_area = {key for (key,) in fetch(session, select(OFFER_KEY).where(own))}
    if not ground.shapes:
        return frozenset(by_area)
    placed = [row for row in rows if row[2] is not None]
    unplaced = [as_uuid(row[0]) for row in rows if row[2] is None]
    if unplaced:
        middle = (
            select(OFFER_KEY, Offer.facts, Area.latitude, Area.longitude)
            .join(Area, Area.id == Offer.area_id)
            .where(among(session, Offer.service_at_location_id, unplaced))
        )
        placed += fetch(session, middle)
    latitudes = np.array([row[2] for row in placed], dtype=np.float64)
    longitudes = np.array([row[3] for row in placed], dtype=np.float64)
    inside = np.flatnonzero(ground.holds(latitudes, longitudes))
    return frozenset(by_area | {placed[index][0] for index in inside})


def kilometres(place: Whereabouts, rows: Sequence[Any]) -> Numbers:
    """Distances from the place to the positions of offers; NaN where there is none."""
    return distances_km(
        place.point,
        np.array([row[2] for row in rows], dtype=np.float64),
        np.array([row[3] for row in rows], dtype=np.float64),
    )
