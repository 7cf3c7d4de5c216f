"""A one-time link to set a password."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.accounts import operations, queries
from directory.authz import Actor
from directory.models import Change, Invitation, Role, User
from tests.factories import NOW, PASSWORD, make_user

ADMIN = Actor(role=Role.ADMIN, email="admin@example.org")
BOTH = {"password": PASSWORD, "password_again": PASSWORD}


@pytest.fixture
def invited(session: Session) -> tuple[User, str]:
    user = make_user(session, role="caseworker", email="new@example.org")
    token = operations.invite(session, actor=ADMIN, user=user, now=NOW)
    session.commit()
    return user, token


def test_it_sets_the_password_and_signs_the_person_in(
    client: FlaskClient, invited: tuple[User, str], page: Callable[..., Any]
) -> None:
    user, token = invited
    page(f"/invitations/{token}")
    assert client.post(f"/invitations/{token}", data=BOTH).status_code == 303
    assert client.get("/account").status_code == 200
    other = client.application.test_client()
    credentials = {"email": user.email, "password": PASSWORD}
    assert other.post("/sign-in", data=credentials).status_code == 303
    assert other.get("/account").status_code == 200


def test_it_works_once(client: FlaskClient, invited: tuple[User, str]) -> None:
    _, token = invited
    client.post(f"/invitations/{token}", data=BOTH)
    again = client.application.test_client()
    assert again.get(f"/invitations/{token}").status_code == 404
    assert again.post(f"/invitations/{token}", data=BOTH).status_code == 404
    assert again.get("/account").status_code == 302


def test_only_a_digest_of_the_link_is_stored(
    session: Session, invited: tuple[User, str]
) -> None:
    _, token = invited
    stored = session.scalars(select(Invitation.token_hash)).one()
    assert token not in stored
    assert len(stored) == 64


def test_it_says_nothing_to_other_sites_and_is_not_kept(
    client: FlaskClient, invited: tuple[User, str]
) -> None:
    headers = client.get(f"/invitations/{invited[1]}").headers
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        (
            {"password": "short", "password_again": "short"},
            "Use at least 12 characters.",
        ),
        (
            {"password": PASSWORD, "password_again": "another"},
            "The two passwords are not the same",
        ),
    ],
)
def test_it_refuses_a_bad_password_and_the_link_stays_good(
    client: FlaskClient, invited: tuple[User, str], form: dict[str, str], sentence: str
) -> None:
    _, token = invited
    response = client.post(f"/invitations/{token}", data=form)
    assert response.status_code == 422
    assert sentence in response.text
    assert client.post(f"/invitations/{token}", data=BOTH).status_code == 303


def test_an_old_link_is_refused(session: Session, invited: tuple[User, str]) -> None:
    _, token = invited
    late = NOW + timedelta(days=8)
    with pytest.raises(queries.InvitationUnusable):
        operations.accept_invitation(session, token=token, password=PASSWORD, now=late)


def test_a_newer_link_ends_the_older_one(
    client: FlaskClient, session: Session, invited: tuple[User, str]
) -> None:
    user, token = invited
    operations.invite(session, actor=ADMIN, user=user, now=NOW)
    session.commit()
    assert client.get(f"/invitations/{token}").status_code == 404
    made = select(Change.updated_by).where(Change.field_name == "invitation")
    assert session.scalars(made).all() == [ADMIN.email] * 2


def test_a_guessed_link_is_not_found(client: FlaskClient) -> None:
    assert client.get("/invitations/guess").status_code == 404
