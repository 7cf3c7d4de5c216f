"""Looks for duplicates in the whole directory, or among what changed, and keeps what it finds."""

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.duplicates import entries, finding, operations
from directory.duplicates.finding import Progress
from directory.models import Service


def search(
    session: Session,
    *,
    now: datetime,
    country: str | None = None,
    since: datetime | None = None,
    progress: Progress | None = None,
) -> tuple[int, int]:
    """Compare listings with each other and keep the pairs; return how many look alike, and are new.

    ``since``: only listings changed since then are compared, with all others. ``country``: only
    listings there. What somebody called different is not asked again.
    """
    changed: set[uuid.UUID] | None = None
    if since is not None:
        recent = select(Service.id).where(Service.last_modified >= since)
        changed = set(session.scalars(recent))
        if not changed:
            return 0, 0
    listed = entries.read(session, countries={country} if country else None)
    found = finding.service_pairs(listed, changed, progress)
    new = operations.note_found(
        session, found=found, compared=changed, country=country, now=now
    )
    return len(found), new
