"""Puts candidates in order: pure, and fast because equal facts are judged once."""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from directory.listings import facts as offer_facts
from directory.listings.facts import Facts
from directory.matching import criteria, eligibility, quality
from directory.matching.candidates import Candidates
from directory.matching.coverage import Reach, Status, as_uuid
from directory.matching.needs import Needs, Wanted
from directory.matching.residence import Residence
from directory.matching.verdicts import Situation, Verdict
from directory.matching.whereabouts import Whereabouts
from geo.geodesics import Numbers

MOST_NEAR_MISSES = 20
MOST_FAILURES = 2
_VALUES = {Status.MET: 1.0, Status.UNKNOWN: 0.5, Status.NOT_MET: 0.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What one criterion says of one result, with the weight it had."""

    code: str
    weight: float
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """One service at a location for one need. ``score`` has four decimals."""

    service_at_location_id: uuid.UUID
    term: str
    score: float
    kilometres: float | None
    reach: Reach
    facts: Facts
    judged: tuple[Judged, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A field that is unknown, and how many listed results it would settle."""

    field: str
    would_change: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """The answer: best first, near misses nearest first, needs that nothing meets.

    ``totals`` counts the matches of each need, also those beyond the limit.
    """

    matches: tuple[Ranked, ...]
    not_matched: tuple[Ranked, ...]
    questions: tuple[Question, ...]
    gaps: tuple[str, ...]
    totals: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Spot:
    """A candidate (by its index) in the list for one need."""

    wanted: Wanted
    index: int
    score: float
    kilometres: float


def rank(
    needs: Needs,
    wanted: Sequence[Wanted],
    found: Candidates,
    *,
    place: Whereabouts,
    today: date,
    residence: Residence | None = None,
) -> Ranking:
    """Rank the candidates for each need; the best ``needs.limit`` are explained."""
    table = _Table(needs, found, place, today, residence)

    def order(spot: _Spot) -> Any:
        return -spot.score, spot.kilometres, found.keys[spot.index]

    matched: list[_Spot] = []
    missed: list[_Spot] = []
    totals: dict[str, int] = {}
    limit = needs.limit if needs.limit_each is None else needs.limit_each
    for each in wanted:
        scores, is_match, is_near_miss = table.of_need(each)
        totals[each.term] = int(is_match.sum())
        best = _spots(each, _best(is_match, scores, table.shown, limit), scores, table)
        matched += best if needs.limit_each is None else sorted(best, key=order)[:limit]
        missed += _spots(each, _nearest(is_near_miss, table.shown), scores, table)
    matched.sort(key=order)
    missed.sort(key=lambda spot: (spot.kilometres, found.keys[spot.index]))
    matches = tuple(table.explained(spot) for spot in matched[: needs.limit])
    return Ranking(
        matches=matches,
        not_matched=tuple(table.explained(spot) for spot in missed[:MOST_NEAR_MISSES]),
        questions=_questions(matches),
        gaps=tuple(term for term, count in totals.items() if not count),
        totals=totals,
    )


class _Table:
    """The candidates as columns of numbers, one row each, for all needs."""

    def __init__(
        self,
        needs: Needs,
        found: Candidates,
        place: Whereabouts,
        today: date,
        residence: Residence | None,
    ) -> None:
        self.needs, self.found, self.place, self.today = needs, found, place, today
        self.residence = residence
        numbers: dict[str, int] = {}
        self._which = np.array(
            [numbers.setdefault(text, len(numbers)) for text in found.facts],
            dtype=np.intp,
        )
        self._kinds = [offer_facts.as_of(text, today) for text in numbers]
        tells = self._per_facts(kind.tells_distance for kind in self._kinds).astype(
            bool
        )
        self.shown: Numbers = np.where(tells, found.kilometres, np.nan)
        self._suspended = np.full(len(found.keys), place.is_suspended)
        if found.suspended:
            self._suspended |= [key in found.suspended for key in found.keys]
        self._sum_placed()

    def _per_facts(self, values: Iterable[float]) -> Numbers:
        """One value per kind of facts, spread over the candidates."""
        return np.fromiter(values, dtype=np.float64, count=len(self._kinds))[
            self._which
        ]

    def _sum_placed(self) -> None:
        """Sum what does not depend on the need: by facts, by coverage and distance."""
        needs, reaches = self.needs, self.found.reaches
        sums = [self._sum_fixed(kind) for kind in self._kinds]
        weights, values, failures = (
            self._per_facts(each[column] for each in sums) for column in range(3)
        )
        coverage = np.array(
            [_VALUES[reach.status] for reach in reaches], dtype=np.float64
        )
        weight = criteria.weight("coverage", needs)
        weights, values = weights + weight, values + weight * coverage
        failures += coverage == 0
        weight = criteria.weight("distance", needs)
        is_remote = self._per_facts(kind.is_remote for kind in self._kinds)
        unseen = np.where(is_remote, 1.0, 0.5)
        known = quality.distance_value(np.nan_to_num(self.shown))
        weights += weight
        values += weight * np.where(np.isnan(self.shown), unseen, known)
        if needs.preferences.max_distance_km is not None:
            failures += self.shown > needs.preferences.max_distance_km
        self._weights, self._values = weights, values
        self._failures = failures + self._suspended
        self._can_be_mended = self._per_facts(
            eligibility.can_be_mended(kind) for kind in self._kinds
        ).astype(bool)

    def _sum_fixed(self, kind: Facts) -> tuple[float, float, int]:
        """Weights, weighted values and hard failures of all criteria on facts alone."""
        nothing = Wanted("", frozenset(), None)
        situation = Situation(
            facts=kind,
            needs=self.needs,
            wanted=nothing,
            today=self.today,
            residence=self.residence,
        )
        weights, values, failures = 0.0, 0.0, 0
        for criterion in criteria.CRITERIA:
            if criterion.is_placed or criterion.code == "need":
                continue
            verdict = criterion.judge(situation)
            if verdict is None:
                continue
            weight = criteria.weight(criterion.code, self.needs)
            weights += weight
            values += weight * verdict.value
            failures += verdict.status is Status.NOT_MET and criterion.is_hard(
                self.needs
            )
        return weights, values, failures

    def of_need(
        self, wanted: Wanted
    ) -> tuple[Numbers, NDArray[np.bool_], NDArray[np.bool_]]:
        """Return scores, which candidates match, and which nearly do."""
        statuses = [
            eligibility.status_of_need(kind.terms, wanted) for kind in self._kinds
        ]
        value = self._per_facts(_VALUES[status] for status in statuses)
        weight = criteria.weight("need", self.needs)
        weights = self._weights + weight
        # With all weights at nothing, everything is worth nothing.
        scores: Numbers = (self._values + weight * value) / np.where(
            weights > 0, weights, 1.0
        )
        offered = value > 0
        near = offered & (self._failures > 0) & (self._failures <= MOST_FAILURES)
        return (
            np.round(scores, 4),
            offered & (self._failures == 0),
            near & self._can_be_mended,
        )

    def explained(self, spot: _Spot) -> Ranked:
        """One result with all its reasons."""
        kind = self._kinds[self._which[spot.index]]
        kilometres = None if np.isinf(spot.kilometres) else spot.kilometres
        situation = Situation(
            facts=kind,
            needs=self.needs,
            wanted=spot.wanted,
            today=self.today,
            reach=self.found.reaches[spot.index],
            kilometres=kilometres,
            is_approximate=self.place.is_area,
            is_suspended=bool(self._suspended[spot.index]),
            residence=self.residence,
        )
        return Ranked(
            service_at_location_id=as_uuid(self.found.keys[spot.index]),
            term=spot.wanted.term,
            score=spot.score,
            kilometres=kilometres,
            reach=situation.reach,
            facts=kind,
            judged=tuple(_judged(situation)),
        )


def _judged(situation: Situation) -> Iterator[Judged]:
    for criterion in criteria.CRITERIA:
        verdict = criterion.judge(situation)
        if verdict is not None:
            weight = criteria.weight(criterion.code, situation.needs)
            yield Judged(code=criterion.code, weight=weight, verdict=verdict)


def _best(
    chosen: NDArray[np.bool_], scores: Numbers, kilometres: Numbers, limit: int
) -> NDArray[np.intp]:
    """Return the best ``limit`` rows and all that equal the last of them."""
    rows = np.flatnonzero(chosen)
    if len(rows) <= limit:
        return rows
    distances = np.nan_to_num(kilometres[rows], nan=np.inf)
    order = np.lexsort((distances, -scores[rows]))
    last = order[limit - 1]
    worse = (scores[rows] < scores[rows][last]) | (
        (scores[rows] == scores[rows][last]) & (distances > distances[last])
    )
    return np.asarray(rows[~worse])


def _nearest(chosen: NDArray[np.bool_], kilometres: Numbers) -> NDArray[np.intp]:
    """Return the nearest rows and all that equal the last of them."""
    return _best(chosen, np.zeros_like(kilometres), kilometres, MOST_NEAR_MISSES)


def _spots(
    wanted: Wanted, rows: NDArray[np.intp], scores: Numbers, table: _Table
) -> Iterator[_Spot]:
    distances = np.nan_to_num(table.shown, nan=np.inf)
    for row in rows.tolist():
        yield _Spot(wanted, row, float(scores[row]), float(distances[row]))


def _questions(matches: Iterable[Ranked]) -> tuple[Question, ...]:
    """Count, by field, the listed results that an answer would settle."""
    counts: dict[str, int] = {}
    for match in matches:
        for judged in match.judged:
            if judged.verdict.asks is not None:
                counts[judged.verdict.asks] = counts.get(judged.verdict.asks, 0) + 1
    return tuple(
        Question(field=field, would_change=count)
        for field, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    )
