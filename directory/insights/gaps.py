"""Where something is missing: how many services of each category reach each first-level area."""

import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import shapely
from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from directory import authz
from directory.areas import queries as areas
from directory.areas.queries import AreaRow
from directory.authz import Action, Actor
from directory.listings import filters
from directory.listings.freshness import Band
from directory.models import (
    Area,
    Offer,
    OfferTerm,
    Sensitivity,
    ServiceArea,
    ServiceStatus,
)
from directory.taxonomy import queries as taxonomy

COUNTED: Final = (Sensitivity.L0, Sensitivity.L1)
"""Protected services (L2, L3) are counted nowhere (DOMAIN section 5)."""

Cell = tuple[uuid.UUID, str]
"""An area and the code of a category."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Counts of active services by area and category; ``fresh`` those verified in time."""

    areas: tuple[AreaRow, ...]
    categories: tuple[taxonomy.Term, ...]
    counts: Mapping[Cell, int]
    located: Mapping[uuid.UUID, int]
    fresh: Mapping[uuid.UUID, int]

    def count(self, area: AreaRow, category: taxonomy.Term) -> int:
        """Return how many services of a category reach an area."""
        return self.counts.get((area.id, category.code), 0)

    def missing(self, area: AreaRow) -> tuple[taxonomy.Term, ...]:
        """Return the categories of which nothing reaches an area."""
        return tuple(one for one in self.categories if not self.count(area, one))

    @property
    def empty_cells(self) -> int:
        """How many pairs of area and category have nothing."""
        return sum(len(self.missing(area)) for area in self.areas)


@dataclass(frozen=True, slots=True)
class Setting:
    """What the counts of one country are taken over."""

    country_id: uuid.UUID | None
    level_one: tuple[AreaRow, ...]
    top_of: Mapping[uuid.UUID, uuid.UUID]
    """The first-level area of each area below it, itself included."""
    condition: ColumnElement[bool]

    @property
    def everywhere(self) -> set[uuid.UUID]:
        """All first-level areas of the country."""
        return {area.id for area in self.level_one}


def countries(session: Session, *, actor: Actor, today: date) -> list[AreaRow]:
    """Return the countries an actor can look at: those with listings, or of its own areas."""
    authz.require(actor, Action.SEE_INSIGHTS)
    listed = set(
        session.scalars(select(Offer.country).where(counted(actor, today)).distinct())
    )
    found = [area for area in areas.countries(session) if area.code in listed]
    return [area for area in found if is_own(session, actor, area)]


def grid(session: Session, *, actor: Actor, country: str, today: date) -> Grid:
    """Count the services that reach each first-level area; an authority sees its own areas."""
    authz.require(actor, Action.SEE_INSIGHTS)
    setting = setting_of(session, actor, country, today)
    tops = tuple(category.term for category in taxonomy.categories(session))
    counts = _by_category(session, setting, reached(session, setting))
    located, fresh = _freshness(session, setting, today)
    return Grid(own_areas(session, actor, setting), tops, counts, located, fresh)


def setting_of(session: Session, actor: Actor, country: str, today: date) -> Setting:
    """Return what is counted in a country, and its first-level areas."""
    parent = areas.area_by_code(session, country)
    level_one = tuple(areas.children(session, parent.id)) if parent else ()
    top_of = {
        below: area.id
        for area in level_one
        for below in areas.descendant_ids(session, [area.id])
    }
    return Setting(
        parent.id if parent else None,
        level_one,
        top_of,
        and_(counted(actor, today), Offer.country == country),
    )


def counted(actor: Actor, today: date) -> ColumnElement[bool]:
    """Active services, offered today, that this actor may know of, but never protected ones."""
    return and_(
        filters.in_force(today),
        authz.visible_offers(actor),
        Offer.sensitivity.in_(COUNTED),
        Offer.status == ServiceStatus.ACTIVE,
    )


def own_areas(session: Session, actor: Actor, setting: Setting) -> tuple[AreaRow, ...]:
    """Return the first-level areas that an actor may look at."""
    return tuple(area for area in setting.level_one if is_own(session, actor, area))


def reached(session: Session, setting: Setting) -> dict[uuid.UUID, set[uuid.UUID]]:
    """Return the first-level areas that each counted offer reaches, by its key.

    Services that state coverage count wherever it reaches, the others where they are.
    """
    rows = session.execute(
        select(
            Offer.service_at_location_id,
            Offer.area_id,
            Offer.states_coverage,
            Offer.reach,
        ).where(setting.condition)
    ).all()
    found: dict[uuid.UUID, set[uuid.UUID]] = {}
    stated: dict[uuid.UUID, set[uuid.UUID]] = {}
    for key, area_id, states_coverage, reach in rows:
        if states_coverage:
            stated[key] = setting.everywhere if reach else set()
        else:
            top = setting.top_of.get(area_id) if area_id else None
            found[key] = {top} if top else set()
    _add_statements(session, setting, stated)
    return found | stated


def _by_category(
    session: Session, setting: Setting, areas_of: Mapping[uuid.UUID, set[uuid.UUID]]
) -> Counter[Cell]:
    rows = session.execute(
        select(OfferTerm.term, OfferTerm.service_at_location_id)
        .join(Offer, Offer.service_at_location_id == OfferTerm.service_at_location_id)
        .where(setting.condition)
    )
    pairs = {(key, term.partition(".")[0]) for term, key in rows}
    return Counter(
        (area_id, category)
        for key, category in pairs
        for area_id in areas_of.get(key, ())
    )


def _add_statements(
    session: Session, setting: Setting, reached: dict[uuid.UUID, set[uuid.UUID]]
) -> None:
    """Add the areas that each offer's statements reach, then take its exclusions away."""
    outline: Any = func.ST_AsBinary(ServiceArea.geometry, type_=None)
    statements = session.execute(
        select(
            ServiceArea.service_at_location_id,
            ServiceArea.area_id,
            ServiceArea.is_exclusion,
            outline.label("outline"),
        )
        .join(Offer, Offer.service_at_location_id == ServiceArea.service_at_location_id)
        .where(setting.condition)
        .order_by(ServiceArea.is_exclusion)
    ).all()
    tree = _Outlines(session, setting)
    for row in statements:
        if row.service_at_location_id not in reached:
            continue
        own = reached[row.service_at_location_id]
        if row.is_exclusion:
            own.discard(row.area_id)
        elif row.area_id is not None and row.area_id == setting.country_id:
            own.update(setting.everywhere)
        elif row.area_id in setting.top_of:
            own.add(setting.top_of[row.area_id])
        elif row.outline is not None:
            own.update(tree.touched_by(bytes(row.outline)))


class _Outlines:
    """The outlines of the first-level areas, read when the first shape asks for them."""

    def __init__(self, session: Session, setting: Setting) -> None:
        self._session = session
        self._keys = [area.id for area in setting.level_one]
        self._tree: shapely.STRtree | None = None

    def touched_by(self, outline: bytes) -> list[uuid.UUID]:
        """Return the areas whose inside a shape shares."""
        if self._tree is None:
            self._tree = self._read()
        found = self._tree.query(shapely.from_wkb(outline), predicate="intersects")
        return [self._keys[index] for index in found]

    def _read(self) -> shapely.STRtree:
        outline: Any = func.ST_AsBinary(Area.geometry, type_=None)
        rows = self._session.execute(
            select(Area.id, outline).where(
                Area.id.in_(self._keys), Area.geometry.is_not(None)
            )
        ).all()
        self._keys = [row[0] for row in rows]
        return shapely.STRtree([shapely.from_wkb(bytes(row[1])) for row in rows])


def _freshness(
    session: Session, setting: Setting, today: date
) -> tuple[Counter[uuid.UUID], Counter[uuid.UUID]]:
    """Count, by first-level area, the services there and those of them verified in time."""
    band = filters.band_of(today).label("band")
    rows = session.execute(
        select(Offer.area_id, band, func.count())
        .where(setting.condition, Offer.area_id.is_not(None))
        .group_by(Offer.area_id, "band")
    )
    located, fresh = Counter[uuid.UUID](), Counter[uuid.UUID]()
    for area_id, name, number in rows:
        top = setting.top_of.get(area_id) if area_id else None
        if top is not None:
            located[top] += number
            fresh[top] += number if name == Band.FRESH else 0
    return located, fresh


def is_own(session: Session, actor: Actor, area: AreaRow) -> bool:
    """Whether the actor's areas reach this one from above or lie in it."""
    if authz.counts_in(actor, frozenset({area.id})):
        return True
    above = frozenset(one.id for one in areas.ancestors(session, area.id))
    below = frozenset(areas.descendant_ids(session, [area.id]))
    return authz.counts_in(actor, above | below)
