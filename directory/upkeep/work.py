"""Opens and closes upkeep tasks: one open task for each listing and kind."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory import authz
from directory.authz import Action, Actor
from directory.errors import Conflict, NotFound
from directory.listings import reference, reports
from directory.models import ListingReport, Service, UpkeepTask
from directory.text import N_
from directory.upkeep import kinds

OPEN, DONE = "open", "done"


class TaskClosed(Conflict):
    """Somebody has dealt with the task already."""

    code = "upkeep_task_closed"
    message = N_("Somebody has dealt with this already.")


def open_task(
    session: Session,
    *,
    service_id: uuid.UUID,
    kind: str,
    now: datetime,
    values: Mapping[str, Any] | None = None,
) -> UpkeepTask:
    """Open a task, or return the one of this kind that is open; never holds a word about a person."""
    query = select(UpkeepTask).where(
        UpkeepTask.service_id == service_id,
        UpkeepTask.kind == kind,
        UpkeepTask.state == OPEN,
    )
    task = session.scalars(query).first()
    if task is None:
        task = UpkeepTask(
            service_id=service_id,
            kind=kind,
            state=OPEN,
            values=dict(values) if values else None,
            opened_at=now,
            due_on=(now + kinds.DUE_AFTER).date(),
        )
        session.add(task)
        session.flush()
    return task


def get_task(session: Session, task_id: uuid.UUID, *, actor: Actor) -> UpkeepTask:
    """Return a task of a listing that the actor keeps; raises NotFound otherwise."""
    query = (
        select(UpkeepTask, Service)
        .join(Service, Service.id == UpkeepTask.service_id)
        .where(UpkeepTask.id == task_id, authz.visible_services(actor))
    )
    row = session.execute(query).one_or_none()
    if row is None or not keeps(session, actor, row.Service):
        raise NotFound
    task: UpkeepTask = row.UpkeepTask
    return task


def keeps(session: Session, actor: Actor, service: Service) -> bool:
    """Whether the actor is one of those who keep a listing true."""
    return authz.may(
        actor, Action.ASSURE_LISTING, service, area_ids=areas_of(session, service)
    )


def areas_of(session: Session, service: Service) -> Sequence[frozenset[uuid.UUID]]:
    """Return the areas that hold each place of a listing, as ``authz`` asks for them."""
    return reference.listing_areas(session, [service.id]).get(service.id, [])


def close_task(
    session: Session, *, actor: Actor, task: UpkeepTask, now: datetime
) -> None:
    """Mark a task as dealt with; the caller has fetched it through the actor's eyes."""
    if task.state != OPEN:
        raise TaskClosed
    task.state, task.closed_at, task.closed_by = DONE, now, actor.user_id
    session.flush()


def close_all(
    session: Session, *, actor: Actor, service_id: uuid.UUID, now: datetime
) -> None:
    """Close what a verification has answered: tasks but claims, reports but those about safety."""
    tasks = select(UpkeepTask).where(
        UpkeepTask.service_id == service_id,
        UpkeepTask.state == OPEN,
        UpkeepTask.kind != kinds.CLAIM,
    )
    for task in session.scalars(tasks):
        close_task(session, actor=actor, task=task, now=now)
    said = select(ListingReport).where(
        ListingReport.service_id == service_id,
        ListingReport.state == reports.OPEN,
        ListingReport.kind != "safety",
    )
    for report in session.scalars(said):
        report.state, report.closed_at = reports.CLOSED, now
        report.closed_by = actor.user_id
    session.flush()
