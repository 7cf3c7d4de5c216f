"""What people say of listings in their feedback becomes tasks for the keepers; their words do not."""

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from directory.models import Feedback, UpkeepTask
from directory.upkeep import work

KIND = "feedback"


def take_in(session: Session, *, now: datetime) -> int:
    """Open a task for each listing that feedback calls wrong, and return how many opened.

    Feedback that came before the latest such task of the listing is not taken in again.
    """
    known = exists().where(
        UpkeepTask.service_id == Feedback.service_id,
        UpkeepTask.kind == KIND,
        (UpkeepTask.opened_at >= Feedback.received_at)
        | (UpkeepTask.state == work.OPEN),
    )
    query = (
        select(Feedback.service_id)
        .where(
            Feedback.category == "listing_error",
            Feedback.service_id.is_not(None),
            ~known,
        )
        .distinct()
    )
    services = [key for key in session.scalars(query) if key is not None]
    for service_id in services:
        work.open_task(session, service_id=service_id, kind=KIND, now=now)
    return len(services)
