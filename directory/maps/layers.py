"""Listings, coverage and outcomes as layers of a map; the caller gives the words."""

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from directory.advisories.reach import Standing
from directory.maps import outlines, queries
from directory.maps.queries import Coverage, Spot, Square
from directory.models import CoverageKind, Offer, Sensitivity
from directory.referrals.outcomes import AreaCount
from directory.referrals.unmet import AreaNeeds
from geo.layers import Layer, Pin, Shape, Words
from geo.points import Point
from geo.shapes import as_multipolygon

MAX_COVERAGES = 40
"""More outlines over each other than this tell nothing."""

STEPS = 4
"""Shades above the lightest in a map of shares."""


def of_spots(
    spots: Sequence[Spot],
    *,
    say: Callable[[Spot], Words],
    labels: Mapping[uuid.UUID, str] | None = None,
    is_clustered: bool = False,
) -> Layer:
    """Draw listings as pins in their category's colour; ``labels`` are the numbers of the list."""
    pins = tuple(
        Pin(
            Point(latitude=spot.latitude, longitude=spot.longitude),
            say(spot),
            look=spot.term.partition(".")[0],
            label=(labels or {}).get(spot.service_at_location_id, ""),
        )
        for spot in spots
    )
    return Layer(pins=pins, is_clustered=is_clustered)


def of_squares(squares: Sequence[Square], *, say: Callable[[Square], Words]) -> Layer:
    """Draw how many listings lie around a point, where they are too many for pins."""
    pins = (
        Pin(
            Point(latitude=square.latitude, longitude=square.longitude),
            say(square),
            look="square",
            label=str(square.count),
        )
        for square in squares
    )
    return Layer(pins=tuple(pins))


def of_coverage(
    session: Session,
    offers: Collection[Offer],
    *,
    say: Callable[[Coverage, str], Words],
) -> Layer:
    """Draw where services may be used: areas, circles and shapes, what is excluded cut out of them.

    The whole country is the base map.
    Only of services whose position may be drawn: a circle gives its middle away, and even a stated
    area says more than the first-level area that ``of_withheld`` draws.
    """
    open_offers = [offer for offer in offers if offer.sensitivity in queries.WITH_PIN]
    stated = queries.list_coverage(session, open_offers)
    area_ids = {one.area_id for one in stated if one.area_id is not None}
    shapes_of_areas = outlines.shapes_of(session, area_ids)
    names = queries.area_names(session, area_ids)
    taken_out = _taken_out(stated, shapes_of_areas)
    drawn: dict[tuple[object, bool], Shape] = {}
    for one in stated:
        shape = _shape(one, shapes_of_areas)
        if shape is None or len(drawn) >= MAX_COVERAGES:
            continue
        excluded = taken_out.get(one.service_at_location_id)
        if excluded is not None and not one.is_exclusion:
            shape = as_multipolygon(shapely.difference(shape, excluded))
            if shape.is_empty:
                continue
        look = "excluded" if one.is_exclusion else "coverage"
        words = say(one, names.get(one.area_id, "") if one.area_id else "")
        # The same area stated by several services is drawn once, unless something is cut out of it.
        key = (
            one.area_id if one.area_id and excluded is None else len(drawn),
            one.is_exclusion,
        )
        drawn.setdefault(key, Shape(outlines.simplified(shape), look, words))
    return Layer(shapes=tuple(drawn.values()))


def _taken_out(
    stated: Collection[Coverage], shapes_of_areas: Mapping[uuid.UUID, BaseGeometry]
) -> dict[uuid.UUID | None, BaseGeometry]:
    """What each service at a location excludes, joined."""
    found: dict[uuid.UUID | None, list[BaseGeometry]] = {}
    for one in stated:
        shape = _shape(one, shapes_of_areas)
        if one.is_exclusion and shape is not None:
            found.setdefault(one.service_at_location_id, []).append(shape)
    return {key: shapely.union_all(shapes) for key, shapes in found.items()}


def _shape(
    one: Coverage, shapes_of_areas: Mapping[uuid.UUID, BaseGeometry]
) -> BaseGeometry | None:
    if one.kind is CoverageKind.NATIONAL:
        return None
    if one.shape is not None:
        return one.shape
    return shapes_of_areas.get(one.area_id) if one.area_id else None


def of_advisories(
    session: Session,
    standing: Collection[Standing],
    *,
    say: Callable[[Standing, str], Words],
) -> Layer:
    """Draw where advisories hold, for staff: the caller passes none to anybody else."""
    area_ids = {one.area_id for one in standing if one.area_id is not None}
    areas_drawn = outlines.outlines_of(session, area_ids)
    names = queries.area_names(session, area_ids)
    found = []
    for one in standing:
        geometry = (
            outlines.simplified(one.outline)
            if one.outline is not None
            else areas_drawn.get(one.area_id)
            if one.area_id
            else None
        )
        if geometry is not None:
            words = say(one, names.get(one.area_id, "") if one.area_id else "")
            found.append(Shape(geometry, f"advisory-{one.level}", words))
    return Layer(shapes=tuple(found))


def of_withheld(
    session: Session, offers: Collection[Offer], *, say: Callable[[int, str], Words]
) -> Layer:
    """Draw restricted services as their first-level areas, with how many there are in each."""
    counts: dict[uuid.UUID, set[uuid.UUID]] = {}
    names: dict[uuid.UUID, str] = {}
    for offer in offers:
        if offer.sensitivity != Sensitivity.L2 or offer.area_id is None:
            continue
        area = queries.first_level_of(session, offer.area_id)
        if area is not None:
            counts.setdefault(area.id, set()).add(offer.service_at_location_id)
            names[area.id] = area.name
    geometries = outlines.outlines_of(session, list(counts))
    shapes = (
        Shape(geometries[key], "withheld", say(len(counts[key]), names[key]))
        for key in sorted(geometries, key=lambda key: names[key])
    )
    return Layer(shapes=tuple(shapes))


def of_place(point: Point, words: Words) -> Layer:
    """Draw the place that was asked about."""
    return Layer(pins=(Pin(point, words, look="place"),))


def of_counts(
    session: Session,
    counts: Mapping[uuid.UUID, AreaCount],
    *,
    say: Callable[[uuid.UUID, AreaCount], Words],
) -> Layer:
    """Shade areas by how many were confirmed; a hidden count has a dotted edge and no shade."""
    geometries = outlines.outlines_of(session, list(counts))
    largest = max(
        (count.confirmed for count in counts.values() if count.confirmed), default=0
    )
    shapes = (
        Shape(geometries[key], _shade(count.confirmed, largest), say(key, count))
        for key, count in counts.items()
        if key in geometries
    )
    return Layer(shapes=tuple(shapes))


def of_needs(
    session: Session,
    found: Mapping[uuid.UUID, AreaNeeds],
    *,
    say: Callable[[uuid.UUID, AreaNeeds], Words],
) -> Layer:
    """Shade areas by needs for each arrival; a hidden one has a dotted edge and no shade."""
    geometries = outlines.outlines_of(session, list(found))
    shapes = (
        Shape(
            geometries[key],
            "hidden" if one.shade is None else f"step-{one.shade}",
            say(key, one),
        )
        for key, one in found.items()
        if key in geometries
    )
    return Layer(shapes=tuple(shapes))


def _shade(count: int | None, largest: int) -> str:
    if count is None:
        return "hidden"
    if count == 0:
        return "step-0"
    return f"step-{min(STEPS, 1 + (count - 1) * STEPS // largest)}"
