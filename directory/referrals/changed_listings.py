"""Listings that change under a referral: the sender sees what, and the workers are told once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from directory.models import Case, Change, Message, Need, Referral, ServiceAtLocation
from directory.referrals import notifications
from directory.referrals.effects import workers

KIND: Final = "referral_listing"
NOT_TOLD: Final = frozenset({"assured_date", "verification_method", "sensitivity"})
"""A check changes nothing for the person, and a level is not for everybody."""
AT_ONCE: Final = 500


def fields_changed(session: Session, referral: Referral) -> list[str]:
    """Return the fields of the listing that changed since the referral was sent, by name."""
    if referral.sent_at is None:
        return []
    query = (
        select(Change.field_name)
        .join(ServiceAtLocation, ServiceAtLocation.service_id == Change.resource_id)
        .where(
            ServiceAtLocation.id == referral.service_at_location_id,
            Change.last_action_date > referral.sent_at,
            tells(),
        )
        .distinct()
    )
    return sorted({name.partition(":")[0] for name in session.scalars(query)})


def tell_workers(session: Session, *, now: datetime) -> int:
    """Queue one message for each referral under way whose listing changed; returns how many.

    Once told, the next message waits for the next change.
    """
    made = 0
    for referral in _concerned(session):
        case = session.get_one(Case, referral.case_id)
        need = session.get_one(Need, referral.need_id)
        made += len(
            notifications.to_workers(
                session,
                referral=referral,
                user_ids=workers(case, need),
                kind=KIND,
                now=now,
            )
        )
    return made


def _concerned(session: Session) -> Sequence[Referral]:
    told = (
        select(func.max(Message.created_at))
        .where(Message.referral_id == Referral.id, Message.kind == KIND)
        .correlate(Referral)
        .scalar_subquery()
    )
    query = (
        select(Referral)
        .join(
            ServiceAtLocation, ServiceAtLocation.id == Referral.service_at_location_id
        )
        .join(Change, Change.resource_id == ServiceAtLocation.service_id)
        .where(
            Referral.sent_at.is_not(None),
            Referral.closed_at.is_(None),
            Change.last_action_date > Referral.sent_at,
            or_(told.is_(None), Change.last_action_date > told),
            tells(),
        )
        .distinct()
        .limit(AT_ONCE)
    )
    keys = session.scalars(query.with_only_columns(Referral.id)).all()
    return session.scalars(select(Referral).where(Referral.id.in_(keys))).all()


def tells() -> ColumnElement[bool]:
    """Whether a change of a listing may matter to who was referred, or is to be."""
    return and_(
        Change.resource_type == "service",
        Change.last_action_type.in_(("update", "delete", "restore")),
        Change.field_name.not_in(NOT_TOLD),
    )
