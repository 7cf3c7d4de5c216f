"""Changes an organization's own facts; its listings are changed one by one elsewhere."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from directory import audit, authz
from directory.authz import Action, Actor
from directory.errors import Conflict, Invalid
from directory.listings import offers, operations, rules, translations
from directory.models import Offer, Organization, Translation
from directory.taxonomy.codes import PROVIDER_TYPES
from directory.text import N_, normalise

FIELDS: Final = (
    "name",
    "alternate_name",
    "description",
    "email",
    "website",
    "provider_type",
    "legal_status",
    "year_incorporated",
    "tax_status",
    "tax_id",
    "uri",
)
NUMBERS: Final = frozenset({"year_incorporated"})
_SHORT: Final = (
    "name",
    "alternate_name",
    "legal_status",
    "tax_status",
    "tax_id",
    "uri",
)


EARLIEST_YEAR, LATEST_YEAR = 1000, 2100


class OrganizationChanged(Conflict):
    """Somebody else changed the organization after this form was opened."""

    code = "edited_meanwhile"
    message = N_("Someone else changed this organization while you were editing it.")
    remedy = N_("Compare both versions below and save again.")


def edit_organization(
    session: Session,
    *,
    actor: Actor,
    organization: Organization,
    changes: Mapping[str, Any],
    expected_version: int,
    now: datetime,
    origin: str = "form",
) -> dict[str, tuple[Any, Any]]:
    """Set the fields that differ and return them; raises NotYours, Invalid, OrganizationChanged."""
    authz.require(actor, Action.EDIT_ORGANIZATION, organization)
    _require_valid(changes)
    found = {
        name: (getattr(organization, name) or None, changes[name])
        for name in FIELDS
        if name in changes and (getattr(organization, name) or None) != changes[name]
    }
    held = session.execute(
        update(Organization)
        .where(
            Organization.id == organization.id, Organization.version == expected_version
        )
        .values(version=Organization.version + (1 if found else 0))
        .execution_options(synchronize_session=False)
    )
    if cast("CursorResult[Any]", held).rowcount == 0:
        raise OrganizationChanged
    if not found:
        return {}
    session.refresh(organization)
    for name, (_, value) in found.items():
        setattr(organization, name, value or ("" if name == "description" else None))
    organization.normalised_name = normalise(organization.name)
    _outdate_texts(session, organization, found)
    organization.last_modified = now
    session.flush()
    audit.record(
        session,
        actor=actor,
        resource_type="organization",
        resource_id=organization.id,
        changes=found,
        now=now,
        origin=origin,
    )
    _derive(session, organization, is_reviewed_anew="provider_type" in found)
    return found


def _derive(
    session: Session, organization: Organization, *, is_reviewed_anew: bool
) -> None:
    """Its listings are found under its name, and are reviewed as often as its kind says."""
    query = select(Offer.service_id, Offer.country, Offer.service_at_location_id).where(
        Offer.organization_id == organization.id
    )
    rows = session.execute(query).all()
    if is_reviewed_anew:
        offers.refresh(session, [row.service_at_location_id for row in rows])
    operations.note_for_index(session, [(row.service_id, row.country) for row in rows])


def _outdate_texts(
    session: Session, organization: Organization, changed: Mapping[str, Any]
) -> None:
    """What is said in other languages may no longer be what the organization says."""
    session.execute(
        update(Translation)
        .where(
            Translation.entity == "organization",
            Translation.entity_id == organization.id,
            Translation.field.in_(sorted(changed)),
        )
        .values(state=translations.OUTDATED),
        execution_options={"synchronize_session": False},
    )


def _require_valid(changes: Mapping[str, Any]) -> None:
    problems: dict[str, str] = {}
    if "name" in changes and not (changes["name"] or "").strip():
        problems["name"] = N_("Enter the name of the organization.")
    for name in _SHORT:
        if len(changes.get(name) or "") > rules.NAME_LENGTH:
            problems[name] = N_("This text is too long.")
    if (
        not EARLIEST_YEAR
        <= (changes.get("year_incorporated") or LATEST_YEAR)
        <= LATEST_YEAR
    ):
        problems["year_incorporated"] = N_(
            "This number is outside of what is possible."
        )
    if len(changes.get("description") or "") > rules.TEXT_LENGTH:
        problems["description"] = N_("This text is too long.")
    if (changes.get("provider_type") or "") not in {"", *PROVIDER_TYPES}:
        problems["provider_type"] = N_("Choose one of the answers in the list.")
    problems |= rules.check_contact(
        {"email": changes.get("email")}, website=changes.get("website")
    )
    if problems:
        raise Invalid(fields=problems)
