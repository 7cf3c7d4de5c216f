"""Asks the database which offers reach a place, by each kind of coverage statement."""

import uuid
from collections.abc import Collection, Iterable, Sequence
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import ColumnElement, and_, case, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from directory.database import among
from directory.listings import offers
from directory.matching.coverage import (
    DEFAULT_REACH_KM,
    NEAR,
    NEAR_ENOUGH,
    OFFER_COLUMNS,
    Findings,
    Reach,
    Status,
    area_reach,
)
from directory.matching.whereabouts import NEARLY_KM, Whereabouts
from directory.models import Area, CoverageCell, CoverageKind, Offer, ServiceArea
from geo import cells, spatial
from geo.geodesics import Numbers, distances_km
from geo.nearness import Surroundings

Visible = ColumnElement[bool]
_CLOSE_BY = Reach(kind=CoverageKind.SHAPE, status=Status.NOT_MET)


def by_area(
    session: Session, place: Whereabouts, visible: Visible, findings: Findings
) -> None:
    """Statements about areas that hold the place, lie in it, or lie close by."""
    asked = [*place.holding, *place.nearby, *place.parts]
    query = _statements().where(among(session, ServiceArea.area_id, asked), visible)
    for row in session.execute(query):
        if row.statement_area in place.parts:
            reach: Reach | None = Reach(
                kind=row.kind, status=Status.UNKNOWN, area_id=row.statement_area
            )
        else:
            reach = area_reach(
                row.statement_area, row.kind, place.holding, place.nearby
            )
        if reach is not None:
            findings.add(row, reach, is_exclusion=row.is_exclusion)


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
    for row in session.execute(query):
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
    session: Session, place: Whereabouts, visible: Visible, findings: Findings
) -> None:
    """Radii round a position, measured exactly from the place."""
    rows = _in_box(session, place, visible, CoverageKind.RADIUS)
    if not rows:
        return
    km = kilometres(place, rows)
    for row, beyond in zip(
        rows, km - np.array([row.radius_km for row in rows]), strict=True
    ):
        if beyond <= NEARLY_KM:
            reach = Reach(
                kind=CoverageKind.RADIUS,
                status=Status.MET if beyond <= 0 else Status.NOT_MET,
                miss_km=max(0.0, float(beyond)),
                radius_km=row.radius_km,
            )
            findings.add(row, reach, is_exclusion=row.is_exclusion)


def by_shape(
    session: Session, place: Whereabouts, visible: Visible, findings: Findings
) -> None:
    """Drawn shapes: by their cells, by the outline where a cell is not wholly inside."""
    rows = {
        row.statement: row
        for row in _in_box(session, place, visible, CoverageKind.SHAPE)
    }
    if not rows:
        return
    inside = case(
        (CoverageCell.is_whole, true()),
        else_=spatial.covers(ServiceArea.geometry, place.point),
    )
    query = (
        select(CoverageCell.service_area_id)
        .join(ServiceArea, ServiceArea.id == CoverageCell.service_area_id)
        .where(CoverageCell.cell.in_(cells.cells_of(place.point)), inside)
    )
    for statement in session.scalars(query):
        if (row := rows.pop(statement, None)) is not None:
            reach = Reach(kind=CoverageKind.SHAPE, status=Status.MET)
            findings.add(row, reach, is_exclusion=row.is_exclusion)
    missed = {key: row for key, row in rows.items() if not row.is_exclusion}
    for row in rows.values():
        if row.is_exclusion:
            findings.add(row, _CLOSE_BY, is_exclusion=True)
    surroundings = Surroundings(point=place.point, reach_km=NEARLY_KM)
    for statement, shape in outlines(session, list(missed)):
        km = surroundings.distance_km(shape)
        if km is not None:
            reach = Reach(kind=CoverageKind.SHAPE, status=Status.NOT_MET, miss_km=km)
            findings.add(missed[statement], reach)


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
    rows = session.execute(query).all()
    if not rows:
        return
    km = kilometres(place, rows)
    for row, beyond in zip(rows, (km - reach_km).tolist(), strict=True):
        if beyond <= 0:
            findings.add(row, NEAR_ENOUGH)
        elif beyond <= NEARLY_KM:
            findings.add(row, Reach(kind=NEAR, status=Status.NOT_MET, miss_km=beyond))


def statements_of(session: Session, keys: Sequence[uuid.UUID]) -> Iterable[Any]:
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
            ServiceArea.service_at_location_id.label("key"),
            ServiceArea.kind,
            ServiceArea.is_exclusion,
            ServiceArea.area_id,
            ServiceArea.radius_km,
            func.ST_AsBinary(outline, type_=None).label("outline"),
        )
        .join(Offer, Offer.service_at_location_id == ServiceArea.service_at_location_id)
        .outerjoin(Area, or_(Area.id == ServiceArea.area_id, whole))
        .where(
            among(session, ServiceArea.service_at_location_id, keys),
            outline.is_not(None),
        )
    )
    return session.execute(query)


def outlines(
    session: Session, statements: Sequence[uuid.UUID]
) -> Iterable[tuple[uuid.UUID, BaseGeometry]]:
    """The shapes of some statements."""
    if not statements:
        return
    query = select(
        ServiceArea.id, func.ST_AsBinary(ServiceArea.geometry, type_=None)
    ).where(among(session, ServiceArea.id, statements))
    for key, outline in session.execute(query):
        yield key, shapely.from_wkb(bytes(outline))


def lying_in(session: Session, area_ids: Collection[uuid.UUID]) -> frozenset[uuid.UUID]:
    """The offers whose position or stated area is one of these areas."""
    if not area_ids:
        return frozenset()
    query = select(Offer.service_at_location_id)
    return frozenset(
        session.scalars(query.where(among(session, Offer.area_id, list(area_ids))))
    )


def shapes_close_to(
    session: Session, place: Whereabouts, visible: Visible
) -> list[Any]:
    """Shapes and circles whose box touches the surroundings of the place."""
    return _in_box(session, place, visible, CoverageKind.SHAPE, CoverageKind.RADIUS)


def _in_box(
    session: Session, place: Whereabouts, visible: Visible, *kinds: CoverageKind
) -> list[Any]:
    surroundings = Surroundings(
        point=place.point, reach_km=NEARLY_KM, outline=place.outline
    )
    query = _statements().where(
        ServiceArea.kind.in_(kinds),
        spatial.in_box(ServiceArea.geometry, surroundings.box),
        visible,
    )
    return list(session.execute(query).all())


def kilometres(place: Whereabouts, rows: Sequence[Any]) -> Numbers:
    """Distances from the place to the positions of offers; NaN where there is none."""
    return distances_km(
        place.point,
        np.array([row[2] for row in rows], dtype=np.float64),
        np.array([row[3] for row in rows], dtype=np.float64),
    )


def _statements() -> Any:
    return select(
        *OFFER_COLUMNS,
        ServiceArea.id.label("statement"),
        ServiceArea.kind,
        ServiceArea.is_exclusion,
        ServiceArea.area_id.label("statement_area"),
        ServiceArea.radius_km,
    ).join(Offer, Offer.service_at_location_id == ServiceArea.service_at_location_id)
