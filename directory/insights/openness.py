"""Whom services are for (O4): how many are open to residents as well, and how many do not say."""

import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory import authz
from directory.authz import Action, Actor
from directory.insights import gaps
from directory.models import Offer, Service

TO_RESIDENTS: Final = frozenset({"returnees_and_residents", "residents"})


@dataclass(frozen=True, slots=True)
class Openness:
    """Active services that lie in each first-level area, by whom they say they are open to."""

    to_residents: Mapping[uuid.UUID, int]
    stated: Mapping[uuid.UUID, int]
    unstated: int


def count(session: Session, *, actor: Actor, country: str, today: date) -> Openness:
    """Count the services of a country; protected ones are counted nowhere, as in the other grids."""
    authz.require(actor, Action.SEE_INSIGHTS)
    setting = gaps.setting_of(session, actor, country, today)
    own = {area.id for area in gaps.own_areas(session, actor, setting)}
    rows = session.execute(
        select(Offer.area_id, Service.open_to, func.count())
        .join(Service, Service.id == Offer.service_id)
        .where(setting.condition, Offer.area_id.is_not(None))
        .group_by(Offer.area_id, Service.open_to)
    )
    to_residents, stated = Counter[uuid.UUID](), Counter[uuid.UUID]()
    unstated = 0
    for area_id, open_to, number in rows:
        top = setting.top_of.get(area_id) if area_id else None
        if top not in own or top is None:
            continue
        if not open_to:
            unstated += number
            continue
        stated[top] += number
        to_residents[top] += number if open_to in TO_RESIDENTS else 0
    return Openness(to_residents, stated, unstated)
