"""What a source that is imported again does not name any more: listed, never removed."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import Session

from directory import authz
from directory.authz import Actor
from directory.models import (
    ImportRow,
    ImportRun,
    Organization,
    Service,
    ServiceAtLocation,
    ServiceStatus,
)


@dataclass(frozen=True, slots=True)
class Missing:
    """A listing of the source that the file does not name."""

    service_id: uuid.UUID
    name: str
    organization_name: str
    status: str
    assured_date: date | None


def count_missing(session: Session, run: ImportRun, actor: Actor) -> int:
    """Return how many listings of the run's source, imported before, its file does not name."""
    if run.state not in {"planned", "applied"}:
        return 0
    statement = select(func.count()).select_from(ServiceAtLocation).join(Service)
    return session.scalar(statement.where(_is_missing(run, actor))) or 0


def list_missing(
    session: Session, run: ImportRun, actor: Actor, *, offset: int, limit: int
) -> Sequence[Missing]:
    """Return the listings that ``count_missing`` counts, by name."""
    columns: tuple[Any, ...] = (
        Service.id, Service.name, Organization.name, Service.status, Service.assured_date,
    )  # fmt: skip
    statement = (
        select(*columns)
        .select_from(ServiceAtLocation)
        .join(Service, Service.id == ServiceAtLocation.service_id)
        .join(Organization, Organization.id == Service.organization_id)
        .where(_is_missing(run, actor))
        .order_by(Service.normalised_name, ServiceAtLocation.id)
        .offset(offset)
        .limit(limit)
    )
    return [Missing(*row) for row in session.execute(statement)]


def _is_missing(run: ImportRun, actor: Actor) -> ColumnElement[bool]:
    """The condition of listings that came from the source before and that no row was found to be.

    Rows with errors are not compared with the directory; a listing of the same name as one of
    them is therefore not called missing.
    """
    of_run = ImportRow.run_id == run.id
    is_named = exists().where(
        of_run, ImportRow.service_at_location_id == ServiceAtLocation.id
    )
    skipped = select(ImportRow.name).where(of_run, ImportRow.action == "skip")
    return and_(
        Service.source == run.source,
        Service.import_run_id.is_not(None),
        Service.import_run_id != run.id,
        Service.created_at <= run.created_at,
        Service.status != ServiceStatus.DEFUNCT,
        authz.visible_services(actor),
        ~is_named,
        Service.name.not_in(skipped),
    )
