"""What maps show: positions of listings, coverage, and numbers of listings in squares."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from directory import authz
from directory.areas import queries as areas
from directory.authz import Actor
from directory.errors import NotFound
from directory.listings import facts
from directory.models import (
    Area,
    CoverageKind,
    Offer,
    Sensitivity,
    ServiceArea,
    TaxonomyTerm,
    Translation,
)
from geo.geojson import Json
from geo.points import BoundingBox

WITH_PIN = (Sensitivity.L0, Sensitivity.L1)
"""Levels whose position may be drawn; of L2 only the area is shown, of L3 nothing (DOMAIN 5)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """One listing with a position that this actor may see on a map."""

    service_at_location_id: uuid.UUID
    service_id: uuid.UUID
    name: str
    term: str
    latitude: float
    longitude: float
    country: str | None
    area_id: uuid.UUID | None
    assured_date: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Square:
    """So many listings around a point, the mean of their positions."""

    count: int
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """One statement of where a service may be used; ``shape`` for drawn ones and circles."""

    kind: CoverageKind
    is_exclusion: bool
    area_id: uuid.UUID | None
    radius_km: float | None
    minutes: int | None
    shape: BaseGeometry | None
    service_at_location_id: uuid.UUID | None


def pinned(actor: Actor) -> ColumnElement[bool]:
    """The condition under which a row of ``offer`` may be drawn as a point for this actor."""
    return and_(
        authz.visible_offers(actor),
        Offer.sensitivity.in_(WITH_PIN),
        Offer.latitude.is_not(None),
    )


def inside(box: BoundingBox) -> ColumnElement[bool]:
    """The condition that an offer's position lies in a box, which may cross the 180th meridian."""
    return or_(
        *(
            and_(
                Offer.latitude.between(part.south, part.north),
                Offer.longitude.between(part.west, part.east),
            )
            for part in box.parts()
        )
    )


def count_spots(session: Session, *conditions: ColumnElement[bool]) -> int:
    """Count the offers that satisfy the conditions."""
    return (
        session.scalar(select(func.count()).select_from(Offer).where(*conditions)) or 0
    )


def countries_found(session: Session, *conditions: ColumnElement[bool]) -> set[str]:
    """Return the countries of the offers that satisfy the conditions."""
    statement = select(Offer.country).where(Offer.country.is_not(None), *conditions)
    return {country for country in session.scalars(statement.distinct()) if country}


def list_spots(
    session: Session, *conditions: ColumnElement[bool], language: str, limit: int
) -> list[Spot]:
    """Return at most ``limit`` offers that satisfy the conditions, named in a language."""
    statement = (
        select(
            Offer.service_at_location_id,
            Offer.service_id,
            Offer.name,
            Offer.facts,
            Offer.latitude,
            Offer.longitude,
            Offer.country,
            Offer.area_id,
            Offer.assured_date,
        )
        .where(*conditions)
        .order_by(Offer.sort_name, Offer.service_at_location_id)
        .limit(limit)
    )
    rows = session.execute(statement).all()
    names = names_in(session, [row.service_id for row in rows], language)
    return [
        Spot(
            service_at_location_id=row.service_at_location_id,
            service_id=row.service_id,
            name=names.get(row.service_id, row.name),
            term=next(iter(facts.load(row.facts).terms), "information"),
            latitude=row.latitude,
            longitude=row.longitude,
            country=row.country,
            area_id=row.area_id,
            assured_date=row.assured_date,
        )
        for row in rows
    ]


def list_squares(
    session: Session, *conditions: ColumnElement[bool], side: float
) -> list[Square]:
    """Count offers in squares of ``side`` degrees."""
    # Rounding half a step lower is the floor, in the words that both databases have.
    placed = (
        select(
            Offer.latitude,
            Offer.longitude,
            func.round((Offer.latitude + 90) / side - 0.5).label("row"),
            func.round((Offer.longitude + 180) / side - 0.5).label("column"),
        )
        .where(*conditions)
        .subquery()
    )
    statement = (
        select(func.count(), func.avg(placed.c.latitude), func.avg(placed.c.longitude))
        .group_by(placed.c.row, placed.c.column)
        .order_by(placed.c.row, placed.c.column)
    )
    return [
        Square(count=count, latitude=float(latitude), longitude=float(longitude))
        for count, latitude, longitude in session.execute(statement)
    ]


def names_in(
    session: Session, service_ids: Sequence[uuid.UUID], language: str
) -> dict[uuid.UUID, str]:
    """Return the names of services that have one in this language beside the original."""
    statement = select(Translation.entity_id, Translation.text).where(
        Translation.entity == "service",
        Translation.field == "name",
        Translation.language == language,
        Translation.entity_id.in_(service_ids),
    )
    return {row.entity_id: row.text for row in session.execute(statement)}


def get_offers(
    session: Session, service_id: uuid.UUID, *, actor: Actor
) -> Sequence[Offer]:
    """Return a service's offers that this actor may see; raises NotFound when there is none."""
    statement = (
        select(Offer)
        .where(Offer.service_id == service_id, authz.visible_offers(actor))
        .order_by(Offer.service_at_location_id)
    )
    offers = session.scalars(statement).all()
    if not offers:
        raise NotFound
    return offers


def list_offers(
    session: Session, ids: Collection[uuid.UUID], *, actor: Actor
) -> dict[uuid.UUID, Offer]:
    """Return those offers of ``ids`` that this actor may see, by service at location."""
    statement = select(Offer).where(
        Offer.service_at_location_id.in_(list(ids)), authz.visible_offers(actor)
    )
    return {offer.service_at_location_id: offer for offer in session.scalars(statement)}


def list_coverage(session: Session, offers: Collection[Offer]) -> list[Coverage]:
    """Return what the offers state about where they may be used."""
    own = ServiceArea.service_at_location_id.in_(
        [o.service_at_location_id for o in offers]
    )
    shared = and_(
        ServiceArea.service_at_location_id.is_(None),
        ServiceArea.service_id.in_([o.service_id for o in offers]),
    )
    outline: Any = func.ST_AsBinary(ServiceArea.geometry, type_=None)
    statement = (
        select(ServiceArea, outline.label("outline"))
        .where(or_(own, shared))
        .order_by(ServiceArea.is_exclusion, ServiceArea.kind, ServiceArea.id)
    )
    return [
        Coverage(
            kind=CoverageKind(stated.kind),
            is_exclusion=stated.is_exclusion,
            area_id=stated.area_id,
            radius_km=stated.radius_km,
            minutes=stated.travel_minutes,
            shape=shapely.from_wkb(bytes(found)) if found is not None else None,
            service_at_location_id=stated.service_at_location_id,
        )
        for stated, found in session.execute(statement)
    ]


def first_level_of(session: Session, area_id: uuid.UUID) -> areas.AreaRow | None:
    """Return the first-level area that holds an area, or the area itself; None for a country."""
    chain = [*areas.ancestors(session, area_id), areas.area_by_id(session, area_id)]
    return next((area for area in chain if area is not None and area.level == 1), None)


def points_as_geojson(spots: Sequence[Spot], described: Sequence[Json]) -> list[Json]:
    """Return listings as GeoJSON features; ``described`` holds the properties of each."""
    return [
        {
            "type": "Feature",
            "id": str(spot.service_at_location_id),
            "geometry": {
                "type": "Point",
                "coordinates": [spot.longitude, spot.latitude],
            },
            "properties": properties,
        }
        for spot, properties in zip(spots, described, strict=True)
    ]


def squares_as_geojson(squares: Sequence[Square]) -> list[Json]:
    """Return counted squares as GeoJSON features, each at the mean of its positions."""
    return [
        {
            "type": "Feature",
            "geometry": {
                "type": "Point",
                "coordinates": [round(square.longitude, 4), round(square.latitude, 4)],
            },
            "properties": {"count": square.count},
        }
        for square in squares
    ]


def list_withheld(
    session: Session, *conditions: ColumnElement[bool], actor: Actor
) -> Sequence[Offer]:
    """Return the restricted offers (L2) that this actor may know of; they have no pin."""
    statement = select(Offer).where(
        authz.visible_offers(actor), Offer.sensitivity == Sensitivity.L2, *conditions
    )
    return session.scalars(statement).all()


def term_names(
    session: Session, codes: Collection[str], language: str
) -> dict[str, str]:
    """Return the names of taxonomy terms in a language, by code."""
    statement = select(TaxonomyTerm).where(TaxonomyTerm.code.in_(list(codes)))
    return {
        term.code: term.names.get(language, term.name)
        for term in session.scalars(statement)
    }


def countries_of(session: Session, area_ids: Collection[uuid.UUID]) -> set[str]:
    """Return the countries that some areas lie in, by ISO code."""
    statement = select(Area.country).where(Area.id.in_(list(area_ids))).distinct()
    return set(session.scalars(statement))


def area_names(
    session: Session, area_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, str]:
    """Return the own names of areas."""
    statement = select(Area.id, Area.name).where(Area.id.in_(list(area_ids)))
    return {row.id: row.name for row in session.execute(statement)}
