"""Names a kept place anew: in the language of whoever reads it, not of whoever chose it."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.areas import labels, queries
from directory.models import Place


def label_of(
    session: Session,
    *,
    latitude: float | None,
    longitude: float | None,
    area_id: uuid.UUID | None,
    kept: str | None,
    country: str | None,
    language: str,
) -> str:
    """Return a place's name with what it lies in, each name once: "Kumasi, Ashanti, Ghana".

    A place chosen from the list stands at the very point of its town or area and is called by that
    one's name; any other by ``kept``, as it was written down. ``country``: its code, for a place
    without an area. Empty where nothing is known.
    """
    chain = queries.chains(session, [area_id]).get(area_id, []) if area_id else []
    if chain and latitude is not None and longitude is not None:
        town = session.execute(
            select(Place.id, Place.name).where(
                Place.area_id == area_id,
                Place.latitude == latitude,
                Place.longitude == longitude,
            )
        ).first()
        if town is not None:
            own = labels.town_names(session, {town.id: town.name}, language)[town.id]
            return labels.within(session, own, chain, language)
        point = chain[-1].surface_point
        if point and (point.latitude, point.longitude) == (latitude, longitude):
            return labels.area_label(session, chain[-1], language)
    land = queries.area_by_code(session, country) if country and not chain else None
    chain = [land] if land else chain
    parts = [part.strip() for part in (kept or "").replace("،", ",").split(",")]
    names = queries.names(session, (area.id for area in chain), language)
    around = [names[area.id] for area in reversed(chain)]
    return labels.join((*parts, *around), language)
