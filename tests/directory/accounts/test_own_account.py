"""One's own name, language and password."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from directory.accounts import passwords
from directory.models import User
from tests.factories import PASSWORD

NEW = "seven lamps on a quiet shore"


@pytest.fixture
def signed_in(
    counsellor: User, client_of: Callable[[User], FlaskClient]
) -> FlaskClient:
    counsellor.password_hash = passwords.make_hash(PASSWORD)
    return client_of(counsellor)


def test_it_shows_the_account(signed_in: FlaskClient, page: Callable[..., Any]) -> None:
    shown = page("/account", by=signed_in)
    assert "counsellor@example.org" in shown.text
    assert "Return Office" in shown.text


def test_it_changes_name_and_language(
    signed_in: FlaskClient, session: Session, counsellor: User
) -> None:
    response = signed_in.post("/account", data={"name": "Nadia", "locale": "fr"})
    assert response.status_code == 303
    session.refresh(counsellor)
    assert (counsellor.name, counsellor.locale) == ("Nadia", "fr")


def test_role_and_training_cannot_be_posted(
    signed_in: FlaskClient, session: Session, counsellor: User
) -> None:
    signed_in.post(
        "/account", data={"name": "N", "role": "admin", "can_see_restricted": "yes"}
    )
    session.refresh(counsellor)
    assert (counsellor.role, counsellor.can_see_restricted) == ("counsellor", False)


def test_a_new_password_ends_other_sessions_but_not_this_one(
    signed_in: FlaskClient, counsellor: User, client_of: Callable[[User], FlaskClient]
) -> None:
    other = client_of(counsellor)
    form = {"current": PASSWORD, "password": NEW, "password_again": NEW}
    assert signed_in.post("/account/password", data=form).status_code == 303
    assert signed_in.get("/account").status_code == 200
    assert other.get("/account").status_code == 302


def test_it_asks_for_the_current_password(
    signed_in: FlaskClient, session: Session, counsellor: User
) -> None:
    before = counsellor.password_hash
    form = {"current": "wrong", "password": NEW, "password_again": NEW}
    response = signed_in.post("/account/password", data=form)
    assert "This is not your current password." in response.text
    session.refresh(counsellor)
    assert counsellor.password_hash == before
