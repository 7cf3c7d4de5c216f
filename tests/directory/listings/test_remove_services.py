"""Taking an import back: what it made goes, what others use stays."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.authz import Actor, NotYours
from directory.listings import removal
from directory.models import (
    Base,
    Change,
    Location,
    Offer,
    Organization,
    Role,
    Service,
    ShortlistItem,
    User,
)
from tests import factories
from tests.directory.listings.test_create_services import ADMIN, FULL, create

KEPT = {
    "metadata",
    "index_task",
    "area",
    "area_name",
    "area_cell",
    "taxonomy",
    "taxonomy_term",
}


def remove(session: Session, *keys: object, actor: Actor = ADMIN) -> int:
    return removal.remove_services(
        session,
        actor=actor,
        service_at_location_ids=list(keys),  # type: ignore[arg-type]  # keys of any test
        now=factories.NOW,
        origin="import",
    )


def test_nothing_of_the_listing_is_left_but_its_trace(session: Session) -> None:
    ids = create(session, FULL)[0]
    assert remove(session, ids.service_at_location_id) == 1
    for table in Base.metadata.sorted_tables:
        if table.name not in KEPT:
            assert not session.scalar(select(func.count()).select_from(table)), (
                table.name
            )
    actions = session.scalars(select(Change.last_action_type)).all()
    assert sorted(actions) == ["create", "create", "delete"]


def test_what_other_listings_share_stays(session: Session) -> None:
    first, second = create(session, FULL, replace(FULL, service_id="s2"))
    remove(session, first.service_at_location_id)
    assert session.scalars(select(Service.id)).all() == [second.service_id]
    assert session.scalar(select(func.count()).select_from(Location)) == 1
    assert session.scalar(select(func.count()).select_from(Organization)) == 1
    assert session.scalars(select(Offer.service_at_location_id)).all() == [
        second.service_at_location_id
    ]


def test_it_refuses_while_a_case_keeps_the_listing(
    session: Session, counsellor: User
) -> None:
    ids = create(session, FULL)[0]
    case = factories.make_case(session, counsellor)
    session.add(
        ShortlistItem(
            case_id=case.id,
            service_at_location_id=ids.service_at_location_id,
            snapshot={},
            added_at=factories.NOW,
        )
    )
    session.flush()
    with pytest.raises(removal.ListingInUse):
        remove(session, ids.service_at_location_id)
    assert session.scalar(select(func.count()).select_from(Service)) == 1


def test_only_those_who_import_may_remove(session: Session) -> None:
    ids = create(session, FULL)[0]
    own = Actor(role=Role.PROVIDER, organization_ids=frozenset({ids.organization_id}))
    with pytest.raises(NotYours):
        remove(session, ids.service_at_location_id, actor=own)
