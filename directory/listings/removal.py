"""Takes listings back that an import created: the only deletion of listings there is."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from directory import audit, authz
from directory.authz import Action, Actor
from directory.database import among
from directory.errors import Conflict
from directory.listings import offers, operations, reference
from directory.models import (
    Accessibility,
    Address,
    Attribute,
    Case,
    ConfirmLink,
    Contact,
    CostOption,
    Feedback,
    Funding,
    Language,
    ListingReport,
    Location,
    Membership,
    Organization,
    OrganizationIdentifier,
    Phone,
    Program,
    Proposal,
    Referral,
    RequiredDocument,
    Schedule,
    Service,
    ServiceArea,
    ServiceAtLocation,
    ServiceCapacity,
    ShortlistItem,
    Translation,
    UpkeepTask,
    Url,
    Verification,
    Watch,
)
from directory.text import N_

Keys = Sequence[uuid.UUID]

_OF_SERVICE: tuple[Any, ...] = (
    Attribute.link_id, RequiredDocument.service_id, CostOption.service_id, Language.service_id,
    Phone.service_id, Contact.service_id, Url.service_id, Funding.service_id,
    Schedule.service_id, ServiceCapacity.service_id, ServiceArea.service_id,
    ListingReport.service_id, Proposal.service_id, Translation.entity_id,
    Verification.service_id, UpkeepTask.service_id, ConfirmLink.service_id, Watch.service_id,
)  # fmt: skip
_OF_LOCATION: tuple[Any, ...] = (
    Address.location_id, Accessibility.location_id, Schedule.location_id, Language.location_id,
    Phone.location_id, Contact.location_id, Translation.entity_id,
)  # fmt: skip
_OF_ORGANIZATION: tuple[Any, ...] = (
    OrganizationIdentifier.organization_id, Program.organization_id, Contact.organization_id,
    Phone.organization_id, Url.organization_id, Funding.organization_id, Translation.entity_id,
)  # fmt: skip


class ListingInUse(Conflict):
    """A referral, a shortlist or a person's feedback speaks of the listing."""

    code = "listing_in_use"
    message = N_(
        "%(count)s of these listings are used in referrals and cannot be removed."
    )
    remedy = N_("Set them to inactive instead.")


def remove_services(
    session: Session,
    *,
    actor: Actor,
    service_at_location_ids: Iterable[uuid.UUID],
    now: datetime,
    origin: str,
) -> int:
    """Delete listings, and what only they used: service, place, organization; return how many.

    Raises ListingInUse, or NotYours unless the actor may edit listings anywhere.
    """
    authz.require(actor, Action.IMPORT)
    session.flush()
    removed = 0
    for keys in reference.chunks(list(service_at_location_ids)):
        found = reference.read_ids(session, keys)
        _require_unused(session, list(found))
        services = list({ids.service_id for ids in found.values()})
        countries = operations.countries_of(session, list(found))
        offers.remove(session, list(found))
        _delete(session, (Schedule.service_at_location_id,), list(found))
        _delete(session, (ServiceArea.service_at_location_id,), list(found))
        _delete(session, (ServiceAtLocation.id,), list(found))
        gone = _without(session, Service.id, ServiceAtLocation.service_id, services)
        names = _names(session, gone)
        _delete(session, (*_OF_SERVICE, Service.id), gone)
        places = list({ids.location_id for ids in found.values()})
        empty = _without(session, Location.id, ServiceAtLocation.location_id, places)
        _delete(session, (*_OF_LOCATION, Location.id), empty)
        _remove_organizations(
            session, list({ids.organization_id for ids in found.values()})
        )
        operations.note_for_index(session, countries)
        for key, name in names.items():
            audit.record(
                session,
                actor=actor,
                resource_type="service",
                resource_id=key,
                changes={"name": (name, None)},
                action="delete",
                now=now,
                origin=origin,
            )
        removed += len(found)
    return removed


def _require_unused(session: Session, keys: Keys) -> None:
    used: set[uuid.UUID] = set()
    for column in (
        Referral.service_at_location_id,
        ShortlistItem.service_at_location_id,
    ):
        used.update(session.scalars(select(column).where(among(session, column, keys))))
    spoken_of = (
        select(ServiceAtLocation.id)
        .join(Feedback, Feedback.service_id == ServiceAtLocation.service_id)
        .where(among(session, ServiceAtLocation.id, keys))
    )
    used.update(session.scalars(spoken_of))
    if used:
        raise ListingInUse(values={"count": len(used)})


def _remove_organizations(session: Session, keys: Keys) -> None:
    """Delete those that nothing else belongs to."""
    for owner in (
        Service.organization_id, Location.organization_id, Membership.organization_id,
        Case.organization_id, Referral.organization_id, Organization.parent_organization_id,
    ):  # fmt: skip
        keys = _without(session, Organization.id, owner, keys)
    _delete(session, (*_OF_ORGANIZATION, Organization.id), keys)


def _without(session: Session, column: Any, owner: Any, keys: Keys) -> list[uuid.UUID]:
    """Return those keys of ``column`` that no row names in ``owner``."""
    child = owner.class_.__table__.alias()
    named = exists().where(child.c[owner.key] == column)
    return list(
        session.scalars(select(column).where(among(session, column, keys), ~named))
    )


def _names(session: Session, keys: Keys) -> dict[uuid.UUID, str]:
    query = select(Service.id, Service.name).where(among(session, Service.id, keys))
    return {row.id: row.name for row in session.execute(query)}


def _delete(session: Session, columns: Iterable[Any], keys: Keys) -> None:
    for column in columns:
        statement = delete(column.class_).where(among(session, column, keys))
        session.execute(statement, execution_options={"synchronize_session": False})
