"""Results as a page shows them: by need, each with what matters most said first. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from directory.countries.holidays import NO_PACKS
from directory.listings import freshness, hours
from directory.listings.freshness import Band
from directory.listings.hours import Days, Packs
from directory.matching.coverage import Status
from directory.matching.queries import Match, MatchResult, Reason

# Shown elsewhere on a card, or without interest as long as they are met.
_SAID_ELSEWHERE = frozenset({"cost", "language", "freshness", "hours", "distance"})
_QUIET_WHEN_MET = frozenset({"need", "status"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One result: ``number`` ties it to its pin on the map."""

    number: int
    match: Match
    band: Band
    first: tuple[Reason, ...]
    """What decides: not met and to ask first, then what is met under a condition."""
    week: tuple[Days, ...]
    """The hours of this week; empty where none are known, or none that can be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One need with its results; ``total`` counts those beyond the page too."""

    term: str
    shown: tuple[Shown, ...]
    near: tuple[Shown, ...]
    total: int


def by_need(
    result: MatchResult,
    terms: Sequence[str],
    *,
    today: date,
    packs: Packs = NO_PACKS,
) -> list[Group]:
    """Group a result by need, in the order in which the needs were asked."""
    numbers: dict[object, int] = {}
    for match in result.matches:
        numbers.setdefault(match.service_at_location_id, len(numbers) + 1)
    return [
        Group(
            term=term,
            shown=tuple(
                _shown(match, numbers[match.service_at_location_id], today, packs)
                for match in result.matches
                if match.term == term
            ),
            near=tuple(
                _shown(match, 0, today, packs)
                for match in result.not_matched
                if match.term == term
            ),
            total=result.totals.get(term, 0),
        )
        for term in dict.fromkeys(terms)
    ]


def _shown(match: Match, number: int, today: date, packs: Packs) -> Shown:
    return Shown(
        number=number,
        match=match,
        band=freshness.band(match.facts, today),
        first=tuple(
            sorted(_first(match), key=lambda reason: _URGENT_FIRST[reason.status])
        ),
        week=hours.usual_week(match.facts.hours, today, match.country, packs),
    )


_URGENT_FIRST: Mapping[Status, int] = {
    Status.NOT_MET: 0,
    Status.UNKNOWN: 1,
    Status.MET: 2,
}


def _first(match: Match) -> list[Reason]:
    return [
        reason
        for reason in match.reasons
        if reason.status is Status.NOT_MET
        or (
            reason.code not in _SAID_ELSEWHERE
            and not (reason.status is Status.MET and reason.code in _QUIET_WHEN_MET)
            and (
                reason.status is Status.UNKNOWN
                or reason.values
                or reason.code == "coverage"
            )
        )
    ]
