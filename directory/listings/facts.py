"""What matching asks about an offer whatever the person's place: one value, one text."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

import orjson

from directory.models import Sensitivity, ServiceStatus

CRITICAL_CATEGORIES: Final = frozenset({"protection", "arrival"})
CRITICAL_TERMS: Final = frozenset(
    {
        "health.chronic", "health.dialysis_cancer", "health.emergency", "health.medicines",
        "housing.emergency", "psychosocial.crisis",
    }
)  # fmt: skip
"""Life-sustaining treatment, emergencies and the first 72 hours."""
CAPACITY_HOLDS_DAYS: Final = 30
"""After so many days nobody knows any more how many places are free."""
WATCHED_CATEGORIES: Final = frozenset({"health", "psychosocial", "housing", "legal"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What became of the referrals to an offer: how many were sent, answered in time, confirmed."""

    sent: int
    answered: int
    confirmed: int
    disputed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All of an offer that eligibility and ranking read, but for its place and coverage.

    Equal offers have equal facts and so equal text in ``Offer.facts``; matching judges each text
    once. Empty lists mean no condition, except ``languages`` and ``access``, where they mean that
    nothing is known. ``documents`` are codes of INTERFACES, ``other_documents`` free text,
    ``programmes`` names, ``residence_areas`` codes of areas, both months since the return counted
    whole. ``capacity``: free places as reported on ``capacity_on``; ``intake``: who is taken in.
    ``review_days``: how long a verification holds. ``is_remote``: given by phone or online.
    """

    terms: tuple[str, ...] = ()
    status: str = "active"
    status_until: date | None = None
    minimum_age: int | None = None
    maximum_age: int | None = None
    sexes: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    other_documents: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    cost: str | None = None
    access: tuple[str, ...] = ()
    capacity: int | None = None
    capacity_on: date | None = None
    wait_days: int | None = None
    assured_date: date | None = None
    verification: str | None = None
    confirmed_on: date | None = None
    doubted_on: date | None = None
    review_days: int = 180
    record: Record | None = None
    return_modalities: tuple[str, ...] = ()
    host_countries: tuple[str, ...] = ()
    programmes: tuple[str, ...] = ()
    minimum_months_since_return: int | None = None
    maximum_months_since_return: int | None = None
    residence_areas: tuple[str, ...] = ()
    intake: str | None = None
    intake_until: date | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    hours: str | None = None
    is_remote: bool = False
    sensitivity: str = Sensitivity.L0

    @property
    def tells_distance(self) -> bool:
        """Whether a distance may be told: not to remote services, nor where it reveals a place."""
        return not self.is_remote and self.sensitivity not in {
            Sensitivity.L2,
            Sensitivity.L3,
        }


_DEFAULTS: Final[dict[str, Any]] = {each.name: each.default for each in fields(Facts)}
_DATES: Final = (
    "status_until", "capacity_on", "assured_date", "confirmed_on", "doubted_on",
    "intake_until", "valid_from", "valid_to",
)  # fmt: skip


@lru_cache(maxsize=8192)
def dump(facts: Facts) -> str:
    """Write facts as JSON with sorted keys; what is at its default is left out."""
    stated = {
        name: value
        for name, default in _DEFAULTS.items()
        if (value := getattr(facts, name)) != default
    }
    return orjson.dumps(stated, option=orjson.OPT_SORT_KEYS).decode()


@lru_cache(maxsize=8192)
def load(text: str) -> Facts:
    """Read back what ``dump`` wrote. Equal texts give the same object."""
    stated: dict[str, Any] = orjson.loads(text)
    for name in _DATES:
        if name in stated:
            stated[name] = date.fromisoformat(stated[name])
    if "record" in stated:
        stated["record"] = Record(**stated["record"])
    for name, value in stated.items():
        if isinstance(value, list):
            stated[name] = tuple(value)
    return Facts(**stated)


@lru_cache(maxsize=8192)
def as_of(text: str, today: date) -> Facts:
    """Read back what ``dump`` wrote, as it holds on a day.

    A listing outside of its dates is inactive, a closure that was announced with its end is over
    after it, and a count of free places is forgotten after ``CAPACITY_HOLDS_DAYS``.
    """
    stated = load(text)
    changes: dict[str, Any] = {}
    if not in_force(stated.valid_from, stated.valid_to, today):
        if stated.status != ServiceStatus.DEFUNCT:
            changes["status"] = ServiceStatus.INACTIVE.value
    elif is_over(stated.status_until, today) and stated.status == _CLOSED_FOR_A_TIME:
        changes |= {"status": ServiceStatus.ACTIVE.value, "status_until": None}
    if is_over(stated.intake_until, today) and stated.intake == "closed":
        changes |= {"intake": None, "intake_until": None}
    if not capacity_holds(stated.capacity_on, today):
        changes |= {"capacity": None, "capacity_on": None}
    return replace(stated, **changes) if changes else stated


def in_force(valid_from: date | None, valid_to: date | None, today: date) -> bool:
    """Whether a day lies between two dates, both included; an empty one sets no limit."""
    return (valid_from is None or valid_from <= today) and not is_over(valid_to, today)


def is_over(last: date | None, today: date) -> bool:
    """Whether the last day of something has passed; what has no last day is never over."""
    return last is not None and last < today


def capacity_holds(reported: date | None, today: date) -> bool:
    """Whether a count of free places, reported on that day, still says something."""
    return reported is not None and (today - reported).days <= CAPACITY_HOLDS_DAYS


_CLOSED_FOR_A_TIME: Final = ServiceStatus.TEMPORARILY_CLOSED.value


_AS_EVERYWHERE: Final[Mapping[str, int]] = MappingProxyType({})


def review_days(
    terms: tuple[str, ...],
    *,
    sensitivity: str = Sensitivity.L0,
    provider_type: str | None = None,
    stated: Mapping[str, int] = _AS_EVERYWHERE,
) -> int:
    """Return after how many days a listing must be looked at again (DOMAIN section 11).

    Sensitive and critical ones come first, then national authorities, then the category.
    ``stated``: what the country's pack says instead, by leaf, category or kind; of several leaves or
    categories the shortest counts.
    """
    leaves = [stated[term] for term in terms if "." in term and term in stated]
    if leaves:
        return min(leaves)
    categories = {term.partition(".")[0] for term in terms}
    if sensitivity != Sensitivity.L0 or categories & CRITICAL_CATEGORIES:
        return stated.get("critical", 60)
    if CRITICAL_TERMS.intersection(terms):
        return stated.get("critical", 60)
    if provider_type == "national_authority":
        return stated.get("national_authority", 365)
    if own := [stated[each] for each in categories if each in stated]:
        return min(own)
    return 120 if categories & WATCHED_CATEGORIES else stated.get("default", 180)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferSource:
    """One service at a location as the HSDS tables state it: what an ``Offer`` row is made from."""

    service_at_location_id: uuid.UUID
    service_id: uuid.UUID
    organization_id: uuid.UUID
    name: str
    facts: Facts
    country: str | None = None
    area_id: uuid.UUID | None = None
    latitude: float | None = None
    longitude: float | None = None
    states_coverage: bool = False
    reach: str | None = None
    is_demonstration: bool = False
