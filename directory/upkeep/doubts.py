"""What turns a listing red at once, and what lets its verification hold a little longer."""

from datetime import UTC, date, datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory import audit
from directory.authz import Actor
from directory.listings import offers, queries
from directory.listings.verifications import RIGHT, WRONG_NUMBER
from directory.models import ListingReport, Service, Verification
from directory.upkeep import work

DEAD_NUMBERS: Final = 2
"""So many reports of a dead number within ``DEAD_NUMBER_DAYS`` turn a listing red."""
DEAD_NUMBER_DAYS: Final = 14
_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)


def doubt(
    session: Session,
    *,
    actor: Actor,
    service: Service,
    kind: str,
    now: datetime,
    origin: str = "form",
) -> None:
    """Turn a listing red until somebody verifies it, and open the task of ``kind``."""
    work.open_task(session, service_id=service.id, kind=kind, now=now)
    today = now.date()
    if service.doubted_on == today:
        return
    audit.record(
        session,
        actor=actor,
        resource_type="service",
        resource_id=service.id,
        changes={"doubted_on": (service.doubted_on, today)},
        now=now,
        origin=origin,
    )
    service.doubted_on = today
    _refresh(session, service)


def confirm_softly(session: Session, *, service: Service, today: date) -> bool:
    """Note that it was seen open; return whether that extends the verification now.

    Once after each verification (DOMAIN section 11). It never answers a doubt.
    """
    verified = service.assured_date
    if verified is None or today <= verified:
        return False
    if service.confirmed_on is not None and service.confirmed_on > verified:
        return False
    service.confirmed_on = today
    _refresh(session, service)
    return True


def count_dead_number(
    session: Session,
    *,
    actor: Actor,
    service: Service,
    now: datetime,
    origin: str = "form",
) -> None:
    """Open a task for a number said to be dead; the second time within 14 days it turns red."""
    since = max(
        now - timedelta(days=DEAD_NUMBER_DAYS), _last_right(session, service) or _NEVER
    )
    said = select(func.count()).where(
        ListingReport.service_id == service.id,
        ListingReport.kind == "phone",
        ListingReport.reported_at >= since,
    )
    tried = select(func.count()).where(
        Verification.service_id == service.id,
        Verification.result == WRONG_NUMBER,
        Verification.checked_at >= since,
    )
    times = (session.scalar(said) or 0) + (session.scalar(tried) or 0)
    if times >= DEAD_NUMBERS:
        doubt(
            session, actor=actor, service=service, kind="phone", now=now, origin=origin
        )
    else:
        work.open_task(session, service_id=service.id, kind="phone", now=now)


def _last_right(session: Session, service: Service) -> datetime | None:
    """When a check last found everything right: what was said before is answered."""
    query = select(func.max(Verification.checked_at)).where(
        Verification.service_id == service.id, Verification.result.in_(sorted(RIGHT))
    )
    return session.scalar(query)


def _refresh(session: Session, service: Service) -> None:
    session.flush()
    offers.refresh(session, queries.places_of(session, service.id))
