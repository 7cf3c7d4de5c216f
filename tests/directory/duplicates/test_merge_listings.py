"""Two listings become one: nothing that hung on either is lost, and it can be taken back."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.authz import Actor
from directory.duplicates import merges, references
from directory.duplicates import queries as queries_of_duplicates
from directory.duplicates.merges import CannotUndo, Decision
from directory.errors import NotFound
from directory.listings import operations, queries, stored
from directory.listings.operations import EditedMeanwhile
from directory.models import (
    Base,
    Change,
    DuplicatePair,
    Feedback,
    ListingReport,
    Merge,
    Offer,
    Referral,
    Role,
    Service,
    ServiceAtLocation,
    User,
    Watch,
)
from tests.factories import (
    NOW,
    make_case,
    make_need,
    make_service_at_location,
    own_organization_id,
)

Twins = Callable[..., tuple[Any, Any]]
Find = Callable[[], list[DuplicatePair]]
Sign = Callable[[User], FlaskClient]
ADMIN = Actor(role=Role.ADMIN, email="admin@example.org")


def decision(session: Session, pair: DuplicatePair, kept: Any, **choices: str) -> Any:
    """Keep one listing, with these choices."""
    versions = [
        session.get_one(Service, key).version for key in (pair.first_id, pair.second_id)
    ]
    return Decision(
        keeps_first=pair.first_id == kept.service_id,
        choices=choices,
        versions=(versions[0], versions[1]),
    )


def side(pair: DuplicatePair, listing: Any) -> str:
    """What the form calls a listing of the pair."""
    return "first" if pair.first_id == listing.service_id else "second"


def rows(session: Session) -> dict[str, list[Any]]:
    """All that the tables of listings hold, but for versions and times of change."""
    session.flush()
    found = {}
    for name in (
        "service", "service_at_location", "location", "address", "phone", "language",
        "attribute", "schedule", "service_area", "required_document", "translation",
        "watch", "feedback", "listing_report", "referral", "offer", "offer_term",
        "coverage_cell", "duplicate_pair",
    ):  # fmt: skip
        table = Base.metadata.tables[name]
        columns = [
            each for each in table.c
            if each.name not in {"version", "last_modified", "point", "geometry"}
        ]  # fmt: skip
        found[name] = sorted(map(repr, session.execute(select(*columns)).all()))
    return found


def hang_on(session: Session, listing: Any, worker: User) -> uuid.UUID:
    """A referral, feedback, a report and a watch of a listing."""
    case = make_case(session, worker)
    need = make_need(session, case)
    referral = Referral(
        code="RT1", case_id=case.id, need_id=need.id, term=need.term, urgency="routine",
        service_at_location_id=listing.service_at_location_id, disclosed=[],
        organization_id=listing.organization_id, state="sent", created_at=NOW,
    )  # fmt: skip
    session.add_all(
        [
            referral,
            Feedback(
                code_hash="x", category="thanks", text="Good", language="en",
                service_id=listing.service_id, received_at=NOW, state_since=NOW,
            ),
            ListingReport(service_id=listing.service_id, kind="contact", reported_at=NOW),
            Watch(user_id=worker.id, service_id=listing.service_id, created_at=NOW),
        ]
    )  # fmt: skip
    session.flush()
    return referral.id


def test_all_that_hung_on_the_other_follows(
    session: Session, twins: Twins, find: Find, counsellor: User
) -> None:
    kept, gone = twins()
    referral_id = hang_on(session, gone, counsellor)
    (pair,) = find()
    assert pair.score > 0.8
    assert "same_phone" in {each["code"] for each in pair.reasons}
    chosen = decision(session, pair, kept, languages="both")
    done = merges.merge(session, actor=ADMIN, pair_id=pair.id, decision=chosen, now=NOW)
    session.expire_all()
    assert session.get(Service, gone.service_id) is None
    record = stored.read_records(session, [kept.service_at_location_id])[
        kept.service_at_location_id
    ]
    assert record.service_name == "Aboaso Health Centre"
    assert record.alternate_name == "ABOASSO HEALTH CENTER"
    assert record.email == "centre@example.org"
    assert set(record.languages) == {"en", "fr"}
    assert set((record.phone or "").split("; ")) == {"+233 30 222 3333", "030 222 3333"}
    referral = session.get_one(Referral, referral_id)
    assert referral.service_at_location_id == kept.service_at_location_id
    assert referral.organization_id == gone.organization_id
    for model in (Feedback, ListingReport, Watch):
        assert session.scalars(select(model.service_id)).all() == [kept.service_id]
    assert session.scalar(select(func.count()).select_from(Offer)) == 1
    assert session.scalar(select(func.count()).select_from(DuplicatePair)) == 0
    assert done.version == session.get_one(Service, kept.service_id).version
    traced = session.execute(
        select(Change.resource_id, Change.last_action_type, Change.origin).where(
            Change.origin == "merge"
        )
    ).all()
    assert (gone.service_id, "delete", "merge") in map(tuple, traced)
    assert kept.service_id in {row.resource_id for row in traced}


def test_undoing_restores_both_exactly(
    session: Session, twins: Twins, find: Find, counsellor: User
) -> None:
    areas = {"coverage_areas": ("XA-N",), "opening_hours": "Mo-Fr 08:00-16:00"}
    kept, gone = twins(first={"coverage_radius_km": 5.0}, second=areas)
    hang_on(session, gone, counsellor)
    session.add(
        Watch(user_id=counsellor.id, service_id=kept.service_id, created_at=NOW)
    )
    (pair,) = find()
    before = rows(session)
    other = side(pair, gone)
    chosen = decision(
        session, pair, kept, service_name=other, position=other, coverage=other
    )
    done = merges.merge(session, actor=ADMIN, pair_id=pair.id, decision=chosen, now=NOW)
    assert session.get_one(Service, kept.service_id).name == "ABOASSO HEALTH CENTER"
    assert rows(session) != before
    merges.undo(session, actor=ADMIN, merge_id=done.id, now=NOW + timedelta(days=29))
    session.expire_all()
    after = rows(session)
    for name, held in before.items():
        assert after[name] == held, name
    with pytest.raises(CannotUndo):
        merges.undo(session, actor=ADMIN, merge_id=done.id, now=NOW)


def test_a_place_further_away_becomes_another_place(
    session: Session, twins: Twins, find: Find
) -> None:
    kept, gone = twins(first={"service_id": "A"})
    for latitude in (3.2, 3.4):
        make_service_at_location(
            session, organization_name="Red Door", service_name="Aboaso Health Centre",
            service_id="A", latitude=latitude,
        )  # fmt: skip
    far = make_service_at_location(
        session, organization_name="Health Service", service_name="ABOASSO HEALTH CENTER",
        latitude=3.5, opening_hours="Mo 08:00-12:00", phone="+233 30 999 9999",
    )  # fmt: skip
    session.execute(
        ServiceAtLocation.__table__.update()  # type: ignore[attr-defined]
        .where(ServiceAtLocation.id == far.service_at_location_id)
        .values(service_id=gone.service_id)
    )
    (pair,) = (
        each for each in find() if {each.first_id, each.second_id} == {kept.service_id, gone.service_id}
    )  # fmt: skip
    before = rows(session)
    done = merges.merge(
        session, actor=ADMIN, pair_id=pair.id, now=NOW, decision=decision(session, pair, kept)
    )  # fmt: skip
    places = queries.places_of(session, kept.service_id)
    assert far.service_at_location_id in places
    assert gone.service_at_location_id not in places
    assert len(places) == 4
    merges.undo(session, actor=ADMIN, merge_id=done.id, now=NOW)
    session.expire_all()
    assert rows(session)["service_at_location"] == before["service_at_location"]


def test_it_cannot_be_taken_back_after_a_change_or_a_month(
    session: Session, twins: Twins, find: Find
) -> None:
    kept, _ = twins()
    (pair,) = find()
    done = merges.merge(
        session, actor=ADMIN, pair_id=pair.id, now=NOW, decision=decision(session, pair, kept)
    )  # fmt: skip
    with pytest.raises(CannotUndo):
        merges.undo(
            session, actor=ADMIN, merge_id=done.id, now=NOW + timedelta(days=31)
        )
    service = session.get_one(Service, kept.service_id)
    operations.assure_service(
        session, actor=ADMIN, service=service, method="phone", now=NOW
    )
    with pytest.raises(CannotUndo):
        merges.undo(session, actor=ADMIN, merge_id=done.id, now=NOW)
    assert merges.forget_old(session, now=NOW + timedelta(days=31)) == 1
    assert session.get_one(Merge, done.id).before == {}


def test_it_refuses_what_somebody_changed_meanwhile(
    session: Session, twins: Twins, find: Find
) -> None:
    kept, gone = twins()
    (pair,) = find()
    chosen = decision(session, pair, kept)
    session.get_one(Service, gone.service_id).version += 1
    session.flush()
    with pytest.raises(EditedMeanwhile):
        merges.merge(session, actor=ADMIN, pair_id=pair.id, decision=chosen, now=NOW)


def test_the_higher_protection_stays_and_a_sealed_place_is_kept_nowhere(
    session: Session, twins: Twins, find: Find
) -> None:
    kept, _ = twins(
        second={
            "sensitivity": "L3",
            "latitude": None,
            "longitude": None,
            "organization_name": "Red Door",
        }
    )
    (pair,) = find()
    trained = Actor(role=Role.ADMIN, email="a@example.org", can_see_restricted=True)
    with pytest.raises(NotFound):
        merges.merge(
            session, actor=ADMIN, pair_id=pair.id, now=NOW, decision=decision(session, pair, kept)
        )  # fmt: skip
    done = merges.merge(
        session, actor=trained, pair_id=pair.id, now=NOW, decision=decision(session, pair, kept)
    )  # fmt: skip
    session.expire_all()
    service = session.get_one(Service, kept.service_id)
    assert service.sensitivity == "L3"
    assert done.before == {}
    record = stored.read_records(session, [kept.service_at_location_id])[
        kept.service_at_location_id
    ]
    assert record.latitude is None
    assert not record.address


def test_every_reference_to_a_listing_is_thought_of() -> None:
    known = {
        (column.class_.__tablename__, column.key)
        for table in (
            references.OF_SERVICE, references.OF_PLACE, references.FOLLOW_SERVICE,
            references.FOLLOW_PLACE,
        )
        for column in table
    }  # fmt: skip
    derived = {
        "offer",
        "offer_term",
        "coverage_cell",
        "duplicate_pair",
        "service_at_location",
    }
    pointing = {
        (table.name, key.parent.name)
        for table in Base.metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table.name in {"service", "service_at_location"}
        and table.name not in derived
    }
    assert pointing <= known


def test_the_numbers_of_an_organization_without_listings_lead_to_the_other(
    session: Session, twins: Twins, find: Find
) -> None:
    kept, gone = twins(second={"organization_id": "77", "source": "register"})
    (pair,) = find()
    chosen = decision(session, pair, kept)
    done = merges.merge(session, actor=ADMIN, pair_id=pair.id, decision=chosen, now=NOW)
    for named in ({"organization_id": "77", "source": "register"}, {}):
        later = make_service_at_location(
            session, organization_name="Health Service", service_name=f"New {named}", **named
        )  # fmt: skip
        assert later.organization_id == kept.organization_id
    known = queries_of_duplicates.organization_instead
    visitor = Actor()
    assert known(session, gone.organization_id, actor=visitor) == kept.organization_id
    session.get_one(Service, kept.service_id).sensitivity = "L2"
    session.flush()
    assert known(session, gone.organization_id, actor=visitor) is None
    session.get_one(Service, kept.service_id).sensitivity = "L0"
    session.flush()
    merges.undo(session, actor=ADMIN, merge_id=done.id, now=NOW)
    assert known(session, gone.organization_id, actor=visitor) is None
    again = make_service_at_location(
        session, organization_name="Health Service", service_name="Again",
        organization_id="77", source="register",
    )  # fmt: skip
    assert again.organization_id == gone.organization_id


def test_a_provider_and_an_authority_merge_only_what_is_theirs(
    session: Session, twins: Twins, find: Find, provider: User, authority: User
) -> None:
    kept, _ = twins()
    (pair,) = find()
    own = Actor(
        role=Role.PROVIDER,
        user_id=provider.id,
        organization_ids=frozenset({own_organization_id(session, provider)}),
    )
    with pytest.raises(NotFound):
        merges.merge(
            session, actor=own, pair_id=pair.id, now=NOW, decision=decision(session, pair, kept)
        )  # fmt: skip
