"""Builders with sensible defaults and no random values; each flushes, none commits."""

import csv
import uuid
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.areas import cells
from directory.authz import Actor
from directory.models import (
    Area,
    AreaName,
    Case,
    Consent,
    Membership,
    Need,
    Organization,
    Role,
    Taxonomy,
    TaxonomyTerm,
    User,
)
from directory.text import normalise

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "correct horse battery staple"
_RESTRICTED = {
    "housing.safe_shelter": "L3",
    "protection.gbv": "L2",
    "protection.trafficking": "L2",
    "protection.lgbti": "L2",
    "protection.alternative_care": "L2",
    "arrival.child_handover": "L2",
    "health.hiv_tb": "L2",
    "psychosocial.psychiatry": "L1",
    "psychosocial.substance_use": "L1",
    "protection.child": "L1",
}


def box(west: float, south: float, east: float, north: float) -> str:
    """A rectangle as EWKT."""
    ring = f"{west} {south}, {east} {south}, {east} {north}, {west} {north}, {west} {south}"
    return f"SRID=4326;MULTIPOLYGON((({ring})))"


def seed_reference_data(session: Session) -> None:
    """The taxonomy, and an invented country XA with two provinces of two districts each.

    XA spans latitude 0…4, longitude 10…14; XA-N is its northern half, XA-S its southern; each is cut
    at longitude 12 into a western and an eastern district. XB lies east of it, 14…16.
    """
    taxonomy = Taxonomy(name="Homeward", description="Needs and services", version="1")
    session.add(taxonomy)
    session.flush()
    _seed_terms(session, taxonomy.id)
    country = make_area(session, "XA", 0, None, "Exampleland", (10, 0, 14, 4))
    make_area(session, "XB", 0, None, "Borderland", (14, 0, 16, 4))
    for code, name, south in (("XA-N", "North", 2), ("XA-S", "South", 0)):
        province = make_area(
            session, code, 1, country, name, (10, south, 14, south + 2)
        )
        for side, west in (("W", 10), ("E", 12)):
            make_area(
                session,
                f"{code}{side}",
                2,
                province,
                f"{name} {side}",
                (west, south, west + 2, south + 2),
            )


def _seed_terms(session: Session, taxonomy_id: uuid.UUID) -> None:
    parents: dict[str, TaxonomyTerm] = {}
    with (ROOT / "data" / "taxonomy.csv").open(encoding="utf-8") as stream:
        for position, row in enumerate(csv.DictReader(stream)):
            term = TaxonomyTerm(
                taxonomy_id=taxonomy_id,
                code=row["code"],
                name=row["en"],
                names={
                    language: row[language] for language in ("en", "fr", "es", "ar")
                },
                parent_id=parents[row["parent"]].id if row["parent"] else None,
                dimension=row["dimension"] or None,
                default_sensitivity=_RESTRICTED.get(row["code"], "L0"),
                osm_tags=row["osm_tags"] or None,
                open_eligibility=row["open_eligibility"] or None,
                position=position,
            )
            session.add(term)
            session.flush()
            parents[term.code] = term


def make_area(
    session: Session,
    code: str,
    level: int,
    parent: Area | None,
    name: str,
    bounds: tuple[float, float, float, float],
) -> Area:
    """A rectangular area (west, south, east, north) with its name and cells."""
    west, south, east, north = bounds
    area = Area(
        code=code,
        level=level,
        country=code[:2],
        parent_id=parent.id if parent else None,
        name=name,
        latitude=(south + north) / 2,
        longitude=(west + east) / 2,
        geometry=box(*bounds),
        source="test",
    )
    session.add(area)
    session.flush()
    session.add(
        AreaName(area_id=area.id, language="en", name=name, normalised=normalise(name))
    )
    cells.refresh(session, [area.id])
    session.flush()
    return area


def area(session: Session, code: str) -> Area:
    """A seeded area by code."""
    return session.scalars(select(Area).where(Area.code == code)).one()


def make_organization(
    session: Session, name: str = "Red Door", **fields: Any
) -> Organization:
    """An organization."""
    values = {
        "normalised_name": normalise(name),
        "created_at": NOW,
        "last_modified": NOW,
    }
    organization = Organization(name=name, **{**values, **fields})
    session.add(organization)
    session.flush()
    return organization


def make_user(
    session: Session,
    *,
    role: str,
    email: str | None = None,
    organization_name: str = "Return Office",
    area_code: str = "XA-N",
    **fields: Any,
) -> User:
    """An account; staff and providers belong to an organization, authorities to an area."""
    user = User(
        email=email or f"{role}@example.org",
        name=role.capitalize(),
        role=role,
        password_hash="",
        session_key=uuid.uuid4().hex,
        created_at=NOW,
        **fields,
    )
    session.add(user)
    session.flush()
    if role == "authority":
        session.add(Membership(user_id=user.id, area_id=area(session, area_code).id))
    elif role != "admin":
        name = "Red Door" if role == "provider" else organization_name
        found = session.scalars(
            select(Organization).where(Organization.name == name)
        ).first()
        organization = found or make_organization(session, name)
        session.add(Membership(user_id=user.id, organization_id=organization.id))
    session.flush()
    return user


def own_organization_id(session: Session, user: User) -> uuid.UUID:
    """The organization that an account belongs to."""
    found = session.scalars(
        select(Membership.organization_id).where(Membership.user_id == user.id)
    ).first()
    assert found is not None
    return found


def make_service_at_location(session: Session, **fields: Any) -> Any:
    """One listing through the real operation; ``fields`` are those of ``ListingRecord``.

    Returns the created ids (organization_id, service_id, location_id, service_at_location_id).
    """
    # Imported here, so that tests of the layers below do not load the listings.
    from directory.listings import operations  # noqa: PLC0415
    from directory.listings.record import ListingRecord  # noqa: PLC0415

    values: dict[str, Any] = {
        "organization_name": "Red Door",
        "service_name": "Health post",
        "taxonomy_terms": ("health.primary",),
        "latitude": 3.0,
        "longitude": 11.0,
        "assured_date": TODAY,
    }
    record = ListingRecord(**{**values, **fields})
    actor = Actor(role=Role.ADMIN, email="factory@example.org")
    created = operations.create_services(
        session, actor=actor, records=[record], now=NOW, origin="command"
    )
    session.flush()
    return created[0]


def make_case(session: Session, worker: User, **fields: Any) -> Case:
    """A case of ``worker``'s organization, returning to XA-N."""
    values: dict[str, Any] = {
        "code": f"T{uuid.uuid4().hex[:7].upper()}",
        "organization_id": own_organization_id(session, worker),
        "counsellor_id": worker.id if worker.role == "counsellor" else None,
        "caseworker_id": worker.id if worker.role == "caseworker" else None,
        "decision_status": "confirmed",
        "return_country": "XA",
        "latitude": 3.0,
        "longitude": 11.0,
        "age": 31,
        "sex": "female",
        "created_at": NOW,
        "last_activity_at": NOW,
    }
    case = Case(**{**values, **fields})
    session.add(case)
    session.flush()
    return case


def make_need(
    session: Session, case: Case, term: str = "health.primary", **fields: Any
) -> Need:
    """A need of a case, with an owner and a next date."""
    values: dict[str, Any] = {
        "owner_id": case.counsellor_id or case.caseworker_id,
        "next_date": TODAY,
        "created_at": NOW,
    }
    need = Need(case_id=case.id, term=term, **{**values, **fields})
    session.add(need)
    session.flush()
    return need


def make_consent(session: Session, case: Case, **fields: Any) -> Consent:
    """A valid consent for any provider."""
    values: dict[str, Any] = {
        "version": 1,
        "purposes": ["referral"],
        "recipients": ["any_provider"],
        "data_items": ["code", "age_band", "need", "name", "phone"],
        "form": "written",
        "language": "en",
        "given_on": TODAY,
        "expires_on": date(2027, 11, 23),
        "created_at": NOW,
    }
    consent = Consent(case_id=case.id, **{**values, **fields})
    session.add(consent)
    session.flush()
    return consent
