"""Coverage stated as a journey: the circle that stands for it, by the rule this installation has set."""

import uuid
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from directory.config import Config
from directory.listings import shapes
from directory.models import CoverageKind, Location, ServiceArea, ServiceAtLocation
from geo.circles import circle
from geo.points import Point
from geo.travel import USUAL, Mode, TravelRule

UNSTATED: Final = Mode.PUBLIC_TRANSPORT
"""How people are taken to travel where a listing does not say: most who return own no car."""

_rules: list[TravelRule] = [USUAL]


def configure(config: Config) -> None:
    """Take the speeds and the detour of the settings; ``redraw`` brings what is stored up to them."""
    _rules[:] = [
        TravelRule(
            speeds_kmh={
                Mode.WALK: config.travel_walk_kmh,
                Mode.PUBLIC_TRANSPORT: config.travel_public_transport_kmh,
                Mode.CAR: config.travel_car_kmh,
            },
            detour=config.travel_detour,
        )
    ]


def reach_km(minutes: int, mode: str | None) -> float:
    """Return the radius, in kilometres, that stands for a journey."""
    return _rules[0].reach_km(minutes, Mode(mode) if mode else UNSTATED)


def redraw(session: Session) -> int:
    """Draw the circles of all stated journeys by today's rule; return how many have changed."""
    query = (
        select(
            ServiceArea.id,
            ServiceArea.travel_minutes,
            ServiceArea.travel_mode,
            ServiceArea.radius_km,
            Location.latitude,
            Location.longitude,
        )
        .join(
            ServiceAtLocation,
            ServiceAtLocation.id == ServiceArea.service_at_location_id,
        )
        .join(Location, Location.id == ServiceAtLocation.location_id)
        .where(
            ServiceArea.kind == CoverageKind.RADIUS,
            ServiceArea.travel_minutes.is_not(None),
            Location.latitude.is_not(None),
        )
    )
    changed = 0
    for row in session.execute(query).all():
        km = reach_km(row.travel_minutes or 0, row.travel_mode)
        if km != row.radius_km:
            _draw(session, row.id, row.latitude, row.longitude, km)
            changed += 1
    return changed


def _draw(
    session: Session,
    key: uuid.UUID,
    latitude: float,
    longitude: float,
    km: float,
) -> None:
    outline = circle(Point(latitude=latitude, longitude=longitude), km)
    session.execute(
        update(ServiceArea)
        .where(ServiceArea.id == key)
        .values(radius_km=km, geometry=shapes.to_ewkt(outline)),
        execution_options={"synchronize_session": False},
    )
