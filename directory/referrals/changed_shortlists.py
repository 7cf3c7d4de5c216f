"""Services that change while a case keeps them on its shortlist: whoever looks after it is told."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from directory.models import (
    Case,
    Change,
    Message,
    Need,
    ServiceAtLocation,
    ShortlistItem,
    User,
)
from directory.referrals.changed_listings import AT_ONCE, tells
from directory.text import N_
from directory.upkeep import letters

KIND: Final = "shortlist_listing"
SUBJECT: Final = N_("Services on your shortlists have changed")
TEXT: Final = N_(
    "Services that you keep on the shortlists of these cases say something else about"
    " themselves now. Sign in to see whether they still fit:"
)


def tell_workers(session: Session, *, now: datetime) -> int:
    """Queue one message for each worker whose open cases keep a service that changed; returns how many.

    It holds links to the cases and nothing else. Once told, the next message waits for a change.
    """
    cases: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    for row in _concerned(session):
        cases[row.user_id].add(row.case_id)
    users = session.scalars(
        select(User)
        .where(User.id.in_(sorted(cases)), User.is_active.is_(True))
        .order_by(User.email)
    ).all()
    for user in users:
        _write(session, user, cases, now)
    return len(users)


def _write(
    session: Session, user: User, cases: Mapping[uuid.UUID, set[uuid.UUID]], now: datetime
) -> None:  # fmt: skip
    language = user.locale or "en"
    links = [f"{letters.SITE}/cases/{key}#shortlist" for key in sorted(cases[user.id])]
    letters.write(
        session,
        kind=KIND,
        recipient=user.email,
        language=language,
        subject=SUBJECT,
        parts=[letters.say(language, TEXT), "\n".join(links)],
        now=now,
    )


def _concerned(session: Session) -> Sequence[Any]:
    """Workers and cases whose shortlists hold a service that changed since it was kept or told of."""
    worker = func.coalesce(Need.owner_id, Case.caseworker_id, Case.counsellor_id)
    told = (
        select(func.max(Message.created_at))
        .where(Message.kind == KIND, Message.recipient == User.email)
        .correlate(User)
        .scalar_subquery()
    )
    query = (
        select(User.id.label("user_id"), Case.id.label("case_id"))
        .select_from(ShortlistItem)
        .join(Case, Case.id == ShortlistItem.case_id)
        .outerjoin(Need, Need.id == ShortlistItem.need_id)
        .join(User, User.id == worker)
        .join(
            ServiceAtLocation,
            ServiceAtLocation.id == ShortlistItem.service_at_location_id,
        )
        .join(Change, Change.resource_id == ServiceAtLocation.service_id)
        .where(
            Case.closed_at.is_(None),
            and_(Change.last_action_date > ShortlistItem.added_at, tells()),
            or_(told.is_(None), Change.last_action_date > told),
        )
        .distinct()
        .limit(AT_ONCE)
    )
    return session.execute(query).all()
