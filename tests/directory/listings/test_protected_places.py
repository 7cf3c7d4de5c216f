"""Protected listings: their place is told in no language, erased when sealed, and their level held."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.authz import Actor
from directory.listings import operations, proposals, sealing, stored
from directory.listings.record import ListingRecord
from directory.models import (
    Address,
    Change,
    Location,
    Offer,
    Proposal,
    Role,
    Service,
    ServiceArea,
    Translation,
    User,
)
from tests import factories
from tests.directory.listings.test_create_services import ADMIN, FULL, create
from tests.pages import Page

Fetch = Callable[..., Page]
SignIn = Callable[[User], FlaskClient]
TRAINED = Actor(role=Role.SUPERVISOR, can_see_restricted=True)
LATER = factories.NOW + timedelta(days=1)
SQUARE = '{"type": "Polygon", "coordinates": [[[10.5, 1], [11, 1], [11, 1.5], [10.5, 1.5], [10.5, 1]]]}'
TOLD = replace(
    FULL,
    location_name="Blue gate",
    precision_m=37.0,
    texts={
        **FULL.texts,
        ("landmark", "en"): "Canary behind the mill",
        ("location_name", "fr"): "Portail canari",
    },
)
BARE: dict[str, Any] = {
    "sensitivity": "L3",
    "latitude": None,
    "longitude": None,
    "address": None,
    "landmark": None,
    "location_name": None,
    "coverage_radius_km": None,
}
SECRETS = (
    "Market street", "Rue du marché", "Behind the market", "Canary", "canari", "Blue gate",
    "3.987", "11.567",
)  # fmt: skip


def edit(
    session: Session, key: uuid.UUID, actor: Actor = ADMIN, **changed: Any
) -> None:
    record = replace(read(session, key), **changed)
    operations.update_services(
        session, actor=actor, records={key: record}, now=LATER, origin="form"
    )
    session.expire_all()


def read(session: Session, key: uuid.UUID) -> ListingRecord:
    return stored.read_records(session, [key])[key]


def everything_kept(session: Session) -> str:
    """Every stored text that could tell of a place."""
    columns = (
        Location.name, Location.landmark, Location.latitude, Location.longitude,
        Address.address_1, Translation.text, Change.previous_value,
        Change.replacement_value, Proposal.changes, Offer.latitude, Offer.facts,
    )  # fmt: skip
    return " ".join(
        str(value) for column in columns for value in session.scalars(select(column))
    )


@pytest.mark.parametrize("level", ["L2", "L3"])
def test_the_interface_tells_no_place_in_any_language(
    session: Session, client_of: SignIn, supervisor: User, level: str
) -> None:
    supervisor.can_see_restricted = True
    ids = create(session, replace(TOLD, coverage_geojson=SQUARE))[0]
    # As an older version may have left it behind.
    session.get_one(Service, ids.service_id).sensitivity = level
    answer = client_of(supervisor).get(f"/api/v1/services/{ids.service_id}")
    assert answer.status_code == 200
    place = answer.get_json()["places"][0]
    assert place["service_name:fr"] == "Poste de santé"
    assert not [name for name in place if sealing.column_of(name) in sealing.HIDDEN]
    for secret in (*SECRETS, "37.0", "12.5"):
        assert secret not in answer.text


def test_an_open_listing_tells_its_place_in_every_language(
    session: Session, client: FlaskClient
) -> None:
    ids = create(session, TOLD)[0]
    session.commit()
    place = client.get(f"/api/v1/services/{ids.service_id}").get_json()["places"][0]
    assert place["landmark:en"] == "Canary behind the mill"
    assert place["precision_m"] == 37.0


def test_a_listing_that_is_sealed_loses_its_place_everywhere(
    session: Session, admin: User
) -> None:
    ids = create(session, TOLD)[0]
    key = ids.service_at_location_id
    edit(session, key, latitude=3.98765, longitude=11.56789)
    proposals.propose(
        session,
        actor=Actor(role=Role.ADMIN, user_id=admin.id),
        service=session.get_one(Service, ids.service_id),
        service_at_location_id=key,
        record=replace(read(session, key), landmark="Canary at the well", cost="paid"),
        note="Canary by the river",
        now=LATER,
    )
    edit(session, key, **BARE)
    kept = everything_kept(session)
    for secret in SECRETS:
        assert secret not in kept, secret
    found = read(session, key)
    assert found.texts == {("service_name", "fr"): "Poste de santé"}
    assert found.precision_m is None
    kinds = session.scalars(select(ServiceArea.kind)).all()
    assert kinds == ["area"]
    values = session.execute(
        select(Change.previous_value, Change.replacement_value).where(
            Change.field_name == "latitude"
        )
    ).all()
    assert sorted(values) == [("(erased)", ""), ("(erased)", "(erased)")]
    proposal = session.scalars(select(Proposal)).one()
    assert proposal.changes["fields"].keys() == {"cost"}
    assert proposal.note is None


def test_sealing_reaches_every_place_of_the_service_and_no_others(
    session: Session,
) -> None:
    elsewhere = replace(
        TOLD, latitude=1.0, address="Canary lane 1", coverage_radius_km=4.0, texts={}
    )
    first, second, neighbour = create(
        session,
        replace(TOLD, latitude=3.5, address="Hill 1"),
        elsewhere,
        replace(elsewhere, service_id="s2"),
    )
    assert second.location_id == neighbour.location_id
    edit(session, first.service_at_location_id, **BARE)
    for ids in (first, second):
        found = read(session, ids.service_at_location_id)
        assert (found.latitude, found.address, found.landmark) == (None, None, None)
        assert found.coverage_radius_km is None
        assert found.phone == "+999 1 23; +999 4 56"
        offer = session.get_one(Offer, ids.service_at_location_id)
        assert (offer.latitude, offer.sensitivity) == (None, "L3")
    left = read(session, neighbour.service_at_location_id)
    assert (left.latitude, left.address) == (1.0, "Canary lane 1")
    assert left.coverage_radius_km == 4.0


def test_a_listing_that_is_created_sealed_keeps_no_text_of_its_place(
    session: Session,
) -> None:
    ids = create(session, replace(TOLD, **BARE))[0]
    kept = everything_kept(session)
    for secret in SECRETS:
        assert secret not in kept, secret
    location = session.get_one(Location, ids.location_id)
    assert (location.precision_m, location.point) == (None, None)
    assert session.scalar(select(func.count()).select_from(Offer)) == 1


@pytest.mark.parametrize(
    ("stated", "changed", "field"),
    [
        (
            {"taxonomy_terms": ("protection.gbv",)},
            {"taxonomy_terms": ("health",), "sensitivity": None},
            "taxonomy_terms",
        ),
        ({"sensitivity": "L2"}, {"sensitivity": "L0"}, "sensitivity"),
        ({"sensitivity": "L2"}, {"sensitivity": "L1"}, "sensitivity"),
        (BARE, {"sensitivity": "L2"}, "sensitivity"),
    ],
)
def test_only_trained_supervisors_and_administrators_lower_a_level(
    session: Session, stated: dict[str, Any], changed: dict[str, Any], field: str
) -> None:
    ids = create(session, replace(FULL, **stated))[0]
    key = ids.service_at_location_id
    before = read(session, key)
    own = frozenset({ids.organization_id})
    for actor in (
        Actor(role=Role.PROVIDER, organization_ids=own),
        Actor(role=Role.PROVIDER, organization_ids=own, can_see_restricted=True),
        Actor(role=Role.SUPERVISOR),
        Actor(role=Role.ADMIN),
    ):
        with pytest.raises(sealing.LevelHeld) as refused:
            edit(session, key, actor, **changed)
        assert refused.value.fields.keys() == {field}
        assert read(session, key) == before
    edit(session, key, TRAINED, **changed)
    assert (read(session, key).sensitivity or "") < (before.sensitivity or "")


def test_a_provider_may_raise_the_level_of_its_own_and_edit_the_rest(
    session: Session,
) -> None:
    ids = create(session, FULL)[0]
    own = Actor(role=Role.PROVIDER, organization_ids=frozenset({ids.organization_id}))
    edit(session, ids.service_at_location_id, own, sensitivity="L2")
    edit(session, ids.service_at_location_id, own, cost="paid")
    found = read(session, ids.service_at_location_id)
    assert (found.sensitivity, found.cost) == ("L2", "paid")


def test_the_form_tells_a_provider_why_the_level_stays(
    page: Fetch, session: Session, client_of: SignIn, provider: User
) -> None:
    ids = operations.create_services(
        session,
        actor=ADMIN,
        records=[replace(FULL, sensitivity="L2")],
        now=factories.NOW,
        origin="import",
        organization_id=factories.own_organization_id(session, provider),
    )[0]
    data = {
        "version": "1",
        "at": str(ids.service_at_location_id),
        "service_name": "Health post",
        "taxonomy_terms": ["health.primary"],
        "sensitivity": "L0",
        "language": "en",
    }
    path = f"/services/{ids.service_id}/edit"
    client = client_of(provider)
    fetched = page(path, by=client, method="POST", data=data, status=422)
    assert "This listing is protected." in fetched.words
    assert read(session, ids.service_at_location_id).sensitivity == "L2"


def test_approving_a_proposal_lowers_no_level_by_untrained_hands(
    session: Session, admin: User
) -> None:
    ids = create(session, replace(FULL, sensitivity="L2"))[0]
    key = ids.service_at_location_id
    proposal = proposals.propose(
        session,
        actor=Actor(role=Role.ADMIN, user_id=admin.id),
        service=session.get_one(Service, ids.service_id),
        service_at_location_id=key,
        record=replace(read(session, key), sensitivity="L0"),
        note="",
        now=LATER,
    )
    own = Actor(role=Role.PROVIDER, organization_ids=frozenset({ids.organization_id}))
    proposed = proposals.get_proposal(session, proposal.id, actor=own)
    with pytest.raises(sealing.LevelHeld):
        proposals.decide(
            session,
            actor=own,
            proposed=proposed,
            state="approved",
            reason="",
            now=LATER,
        )
    assert read(session, key).sensitivity == "L2"


def test_the_history_of_a_listing_once_protected_tells_only_trained_staff(
    page: Fetch,
    session: Session,
    client_of: SignIn,
    counsellor: User,
    stranger: User,
    supervisor: User,
) -> None:
    supervisor.can_see_restricted = True
    ids = create(session, FULL)[0]
    key = ids.service_at_location_id
    edit(session, key, TRAINED, sensitivity="L2", address="Canary lane 9")
    terms = ("health.primary", "protection.gbv")
    edit(session, key, TRAINED, taxonomy_terms=terms)
    path = f"/services/{ids.service_id}/history"
    protected = page(path, by=client_of(supervisor)).words
    assert "Canary lane 9" not in protected
    edit(
        session,
        key,
        TRAINED,
        taxonomy_terms=("legal.aid",),
        sensitivity="L0",
        cost="paid",
    )
    assert "Canary lane 9" in page(path, by=client_of(supervisor)).words
    for reader in (counsellor, stranger):
        words = page(path, by=client_of(reader)).words
        assert "paid" in words
        for secret in ("Canary lane 9", "protection.gbv", "L2"):
            assert secret not in words, secret
