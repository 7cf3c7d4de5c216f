"""Words from readers about what is wrong with a listing."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory import authz
from directory.authz import Action, Actor
from directory.errors import Invalid, NotFound
from directory.listings import reference
from directory.models import ListingReport, Service
from directory.text import N_

KINDS: Final[Mapping[str, str]] = {
    "closed": N_("It is closed or does not exist"),
    "moved": N_("It has moved"),
    "phone": N_("The phone number does not work"),
    "contact": N_("The phone or address is wrong"),
    "hours": N_("The opening hours are wrong"),
    "conditions": N_("Who it is for, the documents or the cost are wrong"),
    "safety": N_("Showing it here may harm somebody"),
    "other": N_("Something else"),
}
LONGEST: Final = 2000
OPEN, CLOSED = "open", "closed"


def report_listing(
    session: Session,
    *,
    service: Service,
    kind: str,
    text: str,
    language: str,
    now: datetime,
) -> ListingReport:
    """Keep what a reader says is wrong; who said it is not kept. Raises Invalid."""
    problems: dict[str, str] = {}
    if kind not in KINDS:
        problems["kind"] = N_("Choose what is wrong.")
    if len(text) > LONGEST:
        problems["text"] = N_("This text is too long.")
    if kind == "other" and not text.strip():
        problems["text"] = N_("Write what is wrong in a few words.")
    if problems:
        raise Invalid(fields=problems)
    report = ListingReport(
        service_id=service.id,
        kind=kind,
        text=text.replace("\x00", "").strip() or None,
        language=language,
        reported_at=now,
    )
    session.add(report)
    session.flush()
    return report


@dataclass(frozen=True, slots=True)
class Reported:
    """An open report with the listing it speaks of."""

    report: ListingReport
    service: Service


def list_open(session: Session, *, actor: Actor, limit: int = 100) -> list[Reported]:
    """Return the open reports about listings that the actor may edit, the oldest first."""
    query = (
        select(ListingReport, Service)
        .join(Service, Service.id == ListingReport.service_id)
        .where(ListingReport.state == OPEN, authz.visible_services(actor))
        .order_by(ListingReport.reported_at)
        .limit(limit)
    )
    found = session.execute(query).all()
    chains = reference.listing_areas(session, [service.id for _, service in found])
    return [
        Reported(report, service)
        for report, service in found
        if authz.may(
            actor,
            Action.EDIT_LISTING,
            service,
            area_ids=chains.get(service.id, []),
        )
    ]


def close_report(
    session: Session, *, actor: Actor, report_id: uuid.UUID, now: datetime
) -> None:
    """Mark a report as dealt with; raises NotFound where the actor may not edit the listing."""
    mine = {each.report.id: each.report for each in list_open(session, actor=actor)}
    if report_id not in mine:
        raise NotFound
    report = mine[report_id]
    report.state, report.closed_by, report.closed_at = CLOSED, actor.user_id, now
    session.flush()
