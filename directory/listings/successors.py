"""Which organization took the place of one whose last listing was merged into another's."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.database import among
from directory.models import Merge, Service


@dataclass(frozen=True, slots=True)
class Successor:
    """The organization to turn to, and its listing that took in the other's last one."""

    organization_id: uuid.UUID
    service_id: uuid.UUID


def of_organizations(session: Session) -> Mapping[uuid.UUID, Successor]:
    """Return who took the place of each organization that has no listing any more.

    Follows merges of merges; forgets merges that were taken back and organizations that offer
    something again.
    """
    standing = select(Merge.gone_id, Merge.kept_id, Merge.gone_organization_id)
    rows = session.execute(standing.where(Merge.undone_at.is_(None))).all()
    into = {row.gone_id: row.kept_id for row in rows}
    left = {
        row.gone_organization_id: _last(into, row.kept_id)
        for row in rows
        if row.gone_organization_id
    }
    if not left:
        return {}
    offering = select(Service.organization_id).where(
        among(session, Service.organization_id, sorted(left))
    )
    busy = set(session.scalars(offering.distinct()))
    kept = select(Service.id, Service.organization_id).where(
        among(session, Service.id, sorted(set(left.values())))
    )
    owners = {row.id: row.organization_id for row in session.execute(kept)}
    return {
        gone: Successor(owners[service], service)
        for gone, service in left.items()
        if gone not in busy and service in owners
    }


def _last(into: Mapping[uuid.UUID, uuid.UUID], service: uuid.UUID) -> uuid.UUID:
    """The listing at the end of a chain of merges."""
    seen = {service}
    while (following := into.get(service)) is not None and following not in seen:
        seen.add(following)
        service = following
    return service
