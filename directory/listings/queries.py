"""Reads listings for pages: one service with its places, an organization, histories, proposals."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from directory import authz
from directory.areas import queries as areas
from directory.authz import Actor
from directory.errors import NotFound
from directory.listings import facts, sealing, stored
from directory.listings.record import ListingRecord
from directory.models import (
    Change,
    Offer,
    OfferTerm,
    Organization,
    Role,
    Service,
    ServiceAtLocation,
    Translation,
    User,
)

WITHOUT_PLACE = sealing.PROTECTED
shown = sealing.shown


@dataclass(frozen=True, slots=True)
class Place:
    """One place of a service: its key, what may be shown of it, and its areas, country first."""

    key: uuid.UUID
    record: ListingRecord
    area_id: uuid.UUID | None
    area_names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """A service as one page shows it; ``first`` holds what is the same at all its places."""

    service: Service
    facts: facts.Facts
    places: tuple[Place, ...]

    @property
    def first(self) -> ListingRecord:
        """What the service states; what belongs to a place is that of the first one."""
        return self.places[0].record

    @property
    def hides_place(self) -> bool:
        """Whether only the first-level area may be told."""
        return self.service.sensitivity in WITHOUT_PLACE


def get_service(session: Session, service_id: uuid.UUID, *, actor: Actor) -> Service:
    """Return a service with its organization; raises NotFound also where it may not be known."""
    query = (
        select(Service)
        .where(Service.id == service_id, authz.visible_services(actor))
        .options(joinedload(Service.organization))
    )
    service = session.scalars(query).one_or_none()
    if service is None:
        raise NotFound
    return service


def get_listing(
    session: Session, service_id: uuid.UUID, *, actor: Actor, language: str
) -> Listing:
    """Return a service with its places, without what its sensitivity hides; raises NotFound."""
    service = get_service(session, service_id, actor=actor)
    rows = session.execute(
        select(Offer.service_at_location_id, Offer.area_id, Offer.facts)
        .where(Offer.service_id == service.id)
        .order_by(Offer.service_at_location_id)
    ).all()
    if not rows:
        raise NotFound
    records = stored.read_records(session, [row.service_at_location_id for row in rows])
    places = tuple(
        Place(
            row.service_at_location_id,
            shown(records[row.service_at_location_id], service.sensitivity),
            row.area_id,
            area_names(session, row.area_id, language, service.sensitivity),
        )
        for row in rows
    )
    return Listing(service, facts.load(rows[0].facts), places)


def area_names(
    session: Session, area_id: uuid.UUID | None, language: str, sensitivity: str = "L0"
) -> tuple[str, ...]:
    """Return an area's name and those of what it lies in, country first.

    Of restricted listings nothing below the first level is told.
    """
    if area_id is None:
        return ()
    area = areas.area_by_id(session, area_id)
    chain = [*areas.ancestors(session, area_id), *([area] if area else [])]
    if sensitivity in WITHOUT_PLACE:
        chain = [each for each in chain if each.level <= 1]
    names = areas.names(session, [each.id for each in chain], language)
    return tuple(names[each.id] for each in chain)


def others_at_place(
    session: Session, listing: Listing, *, actor: Actor, limit: int = 6
) -> Sequence[Any]:
    """Return other visible services given at the same place; none for restricted listings."""
    if listing.hides_place:
        return ()
    own = select(ServiceAtLocation.location_id).where(
        ServiceAtLocation.service_id == listing.service.id
    )
    query = (
        select(Offer.service_id, Offer.name, Offer.sort_name)
        .join(ServiceAtLocation, ServiceAtLocation.id == Offer.service_at_location_id)
        .where(
            ServiceAtLocation.location_id.in_(own),
            Offer.service_id != listing.service.id,
            Offer.sensitivity.not_in(WITHOUT_PLACE),
            authz.visible_offers(actor),
        )
        .order_by(Offer.sort_name)
        .limit(limit)
    )
    return session.execute(query.distinct()).all()


def get_organization(
    session: Session, organization_id: uuid.UUID, *, actor: Actor
) -> Organization:
    """Return an organization of which the actor may see a service, or that is the actor's own.

    Who keeps the whole directory also sees those without any service; of those whose services are
    all hidden from the actor there is none. Raises NotFound.
    """
    organization = session.get(Organization, organization_id)
    if organization is None:
        raise NotFound
    visible = select(Offer.service_id).where(
        Offer.organization_id == organization_id, authz.visible_offers(actor)
    )
    is_own = organization_id in actor.organization_ids
    if not is_own and session.scalar(visible.limit(1)) is None:
        offered = select(Service.id).where(Service.organization_id == organization_id)
        has_hidden = session.scalar(offered.limit(1)) is not None
        if has_hidden or not authz.sees_everything(actor):
            raise NotFound
    return organization


def list_offers_of(
    session: Session,
    organization_id: uuid.UUID,
    *,
    actor: Actor,
    limit: int,
    start: int,
) -> tuple[list[Offer], int]:
    """Return some of the visible offers of an organization by name, and how many there are."""
    condition = (Offer.organization_id == organization_id, authz.visible_offers(actor))
    total = (
        session.scalar(select(func.count()).select_from(Offer).where(*condition)) or 0
    )
    query = (
        select(Offer)
        .where(*condition)
        .order_by(Offer.sort_name, Offer.service_at_location_id)
        .offset(start)
        .limit(limit)
    )
    return list(session.scalars(query)), total


@dataclass(frozen=True, slots=True)
class Changed:
    """One change of one field; ``role`` is that of the account that made it, if it still is one."""

    change: Change
    role: str | None


def list_changes(
    session: Session, resource_type: str, resource_id: uuid.UUID, *, limit: int = 200
) -> list[Changed]:
    """Return the latest changes of a listing or organization, newest first."""
    query = (
        select(Change, User.role)
        .outerjoin(User, User.id == Change.user_id)
        .where(Change.resource_type == resource_type, Change.resource_id == resource_id)
        .order_by(Change.last_action_date.desc(), Change.field_name)
        .limit(limit)
    )
    return [Changed(change, role) for change, role in session.execute(query)]


def history_of(
    session: Session, service: Service, *, actor: Actor, limit: int = 200
) -> list[Changed]:
    """Return the latest changes of a listing, without what its level, now or once, hides.

    Of a protected listing nobody is told the place. Who is not trained for them learns neither
    that of a listing that was protected once, nor its level, nor the categories that decide it.
    """
    changes = list_changes(session, "service", service.id, limit=limit)
    is_trained = authz.sees_restricted(actor)
    hidden: frozenset[str] = frozenset()
    is_protected = service.sensitivity in WITHOUT_PLACE
    if is_protected or (not is_trained and _was_protected(session, service.id)):
        hidden = sealing.HIDDEN if is_trained else sealing.HIDDEN | sealing.LEVEL_FIELDS
    return [
        each
        for each in changes
        if sealing.column_of(each.change.field_name) not in hidden
    ]


def _was_protected(session: Session, service_id: uuid.UUID) -> bool:
    levels = sorted(WITHOUT_PLACE)
    query = select(Change.id).where(
        Change.resource_type == "service",
        Change.resource_id == service_id,
        Change.field_name == "sensitivity",
        or_(Change.previous_value.in_(levels), Change.replacement_value.in_(levels)),
    )
    return session.scalar(query.limit(1)) is not None


def texts_in(
    session: Session, ids: Sequence[uuid.UUID], language: str
) -> Mapping[tuple[uuid.UUID, str], str]:
    """Return the translations of these rows in one language, by (row key, field)."""
    query = select(Translation.entity_id, Translation.field, Translation.text).where(
        Translation.entity_id.in_(ids), Translation.language == language
    )
    return {(row.entity_id, row.field): row.text for row in session.execute(query)}


def places_of(session: Session, service_id: uuid.UUID) -> Sequence[uuid.UUID]:
    """Return the keys of a service's places, in the order of its page."""
    query = (
        select(ServiceAtLocation.id)
        .where(ServiceAtLocation.service_id == service_id)
        .order_by(ServiceAtLocation.id)
    )
    return session.scalars(query).all()


def list_communities(session: Session, category: str, *, actor: Actor) -> set[str]:
    """Return the communities (ISO 3166-1) that listings of a category say they serve, as far as seen."""
    tagged = select(OfferTerm.service_at_location_id).where(
        or_(OfferTerm.term == category, OfferTerm.term.startswith(f"{category}."))
    )
    query = (
        select(Service.communities)
        .join(Offer, Offer.service_id == Service.id)
        .where(
            Offer.service_at_location_id.in_(tagged),
            authz.visible_offers(actor),
            Service.communities.is_not(None),
        )
    )
    return {code for codes in session.scalars(query) for code in codes or ()}


def own_organizations(session: Session, actor: Actor) -> dict[str, str]:
    """Return the names of a provider's own organizations by key; empty for everybody else."""
    if actor.role is not Role.PROVIDER:
        return {}
    query = (
        select(Organization.id, Organization.name)
        .where(Organization.id.in_(sorted(actor.organization_ids)))
        .order_by(Organization.name)
    )
    return {str(row.id): row.name for row in session.execute(query)}
