"""Why this service: the table of criteria, hard ones first, each a small function with a weight."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from directory.matching import eligibility, quality
from directory.matching.needs import Needs
from directory.matching.verdicts import Judge


def _always(_needs: Needs) -> bool:
    return True


def _never(_needs: Needs) -> bool:
    return False


def _free_only(needs: Needs) -> bool:
    return needs.preferences.free_only


def _limited(needs: Needs) -> bool:
    return needs.preferences.max_distance_km is not None


@dataclass(frozen=True, slots=True)
class Criterion:
    """One reason for or against a service.

    ``judge`` returns ``None`` where the criterion does not apply. ``is_hard``: not met excludes.
    ``is_placed``: it depends on where the person is, not on the offer's facts alone.
    """

    code: str
    weight: float
    judge: Judge
    is_hard: Callable[[Needs], bool] = _always
    is_placed: bool = False


CRITERIA: Final = (
    Criterion("need", 0.15, eligibility.need),
    Criterion("coverage", 0.25, eligibility.coverage, is_placed=True),
    Criterion("status", 0.0, eligibility.status),
    Criterion("advisory", 0.0, eligibility.advisory, is_placed=True),
    Criterion("age", 0.05, eligibility.age),
    Criterion("sex", 0.05, eligibility.sex),
    Criterion("profile", 0.05, eligibility.profile),
    Criterion("documents", 0.10, eligibility.documents),
    Criterion("return_modality", 0.05, eligibility.return_modality),
    Criterion("host_country", 0.05, eligibility.host_country),
    Criterion("programme", 0.05, eligibility.programme),
    Criterion("months_since_return", 0.05, eligibility.months_since_return),
    Criterion("residence", 0.05, eligibility.residence),
    Criterion("cost", 0.10, quality.cost, is_hard=_free_only),
    Criterion("distance", 0.25, quality.distance, is_hard=_limited, is_placed=True),
    Criterion("language", 0.10, quality.language, is_hard=_never),
    Criterion("staff_sex", 0.10, quality.staff_sex, is_hard=_never),
    Criterion("access", 0.10, quality.access, is_hard=_never),
    Criterion("hours", 0.0, quality.hours, is_hard=_never),
    Criterion("capacity", 0.10, quality.capacity, is_hard=_never),
    Criterion("freshness", 0.10, quality.freshness, is_hard=_never),
    Criterion("response", 0.05, quality.response, is_hard=_never),
    Criterion("outcome", 0.05, quality.outcome, is_hard=_never),
)
BY_CODE: Final[Mapping[str, Criterion]] = {each.code: each for each in CRITERIA}
WEIGHED: Final = tuple(each.code for each in CRITERIA if each.weight)
"""Criteria whose weight a person may change."""


def weight(code: str, needs: Needs) -> float:
    """Return the weight of a criterion: the person's own, else the usual one."""
    return needs.weights.get(code, BY_CODE[code].weight)
