"""The administrator lists, adds, binds and closes accounts; nobody else can."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.models import Change, Membership, User
from tests.factories import area, make_organization

Sign = Callable[[User], FlaskClient]


def test_it_lists_and_finds_accounts(
    admin: User,
    counsellor: User,
    provider: User,
    client_of: Sign,
    page: Callable[..., Any],
) -> None:
    by = client_of(admin)
    everybody = page("/admin/users", by=by)
    assert "counsellor@example.org" in everybody.text
    found = page("/admin/users?q=provider", by=by)
    assert "provider@example.org" in found.text
    assert "counsellor@example.org" not in found.text


def test_it_adds_an_account_bound_to_an_area_and_shows_the_link_once(
    admin: User, client_of: Sign, session: Session, page: Callable[..., Any]
) -> None:
    by = client_of(admin)
    page("/admin/users/new", by=by)
    response = by.post(
        "/admin/users/new",
        data={
            "email": "Mayor@Example.org",
            "role": "authority",
            "areas": "XA-N",
            "is_active": "yes",
        },
    )
    assert response.status_code == 200
    link = re.search(r"/invitations/([\w-]+)", response.text)
    assert link is not None
    user = session.scalars(select(User).where(User.email == "mayor@example.org")).one()
    bound = session.scalars(
        select(Membership.area_id).where(Membership.user_id == user.id)
    ).all()
    assert bound == [area(session, "XA-N").id]
    assert by.application.test_client().get(link.group()).status_code == 200
    assert link.group(1) not in by.get(f"/admin/users/{user.id}").text


def test_it_binds_a_provider_to_an_organization_by_name(
    admin: User, client_of: Sign, session: Session
) -> None:
    organization = make_organization(session, "Maison du Retour")
    client_of(admin).post(
        "/admin/users/new",
        data={
            "email": "p@example.org",
            "role": "provider",
            "organizations": "maison du retour",
        },
    )
    bound = session.scalars(
        select(Membership.organization_id).where(
            Membership.organization_id == organization.id
        )
    )
    assert bound.one() == organization.id


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"email": "x", "role": "admin"}, "Write an e-mail address like"),
        ({"email": "x@example.org", "role": "visitor"}, "Choose a role."),
        (
            {"email": "x@example.org", "role": "authority", "areas": "ZZ"},
            "no area with the code ZZ",
        ),
        (
            {"email": "x@example.org", "role": "provider", "organizations": "?"},
            "no single organization",
        ),
        ({"email": "admin@example.org", "role": "admin"}, "already an account"),
    ],
)
def test_it_refuses_and_keeps_what_was_typed(
    admin: User, client_of: Sign, session: Session, form: dict[str, str], sentence: str
) -> None:
    response = client_of(admin).post("/admin/users/new", data=form)
    assert response.status_code == 422
    assert sentence in response.text
    assert form["email"] in response.text
    assert session.scalars(select(User)).all() == [admin]


def test_it_changes_access_and_the_log_says_so(
    admin: User,
    counsellor: User,
    client_of: Sign,
    session: Session,
    page: Callable[..., Any],
) -> None:
    by = client_of(admin)
    page(f"/admin/users/{counsellor.id}", by=by)
    form = {"role": "supervisor", "is_active": "yes", "can_see_restricted": "yes"}
    assert by.post(f"/admin/users/{counsellor.id}", data=form).status_code == 303
    session.refresh(counsellor)
    assert (counsellor.role, counsellor.can_see_restricted) == ("supervisor", True)
    fields = session.scalars(
        select(Change.field_name).where(Change.resource_id == counsellor.id)
    )
    assert set(fields) == {"role", "can_see_restricted", "bindings"}


def test_a_closed_account_is_signed_out(
    admin: User, counsellor: User, client_of: Sign
) -> None:
    theirs = client_of(counsellor)
    assert theirs.get("/account").status_code == 200
    client_of(admin).post(f"/admin/users/{counsellor.id}", data={"role": "counsellor"})
    assert theirs.get("/account").status_code == 302


def test_an_administrator_cannot_shut_themselves_out(
    admin: User, client_of: Sign, session: Session
) -> None:
    response = client_of(admin).post(
        f"/admin/users/{admin.id}", data={"role": "counsellor"}
    )
    assert response.status_code == 422
    session.refresh(admin)
    assert (admin.role, admin.is_active) == ("admin", True)


def test_nobody_calls_themselves_trained_for_protected_listings(
    admin: User, client_of: Sign, session: Session
) -> None:
    form = {"role": "admin", "is_active": "yes", "can_see_restricted": "yes"}
    by = client_of(admin)
    response = by.post(f"/admin/users/{admin.id}", data=form)
    assert response.status_code == 422
    assert "Another administrator must say that you are trained." in response.text
    session.refresh(admin)
    assert not admin.can_see_restricted
    admin.can_see_restricted = (
        True  # by somebody else: one's own account stays editable
    )
    session.flush()
    assert by.post(f"/admin/users/{admin.id}", data=form).status_code == 303


@pytest.mark.parametrize(
    "role", ["counsellor", "caseworker", "provider", "authority", "supervisor"]
)
@pytest.mark.parametrize("path", ["/admin/users", "/admin/users/new"])
def test_others_are_refused(
    role: str, path: str, client_of: Sign, request: pytest.FixtureRequest
) -> None:
    assert client_of(request.getfixturevalue(role)).get(path).status_code == 403


def test_a_visitor_is_asked_to_sign_in(client: FlaskClient, counsellor: User) -> None:
    for path in ("/admin/users", f"/admin/users/{counsellor.id}"):
        assert client.get(path).status_code == 302
    assert (
        client.post(f"/admin/users/{counsellor.id}", data={"role": "admin"}).status_code
        == 302
    )
