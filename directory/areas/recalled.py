"""Names kept places anew: in the language of whoever reads them, not of whoever chose them."""

import uuid
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.areas import labels, queries
from directory.areas.queries import AreaRow
from directory.models import AreaName, Place
from directory.text import normalise

Position = tuple[float, float]
Chains = Mapping[uuid.UUID, Sequence[AreaRow]]


@dataclass(frozen=True, slots=True)
class Kept:
    """A place as it is stored: position, deepest area, the label it got, its country's code."""

    latitude: float | None
    longitude: float | None
    area_id: uuid.UUID | None
    label: str | None
    country: str | None = None

    @property
    def position(self) -> Position | None:
        """Latitude and longitude, where both are known."""
        if self.latitude is None or self.longitude is None:
            return None
        return self.latitude, self.longitude


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of the areas and towns of some places, read with few statements."""

    chains: Chains
    lands: Mapping[str, AreaRow]
    names: Mapping[uuid.UUID, str]
    spellings: Mapping[uuid.UUID, Set[str]]
    towns: Mapping[tuple[uuid.UUID | None, Position | None], str]


def labels_of(session: Session, kept: Sequence[Kept], language: str) -> list[str]:
    """Return each place's name with what it lies in: "Kumasi, Ashanti, Ghana".

    A place chosen from the list stands at the very point of its town or area and is called by that
    one's name; any other by its ``label``, as it was written down, without the areas that it names.
    Empty where nothing is known.
    """
    known = _read(session, kept, language)
    return [labels.join(_parts(place, known), language) for place in kept]


def _read(session: Session, kept: Sequence[Kept], language: str) -> _Known:
    homes = {place.area_id for place in kept if place.area_id}
    chains = queries.chains(session, homes)
    codes = {place.country for place in kept if place.country and not place.area_id}
    lands = queries.areas_by_codes(session, codes)
    areas = {area.id: area for chain in chains.values() for area in chain}
    areas |= {land.id: land for land in lands.values()}
    names = {key: area.name for key, area in areas.items()}
    spellings = {key: {normalise(name)} for key, name in names.items()}
    query = select(
        AreaName.area_id, AreaName.language, AreaName.name, AreaName.normalised
    ).where(AreaName.area_id.in_(areas))
    for row in session.execute(query) if areas else ():
        spellings[row.area_id].add(row.normalised)
        if row.language == language:
            names[row.area_id] = row.name
    towns = _towns(session, kept, language)
    return _Known(chains, lands, names, spellings, towns)


def _towns(
    session: Session, kept: Sequence[Kept], language: str
) -> Mapping[tuple[uuid.UUID | None, Position | None], str]:
    """The names of the towns at whose very point a place stands."""
    asked = {place.area_id for place in kept if place.position and place.area_id}
    if not asked:
        return {}
    latitudes = {place.latitude for place in kept if place.position}
    query = select(
        Place.id, Place.name, Place.area_id, Place.latitude, Place.longitude
    ).where(Place.area_id.in_(asked), Place.latitude.in_(latitudes))
    rows = session.execute(query).all()
    names = labels.town_names(session, {row.id: row.name for row in rows}, language)
    return {
        (row.area_id, (row.latitude, row.longitude)): names[row.id]
        for row in reversed(rows)
    }


def _parts(place: Kept, known: _Known) -> Iterable[str]:
    """The place's own name, then the areas around it, the closest first."""
    chain = known.chains.get(place.area_id, ()) if place.area_id else ()
    if chain and (town := known.towns.get((place.area_id, place.position))):
        around = [area for area in reversed(chain) if area.level <= 1]
        return [town, *(known.names[area.id] for area in around)]
    if not chain and (land := known.lands.get(place.country or "")):
        chain = [land]
    around = list(reversed(chain))
    point = chain[-1].surface_point if chain and place.area_id else None
    written: list[str] = []
    if point is None or (point.latitude, point.longitude) != place.position:
        said = {word for area in around for word in known.spellings.get(area.id, ())}
        parts = (place.label or "").replace("،", ",").split(",")
        written = [part.strip() for part in parts if normalise(part) not in said]
    return [*written, *(known.names[area.id] for area in around)]
