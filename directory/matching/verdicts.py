"""What a criterion looks at, and what it says."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from directory.listings.facts import Facts
from directory.matching.coverage import NEAR_ENOUGH, Reach, Status
from directory.matching.needs import Needs, Wanted
from directory.matching.residence import Residence


@dataclass(frozen=True, slots=True)
class NameOfArea:
    """Stands for the name of an area in the reader's language."""

    area_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class NamesOfAreas:
    """Stands for the names of some areas, by code, in the reader's language."""

    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NameOfTerm:
    """Stands for the name of a taxonomy term in the reader's language."""

    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """One offer before one need.

    ``kilometres`` is ``None`` where no distance may be told or known. ``is_suspended``: an advisory
    stops referrals to the place or the service. ``residence``: where the person lives, if known.
    """

    facts: Facts
    needs: Needs
    wanted: Wanted
    today: date
    reach: Reach = NEAR_ENOUGH
    kilometres: float | None = None
    is_approximate: bool = False
    is_suspended: bool = False
    residence: Residence | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one criterion says: ``value`` from 0 to 1, and why, as message ids with values.

    ``remedy`` says what would mend a criterion that is not met. ``asks`` names the field of the
    request that, if it were known, would settle an unknown one.
    """

    status: Status
    value: float
    reason: str
    values: Mapping[str, Any] = field(default_factory=dict)
    remedy: str = ""
    asks: str | None = None


Judge = Callable[[Situation], Verdict | None]


def met(reason: str, value: float = 1.0, **values: Any) -> Verdict:
    """The criterion is met."""
    return Verdict(status=Status.MET, value=value, reason=reason, values=values)


def unknown(reason: str, asks: str | None = None, **values: Any) -> Verdict:
    """Nobody knows, so it counts half and never excludes."""
    return Verdict(
        status=Status.UNKNOWN, value=0.5, reason=reason, values=values, asks=asks
    )


def not_met(reason: str, remedy: str, value: float = 0.0, **values: Any) -> Verdict:
    """The criterion is not met; ``remedy`` may name the same values."""
    return Verdict(
        status=Status.NOT_MET, value=value, reason=reason, remedy=remedy, values=values
    )
