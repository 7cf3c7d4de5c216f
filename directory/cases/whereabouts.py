"""Where a person returns to: a position, the area that holds it, and how exact both are."""

import uuid
from dataclasses import dataclass
from typing import Final

from directory.areas.places import ResolvedPlace
from directory.models import Case


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


def of_place(place: ResolvedPlace) -> Whereabouts:
    """A place as the place field understood it."""
    return Whereabouts(
        latitude=place.point.latitude,
        longitude=place.point.longitude,
        precision_m=place.precision_m,
        area_id=place.area.id if place.area else None,
        country=place.country,
        label=place.label,
    )
