"""Words from readers about what is wrong with a listing."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from directory.errors import Invalid
from directory.models import ListingReport, Service
from directory.text import N_

KINDS: Final[Mapping[str, str]] = {
    "closed": N_("It is closed or does not exist"),
    "moved": N_("It has moved"),
    "contact": N_("The phone or address is wrong"),
    "hours": N_("The opening hours are wrong"),
    "conditions": N_("Who it is for, the documents or the cost are wrong"),
    "safety": N_("Showing it here may harm somebody"),
    "other": N_("Something else"),
}
LONGEST: Final = 2000


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
