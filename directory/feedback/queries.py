"""Reads feedback: by its tracking code, or for the supervisors who may handle it."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from directory import authz, tokens
from directory.authz import VISITOR, Actor
from directory.errors import NotFound
from directory.feedback import categories
from directory.models import Feedback, Service

ENDED = ("closed_informed", "closed_unreachable")


def by_code(session: Session, code: str) -> Feedback:
    """The feedback of a tracking code; raises NotFound."""
    digest = tokens.digest(tokens.tidy_code(code))
    found = session.scalar(select(Feedback).where(Feedback.code_hash == digest))
    if found is None:
        raise NotFound
    return found


def service_named(session: Session, service_id: uuid.UUID | None) -> Service | None:
    """The service that feedback is about, if a visitor may know of it."""
    if service_id is None:
        return None
    return session.scalar(
        select(Service).where(Service.id == service_id, authz.visible_services(VISITOR))
    )


@dataclass(frozen=True, slots=True)
class Row:
    """Feedback in the handlers' list; ``due_at`` is when it must have been looked at."""

    feedback: Feedback
    service_name: str
    due_at: datetime
    is_sensitive: bool


def inbox(
    session: Session, *, actor: Actor, ended: bool, limit: int, offset: int
) -> tuple[list[Row], int]:
    """The feedback this actor may handle, sensitive and oldest first, and how much there is."""
    statement = (
        select(Feedback, _known_name(actor))
        .outerjoin(Service, Service.id == Feedback.service_id)
        .where(authz.visible_feedback(actor))
    )
    in_state = Feedback.state.in_(ENDED)
    statement = statement.where(in_state if ended else ~in_state)
    total = session.scalar(select(func.count()).select_from(statement.subquery())) or 0
    sensitive = Feedback.category.in_(sorted(categories.SENSITIVE))
    rows = session.execute(
        statement.order_by(sensitive.desc(), Feedback.received_at, Feedback.id)
        .limit(limit)
        .offset(offset)
    )
    return [_row(row[0], row[1]) for row in rows], total


def get(session: Session, feedback_id: uuid.UUID, *, actor: Actor) -> Row:
    """One piece of feedback; raises NotFound for whoever may not handle it."""
    row = session.execute(
        select(Feedback, _known_name(actor))
        .outerjoin(Service, Service.id == Feedback.service_id)
        .where(Feedback.id == feedback_id, authz.visible_feedback(actor))
        .with_for_update(of=Feedback)
    ).one_or_none()
    if row is None:
        raise NotFound
    return _row(row[0], row[1])


def _known_name(actor: Actor) -> ColumnElement[Any]:
    """The service's name, where the actor may know of the service."""
    return case((authz.visible_services(actor), Service.name))


def _row(feedback: Feedback, service_name: str | None) -> Row:
    category = categories.CATEGORIES[feedback.category]
    return Row(
        feedback=feedback,
        service_name=service_name or "",
        due_at=feedback.received_at + timedelta(hours=category.hours),
        is_sensitive=feedback.category in categories.SENSITIVE,
    )
