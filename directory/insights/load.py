"""What an area carries (O4): open needs of people who return there, for each place that services state."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory import authz, small_counts
from directory.areas import holders
from directory.areas.queries import AreaRow
from directory.authz import Actor
from directory.insights import gaps
from directory.insights.gaps import Cell, Setting
from directory.listings import facts
from directory.models import (
    Case,
    Need,
    Offer,
    OfferTerm,
    ServiceCapacity,
)
from directory.referrals import unmet


@dataclass(frozen=True, slots=True)
class Load:
    """Open needs and stated places; ``needs`` is None where hidden, ``places`` where unknown.

    ``services`` reach the area, ``stating`` of them say how many places they have.
    """

    needs: int | None = 0
    places: int | None = None
    stating: int = 0
    services: int = 0

    @property
    def per_place(self) -> float | None:
        """Needs for each place; None where one of them may not be told, is unknown, or is no place."""
        if self.needs is None or not self.places:
            return None
        return self.needs / self.places


NOTHING: Final = Load()


@dataclass(frozen=True, slots=True)
class Loads:
    """The load of each first-level area, as a whole and by category."""

    areas: tuple[AreaRow, ...]
    totals: Mapping[uuid.UUID, Load]
    cells: Mapping[Cell, Load]

    def total(self, area: AreaRow) -> Load:
        """Return the load of an area over all categories."""
        return self.totals.get(area.id, NOTHING)

    def of(self, area: AreaRow, category: str) -> Load:
        """Return the load of an area in one category."""
        return self.cells.get((area.id, category), NOTHING)


@dataclass(slots=True)
class _Places:
    """Services that reach somewhere, with the places each of them states."""

    stated: dict[uuid.UUID, int | None] = field(default_factory=dict)

    def load(self, needs: int | None) -> Load:
        known = [number for number in self.stated.values() if number is not None]
        places = sum(known) if known else None
        return Load(needs, places, len(known), len(self.stated))


def loads(
    session: Session, *, actor: Actor, country: str, today: date, below: int
) -> Loads:
    """Weigh open needs against stated places in each first-level area of a country.

    Needs are those this actor may count, places those of services it may know of; raises NotYours.
    Counts of needs under ``below`` are hidden, and those that would tell one.
    """
    authz.require(actor, authz.Action.SEE_INSIGHTS)
    setting = gaps.setting_of(session, actor, country, today)
    areas = gaps.own_areas(session, actor, setting)
    own = {area.id for area in areas}
    needs = _open_needs(session, actor, own)
    shown, totals = _told(needs, below)
    in_area, in_cell = _places(session, setting, own, today)
    cells = {*in_cell, *needs}
    return Loads(
        areas,
        {key: in_area[key].load(totals.get(key, 0)) for key in own},
        {cell: in_cell[cell].load(shown.get(cell, 0)) for cell in cells},
    )


def _told(
    needs: Mapping[Cell, int], below: int
) -> tuple[dict[Cell, int | None], dict[uuid.UUID, int | None]]:
    """Return the counts that may be told, by cell and by area.

    A total is hidden too where it would tell the hidden cells of its area.
    """
    rows: dict[uuid.UUID, dict[str, int]] = defaultdict(dict)
    for (area_id, category), count in needs.items():
        rows[area_id][category] = count
    table = small_counts.suppress_table(rows, below=below)
    totals = small_counts.suppress(
        {area_id: sum(row.values()) for area_id, row in rows.items()}, below=below
    )
    for area_id, row in rows.items():
        hidden = [row[name] for name in row if table[area_id][name] is None]
        if hidden and (len(hidden) == 1 or sum(hidden) < below):
            totals[area_id] = small_counts.HIDDEN
    shown = {
        (area_id, category): table[area_id][category] for area_id, category in needs
    }
    return shown, totals


def _open_needs(
    session: Session, actor: Actor, areas: Iterable[uuid.UUID]
) -> Counter[Cell]:
    """Count the people with an open need, by first-level area of return and by category.

    Several needs of one person in one category are one: they ask for one place.
    """
    rows = session.execute(
        select(Case.id, Case.area_id, Case.latitude, Case.longitude, Need.term)
        .join(Need, Need.case_id == Case.id)
        .where(
            authz.counted_cases(actor),
            Case.closed_at.is_(None),
            Case.anonymised_at.is_(None),
            unmet.is_open(actor),
        )
    ).all()
    held = holders.of_places(
        session, [(row.area_id, row.latitude, row.longitude) for row in rows]
    )
    own = set(areas)
    found = {
        (row.id, area_id, row.term.partition(".")[0])
        for row, (area_id, holding) in zip(rows, held, strict=True)
        if area_id in own and authz.counts_in(actor, holding)
    }
    return Counter((area_id, category) for _, area_id, category in found)


def _places(
    session: Session, setting: Setting, own: Iterable[uuid.UUID], today: date
) -> tuple[dict[uuid.UUID, _Places], dict[Cell, _Places]]:
    """Return the services that reach each area and cell; one of many locations counts once."""
    stated = _stated(session, setting, today)
    areas_of = gaps.reached(session, setting)
    allowed = set(own)
    in_area: dict[uuid.UUID, _Places] = defaultdict(_Places)
    in_cell: dict[Cell, _Places] = defaultdict(_Places)
    rows = session.execute(
        select(Offer.service_at_location_id, Offer.service_id, OfferTerm.term)
        .join(
            OfferTerm, OfferTerm.service_at_location_id == Offer.service_at_location_id
        )
        .where(setting.condition)
    )
    for key, service_id, term in rows:
        category = term.partition(".")[0]
        for area_id in areas_of.get(key, set()) & allowed:
            number = stated.get(service_id)
            in_area[area_id].stated[service_id] = number
            in_cell[area_id, category].stated[service_id] = number
    return in_area, in_cell


def _stated(
    session: Session, setting: Setting, today: date
) -> dict[uuid.UUID, int | None]:
    """Return the places of each counted service by its last report, while that holds."""
    counted = select(Offer.service_id).where(setting.condition)
    reports = session.execute(
        select(
            ServiceCapacity.service_id,
            ServiceCapacity.maximum,
            ServiceCapacity.available,
            ServiceCapacity.updated,
        )
        .where(ServiceCapacity.service_id.in_(counted))
        .order_by(ServiceCapacity.updated)
    )
    return {
        row.service_id: (row.available if row.maximum is None else row.maximum)
        if facts.capacity_holds(row.updated.date(), today)
        else None
        for row in reports
    }
