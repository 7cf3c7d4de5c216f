"""Where to go on from a need that found nothing: a wider area, the whole category, another of its parts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from directory.areas import queries as areas
from directory.areas.queries import AreaRow
from directory.authz import Actor
from directory.matching import needs as asked
from directory.matching import queries
from directory.matching.coverage import DEFAULT_REACH_KM
from directory.matching.needs import Needs, Wanted
from directory.matching.queries import Match

MOST_KIN: Final = 5
"""So many services of other parts of the category are named."""


@dataclass(frozen=True, slots=True)
class Kin:
    """A service that offers other parts of the needed category: ``offers``, their codes."""

    match: Match
    offers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wider:
    """The ways on: areas round the place, the smallest first, with their names by code.

    ``categories`` and ``kin`` are by need, for needs that are a part of a category.
    """

    areas: tuple[AreaRow, ...] = ()
    names: Mapping[str, str]
    categories: Mapping[str, str]
    kin: Mapping[str, tuple[Kin, ...]]


NONE: Final = Wider(names={}, categories={}, kin={})


def around(session: Session, needs: Needs) -> tuple[AreaRow, ...]:
    """Return the areas that hold the place and are larger than it, the smallest first."""
    if needs.point is not None:
        point = needs.point
        holding = areas.areas_containing(session, point.latitude, point.longitude)
        return tuple(reversed(holding))
    area = areas.area_by_code(session, needs.area_code or "")
    return tuple(reversed(areas.ancestors(session, area.id))) if area else ()


def categories(session: Session, terms: Sequence[str]) -> dict[str, str]:
    """Return the category of each term that is a part of one; raises UnknownTerm."""
    wanted = asked.wanted(session, tuple(terms))
    return {each.term: each.category for each in wanted if each.category}


def ways_on(
    session: Session,
    actor: Actor,
    needs: Needs,
    gaps: Sequence[str],
    now: datetime,
    *,
    reach_km: float = DEFAULT_REACH_KM,
) -> Wider:
    """Return what may help with needs that nothing meets (``gaps``), as far as ``actor`` may know."""
    wanted = [each for each in asked.wanted(session, tuple(gaps)) if each.category]
    found: Sequence[Match] = ()
    if wanted:
        whole = tuple(dict.fromkeys(each.category or "" for each in wanted))
        question = replace(needs, terms=whole, limit_each=MOST_KIN)
        found = queries.match(session, actor, question, now, reach_km=reach_km).matches
    rows = around(session, needs)
    names = areas.names(session, [row.id for row in rows], needs.language)
    return Wider(
        areas=rows,
        names={row.code: names[row.id] for row in rows},
        categories={each.term: each.category or "" for each in wanted},
        kin={each.term: _kin(each, found) for each in wanted},
    )


def _kin(wanted: Wanted, found: Sequence[Match]) -> tuple[Kin, ...]:
    """The services found for the category that offer another part of it."""
    return tuple(
        Kin(match, tuple(sorted(wanted.leaves_of_category & set(match.service_terms))))
        for match in found
        if match.term == wanted.category
    )
