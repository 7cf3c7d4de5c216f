"""The page of an organization, and editing it."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.models import (
    Change,
    IndexTask,
    Offer,
    Organization,
    Translation,
    User,
)
from tests import factories
from tests.directory.listings.test_create_services import FULL, create
from tests.pages import Page

Fetch = Callable[..., Page]
SignIn = Callable[[User], FlaskClient]


def test_it_shows_the_organization_and_what_the_reader_may_see(
    page: Fetch, session: Session
) -> None:
    hidden = replace(FULL, service_id="s2", service_name="Quiet room", sensitivity="L1")
    ids = create(session, replace(FULL, provider_type="ingo"), hidden)[0]
    words = page(f"/organizations/{ids.organization_id}").words
    assert "Red Door" in words
    assert "International organisation" in words
    assert "Health post" in words
    assert "Quiet room" not in words


def test_an_organization_without_a_visible_listing_is_not_found(
    client: FlaskClient, session: Session
) -> None:
    organization = factories.make_organization(session, "Empty house")
    assert client.get(f"/organizations/{organization.id}").status_code == 404


@pytest.mark.parametrize("is_trained", [True, False])
def test_an_organization_whose_listings_are_all_hidden_is_found_by_trained_staff_only(
    session: Session, client_of: SignIn, is_trained: bool
) -> None:
    ids = factories.make_service_at_location(
        session, organization_name="Quiet house", sensitivity="L2"
    )
    chief = factories.make_user(
        session, role="supervisor", can_see_restricted=is_trained
    )
    by = client_of(chief)
    for page in ("", "/edit", "/history"):
        answer = by.get(f"/organizations/{ids.organization_id}{page}")
        assert answer.status_code == (200 if is_trained else 404), page


def test_a_provider_edits_its_own(
    page: Fetch, session: Session, client_of: SignIn, provider: User
) -> None:
    own = factories.own_organization_id(session, provider)
    client = client_of(provider)
    path = f"/organizations/{own}/edit"
    page(path, by=client)
    data = {"name": "Red Gate", "version": "1", "website": "https://example.org"}
    page(path, by=client, method="POST", data=data, status=303)
    session.expire_all()
    organization = session.get_one(Organization, own)
    assert (organization.name, organization.normalised_name) == ("Red Gate", "red gate")
    assert organization.version == 2
    fields = session.scalars(
        select(Change.field_name).where(Change.resource_id == own)
    ).all()
    assert sorted(fields) == ["name", "website"]
    assert "Red Gate" in page(f"/organizations/{own}/history", by=client).words


def test_its_listings_are_indexed_and_reviewed_anew(
    page: Fetch, session: Session, client_of: SignIn, supervisor: User
) -> None:
    ids = create(session, FULL)[0]
    session.query(IndexTask).delete()
    data = {"name": "Red Door", "version": "1", "provider_type": "national_authority"}
    path = f"/organizations/{ids.organization_id}/edit"
    page(path, by=client_of(supervisor), method="POST", data=data, status=303)
    session.expire_all()
    assert session.scalars(select(IndexTask.service_id)).one() == ids.service_id
    assert (
        '"review_days":365' in session.get_one(Offer, ids.service_at_location_id).facts
    )


def test_the_second_editor_is_told(
    page: Fetch, session: Session, client_of: SignIn, supervisor: User
) -> None:
    ids = create(session, FULL)[0]
    path = f"/organizations/{ids.organization_id}/edit"
    client = client_of(supervisor)
    page(
        path, by=client, method="POST", data={"name": "One", "version": "1"}, status=303
    )
    data = {"name": "Two", "version": "1"}
    words = page(path, by=client, method="POST", data=data, status=409).words
    assert "Someone else changed this organization" in words
    assert "One" in words


def test_it_refuses_what_cannot_be_right(
    page: Fetch, session: Session, client_of: SignIn, supervisor: User
) -> None:
    ids = create(session, FULL)[0]
    path = f"/organizations/{ids.organization_id}/edit"
    data = {"name": "", "version": "1", "email": "nobody", "website": "ftp://x"}
    words = page(
        path, by=client_of(supervisor), method="POST", data=data, status=422
    ).words
    assert "Enter the name of the organization." in words
    assert "e-mail address" in words


@pytest.mark.parametrize("role", ["counsellor", "authority"])
def test_others_cannot_edit_it(session: Session, client_of: SignIn, role: str) -> None:
    ids = create(session, FULL)[0]
    client = client_of(factories.make_user(session, role=role, email="x@example.org"))
    path = f"/organizations/{ids.organization_id}/edit"
    assert client.get(path).status_code == 403
    assert client.post(path, data={"name": "Mine", "version": "1"}).status_code == 403
    session.expire_all()
    assert session.get_one(Organization, ids.organization_id).name == "Red Door"


def test_the_registers_are_kept_and_translations_become_outdated(
    page: Fetch, session: Session, client_of: SignIn, supervisor: User
) -> None:
    translated = replace(FULL, texts={("organization_name", "fr"): "Porte rouge"})
    organization_id = create(session, translated)[0].organization_id
    path = f"/organizations/{organization_id}"
    editor = client_of(supervisor)
    typed = {
        "name": "Blue Door", "legal_status": "Association", "year_incorporated": "1998",
        "tax_id": "T-1", "uri": "https://example.org/id/1", "version": "1",
    }  # fmt: skip
    wrong = {**typed, "year_incorporated": "98"}
    page(f"{path}/edit", by=editor, method="POST", data=wrong, status=422)
    page(f"{path}/edit", by=editor, method="POST", data=typed, status=303)
    words = page(path).words
    for sentence in ("Association", "1998", "T-1"):
        assert sentence in words
    session.expire_all()
    text = session.scalars(select(Translation)).one()
    assert (text.text, text.state) == ("Porte rouge", "outdated")
