"""Where providers overlap (O5.3): one kind of service, one area, and several who offer it."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.areas.queries import AreaRow
from directory.countries import queries as packs
from directory.insights import ground as grounds
from directory.insights.ground import Ground
from directory.models import Offer, OfferTerm
from directory.taxonomy.queries import Term

FEWEST: Final = 2
"""From how many providers on a kind of service overlaps."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """The services of one leaf that reach one area, by the organization that offers them."""

    area: AreaRow
    term: Term
    services_of: Mapping[uuid.UUID, frozenset[uuid.UUID]]

    @property
    def services(self) -> int:
        """How many services there are."""
        return sum(len(each) for each in self.services_of.values())

    @property
    def providers(self) -> int:
        """How many organizations offer them."""
        return len(self.services_of)


def find(session: Session, ground: Ground) -> list[Overlap]:
    """Return the leaves and areas that two or more providers cover, those of most providers first.

    A service of several locations counts once. One that is tagged with a category alone does not say
    which kind it is, and counts nowhere.
    """
    terms = packs.terms(session, ground.country)
    leaves = {term.code: term for term in terms if term.parent}
    rows = session.execute(
        select(
            OfferTerm.term,
            Offer.service_at_location_id,
            Offer.service_id,
            Offer.organization_id,
        )
        .join(Offer, Offer.service_at_location_id == OfferTerm.service_at_location_id)
        .where(ground.setting.condition)
    )
    cells: dict[tuple[uuid.UUID, str], dict[uuid.UUID, set[uuid.UUID]]] = {}
    for code, key, service_id, organization_id in rows:
        if code not in leaves:
            continue
        for area_id in ground.areas_of.get(key, ()):
            cell = cells.setdefault((area_id, code), defaultdict(set))
            cell[organization_id].add(service_id)
    found = [
        Overlap(area, leaf, {key: frozenset(own) for key, own in cell.items()})
        for area in ground.areas
        for code, leaf in leaves.items()
        if len(cell := cells.get((area.id, code), {})) >= FEWEST
    ]
    return sorted(found, key=lambda one: (-one.providers, -one.services))


@dataclass(frozen=True, slots=True)
class Provider:
    """An organization and its services of one overlap, each with its key, by name."""

    id: uuid.UUID
    name: str
    services: tuple[tuple[uuid.UUID, str], ...]


def providers(
    session: Session, overlaps: Sequence[Overlap]
) -> list[tuple[Provider, ...]]:
    """Return who overlaps, by name, for each of some overlaps."""
    names = grounds.names(
        session,
        services=(
            key for o in overlaps for own in o.services_of.values() for key in own
        ),
        providers=(key for overlap in overlaps for key in overlap.services_of),
    )
    return [
        tuple(
            sorted(
                (
                    Provider(key, names[key], grounds.by_name(own, names))
                    for key, own in overlap.services_of.items()
                ),
                key=lambda one: (one.name, one.id),
            )
        )
        for overlap in overlaps
    ]


def rows(
    session: Session,
    overlaps: Sequence[Overlap],
    *,
    language: str,
    names: Mapping[uuid.UUID, str],
) -> list[list[str | int | None]]:
    """Return the table as rows of a file; ``names`` are those of the areas, by key.

    The names of providers, and of services, are joined by "; ". The titles are the codes of
    docs/insights.md and are not translated.
    """
    table: list[list[str | int | None]] = [
        ["area_code", "area", "term", "category", "services", "providers", "provider_names",
         "service_names"],
    ]  # fmt: skip
    for overlap, who in zip(overlaps, providers(session, overlaps), strict=True):
        table.append(
            [
                overlap.area.code,
                names[overlap.area.id],
                overlap.term.code,
                overlap.term.label(language),
                overlap.services,
                overlap.providers,
                "; ".join(one.name for one in who),
                "; ".join(name for one in who for _, name in one.services),
            ]
        )
    return table
