"""What a webhook does not know yet: public listings that changed, and those that are public no more.

Which listings are public is asked of the Open Referral API, and compared with what the webhook was
told. So a listing that was never public is told of in no way, not even by an empty call; and one
whose transaction ended late is not missed, as it would be by a moment in time.
"""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Uuid, and_, case, delete, insert, literal, or_, select
from sqlalchemy.orm import Session

from directory.database import among, insert_many
from directory.models import Organization, Service, WebhookTold
from directory.openreferral import queries as openreferral

MOST: Final = 1000
"""Listings in one call; the rest comes with the next."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A public listing, and when it or its organization was last edited."""

    service_id: uuid.UUID
    last_modified: datetime


@dataclass(frozen=True, slots=True)
class Parcel:
    """What one call tells."""

    changed: tuple[Changed, ...] = ()
    gone: tuple[uuid.UUID, ...] = ()
    has_more: bool = False

    @property
    def count(self) -> int:
        """Of how many listings it tells."""
        return len(self.changed) + len(self.gone)


NOTHING: Final = Parcel()


def next_parcel(session: Session, webhook_id: uuid.UUID, *, today: date) -> Parcel:
    """Return what to tell a webhook next, the oldest change first; ``NOTHING`` where it knows all."""
    is_known = and_(
        WebhookTold.webhook_id == webhook_id, WebhookTold.service_id == Service.id
    )
    stamp = _last_modified()
    news = or_(WebhookTold.service_id.is_(None), WebhookTold.last_modified != stamp)
    changed = session.execute(
        _public(session, today)
        .outerjoin(WebhookTold, is_known)
        .where(news)
        .order_by(stamp, Service.id)
        .limit(MOST + 1)
    ).all()
    gone = session.scalars(
        select(WebhookTold.service_id)
        .where(
            WebhookTold.webhook_id == webhook_id,
            WebhookTold.service_id.not_in(openreferral.public_keys(session, today)),
        )
        .order_by(WebhookTold.service_id)
        .limit(MOST + 1)
    ).all()
    return Parcel(
        tuple(Changed(*row) for row in changed[:MOST]),
        tuple(gone[:MOST]),
        has_more=len(changed) > MOST or len(gone) > MOST,
    )


def note_everything(session: Session, webhook_id: uuid.UUID, *, today: date) -> None:
    """Note that a new webhook knows all that is public today; it reads the whole list by itself."""
    public = _public(session, today).add_columns(literal(webhook_id, Uuid()))
    columns = ["service_id", "last_modified", "webhook_id"]
    session.execute(insert(WebhookTold).from_select(columns, public))


def note_told(session: Session, webhook_id: uuid.UUID, parcel: Parcel) -> None:
    """Note that a webhook knows what a parcel told."""
    keys = [*(one.service_id for one in parcel.changed), *parcel.gone]
    session.execute(
        delete(WebhookTold)
        .where(WebhookTold.webhook_id == webhook_id)
        .where(among(session, WebhookTold.service_id, keys))
        .execution_options(synchronize_session=False)
    )
    rows = [
        {
            "webhook_id": webhook_id,
            "service_id": one.service_id,
            "last_modified": one.last_modified,
        }
        for one in parcel.changed
    ]
    insert_many(session.connection(), WebhookTold.metadata.tables["webhook_told"], rows)


def _public(session: Session, today: date) -> Any:
    """Key and last edit of every public service."""
    return (
        select(Service.id, _last_modified())
        .join(Organization, Organization.id == Service.organization_id)
        .where(Service.id.in_(openreferral.public_keys(session, today)))
    )


def _last_modified() -> Any:
    """The last edit of a service or of its organization, which is told with it."""
    later = Organization.last_modified > Service.last_modified
    return case((later, Organization.last_modified), else_=Service.last_modified)
