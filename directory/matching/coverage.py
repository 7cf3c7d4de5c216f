"""Whether a service's coverage reaches the place: the kinds of statement, and which one counts."""

import uuid
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import String, type_coerce

from directory.models import CoverageKind, Offer

DEFAULT_REACH_KM: Final = 50.0
NEAR: Final = "near"
"""No coverage is stated; the place is close to the service's position."""

_SPECIFIC_FIRST: Final = {
    CoverageKind.SHAPE: 0,
    CoverageKind.RADIUS: 1,
    CoverageKind.AREA: 2,
    CoverageKind.NATIONAL: 3,
    CoverageKind.REMOTE: 4,
    NEAR: 5,
}


Key = uuid.UUID | str
"""The key of an offer as the database keeps it; ``as_uuid`` says it as everybody else does.

A match looks at thousands of keys and shows twenty: only those are converted.
"""


class Status(StrEnum):
    """What is known of a criterion."""

    MET = "met"
    UNKNOWN = "unknown"
    NOT_MET = "not_met"


_BEST_FIRST: Final = {Status.MET: 0, Status.UNKNOWN: 1, Status.NOT_MET: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How one statement of coverage (or none) relates to the place.

    ``met``: it covers the whole place. ``unknown``: a part of it, or (``near``) nobody stated it.
    ``not_met``: it ends ``miss_km`` kilometres away. ``area_id``, ``radius_km`` and ``minutes``
    (of the journey that the radius stands for) are the statement's own.
    """

    kind: str
    status: Status
    miss_km: float = 0.0
    area_id: uuid.UUID | None = None
    radius_km: float | None = None
    minutes: int | None = None

    @property
    def rank(self) -> tuple[int, float, int]:
        """Smaller is what counts: whole before part before missed, nearest, most specific."""
        return _BEST_FIRST[self.status], self.miss_km, _SPECIFIC_FIRST[self.kind]


NEAR_ENOUGH: Final = Reach(kind=NEAR, status=Status.UNKNOWN)


@dataclass(slots=True)
class Found:
    """An offer that something was found about: its row, and the statement that counts so far."""

    row: Any
    reach: Reach
    others: list[Reach] = field(default_factory=list)


@dataclass(slots=True)
class Findings:
    """The offers found so far by service at a location, and what they exclude."""

    offers: dict[Key, Found] = field(default_factory=dict)
    excluding: dict[Key, list[Reach]] = field(default_factory=dict)

    def add(self, row: Any, reach: Reach, *, is_exclusion: bool = False) -> None:
        """Note what one statement says of the place."""
        key = row[0]
        if is_exclusion:
            self.excluding.setdefault(key, []).append(reach)
            return
        found = self.offers.get(key)
        if found is None:
            self.offers[key] = Found(row, reach, [reach])
            return
        found.others.append(reach)
        if reach.rank < found.reach.rank:
            found.reach = reach

    def is_touched(self, key: Key) -> bool:
        """Whether an exclusion changes what was found about an offer.

        One that only lies close by changes nothing where the place itself is covered; where nothing
        is stated, only one that holds the whole place does.
        """
        found = self.offers[key].reach
        excluding = [reach.status for reach in self.excluding.get(key, ())]
        if found.kind == NEAR:
            return Status.MET in excluding
        if found.status is Status.NOT_MET:
            return bool(excluding)
        return any(status is not Status.NOT_MET for status in excluding)

    def touched(self) -> list[Key]:
        """All offers that ``is_touched`` holds for."""
        return [
            key for key in self.excluding if key in self.offers and self.is_touched(key)
        ]

    def settle(self, key: Key, reach: Reach | None) -> None:
        """Put ``reach`` in place of what was found; ``None`` takes the offer out."""
        if reach is None:
            self.offers.pop(key, None)
        elif key in self.offers:
            self.offers[key].reach = reach


OFFER_KEY: Final = type_coerce(Offer.service_at_location_id, String())
OFFER_COLUMNS: Final = (
    OFFER_KEY,
    Offer.facts,
    Offer.latitude,
    Offer.longitude,
)
"""What every query about coverage reads of an offer, first."""


def as_uuid(key: Key) -> uuid.UUID:
    """Return the key of an offer as a UUID."""
    return key if isinstance(key, uuid.UUID) else uuid.UUID(key)
