"""The frame around every page: languages, search, account menu, places of the role, refusals in words."""

from collections.abc import Callable
from datetime import UTC, datetime
from xml.etree.ElementTree import Element

import pytest
from flask import Flask, render_template
from flask.testing import FlaskClient
from flask_babel import force_locale
from sqlalchemy.orm import Session

from directory.models import User
from directory.web import templating
from tests import factories
from tests.pages import Page

Fetch = Callable[..., Page]
SignIn = Callable[[User], FlaskClient]
STATUSES = (400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 500, 503)
ROLES = ("counsellor", "caseworker", "authority", "provider", "supervisor", "admin")


def navigation(page: Page, css_class: str) -> list[Element]:
    """The links of the part of the frame that carries this class."""
    return [
        link
        for part in page.tree.iter()
        if css_class in (part.get("class") or "").split()
        for link in part.iter("a")
    ]


def test_the_first_page_leads_to_the_thirteen_categories(page: Fetch) -> None:
    links = navigation(page("/"), "categories")
    assert len(links) == 13
    assert links[0].get("href", "").startswith("/services?term=")


def test_the_first_page_names_the_categories_in_the_readers_language(
    page: Fetch,
) -> None:
    assert "Soins de santé" in page("/?lang=fr").words
    assert "الرعاية الصحية" in page("/?lang=ar").words


def test_a_language_link_keeps_the_address_and_its_question(page: Fetch) -> None:
    links = navigation(page("/?q=eye&lang=en"), "languages")
    assert [link.get("lang") for link in links] == ["fr", "es", "ar"]
    assert links[2].get("href") == "/?q=eye&lang=ar"


def test_lists_are_written_with_the_marks_of_the_readers_script(app: Flask) -> None:
    for language, written in (("fr", "a, b; c"), ("ar", "a، b؛ c")):
        with app.test_request_context(), force_locale(language):
            parts = templating.joined(["a", "b"]), "c"
            assert templating.joined(parts, ";") == written


def test_a_visitor_sees_no_places_of_a_role_and_a_way_to_sign_in(page: Fetch) -> None:
    fetched = page("/")
    assert navigation(fetched, "role-bar") == []
    assert "/sign-in" in [link.get("href") for link in fetched.all("a")]
    assert "/sign-out" not in [form.get("action") for form in fetched.all("form")]


@pytest.mark.parametrize("role", ROLES)
def test_each_role_has_at_most_five_places_and_a_menu(
    page: Fetch, client_of: SignIn, session: Session, role: str
) -> None:
    user = factories.make_user(session, role=role, email=f"{role}@frame.example.org")
    fetched = page("/", by=client_of(user))
    places = navigation(fetched, "role-bar")
    assert 1 <= len(places) <= 5
    assert all((place.get("href") or "").startswith("/") for place in places)
    assert not [place for place in places if place.get("aria-current")]
    leaving = [
        form for form in fetched.all("form") if form.get("action") == "/sign-out"
    ]
    assert [form.get("method") for form in leaving] == ["post"]
    assert "csrf_token" in [field.get("name") for field in leaving[0].iter("input")]


@pytest.mark.parametrize("language", ["en", "fr", "es", "ar"])
@pytest.mark.parametrize("status", STATUSES)
def test_every_refusal_says_what_happened_and_what_to_do(
    app: Flask, status: int, language: str
) -> None:
    with app.test_request_context(f"/?lang={language}"):
        app.preprocess_request()
        text = render_template(
            "errors/error.html", status=status, what="", remedy="", reference=""
        )
    assert str(status) not in text
    assert text.count("<h1>") == 1
    assert 'href="/feedback"' in text


def test_a_fault_of_ours_shows_its_code_and_nothing_else_of_it(app: Flask) -> None:
    with app.test_request_context("/"):
        app.preprocess_request()
        text = render_template(
            "errors/error.html", status=500, what="", remedy="", reference="7f3a22b1"
        )
    assert "7f3a22b1" in text
    assert "Traceback" not in text


def test_the_first_page_weighs_at_most_thirty_kilobytes(client: FlaskClient) -> None:
    asked = {"Accept-Encoding": "gzip, deflate, br"}
    first = client.get("/", headers=asked)
    weight = len(first.data)
    names = ("css/homeward.css", "css/print.css", "icons.svg", "mark.svg", "js/site.js")
    for name in names:
        with client.get(f"/static/{name}", headers=asked) as answer:
            assert answer.status_code == 200, name
            weight += len(answer.data)
    assert weight <= 30 * 1024


def test_the_place_one_is_at_is_marked(
    page: Fetch, client_of: SignIn, admin: User
) -> None:
    places = navigation(page("/admin/users/new", by=client_of(admin)), "role-bar")
    marked = [place.get("href") for place in places if place.get("aria-current")]
    assert marked == ["/admin/users"]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "24 November 2026, 10:14\u202fPM"),
        ("fr", "24 novembre 2026, 22:14"),
        ("es", "24 de noviembre de 2026, 22:14"),
        ("ar", "24 نوفمبر 2026، 10:14 م"),
    ],
)
def test_a_moment_is_told_to_the_minute(app: Flask, language: str, said: str) -> None:
    moment = datetime(2026, 11, 24, 22, 14, 59, tzinfo=UTC)
    with app.test_request_context(f"/?lang={language}"):
        told = templating.show_datetime(moment)
    assert " ".join(told.split()) == " ".join(said.split())
