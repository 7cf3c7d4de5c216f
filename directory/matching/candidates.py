"""Finds every offer whose coverage reaches the place, in part, or ends close to it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from directory.matching import coverage_queries
from directory.matching.coverage import DEFAULT_REACH_KM, Findings, Key, Reach, Status
from directory.matching.coverage_queries import Statement, Visible
from directory.matching.whereabouts import NEARLY_KM, Whereabouts
from geo.geodesics import Numbers
from geo.nearness import Surroundings

_WHOLE, _NOTHING = 1 - 1e-4, 1e-9
"""Shares of an area: outlines of the same border never agree to the last metre."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """Offers by column, in step: key, text of facts, distance in km (NaN: no position), reach.

    ``suspended``: keys of offers that lie where an advisory stops referrals.
    """

    keys: Sequence[Key]
    facts: Sequence[str]
    kilometres: Numbers
    reaches: Sequence[Reach]
    suspended: frozenset[Key] = frozenset()


def find(
    session: Session,
    *,
    place: Whereabouts,
    visible: Visible,
    reach_km: float = DEFAULT_REACH_KM,
) -> Candidates:
    """Find the candidates around ``place`` among the ``visible`` offers.

    ``reach_km``: how far a service reaches that states no coverage.
    """
    findings = Findings()
    stated = coverage_queries.statements(session, place, visible)
    coverage_queries.by_area(place, stated, findings)
    coverage_queries.by_country(session, place, visible, findings)
    if place.is_area:
        _by_overlap(session, place, stated, findings)
    else:
        coverage_queries.by_circle(place, stated, findings)
        coverage_queries.by_shape(session, place, stated, findings)
    coverage_queries.by_nearness(session, place, visible, findings, reach_km)
    if place.is_area:
        _settle_parts(session, place, findings)
    else:
        _settle_exclusions(session, place, findings)
    return _columns(session, place, findings)


def _columns(session: Session, place: Whereabouts, findings: Findings) -> Candidates:
    found = list(findings.offers.values())
    rows = [each.row for each in found]
    return Candidates(
        keys=[each.row[0] for each in found],
        facts=[each.row[1] for each in found],
        kilometres=coverage_queries.kilometres(place, rows),
        reaches=[each.reach for each in found],
        suspended=coverage_queries.lying_in(session, place.suspended, rows),
    )


def _settle_exclusions(
    session: Session, place: Whereabouts, findings: Findings
) -> None:
    """A point inside an exclusion is not covered, but may lie close to what is left."""
    excluded = findings.touched()
    if not excluded:
        return
    surroundings = Surroundings(point=place.point, reach_km=NEARLY_KM)
    for key, (covered, taken_out) in _close_parts(
        session, excluded, surroundings
    ).items():
        km = surroundings.distance_km(shapely.difference(covered, taken_out))
        kept = findings.offers[key].reach
        findings.settle(key, None if km is None else _missed(kept, km))


def _missed(reach: Reach, km: float) -> Reach:
    return replace(reach, status=Status.NOT_MET, miss_km=km)


def _by_overlap(
    session: Session,
    place: Whereabouts,
    stated: Sequence[Statement],
    findings: Findings,
) -> None:
    """Shapes and circles against the outline of an area."""
    drawn = {each.key: each for each in stated if each.area_id is None}
    outline = place.outline
    if outline is None or not drawn:
        return
    surroundings = Surroundings(point=place.point, reach_km=NEARLY_KM, outline=outline)
    shapely.prepare(outline)
    for key, shape in coverage_queries.outlines(session, list(drawn)):
        each = drawn[key]
        status, km = _relation(outline, shape, surroundings)
        if status is not None:
            reach = Reach(
                kind=each.kind,
                status=status,
                miss_km=km,
                radius_km=each.radius_km,
                minutes=each.minutes,
            )
            findings.add(each.offer, reach, is_exclusion=each.is_exclusion)


def _relation(
    outline: BaseGeometry, shape: BaseGeometry, surroundings: Surroundings
) -> tuple[Status | None, float]:
    """How a shape relates to an area: all of it, a part, missed by so many km, or far away."""
    if shapely.intersects(outline, shape):
        share = shapely.intersection(outline, shape).area / outline.area
        if share >= _WHOLE:
            return Status.MET, 0.0
        if share > _NOTHING:
            return Status.UNKNOWN, 0.0
    km = surroundings.distance_km(shape)
    return (None, 0.0) if km is None else (Status.NOT_MET, km)


def _settle_parts(session: Session, place: Whereabouts, findings: Findings) -> None:
    """Put together the statements of offers that cover parts of an area or exclude some."""
    open_keys = [
        key
        for key, found in findings.offers.items()
        if findings.is_touched(key)
        or (found.reach.status is Status.UNKNOWN and len(found.others) > 1)
    ]
    by_tree = [
        key
        for key in open_keys
        if not findings.is_touched(key)
        and _tree_covers(place, findings.offers[key].others)
    ]
    for key in by_tree:
        findings.settle(key, _whole(findings.offers[key].reach))
    rest = [key for key in open_keys if key not in set(by_tree)]
    outline = place.outline
    if not rest or outline is None:
        return
    surroundings = Surroundings(point=place.point, reach_km=NEARLY_KM, outline=outline)
    for key, (covered, taken_out) in _close_parts(session, rest, surroundings).items():
        left = shapely.difference(covered, taken_out)
        status, km = _relation(outline, left, surroundings)
        reach = findings.offers[key].reach
        if status is Status.MET:
            findings.settle(key, _whole(reach))
        elif status is Status.UNKNOWN:
            findings.settle(key, replace(reach, status=status, miss_km=0.0))
        else:
            findings.settle(key, None if status is None else _missed(reach, km))


def _whole(reach: Reach) -> Reach:
    return replace(reach, status=Status.MET, miss_km=0.0)


def _tree_covers(place: Whereabouts, reaches: list[Reach]) -> bool:
    """Whether the stated areas are together the whole place, by the tree of areas."""
    stated = {reach.area_id for reach in reaches if reach.area_id is not None}
    children: dict[uuid.UUID | None, list[uuid.UUID]] = {}
    for part, parent in place.parts.items():
        children.setdefault(parent, []).append(part)

    def covered(area: uuid.UUID) -> bool:
        below = children.get(area, [])
        return area in stated or (bool(below) and all(covered(each) for each in below))

    return place.area_id is not None and covered(place.area_id)


def _close_parts(
    session: Session, keys: list[Key], surroundings: Surroundings
) -> dict[Key, tuple[BaseGeometry, BaseGeometry]]:
    """What offers cover and exclude around the place."""
    shapes: dict[Key, tuple[list[BaseGeometry], list[BaseGeometry]]] = {
        key: ([], []) for key in keys
    }
    for row in coverage_queries.statements_of(session, keys):
        close = surroundings.close_part(shapely.from_wkb(bytes(row.outline)))
        shapes[row.key][1 if row.is_exclusion else 0].append(shapely.make_valid(close))
    return {
        key: (shapely.union_all(covered), shapely.union_all(taken_out))
        for key, (covered, taken_out) in shapes.items()
    }
