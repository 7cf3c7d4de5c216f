"""The rows of the HSDS tables as they are stored, with the fields that HSDS 3.1 has and no others."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from babel import Locale
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.database import among
from directory.models import (
    Accessibility,
    Address,
    Base,
    Contact,
    CostOption,
    Funding,
    Language,
    Location,
    Organization,
    OrganizationIdentifier,
    Phone,
    Program,
    RequiredDocument,
    Schedule,
    Service,
    ServiceAtLocation,
    ServiceCapacity,
    Taxonomy,
    TaxonomyTerm,
    Unit,
    Url,
)

Json = dict[str, Any]
Rows = Mapping[uuid.UUID, list[Json]]

FIELDS: Final[Mapping[type[Base], tuple[str, ...]]] = {
    Organization: (
        "id", "name", "alternate_name", "description", "email", "website", "tax_status", "tax_id",
        "year_incorporated", "legal_status", "logo", "uri", "parent_organization_id",
    ),
    OrganizationIdentifier: (
        "id", "organization_id", "identifier_scheme", "identifier_type", "identifier",
    ),
    Program: ("id", "organization_id", "name", "alternate_name", "description"),
    Funding: ("id", "organization_id", "service_id", "source"),
    Url: ("id", "organization_id", "service_id", "label", "url"),
    Contact: (
        "id", "organization_id", "service_id", "service_at_location_id", "location_id", "name",
        "title", "department", "email",
    ),
    Phone: (
        "id", "location_id", "service_id", "organization_id", "contact_id",
        "service_at_location_id", "number", "extension", "type", "description",
    ),
    Service: (
        "id", "organization_id", "program_id", "name", "alternate_name", "description", "url",
        "email", "status", "interpretation_services", "application_process", "fees_description",
        "accreditations", "minimum_age", "maximum_age", "assured_date", "licenses", "alert",
        "last_modified",
    ),
    RequiredDocument: ("id", "service_id", "document", "uri"),
    CostOption: (
        "id", "service_id", "valid_from", "valid_to", "option", "currency", "amount",
        "amount_description",
    ),
    ServiceCapacity: (
        "id", "service_id", "unit_id", "available", "maximum", "description", "updated",
    ),
    Unit: ("id", "name", "scheme", "identifier", "uri"),
    Language: ("id", "service_id", "location_id", "phone_id", "name", "code", "note"),
    Schedule: (
        "id", "service_id", "location_id", "service_at_location_id", "valid_from", "valid_to",
        "dtstart", "timezone", "until", "count", "wkst", "freq", "interval", "byday", "byweekno",
        "bymonthday", "byyearday", "description", "opens_at", "closes_at", "schedule_link",
        "attending_type", "notes",
    ),
    ServiceAtLocation: ("id", "service_id", "location_id", "description"),
    Location: (
        "id", "location_type", "url", "organization_id", "name", "alternate_name", "description",
        "transportation", "latitude", "longitude", "external_identifier",
        "external_identifier_type",
    ),
    Address: (
        "id", "location_id", "attention", "address_1", "address_2", "city", "region",
        "state_province", "postal_code", "country", "address_type",
    ),
    Accessibility: ("id", "location_id", "description", "details", "url"),
    TaxonomyTerm: ("id", "code", "name", "description", "parent_id", "taxonomy_id", "term_uri"),
    Taxonomy: ("id", "name", "description", "uri", "version"),
}  # fmt: skip
"""Of ``service`` the address of who verified it stays here: it is a person's."""

TERMS_ARE_IN: Final = "en"
"""The language of the names of terms; the others are in the catalogue of the taxonomy."""
_ENGLISH: Final = Locale("en")
_REQUIRED: Final = frozenset(
    {
        (Organization, "description"), (Program, "description"), (Address, "address_1"),
        (Address, "city"), (Address, "state_province"), (Address, "postal_code"),
        (Address, "country"), (TaxonomyTerm, "description"), (Taxonomy, "description"),
    }
)  # fmt: skip
"""Texts that HSDS wants even where they are empty."""


def by_owner(session: Session, owner: Any, keys: Collection[uuid.UUID]) -> Rows:
    """Return the rows of a table by the column that names their owner, without empty fields."""
    model = owner.class_
    names = FIELDS[model]
    chosen = [getattr(model, name) for name in names]
    query = select(owner.label("owner_key"), *chosen).where(
        among(session, owner, sorted(keys))
    )
    found: dict[uuid.UUID, list[Json]] = defaultdict(list)
    for key, *values in session.execute(query.order_by(model.id)):
        row = _row(model, dict(zip(names, values, strict=True)))
        if model is Language:
            _name(row)
        found[key].append(row)
    return found


def by_key(
    session: Session, model: type[Base], keys: Collection[uuid.UUID]
) -> dict[uuid.UUID, Json]:
    """Return the rows of a table with these keys, without empty fields."""
    rows = by_owner(session, model.id, keys)  # type: ignore[attr-defined]  # every model here is Keyed
    return {key: group[0] for key, group in rows.items()}


def add_plan_references(session: Session, programs: Sequence[Json]) -> None:
    """Add the development plan that each programme serves, as an attribute: HSDS has no field for it."""
    keys = sorted({uuid.UUID(row["id"]) for row in programs})
    if not keys:
        return
    query = select(Program.id, Program.plan_reference).where(
        among(session, Program.id, keys), Program.plan_reference.is_not(None)
    )
    plans = {str(key): (key, plan) for key, plan in session.execute(query)}
    for row in programs:
        if (found := plans.get(row["id"])) is not None:
            key, plan = found
            row["attributes"] = [
                {
                    "id": str(uuid.uuid5(key, "plan_reference")),
                    "link_id": row["id"],
                    "link_entity": "program",
                    "label": "plan_reference",
                    "value": plan,
                }
            ]


def terms_by_code(session: Session, codes: Collection[str]) -> dict[str, Json]:
    """Return taxonomy terms by code, each with its taxonomy."""
    query = select(TaxonomyTerm.code, TaxonomyTerm.id).where(
        TaxonomyTerm.code.in_(sorted(codes))
    )
    keys: dict[str, uuid.UUID] = {row.code: row.id for row in session.execute(query)}
    terms = by_key(session, TaxonomyTerm, list(keys.values()))
    owners = {uuid.UUID(t["taxonomy_id"]) for t in terms.values() if "taxonomy_id" in t}
    taxonomies = by_key(session, Taxonomy, owners)
    for term in terms.values():
        if (owner := term.get("taxonomy_id")) is not None:
            term["taxonomy_detail"] = taxonomies[uuid.UUID(owner)]
            term["taxonomy"] = taxonomies[uuid.UUID(owner)]["name"]
        term["language"] = TERMS_ARE_IN
    return {code: terms[key] for code, key in keys.items()}


def _name(row: Json) -> None:
    """Say a language by its English name too, where only its code is stored."""
    if (name := _ENGLISH.languages.get(row.get("code", ""))) is not None:
        row.setdefault("name", name)


def first(rows: Sequence[Json]) -> Json:
    """The first row of a group, or an empty one."""
    return rows[0] if rows else {}


def _row(model: type[Base], values: Json) -> Json:
    return {
        name: _plain(value)
        for name, value in values.items()
        if value not in (None, "") or (model, name) in _REQUIRED
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return value if value is not None else ""
