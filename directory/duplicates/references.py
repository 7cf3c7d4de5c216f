"""Where a listing is spoken of: what belongs to it, and what follows it into the one it is merged with.

Every foreign key to a service or to a service at a location stands in one of these tables; a test
compares them with the models.
"""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from directory.models import (
    Accessibility,
    Address,
    Attribute,
    ConfirmLink,
    Contact,
    CostOption,
    Feedback,
    Funding,
    ImportRow,
    Language,
    ListingReport,
    Phone,
    Proposal,
    Referral,
    RequiredDocument,
    Schedule,
    ServiceArea,
    ServiceCapacity,
    ShortlistItem,
    Translation,
    UpkeepTask,
    Url,
    Verification,
    Watch,
)

Moved = dict[str, list[str]]
"""Keys of the rows that followed, by ``table.column``."""

OF_SERVICE: Final[tuple[Any, ...]] = (
    Attribute.link_id, RequiredDocument.service_id, CostOption.service_id, Language.service_id,
    Phone.service_id, Contact.service_id, Url.service_id, Funding.service_id,
    Schedule.service_id, ServiceCapacity.service_id, ServiceArea.service_id,
    Translation.entity_id,
)  # fmt: skip
OF_PLACE: Final[tuple[Any, ...]] = (
    Schedule.service_at_location_id, ServiceArea.service_at_location_id,
    Phone.service_at_location_id, Contact.service_at_location_id,
)  # fmt: skip
OF_LOCATION: Final[tuple[Any, ...]] = (
    Address.location_id, Accessibility.location_id, Schedule.location_id, Language.location_id,
    Contact.location_id, Translation.entity_id,
)  # fmt: skip
FOLLOW_SERVICE: Final[tuple[Any, ...]] = (
    Feedback.service_id, ListingReport.service_id, Proposal.service_id, Verification.service_id,
    UpkeepTask.service_id, ConfirmLink.service_id, Watch.service_id,
)  # fmt: skip
FOLLOW_PLACE: Final[tuple[Any, ...]] = (
    Referral.service_at_location_id, ShortlistItem.service_at_location_id,
)  # fmt: skip
_NO_SYNC: Final = {"synchronize_session": False}


def follow_service(session: Session, gone: uuid.UUID, kept: uuid.UUID) -> Moved:
    """Let everything that speaks of a service speak of another; return what it was."""
    return _follow(session, FOLLOW_SERVICE, gone, kept)


def follow_place(session: Session, gone: uuid.UUID, kept: uuid.UUID) -> Moved:
    """Let everything that speaks of a service at a location speak of another."""
    return _follow(session, FOLLOW_PLACE, gone, kept)


def lead_back(
    session: Session, moved: Mapping[str, Sequence[str]], to: uuid.UUID
) -> None:
    """Let rows that followed speak again of what they spoke of; rows that are gone stay gone."""
    for column in (*FOLLOW_SERVICE, *FOLLOW_PLACE):
        keys = [uuid.UUID(key) for key in moved.get(_name(column), ())]
        session.execute(
            update(column.class_)
            .where(column.class_.id.in_(keys))
            .values({column.key: to}),
            execution_options=_NO_SYNC,
        )


def doubles(
    session: Session, gone: uuid.UUID, kept: uuid.UUID
) -> list[tuple[Any, list[uuid.UUID]]]:
    """Return watches and open tasks that the kept service has already: they need not follow."""
    watching = select(Watch.user_id).where(Watch.service_id == kept)
    watches = select(Watch.id).where(
        Watch.service_id == gone, Watch.user_id.in_(watching)
    )
    open_kinds = select(UpkeepTask.kind).where(
        UpkeepTask.service_id == kept, UpkeepTask.state == "open"
    )
    tasks = select(UpkeepTask.id).where(
        UpkeepTask.service_id == gone,
        UpkeepTask.state == "open",
        UpkeepTask.kind.in_(open_kinds),
    )
    return [
        (Watch.id, list(session.scalars(watches))),
        (UpkeepTask.id, list(session.scalars(tasks))),
    ]


def follow_imports(
    session: Session,
    service: uuid.UUID,
    kept: uuid.UUID,
    places: Mapping[uuid.UUID, uuid.UUID],
) -> list[list[Any]]:
    """Let imports remember the kept listing instead, so that the same file makes nothing anew.

    ``places`` maps the services at locations that are folded into others. Returns run, line and
    place of each row as they were.
    """
    rows = session.scalars(
        select(ImportRow).where(ImportRow.service_id == service)
    ).all()
    kept_rows: list[list[Any]] = []
    for row in rows:
        place = row.service_at_location_id
        kept_rows.append([row.run_id.hex, row.line, place.hex if place else None])
        row.service_id = kept
        row.service_at_location_id = places.get(place, place) if place else None
    session.flush()
    return kept_rows


def lead_imports_back(
    session: Session, kept_rows: Sequence[Sequence[Any]], service: uuid.UUID
) -> None:
    """Undo ``follow_imports``."""
    for run, line, place in kept_rows:
        row = session.get(ImportRow, (uuid.UUID(run), line))
        if row is not None:
            row.service_id = service
            row.service_at_location_id = uuid.UUID(place) if place else None
    session.flush()


def aim_proposals(
    session: Session, service: uuid.UUID, places: Mapping[str, str]
) -> None:
    """Let open proposals for a service change another of its places: they name it in their JSON."""
    query = select(Proposal).where(
        Proposal.service_id == service, Proposal.state.in_(("waiting", "held"))
    )
    for proposal in session.scalars(query):
        place = proposal.changes.get("service_at_location_id", "")
        if place in places:
            changed = {"service_at_location_id": places[place]}
            proposal.changes = {**proposal.changes, **changed}
    session.flush()


def _follow(
    session: Session, columns: Sequence[Any], gone: uuid.UUID, kept: uuid.UUID
) -> Moved:
    moved: Moved = {}
    for column in columns:
        table = column.class_
        keys = list(session.scalars(select(table.id).where(column == gone)))
        if not keys:
            continue
        moved[_name(column)] = [key.hex for key in keys]
        session.execute(
            update(table).where(column == gone).values({column.key: kept}),
            execution_options=_NO_SYNC,
        )
    return moved


def _name(column: Any) -> str:
    return f"{column.class_.__tablename__}.{column.key}"
