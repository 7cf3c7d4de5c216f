"""Creating listings from records, one or thousands."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.authz import Actor, NotYours
from directory.listings import offer_sources, offers, operations, reference, rules
from directory.listings.record import ListingRecord, from_json, to_json
from directory.models import (
    Address,
    Change,
    IndexTask,
    Location,
    Offer,
    OfferTerm,
    Organization,
    Phone,
    Role,
    Service,
    ServiceArea,
    Translation,
)
from tests import factories

ADMIN = Actor(role=Role.ADMIN, email="admin@example.org")
FULL = ListingRecord(
    organization_name="Red Door",
    organization_id="o1",
    service_name="Health post",
    service_id="s1",
    description="Care for all",
    taxonomy_terms=("health.primary", "health.hospital"),
    latitude=3.0,
    longitude=11.0,
    address="Market street 2",
    landmark="Behind the market",
    coverage_areas=("XA-S",),
    coverage_radius_km=12.5,
    minimum_age=5,
    maximum_age=60,
    sexes=("female",),
    profiles=("pregnant",),
    required_documents=("passport", "a letter of the chief"),
    languages=("fr", "en"),
    cost="free",
    opening_hours="Mo-Fr 08:00-16:00",
    phone="+999 1 23; +999 4 56",
    capacity_available=4,
    wait_time_days=3,
    assured_date=date(2026, 11, 1),
    access_flags=("female_staff",),
    source="file",
    texts={
        ("service_name", "fr"): "Poste de santé",
        ("address", "fr"): "Rue du marché 2",
    },
)


def create(
    session: Session, *records: ListingRecord, actor: Actor = ADMIN
) -> list[Any]:
    return operations.create_services(
        session, actor=actor, records=records, now=factories.NOW, origin="import"
    )


def test_it_writes_every_part_of_a_listing(session: Session) -> None:
    ids = create(session, FULL)[0]
    service = session.get_one(Service, ids.service_id)
    assert (service.name, service.minimum_age, service.sensitivity) == (
        "Health post",
        5,
        "L0",
    )
    assert (service.source, service.external_id) == ("file", "s1")
    location = session.get_one(Location, ids.location_id)
    assert location.area_id == factories.area(session, "XA-NW").id
    assert session.scalar(select(func.ST_X(Location.point))) == pytest.approx(11.0)
    address = session.scalars(select(Address)).one()
    assert (address.address_1, address.country) == ("Market street 2", "XA")
    numbers = session.scalars(select(Phone.number).order_by(Phone.number)).all()
    assert numbers == ["+999 1 23", "+999 4 56"]
    texts = session.execute(
        select(Translation.entity, Translation.field, Translation.text)
    ).all()
    assert sorted(texts) == [
        ("location", "address", "Rue du marché 2"),
        ("service", "name", "Poste de santé"),
    ]
    kinds = session.scalars(select(ServiceArea.kind).order_by(ServiceArea.kind)).all()
    assert kinds == ["area", "radius"]


def test_it_leaves_a_trace_and_a_note_for_the_search(session: Session) -> None:
    ids = create(session, FULL)[0]
    changes = session.scalars(
        select(Change).where(Change.resource_id == ids.service_id)
    ).all()
    assert [(c.last_action_type, c.origin, c.updated_by) for c in changes] == [
        ("create", "import", "admin@example.org")
    ]
    task = session.scalars(select(IndexTask)).one()
    assert (task.service_id, task.country) == (ids.service_id, "XA")


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"coverage": "remote", "coverage_radius_km": None},
        {"coverage": "remote", "coverage_areas": ()},
        {"coverage": "national", "capacity_available": None, "opening_hours": None},
        {"sensitivity": "L2", "provider_type": "national_authority"},
        {
            "latitude": None,
            "longitude": None,
            "coverage_radius_km": None,
            "area_code": "XB",
        },
    ],
)
def test_the_derived_offer_is_the_one_that_reading_back_makes(
    session: Session, changed: dict[str, Any]
) -> None:
    ids = create(session, replace(FULL, **changed))[0]
    key = ids.service_at_location_id
    made = _offer(session, key)
    (source,) = offer_sources.read(session, [key])
    offers.refresh(session, [key])
    assert made == _offer(session, key)
    assert source.country == ("XB" if "area_code" in changed else "XA")


def test_it_shares_organization_service_and_place_by_identity(session: Session) -> None:
    first = create(session, FULL)[0]
    elsewhere = replace(FULL, latitude=1.0, longitude=13.0, address="Harbour 1")
    another = replace(FULL, service_id="s2", service_name="Pharmacy")
    second, third = create(session, elsewhere, another)
    assert second.organization_id == third.organization_id == first.organization_id
    assert second.service_id == first.service_id
    assert second.location_id != first.location_id
    assert third.service_id != first.service_id
    assert third.location_id == first.location_id
    assert session.scalar(select(func.count()).select_from(Organization)) == 1


def test_the_country_is_that_of_the_area_then_the_position_then_the_file(
    session: Session,
) -> None:
    bare = ListingRecord(
        organization_name="A",
        service_name="B",
        taxonomy_terms=("health",),
        country="XB",
    )
    stated = replace(bare, area_code="XA-S")
    placed = replace(bare, latitude=3.0, longitude=11.0)
    both = replace(placed, area_code="XB")
    keys = [
        ids.service_at_location_id
        for ids in create(session, bare, stated, placed, both)
    ]
    assert [_offer(session, key)["country"] for key in keys] == ["XB", "XA", "XA", "XB"]


def test_a_category_raises_the_sensitivity_and_a_file_cannot_lower_it(
    session: Session,
) -> None:
    levels = reference.read_terms(session).levels
    assert rules.level_of(["protection.gbv", "health"], "L0", levels) == "L2"
    assert rules.level_of(["protection.gbv"], "L3", levels) == "L3"
    assert rules.level_of(["protection.child"], "L0", levels) == "L0"
    assert rules.level_of(["protection.child"], None, levels) == "L1"
    assert rules.level_of(["health"], "L1", levels) == "L1"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"service_name": " "}, "service_name"),
        ({"taxonomy_terms": ()}, "taxonomy_terms"),
        ({"taxonomy_terms": ("magic",)}, "taxonomy_terms"),
        ({"minimum_age": 61}, "maximum_age"),
        ({"minimum_age": -1}, "minimum_age"),
        ({"latitude": 91.0}, "latitude"),
        ({"longitude": None}, "latitude"),
        ({"sexes": ("women",)}, "sexes"),
        ({"profiles": ("brave",)}, "profiles"),
        ({"cost": "cheap"}, "cost"),
        ({"languages": ("french",)}, "languages"),
        ({"email": "nobody"}, "email"),
        ({"website": "javascript:alert(1)"}, "website"),
        ({"description": "x" * 10_000}, "description"),
        ({"service_name": "a\x00b"}, "service_name"),
        ({"sensitivity": "L3"}, "address"),
        ({"latitude": None, "longitude": None}, "coverage_radius_km"),
    ],
)
def test_it_refuses_what_a_listing_may_not_say(
    session: Session, changed: dict[str, Any], field: str
) -> None:
    with pytest.raises(rules.InvalidListing) as refused:
        create(session, replace(FULL, **changed))
    assert field in refused.value.fields
    assert session.scalar(select(func.count()).select_from(Service)) == 0


def test_it_refuses_an_area_that_is_not_there(session: Session) -> None:
    with pytest.raises(reference.UnknownArea):
        create(session, replace(FULL, coverage_areas=("ZZ-9",)))


def test_a_provider_creates_for_the_own_organization_only(session: Session) -> None:
    own = create(session, FULL)[0].organization_id
    actor = Actor(role=Role.PROVIDER, organization_ids=frozenset({own}))
    assert create(session, replace(FULL, service_id="s9"), actor=actor)
    with pytest.raises(NotYours):
        create(session, replace(FULL, organization_id="o2"), actor=actor)


def test_an_authority_creates_inside_its_area_only(session: Session) -> None:
    north = factories.area(session, "XA-N").id
    actor = Actor(role=Role.AUTHORITY, area_ids=frozenset({north}))
    assert create(session, FULL, actor=actor)
    with pytest.raises(NotYours):
        create(session, replace(FULL, latitude=1.0), actor=actor)


@pytest.mark.parametrize("role", [Role.VISITOR, Role.COUNSELLOR, Role.CASEWORKER])
def test_others_cannot_create(session: Session, role: Role) -> None:
    with pytest.raises(NotYours):
        create(session, FULL, actor=Actor(role=role))
    assert session.scalar(select(func.count()).select_from(Offer)) == 0


def test_a_record_survives_json() -> None:
    assert from_json(to_json(FULL)) == FULL


def test_thousands_become_offers_with_their_terms(
    session: Session, now: datetime
) -> None:
    many = [
        replace(FULL, service_id=f"s{i}", coverage_radius_km=None) for i in range(6000)
    ]
    made = create(session, *many)
    assert len({ids.service_at_location_id for ids in made}) == 6000
    assert session.scalar(select(func.count()).select_from(Offer)) == 6000
    assert session.scalar(select(func.count()).select_from(OfferTerm)) == 12000
    assert session.scalar(select(func.count()).select_from(Location)) == 1


def _offer(session: Session, key: Any) -> dict[str, Any]:
    table = Offer.__table__
    row = session.execute(
        select(table).where(table.c.service_at_location_id == key)
    ).one()
    return dict(row._mapping)


@pytest.mark.parametrize("by_id", [True, False])
def test_who_may_not_know_an_organization_does_not_reach_it_by_its_name(
    session: Session, *, by_id: bool
) -> None:
    trained = Actor(role=Role.ADMIN, can_see_restricted=True)
    door = replace(FULL, organization_id="o1" if by_id else None)
    (hidden,) = create(session, replace(door, sensitivity="L2"), actor=trained)
    (other,) = create(session, replace(door, service_id="s2"))
    assert other.organization_id != hidden.organization_id
    (again,) = create(session, replace(door, service_id="s3"))
    assert again.organization_id == other.organization_id
    (known,) = create(session, replace(door, service_id="s4"), actor=trained)
    assert known.organization_id in {hidden.organization_id, other.organization_id}


def test_a_place_of_a_hidden_listing_is_not_lent_to_a_public_one(
    session: Session,
) -> None:
    trained = Actor(role=Role.ADMIN, can_see_restricted=True)
    (open_door,) = create(session, FULL)
    inside = replace(FULL, service_id="s2", latitude=3.5, address="Inside")
    (hidden,) = create(session, replace(inside, sensitivity="L2"), actor=trained)
    assert hidden.organization_id == open_door.organization_id
    (public,) = create(session, replace(inside, service_id="s3"))
    assert public.organization_id == open_door.organization_id
    assert public.location_id != hidden.location_id
    (known,) = create(session, replace(inside, service_id="s4"), actor=trained)
    assert known.location_id in {hidden.location_id, public.location_id}
