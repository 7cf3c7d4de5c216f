"""How far a journey of so many minutes leads, without a road network: a rule of thumb, said as one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from geo.circles import MAX_RADIUS_KM

LONGEST_MINUTES: Final = 24 * 60


class Mode(StrEnum):
    """How people travel."""

    WALK = "walk"
    PUBLIC_TRANSPORT = "public_transport"
    CAR = "car"


USUAL_SPEEDS_KMH: Final[Mapping[Mode, float]] = MappingProxyType(
    {Mode.WALK: 4.5, Mode.PUBLIC_TRANSPORT: 20.0, Mode.CAR: 40.0}
)
"""From door to door, waiting included. These are assumptions (docs/matching.md)."""
USUAL_DETOUR: Final = 1.4
"""How much longer the way is than the straight line. An assumption too."""


@dataclass(frozen=True, slots=True)
class TravelRule:
    """Speeds in kilometres an hour, and the length of the way for each kilometre as the crow flies."""

    speeds_kmh: Mapping[Mode, float] = field(default_factory=lambda: USUAL_SPEEDS_KMH)
    detour: float = USUAL_DETOUR

    def reach_km(self, minutes: int, mode: Mode) -> float:
        """Return the radius, in kilometres to a tenth, that is taken for a journey.

        It is never nothing and never more than a circle may have.
        """
        km = minutes / 60 * self.speeds_kmh[mode] / self.detour
        return min(max(round(km, 1), 0.1), MAX_RADIUS_KM)


USUAL: Final = TravelRule()
