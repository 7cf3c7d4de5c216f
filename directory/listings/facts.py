"""What matching asks about an offer whatever the person's place: one value, one text."""

import uuid
from dataclasses import dataclass, fields
from datetime import date
from functools import lru_cache
from typing import Any, Final

import orjson

from directory.models import Sensitivity

CRITICAL_CATEGORIES: Final = frozenset({"protection", "arrival"})
CRITICAL_TERMS: Final = frozenset(
    {
        "health.chronic", "health.dialysis_cancer", "health.emergency", "health.medicines",
        "housing.emergency", "psychosocial.crisis",
    }
)  # fmt: skip
"""Life-sustaining treatment, emergencies and the first 72 hours."""
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
    nothing is known. ``documents`` are codes of INTERFACES, ``other_documents`` free text.
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
    review_days: int = 180
    record: Record | None = None
    return_modalities: tuple[str, ...] = ()
    host_countries: tuple[str, ...] = ()
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
_DATES: Final = ("status_until", "capacity_on", "assured_date")


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


def review_days(
    terms: tuple[str, ...],
    *,
    sensitivity: str = Sensitivity.L0,
    provider_type: str | None = None,
) -> int:
    """Return after how many days a listing must be looked at again (DOMAIN section 11).

    Sensitive and critical ones come first, then national authorities, then the category.
    """
    categories = {term.partition(".")[0] for term in terms}
    if sensitivity != Sensitivity.L0 or categories & CRITICAL_CATEGORIES:
        return 60
    if CRITICAL_TERMS.intersection(terms):
        return 60
    if provider_type == "national_authority":
        return 365
    return 120 if categories & WATCHED_CATEGORIES else 180


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
