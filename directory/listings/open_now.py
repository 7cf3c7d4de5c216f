"""Which offers are open at a moment: each in its own local time, those of which it is not known left out."""

import uuid
from collections.abc import Hashable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from directory.database import among, fetch
from directory.listings import hours, local_time
from directory.listings.hours import Openness
from directory.models import Offer, Schedule, Sensitivity, ServiceStatus

_MEMORY = "open_now"


def condition(
    session: Session,
    now: datetime,
    narrowed: Sequence[ColumnElement[bool]],
    *,
    question: Hashable,
) -> ColumnElement[bool]:
    """Return the condition that an offer is open, among those that ``narrowed`` leaves.

    The hours are text, so each different one is read once; the answer to a ``question`` (what
    ``narrowed`` stands for) is kept for the session, as counts beside filters ask it again.
    """
    asked = (now, question)
    memory: dict[Hashable, list[uuid.UUID]] = session.info.setdefault(_MEMORY, {})
    if asked not in memory:
        memory.clear()
        memory[asked] = _open_keys(session, now, narrowed)
    return among(session, Offer.service_at_location_id, memory[asked])


def _open_keys(
    session: Session, now: datetime, narrowed: Sequence[ColumnElement[bool]]
) -> list[uuid.UUID]:
    query = (
        select(
            Offer.service_at_location_id,
            Offer.country,
            Offer.longitude,
            Offer.sensitivity,
            Schedule.description,
        )
        .join(Schedule, Schedule.service_at_location_id == Offer.service_at_location_id)
        .where(Offer.status == ServiceStatus.ACTIVE, *narrowed)
    )
    answers: dict[tuple[Any, ...], bool] = {}
    times: dict[tuple[Any, ...], tuple[datetime, ...]] = {}
    found = []
    for row in fetch(session, query):
        # A protected place answers by its country alone.
        is_open_place = row.sensitivity in {Sensitivity.L0, Sensitivity.L1}
        longitude = round(row.longitude or 0) if is_open_place else None
        where = (row.country, longitude if row.longitude is not None else None)
        if where not in times:
            times[where] = local_time.moments(now, *where)
        key = (row.description, row.country, times[where])
        if key not in answers:
            state = hours.openness_of(row.description, times[where], row.country)
            answers[key] = state is Openness.OPEN
        if answers[key]:
            found.append(row.service_at_location_id)
    return found
