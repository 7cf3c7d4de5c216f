"""The form of a listing: editing, proposing, writing a new one down."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from directory.listings import forms, stored
from directory.listings.record import ListingRecord, differences
from directory.models import Change, Proposal, Service, User
from tests import factories
from tests.directory.listings.test_create_services import FULL, create
from tests.pages import Page

Fetch = Callable[..., Page]
SignIn = Callable[[User], FlaskClient]


def form_of(session: Session, ids: Any, **changed: Any) -> MultiDict[str, Any]:
    """What the browser sends when only some fields were changed."""
    record = stored.read_records(session, [ids.service_at_location_id])
    form: MultiDict[str, Any] = MultiDict(
        forms.as_form(record[ids.service_at_location_id])
    )
    form["version"] = str(session.get_one(Service, ids.service_id).version)
    form["at"] = str(ids.service_at_location_id)
    for name, value in changed.items():
        form[name] = value
    return form


def read(session: Session, ids: Any) -> ListingRecord:
    session.expire_all()
    key = ids.service_at_location_id
    return stored.read_records(session, [key])[key]


def test_saving_the_form_as_it_is_changes_nothing(
    page: Fetch, session: Session, client_of: SignIn, supervisor: User
) -> None:
    ids = create(
        session, replace(FULL, referral_email="r@example.org", host_countries=("DE",))
    )[0]
    before = read(session, ids)
    client = client_of(supervisor)
    path = f"/services/{ids.service_id}/edit"
    page(path, by=client)
    page(path, by=client, method="POST", data=form_of(session, ids), status=303)
    assert differences(before, read(session, ids)) == {}
    assert session.get_one(Service, ids.service_id).version == 1


def test_a_supervisor_edits_any_field(
    page: Fetch, session: Session, client_of: SignIn, supervisor: User
) -> None:
    ids = create(session, FULL)[0]
    form = form_of(
        session,
        ids,
        service_name="Clinic",
        minimum_age="",
        languages="ES, fr",
        other_documents="A stamp\nA photo of the house",
        latitude="2,5",
    )
    form.setlist("taxonomy_terms", ["legal.aid"])
    form["service_name:ar"] = "عيادة"
    client = client_of(supervisor)
    page(
        f"/services/{ids.service_id}/edit",
        by=client,
        method="POST",
        data=form,
        status=303,
    )
    found = read(session, ids)
    assert found.service_name == "Clinic"
    assert found.minimum_age is None
    assert found.languages == ("es", "fr")
    assert found.required_documents[-2:] == ("A stamp", "A photo of the house")
    assert found.latitude == 2.5
    assert found.taxonomy_terms == ("legal.aid",)
    assert found.texts["service_name", "ar"] == "عيادة"
    assert found.texts["service_name", "fr"] == "Poste de santé"


def test_what_is_wrong_is_said_beside_the_field_and_nothing_typed_is_lost(
    page: Fetch, session: Session, client_of: SignIn, supervisor: User
) -> None:
    ids = create(session, FULL)[0]
    form = form_of(
        session, ids, minimum_age="sixty", description="Typed text", email="nobody"
    )
    path = f"/services/{ids.service_id}/edit"
    fetched = page(path, by=client_of(supervisor), method="POST", data=form, status=422)
    assert "Enter a whole number." in fetched.words
    assert "Typed text" in fetched.words
    assert 'value="sixty"' in fetched.text
    assert fetched.words.startswith("Error:")
    form = form_of(session, ids, minimum_age="70", maximum_age="60")
    fetched = page(path, by=client_of(supervisor), method="POST", data=form, status=422)
    assert "The highest age must not be below the lowest age." in fetched.words
    assert read(session, ids).description == "Care for all"


def test_the_second_editor_is_told_keeps_what_was_typed_and_sees_both(
    page: Fetch, session: Session, client_of: SignIn, supervisor: User, admin: User
) -> None:
    ids = create(session, FULL)[0]
    path = f"/services/{ids.service_id}/edit"
    first = form_of(session, ids, description="First words")
    second = form_of(session, ids, description="Second words")
    page(path, by=client_of(supervisor), method="POST", data=first, status=303)
    fetched = page(path, by=client_of(admin), method="POST", data=second, status=409)
    assert "Someone else changed this listing" in fetched.words
    assert "First words" in fetched.words
    assert "Second words" in fetched.words
    assert 'name="version" value="2"' in fetched.text
    assert read(session, ids).description == "First words"
    second["version"] = "2"
    page(path, by=client_of(admin), method="POST", data=second, status=303)
    assert read(session, ids).description == "Second words"


def test_an_authority_outside_its_area_proposes_and_the_listing_stays(
    page: Fetch, session: Session, client_of: SignIn, authority: User
) -> None:
    inside, outside = create(session, FULL, replace(FULL, service_id="x", latitude=1.0))
    client = client_of(authority)
    for ids, is_proposal in ((inside, False), (outside, True)):
        fetched = page(f"/services/{ids.service_id}/edit", by=client)
        assert ("Propose a change" in fetched.words) is is_proposal
        data = form_of(session, ids, description="Closed on Fridays", note="Seen there")
        page(
            f"/services/{ids.service_id}/edit",
            by=client,
            method="POST",
            data=data,
            status=303,
        )
    assert read(session, inside).description == "Closed on Fridays"
    assert read(session, outside).description == "Care for all"
    proposal = session.scalars(select(Proposal)).one()
    assert proposal.service_id == outside.service_id
    assert proposal.changes["fields"] == {
        "description": ["Care for all", "Closed on Fridays"]
    }


def test_who_is_signed_out_cannot_edit_or_propose(
    client: FlaskClient, session: Session
) -> None:
    ids = create(session, FULL)[0]
    path = f"/services/{ids.service_id}/edit"
    assert client.get(path).status_code == 302
    assert client.post(path, data={"service_name": "Mine"}).status_code == 302
    assert session.scalar(select(func.count()).select_from(Proposal)) == 0


def test_nobody_lowers_the_sensitivity_by_proposing(
    session: Session, client_of: SignIn, stranger: User
) -> None:
    ids = create(session, replace(FULL, sensitivity="L1"))[0]
    data = form_of(session, ids, sensitivity="L0", description="x")
    client_of(stranger).post(f"/services/{ids.service_id}/edit", data=data)
    proposal = session.scalars(select(Proposal)).one()
    assert proposal.changes["fields"].keys() == {"description"}


def test_a_provider_writes_a_listing_of_its_own_organization(
    page: Fetch, session: Session, client_of: SignIn, provider: User
) -> None:
    own = factories.own_organization_id(session, provider)
    client = client_of(provider)
    countries = {
        option.get("value"): "".join(option.itertext())
        for option in page("/services/new?lang=fr", by=client).all("option")
    }
    assert (countries["SN"], countries["XK"]) == ("Sénégal", "Kosovo")
    assert not countries.keys() & {"AQ", "BV", "EU", "IC", "XA"}
    page("/services/new?lang=en", by=client)
    data = {
        "organization": str(own),
        "service_name": "New service",
        "taxonomy_terms": "legal.aid",
        "latitude": "3",
        "longitude": "11",
    }
    page("/services/new", by=client, method="POST", data=data, status=303)
    service = session.scalars(select(Service)).one()
    assert (service.organization_id, service.name) == (own, "New service")
    origin = session.scalars(
        select(Change.origin).where(Change.resource_id == service.id)
    ).one()
    assert origin == "form"
    data["organization"] = "00000000-0000-4000-8000-000000000000"
    page("/services/new", by=client, method="POST", data=data, status=422)
    assert session.scalar(select(func.count()).select_from(Service)) == 1


@pytest.mark.parametrize("role", ["counsellor", "caseworker"])
def test_case_staff_do_not_create_listings(
    session: Session, client_of: SignIn, role: str
) -> None:
    client = client_of(factories.make_user(session, role=role, email="x@example.org"))
    assert client.get("/services/new").status_code == 403


def test_an_authority_creates_inside_its_area_only(
    page: Fetch, session: Session, client_of: SignIn, authority: User
) -> None:
    data = {
        "organization_name": "Town hall",
        "service_name": "Registry",
        "taxonomy_terms": "legal.identity",
        "latitude": "1",
        "longitude": "11",
    }
    client = client_of(authority)
    page("/services/new", by=client, method="POST", data=data, status=422)
    page(
        "/services/new",
        by=client,
        method="POST",
        data={**data, "latitude": "3"},
        status=303,
    )
    assert session.scalar(select(func.count()).select_from(Service)) == 1
