"""You said, we changed: which public listings were corrected after a reader's word (REQUIREMENTS F7)."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from directory import authz
from directory.listings import queries
from directory.models import Change, ListingReport, Service

LOOK_BACK: Final = timedelta(days=180)
MOST: Final = 50
UNTOLD: Final = frozenset({"assured_date", "verification_method", "doubted_on"})
"""A check alone changes nothing."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A word of a reader, and the fields of the listing that were changed until it was dealt with."""

    service_id: uuid.UUID
    name: str
    kind: str
    fields: tuple[str, ...]
    closed_on: date


def latest(session: Session, *, language: str, now: datetime) -> list[Answered]:
    """Return the latest corrections, for everybody: of public listings, without the words that were said.

    Nothing is told of words about safety, nor of a listing whose level changed meanwhile.
    """
    rows = _rows(session, since=now - LOOK_BACK)
    fields: dict[uuid.UUID, set[str]] = defaultdict(set)
    for row in rows:
        fields[row.id].add(row.field_name.partition(":")[0])
    told = {
        key: tuple(sorted(names - UNTOLD))
        for key, names in fields.items()
        if names - UNTOLD and "sensitivity" not in names
    }
    first = {row.id: row for row in rows if row.id in told}
    shown = list(first.values())[:MOST]
    texts = queries.texts_in(session, [row.service_id for row in shown], language)
    return [
        Answered(
            service_id=row.service_id,
            name=texts.get((row.service_id, "name")) or row.name,
            kind=row.kind,
            fields=told[row.id],
            closed_on=row.closed_at.date(),
        )
        for row in shown
    ]


def _rows(session: Session, *, since: datetime) -> Sequence[Any]:
    """Each change of a public listing between a reader's word and the end of the matter."""
    query = (
        select(
            ListingReport.id,
            ListingReport.kind,
            ListingReport.closed_at,
            Service.id.label("service_id"),
            Service.name,
            Change.field_name,
        )
        .join(Service, Service.id == ListingReport.service_id)
        .join(
            Change,
            and_(
                Change.resource_type == "service",
                Change.resource_id == Service.id,
                Change.last_action_type == "update",
                Change.last_action_date >= ListingReport.reported_at,
                Change.last_action_date <= ListingReport.closed_at,
            ),
        )
        .where(
            ListingReport.closed_at >= since,
            ListingReport.kind != "safety",
            authz.visible_services(authz.VISITOR),
        )
        .order_by(ListingReport.closed_at.desc(), ListingReport.id)
    )
    return session.execute(query).all()
