"""How a place is named to a reader: the place, then its area, then the country."""

import uuid
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.areas import queries
from directory.areas.queries import AreaRow
from directory.areas.search import Found
from directory.areas.spelling import script_of
from directory.models import PlaceName

_COMMA = {"ar": "، "}
# Letters of Persian, Kurdish and Urdu: such a spelling is not the Arabic one.
_NOT_ARABIC = frozenset("پچژگکیەێۆۀھہٹڈڑںےڕڵ")


def join(parts: Iterable[str], language: str) -> str:
    """Return the parts as one line, each name once."""
    return _COMMA.get(language, ", ").join(
        dict.fromkeys(part for part in parts if part)
    )


def area_label(session: Session, area: AreaRow, language: str) -> str:
    """Return an area's name with what it lies in: "Ashanti, Ghana"."""
    chain = [*queries.ancestors(session, area.id), area]
    names = queries.names(session, (part.id for part in chain), language)
    return join((names[part.id] for part in reversed(chain)), language)


def labels_of(session: Session, found: Sequence[Found], language: str) -> list[str]:
    """Return the label of each thing found, with few queries for all."""
    homes = {hit.area_id for hit in found if hit.area_id is not None}
    chains = queries.chains(session, homes)
    homeless = {hit.country for hit in found if hit.area_id is None}
    lands = queries.areas_by_codes(session, homeless) if homeless else {}
    chains |= {land.id: [land] for land in lands.values()}
    parts = {part.id for chain in chains.values() for part in chain}
    names = queries.names(session, parts, language)
    towns = {hit.place_id: hit.name for hit in found if hit.place_id is not None}
    own = town_names(session, towns, language)
    return [
        join(
            _parts(hit, _chain_of(hit, chains, lands), names, own),
            language,
        )
        for hit in found
    ]


def _chain_of(
    hit: Found,
    chains: Mapping[uuid.UUID, Sequence[AreaRow]],
    lands: Mapping[str, AreaRow],
) -> Sequence[AreaRow]:
    """Return what a hit lies in; only the country, where no area of it is known."""
    if hit.area_id is not None:
        return chains.get(hit.area_id, ())
    return [lands[hit.country]] if hit.country in lands else ()


def _parts(
    hit: Found,
    chain: Sequence[AreaRow],
    names: Mapping[uuid.UUID, str],
    towns: Mapping[int, str],
) -> list[str]:
    if hit.place_id is None:
        return [names[area.id] for area in reversed(chain)]
    around = [names[area.id] for area in reversed(chain) if area.level <= 1]
    return [towns[hit.place_id], *around]


def within(session: Session, name: str, chain: Sequence[AreaRow], language: str) -> str:
    """Return a name with its first-level area and country: "Kumasi, Ashanti, Ghana"."""
    shown = [area for area in reversed(chain) if area.level <= 1]
    names = queries.names(session, (area.id for area in shown), language)
    return join((name, *(names[area.id] for area in shown)), language)


def town_names(
    session: Session, towns: Mapping[int, str], language: str
) -> dict[int, str]:
    """Return each town's name for a reader; Arabic readers get Arabic letters if known.

    ``towns`` maps GeoNames numbers to their own names.
    """
    if language != "ar" or not towns:
        return dict(towns)
    statement = select(PlaceName.place_id, PlaceName.name).where(
        PlaceName.place_id.in_(list(towns))
    )
    arabic: dict[int, str] = {}
    for place_id, name in session.execute(statement):
        if script_of(name) == "arabic" and not _NOT_ARABIC.intersection(name):
            arabic.setdefault(place_id, name)
    return {key: arabic.get(key, name) for key, name in towns.items()}
