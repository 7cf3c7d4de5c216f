"""What was asked of the FHIR interface as conditions on the tables: public listings only."""

import contextlib
import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, not_, or_, select
from sqlalchemy.orm import Session

from directory.authz import VISITOR
from directory.fhir.asked import (
    LIST_OF_REGISTERS,
    URIS,
    URN,
    Asked,
    Changed,
    Fit,
    Identifier,
    LocationStatus,
    Name,
)
from directory.listings import filters as listing_filters
from directory.listings.filters import Filters
from directory.models import (
    Location,
    Offer,
    OfferTerm,
    Organization,
    OrganizationIdentifier,
    Service,
    ServiceAtLocation,
    ServiceStatus,
)
from directory.openreferral.queries import PUBLIC
from directory.search import queries as search
from directory.text import normalise


def offers(session: Session, asked: Asked, today: date) -> list[ColumnElement[bool]]:
    """Return the conditions on ``Offer``: public listings, in the surroundings that were asked for.

    Whoever asks gets what a visitor may know, as from the Open Referral API.
    """
    filters = Filters(status="all")
    if asked.near is not None:
        filters = Filters(
            status="all", near=asked.near.point, radius_km=asked.near.radius_km
        )
    found = search.conditions(session, filters, None, actor=VISITOR, today=today)
    found.append(Offer.sensitivity.in_(PUBLIC))
    if asked.organizations is not None:
        found.append(Offer.organization_id.in_(asked.organizations))
    if asked.locations is not None:
        placed = select(ServiceAtLocation.id).where(
            ServiceAtLocation.location_id.in_(asked.locations)
        )
        found.append(Offer.service_at_location_id.in_(placed))
    if asked.terms is not None:
        found.append(_tagged(asked.terms))
    return found


def of_organization(asked: Asked) -> list[ColumnElement[bool]]:
    """Return the conditions on ``Organization`` besides those on its offers."""
    found = [_is_changed(Organization.last_modified, one) for one in asked.changed]
    if asked.keys is not None:
        found.append(Organization.id.in_(asked.keys))
    if asked.names is not None:
        found.append(or_(*(_fits_organization(name) for name in asked.names)))
    if asked.identifiers is not None:
        numbered = [_is_organization_of(one) for one in asked.identifiers]
        found.append(or_(false(), *numbered))
    if asked.parents is not None:
        found.append(Organization.parent_organization_id.in_(asked.parents))
    if asked.provider_types is not None:
        found.append(Organization.provider_type.in_(asked.provider_types))
    if asked.is_active is False:
        found.append(false())
    return found


def of_service(asked: Asked, today: date) -> list[ColumnElement[bool]]:
    """Return the conditions on ``Offer`` that only a search of services has."""
    found: list[ColumnElement[bool]] = []
    if asked.keys is not None:
        found.append(Offer.service_at_location_id.in_(asked.keys))
    for one in asked.changed:
        changed = select(Service.id).where(_is_changed(Service.last_modified, one))
        found.append(Offer.service_id.in_(changed))
    if asked.names is not None:
        fitting = or_(
            *(
                _fits(Service.name, Service.normalised_name, name)
                for name in asked.names
            )
        )
        found.append(Offer.service_id.in_(select(Service.id).where(fitting)))
    if asked.identifiers is not None:
        numbered = or_(false(), *(_is_service_of(one) for one in asked.identifiers))
        found.append(Offer.service_id.in_(select(Service.id).where(numbered)))
    if asked.is_active is not None:
        active = is_active(today)
        found.append(active if asked.is_active else not_(active))
    return found


def is_active(today: date) -> ColumnElement[bool]:
    """Whether an offer is in use today: its status says so, and its dates hold the day."""
    return and_(Offer.status == ServiceStatus.ACTIVE, listing_filters.in_force(today))


def of_location(
    session: Session, asked: Asked, public: Sequence[ColumnElement[bool]], today: date
) -> list[ColumnElement[bool]]:
    """Return the conditions on ``Location``; ``public`` are those of the offers that count."""
    found: list[ColumnElement[bool]] = []
    if asked.keys is not None:
        found.append(Location.id.in_(asked.keys))
    for one in asked.changed:
        latest = (
            select(ServiceAtLocation.location_id)
            .join(Offer, Offer.service_at_location_id == ServiceAtLocation.id)
            .join(Service, Service.id == Offer.service_id)
            .where(*public)
            .group_by(ServiceAtLocation.location_id)
            .having(_is_changed(func.max(Service.last_modified), one))
        )
        found.append(Location.id.in_(latest))
    if asked.names is not None:
        found.append(_of_named(session, asked.names, public))
    if asked.statuses is not None:
        chosen = [_has_status(status, public, today) for status in asked.statuses]
        found.append(or_(false(), *chosen))
    return found


def placed(public: Sequence[ColumnElement[bool]], *further: ColumnElement[bool]) -> Any:
    """The keys of the places of offers, as a query."""
    return (
        select(ServiceAtLocation.location_id)
        .join(Offer, Offer.service_at_location_id == ServiceAtLocation.id)
        .where(*public, *further)
    )


def _has_status(
    status: str, public: Sequence[ColumnElement[bool]], today: date
) -> ColumnElement[bool]:
    active = Location.id.in_(placed(public, is_active(today)))
    closed = Location.id.in_(
        placed(public, Offer.status == ServiceStatus.TEMPORARILY_CLOSED)
    )
    if status == LocationStatus.ACTIVE:
        return active
    if status == LocationStatus.SUSPENDED:
        return and_(not_(active), closed)
    return and_(not_(active), not_(closed))


def _of_named(
    session: Session, names: Sequence[Name], public: Sequence[ColumnElement[bool]]
) -> ColumnElement[bool]:
    """Places of such a name; those without a name go by that of the organization there.

    Few places have names of their own, and these are stored as they were written.
    """
    query = select(Location.id, Location.name).where(
        Location.name.is_not(None), Location.id.in_(placed(public))
    )
    own = [
        row.id
        for row in session.execute(query)
        if any(is_fit(name, row.name or "") for name in names)
    ]
    fitting = select(Organization.id).where(
        or_(*(_fits_organization(name) for name in names))
    )
    by_organization = placed(public, Offer.organization_id.in_(fitting))
    nameless = or_(Location.name.is_(None), Location.name == "")
    return or_(Location.id.in_(own), and_(nameless, Location.id.in_(by_organization)))


def is_fit(name: Name, text: str) -> bool:
    """Whether a text is a name that is looked for."""
    if name.fit is Fit.EXACT:
        return text == name.text
    wanted, found = normalise(name.text), normalise(text)
    if name.fit is Fit.CONTAINS:
        return wanted in found
    return f" {found}".find(f" {wanted}") >= 0


def _fits_organization(name: Name) -> ColumnElement[bool]:
    return _fits(Organization.name, Organization.normalised_name, name)


def _fits(plain: Any, normalised: Any, name: Name) -> ColumnElement[bool]:
    if name.fit is Fit.EXACT:
        exact: ColumnElement[bool] = plain == name.text
        return exact
    wanted = normalise(name.text)
    if name.fit is Fit.CONTAINS:
        return and_(normalised.contains(wanted, autoescape=True))
    return or_(
        normalised.startswith(wanted, autoescape=True),
        normalised.contains(f" {wanted}", autoescape=True),
    )


def _is_organization_of(one: Identifier) -> ColumnElement[bool]:
    """Official numbers have a register; those of the tax office and of a source have no system."""
    official = select(OrganizationIdentifier.organization_id).where(
        OrganizationIdentifier.identifier == one.value
    )
    scheme = OrganizationIdentifier.identifier_scheme
    if one.system:
        written = (one.system, one.system.removeprefix(LIST_OF_REGISTERS))
        return Organization.id.in_(official.where(scheme.in_(written)))
    if one.system == "":
        official = official.where(scheme.is_(None))
    return or_(
        Organization.id.in_(official),
        Organization.tax_id == one.value,
        Organization.external_id == one.value,
    )


def _is_service_of(one: Identifier) -> ColumnElement[bool]:
    """The number in the source, or the service's own id as a URN."""
    found: list[ColumnElement[bool]] = []
    if not one.system:
        found.append(Service.external_id == one.value)
    if one.system in {None, URIS} and one.value.startswith(URN):
        with contextlib.suppress(ValueError):
            found.append(Service.id == uuid.UUID(one.value.removeprefix(URN)))
    return or_(false(), *found)


def _tagged(codes: Sequence[str]) -> ColumnElement[bool]:
    """Offers with one of the terms; a category stands for all its leaves."""
    if not codes:
        return false()
    fitting = [
        or_(OfferTerm.term == code, OfferTerm.term.startswith(f"{code}.", autoescape=True))
        for code in codes
    ]  # fmt: skip
    tagged = select(OfferTerm.service_at_location_id).where(or_(*fitting))
    return Offer.service_at_location_id.in_(tagged)


def _is_changed(column: Any, one: Changed) -> ColumnElement[bool]:
    start, end = one.start, one.end
    inside = and_(column >= start, column < end)
    found: dict[str, ColumnElement[bool]] = {
        "eq": inside,
        "ne": not_(inside),
        "ge": column >= start,
        "gt": column >= end,
        "sa": column >= end,
        "le": column < end,
        "lt": column < start,
        "eb": column < start,
    }
    return found[one.prefix]
