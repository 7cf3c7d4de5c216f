"""Where a person returns to: a position, the area that holds it, and how exact both are."""

import uuid
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.areas import queries as areas
from directory.areas.queries import AreaRow
from directory.errors import Invalid
from directory.models import AreaName, Case, Place, PlaceName
from directory.text import N_, normalise
from geo.coordinates import CoordinatesError, looks_like_coordinates, parse_coordinates

TOWN_PRECISION_M: Final = 2000.0
"""A town's point in the gazetteer stands for a circle of about this radius."""


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """A place of return; degrees, metres, and the name a person gave it."""

    latitude: float | None = None
    longitude: float | None = None
    precision_m: float | None = None
    area_id: uuid.UUID | None = None
    country: str | None = None
    label: str | None = None


NOWHERE: Final = Whereabouts()


class PlaceUnknown(Invalid):
    """The typed place is in no list."""

    code = "place_unknown"
    message = N_(
        "We do not know this place. Try another spelling, a larger town, or coordinates."
    )


def of_case(case: Case) -> Whereabouts:
    """The place that the case has now."""
    return Whereabouts(
        latitude=case.latitude,
        longitude=case.longitude,
        precision_m=case.precision_m,
        area_id=case.area_id,
        country=case.return_country,
        label=case.place_label,
    )


def at(
    session: Session,
    *,
    latitude: float,
    longitude: float,
    precision_m: float | None,
    label: str | None,
) -> Whereabouts:
    """A position with the deepest area that holds it."""
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        message = N_("These coordinates are not on the map.")
        raise Invalid(fields={"place": message})
    holding = areas.areas_containing(session, latitude, longitude)
    deepest = holding[-1] if holding else None
    return Whereabouts(
        latitude=latitude,
        longitude=longitude,
        precision_m=precision_m,
        area_id=deepest.id if deepest else None,
        country=deepest.country if deepest else None,
        label=label or f"{latitude:.5f}, {longitude:.5f}",
    )


def of_area(area: AreaRow, *, label: str | None = None) -> Whereabouts:
    """A whole area, where nothing more exact is known; it stands at its point on the surface."""
    return Whereabouts(
        latitude=area.latitude,
        longitude=area.longitude,
        area_id=area.id,
        country=area.country,
        label=label or area.name,
    )


def typed(session: Session, text: str, *, country: str | None = None) -> Whereabouts:
    """What a person typed: coordinates, an area's code or name, or a town.

    Raises Invalid for the field ``place`` where it cannot be read or is in no list. Of several
    towns with one name, the largest in ``country`` (else anywhere) is taken.
    """
    if looks_like_coordinates(text):
        try:
            found = parse_coordinates(text)
        except CoordinatesError:
            message = N_("These coordinates cannot be read.")
            raise Invalid(fields={"place": message}) from None
        return at(
            session,
            latitude=found.point.latitude,
            longitude=found.point.longitude,
            precision_m=found.precision_m,
            label=text,
        )
    area = areas.area_by_code(session, text) or _area_named(session, text, country)
    if area is not None:
        return of_area(area, label=text)
    town = _town(session, text, country)
    if town is None:
        raise PlaceUnknown(fields={"place": PlaceUnknown.message})
    return at(
        session,
        latitude=town.latitude,
        longitude=town.longitude,
        precision_m=TOWN_PRECISION_M,
        label=text,
    )


def _area_named(session: Session, text: str, country: str | None) -> AreaRow | None:
    ids = session.scalars(
        select(AreaName.area_id)
        .where(AreaName.normalised == normalise(text))
        .distinct()
    )
    found = [
        area for key in ids if (area := areas.area_by_id(session, key)) is not None
    ]
    if country:
        found = [area for area in found if area.country == country] or found
    return min(found, key=lambda area: (area.level, area.code), default=None)


def _town(session: Session, text: str, country: str | None) -> Place | None:
    statement = (
        select(Place)
        .join(PlaceName, PlaceName.place_id == Place.id)
        .where(PlaceName.normalised == normalise(text))
        .order_by((Place.country == (country or "")).desc(), Place.population.desc())
        .limit(1)
    )
    return session.scalar(statement)
