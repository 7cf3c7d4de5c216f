"""Changing listings, one or many, and what must stay as it was."""

import uuid
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.authz import Actor, NotYours
from directory.errors import Invalid, NotFound
from directory.listings import operations, stored
from directory.listings.record import ListingRecord
from directory.models import (
    Change,
    IndexTask,
    Location,
    Offer,
    Organization,
    Role,
    Service,
    Translation,
)
from tests import factories
from tests.directory.listings.test_create_services import ADMIN, FULL, create

SQUARE = '{"type": "Polygon", "coordinates": [[[10.5, 1], [11, 1], [11, 1.5], [10.5, 1.5], [10.5, 1]]]}'


def edit(
    session: Session, key: uuid.UUID, record: ListingRecord, **options: Any
) -> Any:
    values = {
        "actor": ADMIN,
        "expected_version": 1,
        "now": factories.NOW + timedelta(days=1),
    }
    return operations.edit_service(
        session, service_at_location_id=key, record=record, **{**values, **options}
    )


def read(session: Session, key: uuid.UUID) -> ListingRecord:
    return stored.read_records(session, [key])[key]


def test_what_was_stored_reads_back_as_it_was_written(session: Session) -> None:
    shaped = replace(FULL, coverage_geojson=SQUARE, coverage_excluded_areas=("XA-NW",))
    ids = create(session, shaped)[0]
    found = read(session, ids.service_at_location_id)
    settled = replace(
        shaped,
        area_code="XA-NW",
        country="XA",
        sensitivity="L0",
        status="active",
        capacity_updated=factories.TODAY,
    )
    for name in ListingRecord.__dataclass_fields__:
        if name not in {"coverage_geojson", "taxonomy_terms"}:
            assert getattr(found, name) == getattr(settled, name), name
    assert set(found.taxonomy_terms) == set(FULL.taxonomy_terms)
    changed = operations.update_services(
        session,
        actor=ADMIN,
        records={ids.service_at_location_id: shaped},
        now=factories.NOW,
        origin="import",
    )
    assert changed == {}
    assert session.get_one(Service, ids.service_id).version == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"service_name": "Clinic", "description": None, "minimum_age": None},
        {
            "taxonomy_terms": ("legal.aid",),
            "languages": (),
            "required_documents": ("photo",),
        },
        {"phone": "+999 7", "opening_hours": "24/7", "capacity_available": 0},
        {"latitude": 1.0, "longitude": 13.0, "address": "Harbour 1", "landmark": None},
        {"coverage": "national", "coverage_areas": (), "coverage_radius_km": None},
        {"coverage_geojson": SQUARE, "coverage_excluded_areas": ("XB",)},
        {
            "status": "temporarily closed",
            "status_until": date(2027, 1, 1),
            "cost": "paid",
        },
        {"sexes": (), "profiles": ("older",), "access_flags": (), "sensitivity": "L2"},
        {"texts": {("service_name", "ar"): "مركز صحي"}},
        {"organization_name": "Red Door of the North", "provider_type": "ingo"},
        {"organization_name": "Blue Door", "organization_id": "o2"},
    ],
)
def test_every_field_can_be_changed_and_leaves_a_trace(
    session: Session, changed: dict[str, Any]
) -> None:
    ids = create(session, FULL)[0]
    key = ids.service_at_location_id
    answer = edit(session, key, replace(FULL, **changed))
    found = read(session, key)
    for name, value in changed.items():
        if name not in {"coverage_geojson", "texts"}:
            assert getattr(found, name) == value, name
    traced = session.execute(
        select(Change.field_name, Change.last_action_type).where(
            Change.resource_id == ids.service_id, Change.last_action_type == "update"
        )
    ).all()
    assert {name for name, _ in traced} == answer.keys()
    assert session.get_one(Service, ids.service_id).version == 2
    offer = session.get_one(Offer, key)
    assert offer.name == found.service_name
    assert (offer.latitude, offer.sensitivity) == (found.latitude, found.sensitivity)


def test_the_second_editor_is_told_and_nothing_is_lost(session: Session) -> None:
    key = create(session, FULL)[0].service_at_location_id
    edit(session, key, replace(FULL, description="First"))
    with pytest.raises(operations.EditedMeanwhile):
        edit(session, key, replace(FULL, description="Second"))
    assert read(session, key).description == "First"


def test_a_changed_original_marks_its_translations_outdated(session: Session) -> None:
    ids = create(session, FULL)[0]
    edit(session, ids.service_at_location_id, replace(FULL, service_name="Clinic"))
    states = dict(session.execute(select(Translation.field, Translation.state)).all())
    assert states["name"] == "outdated"
    assert states["address"] == "human"


def test_a_place_that_others_share_stays_for_them(session: Session) -> None:
    first, second = create(session, FULL, replace(FULL, service_id="s2"))
    edit(session, first.service_at_location_id, replace(FULL, latitude=3.5))
    assert read(session, first.service_at_location_id).latitude == 3.5
    assert read(session, first.service_at_location_id).phone == "+999 1 23; +999 4 56"
    assert read(session, second.service_at_location_id).latitude == 3.0
    assert session.scalar(select(func.count()).select_from(Location)) == 2


def test_both_countries_are_noted_when_a_listing_moves_across_a_border(
    session: Session,
) -> None:
    key = create(session, FULL)[0].service_at_location_id
    session.query(IndexTask).delete()
    edit(session, key, replace(FULL, longitude=15.0))
    assert set(session.scalars(select(IndexTask.country))) == {"XA", "XB"}


def test_an_authority_edits_inside_its_area_and_not_outside(session: Session) -> None:
    key = create(session, FULL)[0].service_at_location_id
    inside = Actor(
        role=Role.AUTHORITY, area_ids=frozenset({factories.area(session, "XA-N").id})
    )
    outside = Actor(
        role=Role.AUTHORITY, area_ids=frozenset({factories.area(session, "XA-S").id})
    )
    with pytest.raises(NotYours):
        edit(session, key, replace(FULL, description="Mine now"), actor=outside)
    with pytest.raises(NotYours):  # not even into its own area
        edit(session, key, replace(FULL, latitude=1.0), actor=outside)
    with pytest.raises(NotYours):  # and not out of it
        edit(session, key, replace(FULL, latitude=1.0), actor=inside)
    assert read(session, key).description == "Care for all"
    edit(session, key, replace(FULL, description="Checked"), actor=inside)
    assert read(session, key).description == "Checked"


def test_without_a_position_an_authority_needs_every_area_that_is_covered(
    session: Session,
) -> None:
    bare = ListingRecord(
        organization_name="A",
        service_name="Line",
        taxonomy_terms=("health",),
        coverage="remote",
        coverage_areas=("XA-NW", "XA-SW"),
    )
    key = create(session, bare)[0].service_at_location_id
    north = factories.area(session, "XA-N").id
    south = factories.area(session, "XA-S").id
    one = Actor(role=Role.AUTHORITY, area_ids=frozenset({north}))
    both = Actor(role=Role.AUTHORITY, area_ids=frozenset({north, south}))
    with pytest.raises(NotYours):
        edit(session, key, replace(bare, description="x"), actor=one)
    edit(session, key, replace(bare, description="x"), actor=both)


def test_a_provider_edits_its_own_and_nobody_elses(session: Session) -> None:
    ids = create(session, FULL)[0]
    own = Actor(role=Role.PROVIDER, organization_ids=frozenset({ids.organization_id}))
    other = Actor(role=Role.PROVIDER, organization_ids=frozenset({uuid.uuid4()}))
    with pytest.raises(NotYours):
        edit(
            session, ids.service_at_location_id, replace(FULL, cost="paid"), actor=other
        )
    edit(session, ids.service_at_location_id, replace(FULL, cost="paid"), actor=own)


def test_it_refuses_what_a_listing_may_not_say(session: Session) -> None:
    key = create(session, FULL)[0].service_at_location_id
    with pytest.raises(Invalid):
        edit(session, key, replace(FULL, sensitivity="L3"))
    with pytest.raises(NotFound):
        operations.update_services(
            session,
            actor=ADMIN,
            records={uuid.uuid4(): FULL},
            now=factories.NOW,
            origin="import",
        )


def test_assuring_renews_the_date_and_says_who_and_how(session: Session) -> None:
    ids = create(session, replace(FULL, assured_date=None))[0]
    service = session.get_one(Service, ids.service_id)
    operations.assure_service(
        session, actor=ADMIN, service=service, method="phone", now=factories.NOW
    )
    assert service.assured_date == factories.TODAY
    assert (service.assurer_email, service.verification_method) == (
        "admin@example.org",
        "phone",
    )
    assert (
        session.get_one(Offer, ids.service_at_location_id).assured_date
        == factories.TODAY
    )
    actions = session.scalars(select(Change.last_action_type)).all()
    assert "assure" in actions
    with pytest.raises(NotYours):
        operations.assure_service(
            session,
            actor=Actor(role=Role.COUNSELLOR),
            service=service,
            method="phone",
            now=factories.NOW,
        )


def test_renaming_an_organization_known_by_id_keeps_it_one(session: Session) -> None:
    key = create(session, FULL)[0].service_at_location_id
    edit(session, key, replace(FULL, organization_name="Red Gate"))
    assert session.scalars(select(Organization.name)).all() == ["Red Gate"]
