"""Signing in: right, wrong, too often, from elsewhere."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.accounts import attempts, operations, passwords
from directory.models import SignInFailure, User
from tests.factories import PASSWORD, make_user


@pytest.fixture
def member(session: Session) -> User:
    user = make_user(session, role="counsellor", email="amina@example.org")
    user.password_hash = passwords.make_hash(PASSWORD)
    session.commit()
    return user


def sign_in(client: FlaskClient, email: str, password: str, **form: str) -> object:
    return client.post("/sign-in", data={"email": email, "password": password, **form})


def test_the_right_password_opens_a_session(client: FlaskClient, member: User) -> None:
    response = client.post(
        "/sign-in", data={"email": " Amina@Example.org", "password": PASSWORD}
    )
    assert (response.status_code, response.location) == (303, "/")
    assert client.get("/account").status_code == 200


def test_a_signed_out_visitor_is_sent_to_sign_in(client: FlaskClient) -> None:
    response = client.get("/account")
    assert response.status_code == 302
    assert response.location == "/sign-in?next=%2Faccount"


def test_it_goes_on_to_where_the_person_wanted_to_be(
    client: FlaskClient, member: User
) -> None:
    response = client.post(
        "/sign-in",
        data={"email": member.email, "password": PASSWORD, "next": "/cases?page=2"},
    )
    assert response.location == "/cases?page=2"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "evil.example",
        "/ok\r\nSet-Cookie: a=b",
    ],
)
def test_it_never_leads_to_another_site(
    client: FlaskClient, member: User, target: str
) -> None:
    response = client.post(
        "/sign-in", data={"email": member.email, "password": PASSWORD, "next": target}
    )
    assert response.location == "/"


def test_a_wrong_password_is_counted_and_opens_nothing(
    client: FlaskClient, session: Session, member: User
) -> None:
    response = client.post(
        "/sign-in", data={"email": member.email, "password": "wrong"}
    )
    assert "The e-mail address or the password is not right." in response.text
    assert session.scalar(select(SignInFailure.count)) == 1
    assert client.get("/account").status_code == 302


def test_the_answer_does_not_tell_whether_the_account_exists(
    client: FlaskClient, member: User
) -> None:
    known = client.post("/sign-in", data={"email": member.email, "password": "wrong"})
    unknown = client.post(
        "/sign-in", data={"email": "nobody@example.org", "password": "wrong"}
    )
    assert known.status_code == unknown.status_code
    same = [known.text, unknown.text.replace("nobody@example.org", member.email)]
    # The form's token carries the second in which it was made.
    assert len({re.sub(r'name="csrf_token".*?>', "", text) for text in same}) == 1


def test_a_closed_account_answers_like_a_wrong_password(
    client: FlaskClient, session: Session, member: User
) -> None:
    member.is_active = False
    session.commit()
    response = client.post(
        "/sign-in", data={"email": member.email, "password": PASSWORD}
    )
    assert "The e-mail address or the password is not right." in response.text
    assert client.get("/account").status_code == 302


def test_an_account_without_a_password_cannot_be_entered(
    client: FlaskClient, session: Session, member: User
) -> None:
    member.password_hash = operations.NO_PASSWORD
    session.commit()
    for tried in ("", "the password of nobody at all"):
        client.post("/sign-in", data={"email": member.email, "password": tried})
        assert client.get("/account").status_code == 302


@pytest.mark.parametrize("email", ["amina@example.org", "nobody@example.org"])
def test_the_sixth_try_has_to_wait_even_with_the_right_password(
    client: FlaskClient, member: User, email: str
) -> None:
    for _ in range(attempts.FREE_ATTEMPTS):
        assert (
            client.post(
                "/sign-in", data={"email": email, "password": "wrong"}
            ).status_code
            == 200
        )
    response = client.post("/sign-in", data={"email": email, "password": PASSWORD})
    assert response.status_code == 429
    assert response.headers["Retry-After"] == "60"
    assert client.get("/account").status_code == 302


def test_nobody_is_locked_out_for_ever(session: Session, member: User) -> None:
    moment = datetime(2026, 11, 23, 9, tzinfo=UTC)
    for _ in range(12):
        moment += timedelta(minutes=15)
        with pytest.raises(operations.WrongCredentials):
            operations.sign_in(
                session, email=member.email, password="wrong", now=moment
            )
    later = moment + attempts.FORGET_AFTER
    assert (
        operations.sign_in(session, email=member.email, password=PASSWORD, now=later)
        is member
    )
    assert session.scalar(select(func.count()).select_from(SignInFailure)) == 0


def test_waiting_grows_from_half_a_minute_to_a_quarter_of_an_hour() -> None:
    waits = [
        attempts.wait_after(count).total_seconds()
        for count in (1, 4, 5, 6, 7, 9, 10, 99)
    ]
    assert waits == [0, 0, 30, 60, 120, 480, 900, 900]


def test_tries_while_waiting_do_not_lengthen_the_wait(
    session: Session, member: User, now: datetime
) -> None:
    for _ in range(5):
        with pytest.raises(operations.WrongCredentials):
            operations.sign_in(session, email=member.email, password="wrong", now=now)
    for seconds in range(0, 30, 5):
        with pytest.raises(attempts.TooManyAttempts):
            operations.sign_in(
                session,
                email=member.email,
                password="wrong",
                now=now + timedelta(seconds=seconds),
            )
    after = now + timedelta(seconds=30)
    assert (
        operations.sign_in(session, email=member.email, password=PASSWORD, now=after)
        is member
    )


def test_signing_out_ends_the_sessions_on_every_device(
    app: object, client: FlaskClient, member: User
) -> None:
    other = client.application.test_client()
    for device in (client, other):
        device.post("/sign-in", data={"email": member.email, "password": PASSWORD})
        assert device.get("/account").status_code == 200
    response = client.post("/sign-out")
    assert response.status_code == 303
    assert "cookies" in response.headers["Clear-Site-Data"]
    assert other.get("/account").status_code == 302


def test_signing_out_needs_a_post(client: FlaskClient) -> None:
    assert client.get("/sign-out").status_code == 405


def test_the_session_cookie_of_before_is_not_the_one_of_after(
    client: FlaskClient, member: User
) -> None:
    with client.session_transaction() as cookie:
        cookie["planted"] = "by somebody else"
    client.post("/sign-in", data={"email": member.email, "password": PASSWORD})
    with client.session_transaction() as cookie:
        assert "planted" not in cookie


def test_the_page_is_sound(page: object) -> None:
    page("/sign-in")  # type: ignore[operator]  # a fixture that is called


def test_the_form_needs_its_own_token(
    app: Flask, client: FlaskClient, member: User
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        forged = client.post(
            "/sign-in", data={"email": member.email, "password": PASSWORD}
        )
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert forged.status_code == 400
    assert client.get("/account").status_code == 302
