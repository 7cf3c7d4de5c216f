"""Reintegration seen whole (G2): services by dimension and level of help, in each first-level area."""

import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory import authz
from directory.areas.queries import AreaRow
from directory.authz import Action, Actor
from directory.insights import gaps
from directory.models import Offer, OfferTerm, Service, TaxonomyTerm
from directory.text import N_

LABELS: Final[Mapping[str, str]] = {
    "economic": N_("Economic"),
    "social": N_("Social"),
    "psychosocial": N_("Psychosocial"),
}
"""The dimensions of reintegration, as categories have them."""
LEVELS: Final = ("individual", "community", "structural")

Cell = tuple[uuid.UUID, str, str]
"""An area, a dimension and a level."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Counts of active services by area, dimension and level of help.

    ``unstated`` counts, by area, those that do not say their level: they are in no cell.
    """

    areas: tuple[AreaRow, ...]
    counts: Mapping[Cell, int]
    unstated: Mapping[uuid.UUID, int]

    def count(self, area: AreaRow, dimension: str, level: str) -> int:
        """Return how many services of a dimension help on a level in an area."""
        return self.counts.get((area.id, dimension, level), 0)

    @property
    def gaps(self) -> Mapping[tuple[str, str], tuple[AreaRow, ...]]:
        """The areas that nothing reaches, by dimension and level; those without such an area are left out."""
        found = {
            (dimension, level): tuple(
                area for area in self.areas if not self.count(area, dimension, level)
            )
            for dimension in LABELS
            for level in LEVELS
        }
        return {cell: areas for cell, areas in found.items() if areas}


def grid(session: Session, *, actor: Actor, country: str, today: date) -> Grid:
    """Count the services that reach each first-level area; protected ones are counted nowhere.

    A service of categories of two dimensions counts in both, once in each.
    """
    authz.require(actor, Action.SEE_INSIGHTS)
    setting = gaps.setting_of(session, actor, country, today)
    areas_of = gaps.reached(session, setting)
    rows = session.execute(
        select(OfferTerm.service_at_location_id, TaxonomyTerm.dimension, Service.level)
        .join(Offer, Offer.service_at_location_id == OfferTerm.service_at_location_id)
        .join(Service, Service.id == Offer.service_id)
        .join(TaxonomyTerm, TaxonomyTerm.code == OfferTerm.term)
        .where(setting.condition, TaxonomyTerm.dimension.is_not(None))
        .distinct()
    ).all()
    counts: Counter[Cell] = Counter()
    unstated: dict[uuid.UUID, set[uuid.UUID]] = {}
    for key, dimension, level in rows:
        for area_id in areas_of.get(key, ()):
            if level and dimension:
                counts[area_id, dimension, level] += 1
            else:
                unstated.setdefault(area_id, set()).add(key)
    return Grid(
        gaps.own_areas(session, actor, setting),
        counts,
        {area_id: len(keys) for area_id, keys in unstated.items()},
    )
