"""Keeps the pairs that were found, and remembers which of them are two listings after all."""

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.authz import Actor
from directory.duplicates import queries
from directory.duplicates.comparison import Comparison
from directory.duplicates.finding import FoundPair
from directory.models import DuplicatePair


def note_found(
    session: Session,
    *,
    found: Mapping[tuple[uuid.UUID, uuid.UUID], FoundPair],
    compared: Collection[uuid.UUID] | None,
    country: str | None,
    now: datetime,
) -> int:
    """Keep what was found and drop open pairs that look alike no more; return how many are new.

    ``compared``: the services that were compared with all others; ``None`` when all were (of
    ``country``, where one is given). Pairs that somebody called different stay so.
    """
    known = {
        (pair.first_id, pair.second_id): pair
        for pair in session.scalars(select(DuplicatePair))
    }
    new = 0
    for key, each in found.items():
        values = {
            "score": each.comparison.score,
            "reasons": reasons_as_json(each.comparison),
            "country": each.country,
        }
        pair = known.get(key)
        if pair is None:
            session.add(
                DuplicatePair(first_id=key[0], second_id=key[1], found_at=now, **values)
            )
            new += 1
        elif pair.state == queries.OPEN:
            for name, value in values.items():
                if getattr(pair, name) != value:
                    setattr(pair, name, value)
    for key, pair in known.items():
        was_compared = compared is None or key[0] in compared or key[1] in compared
        is_asked = country is None or pair.country == country
        if (
            was_compared
            and is_asked
            and pair.state == queries.OPEN
            and key not in found
        ):
            session.delete(pair)
    session.flush()
    return new


def reasons_as_json(comparison: Comparison) -> list[dict[str, Any]]:
    """Return the reasons as they are stored with a pair."""
    return [
        {"code": each.code, "bits": round(each.bits, 1), "values": dict(each.values)}
        for each in comparison.reasons
    ]


def keep_apart(
    session: Session, *, actor: Actor, pair_id: uuid.UUID, now: datetime
) -> None:
    """Remember that a pair is two listings; it is not shown again. Raises NotFound."""
    pair = queries.get_pair(session, pair_id, actor=actor)
    pair.state = queries.DIFFERENT
    pair.decided_by = actor.user_id
    pair.decided_at = now
    session.flush()
