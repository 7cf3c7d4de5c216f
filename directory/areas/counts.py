"""How many listings there are in each area, for one reader.

Only what the reader may see and what no count can harm is counted: protected services
(L2, L3) stand in no count by area (DOMAIN 5).
"""

import uuid
from collections import Counter

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.areas import queries
from directory.authz import Actor, visible_offers
from directory.models import Offer

COUNTED = ("L0", "L1")


def by_country(session: Session, *, actor: Actor) -> dict[str, int]:
    """Return the listings of each country that has any."""
    statement = (
        select(Offer.country, func.count())
        .where(visible_offers(actor), Offer.sensitivity.in_(COUNTED))
        .group_by(Offer.country)
    )
    return {
        country: number for country, number in session.execute(statement) if country
    }


def by_area(session: Session, country: str, *, actor: Actor) -> Counter[uuid.UUID]:
    """Return the listings in each area of a country, all below it included."""
    statement = (
        select(Offer.area_id, func.count())
        .where(
            visible_offers(actor),
            Offer.sensitivity.in_(COUNTED),
            Offer.country == country,
            Offer.area_id.is_not(None),
        )
        .group_by(Offer.area_id)
    )
    direct = {area_id: n for area_id, n in session.execute(statement) if area_id}
    counts: Counter[uuid.UUID] = Counter()
    for area_id, chain in queries.chains(session, direct).items():
        for area in chain:
            counts[area.id] += direct[area_id]
    return counts
