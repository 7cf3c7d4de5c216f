"""Needs without an accepted referral, for each arrival, by district (O4.1): numbers, never a person."""

import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, and_, not_, or_, select
from sqlalchemy.orm import Session

from directory import authz, small_counts
from directory.areas import holders
from directory.areas import queries as areas
from directory.authz import Action, Actor
from directory.models import Case, Need, Referral, Service, ServiceAtLocation
from directory.referrals.states import State

STANDING: Final = frozenset(
    {
        State.WAITLISTED,
        State.ACCEPTED,
        State.IN_PROGRESS,
        State.COMPLETED,
        State.VERIFIED,
    }
)
"""Somebody has taken the need on. What was taken back or disputed since does not count."""
STEPS: Final = (0.5, 1.0, 2.0)
"""Needs for each arrival at which the next darker shade begins; no need at all is the lightest."""
DEEPEST: Final = 2


@dataclass(frozen=True, slots=True)
class AreaNeeds:
    """People who arrived, and their needs without an accepted referral; None where hidden."""

    arrivals: int | None
    needs: int | None

    @property
    def per_arrival(self) -> float | None:
        """Needs for each arrival; None where one of them may not be told."""
        if self.needs is None or not self.arrivals:
            return None
        return self.needs / self.arrivals

    @property
    def shade(self) -> int | None:
        """The step of the map, 0 to 4; None where hidden."""
        ratio = self.per_arrival
        if ratio is None:
            return None
        return 0 if ratio == 0 else 1 + sum(ratio >= step for step in STEPS)


@dataclass(frozen=True, slots=True)
class Unmet:
    """What is known of each district where somebody arrived, else of the region around it.

    ``regions`` gives the first-level area of each; a region stands for itself where the district of
    those people is not known. Arrivals of whom not even the region is known are counted nowhere.
    """

    areas: Mapping[uuid.UUID, AreaNeeds]
    regions: Mapping[uuid.UUID, uuid.UUID]

    @property
    def on_map(self) -> dict[uuid.UUID, AreaNeeds]:
        """What a map shades: a region only where none of its districts is shaded."""
        covered = {region for key, region in self.regions.items() if key != region}
        return {key: one for key, one in self.areas.items() if key not in covered}


def by_area(
    session: Session,
    *,
    actor: Actor,
    country: str,
    since: date,
    before: date,
    today: date,
    below: int,
) -> Unmet:
    """Count the arrivals of a time in one country, and what of their needs nobody has taken on.

    Who arrived from ``since`` to before ``before``, today included, among the cases that the actor may
    count. Several needs of one person in one category are one. Counts of fewer than ``below`` people
    are hidden, and what would tell one: by region and over all. Raises NotYours.
    """
    authz.require(actor, Action.SEE_INSIGHTS)
    place_of = _arrivals(session, actor, country, since, min(before, today + _DAY))
    regions = {
        key: next(area.id for area in chain if area.level == 1)
        for key, chain in areas.chains(session, set(place_of.values())).items()
    }
    waiting = _waiting(session, actor, set(place_of))
    arrivals = Counter(place_of.values())
    people = Counter(place_of[case_id] for case_id, _ in _firsts(waiting))
    needs = Counter(place_of[case_id] for case_id, _ in waiting)
    shown = small_counts.suppress_groups(arrivals, regions, below=below)
    # A small rest of people without such a need tells as much as a small count of those with one.
    telling = {
        key: 1 if 0 < number - people[key] < below else people[key]
        for key, number in arrivals.items()
    }
    told = small_counts.suppress_groups(telling, regions, below=below)
    found = {
        key: AreaNeeds(
            shown[key],
            None if shown[key] is None or told[key] is None else needs[key],
        )
        for key in arrivals
    }
    return Unmet(found, regions)


_DAY: Final = timedelta(days=1)


def _arrivals(
    session: Session, actor: Actor, country: str, since: date, before: date
) -> dict[uuid.UUID, uuid.UUID]:
    """Return the district, or else the region, of each case whose person arrived in a time."""
    rows = session.execute(
        select(Case.id, Case.area_id, Case.latitude, Case.longitude).where(
            authz.counted_cases(actor),
            Case.anonymised_at.is_(None),
            Case.arrival_date >= since,
            Case.arrival_date < before,
        )
    ).all()
    held = holders.of_places(
        session,
        [(row.area_id, row.latitude, row.longitude) for row in rows],
        level=DEEPEST,
    )
    land = areas.area_by_code(session, country)
    return {
        row.id: area_id
        for row, (area_id, holding) in zip(rows, held, strict=True)
        if area_id is not None
        and land is not None
        and land.id in holding
        and authz.counts_in(actor, holding)
    }


def _waiting(
    session: Session, actor: Actor, case_ids: set[uuid.UUID]
) -> set[tuple[uuid.UUID, str]]:
    """Return the needs of these cases that nobody has taken on: one of each case and category."""
    rows: list[Row[tuple[uuid.UUID, str]]] = list(
        session.execute(
            select(Need.case_id, Need.term)
            .join(Case, Case.id == Need.case_id)
            .where(authz.counted_cases(actor), is_open(actor), not_(_is_taken(actor)))
        )
    )
    return {
        (row.case_id, row.term.partition(".")[0])
        for row in rows
        if row.case_id in case_ids
    }


def _firsts(needs: set[tuple[uuid.UUID, str]]) -> list[tuple[uuid.UUID, str]]:
    """One need of each case."""
    return list({case_id: (case_id, term) for case_id, term in needs}.values())


def is_open(actor: Actor) -> ColumnElement[bool]:
    """A need that nobody closed: neither dropped nor met by what the returnee confirmed.

    One met by a referral that the actor may not count stays open here: a need that vanished
    would tell that there is a listing (authz.counted_listings).
    """
    confirmed = _referrals(State.VERIFIED)
    met_unseen = and_(
        Need.status == "met",
        confirmed.exists(),
        not_(confirmed.where(authz.counted_listings(actor)).exists()),
    )
    return or_(Need.status.in_(["open", "gap"]), met_unseen)


def _is_taken(actor: Actor) -> ColumnElement[bool]:
    """Somebody has accepted a referral of the need, as far as the actor may count it."""
    taken: ColumnElement[bool] = (
        _referrals(*STANDING).where(authz.counted_listings(actor)).exists()
    )
    return taken


def _referrals(*states: State) -> Any:
    return (
        select(Referral.id)
        .join(
            ServiceAtLocation, ServiceAtLocation.id == Referral.service_at_location_id
        )
        .join(Service, Service.id == ServiceAtLocation.service_id)
        .where(Referral.need_id == Need.id, Referral.state.in_(states))
    )
