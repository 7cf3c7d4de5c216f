"""Every route says who may call it, and no form can be posted from elsewhere."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from directory.models import Role

WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
# Programs post JSON here without a cookie; none of these changes anything.
WITHOUT_CSRF = frozenset({"matching_api.match"})


def rules(app: Flask) -> Iterator[Rule]:
    """Every rule but the static files'."""
    return (rule for rule in app.url_map.iter_rules() if rule.endpoint != "static")


def guard(app: Flask, rule: Rule) -> Any:
    """The access declaration of a rule's view."""
    return getattr(app.view_functions[rule.endpoint], "access", None)


def test_every_route_is_guarded_or_listed_as_public(whole_app: Flask) -> None:
    bare = sorted(
        rule.endpoint for rule in rules(whole_app) if guard(whole_app, rule) is None
    )
    assert not bare, f"put @public, @signed_in, @roles(...) or @by_token on: {bare}"


def test_guards_name_real_roles(whole_app: Flask) -> None:
    for rule in rules(whole_app):
        access = guard(whole_app, rule)
        assert access in {"public", "token"} or access <= set(Role) - {Role.VISITOR}, (
            rule
        )


def address(rule: Rule) -> str:
    """An address of this rule with made-up values."""
    values: dict[str, Any] = {}
    for name, converter in rule._converters.items():
        kind = type(converter).__name__
        values[name] = {
            "UUIDConverter": "00000000-0000-4000-8000-000000000000",
            "IntegerConverter": 1,
            "FloatConverter": 1.0,
        }.get(kind, "x")
    built = rule.build(values, append_unknown=False)
    assert built is not None
    return built[1]


def test_a_visitor_is_sent_to_sign_in_by_every_guarded_page(
    app: Flask, client: FlaskClient
) -> None:
    for rule in rules(app):
        if guard(app, rule) in {"public", "token"} or "GET" not in (rule.methods or ()):
            continue
        response = client.get(address(rule))
        if rule.rule.startswith("/api/"):
            assert response.status_code == 401, rule
        else:
            assert response.status_code == 302, (rule, response.status_code)
            assert response.headers["Location"].startswith("/sign-in?next="), rule


@pytest.fixture
def strict(app: Flask) -> Iterator[Flask]:
    """The application with CSRF protection on, as in use."""
    app.config["WTF_CSRF_ENABLED"] = True
    yield app
    app.config["WTF_CSRF_ENABLED"] = False


def test_no_form_can_be_posted_without_its_token(strict: Flask) -> None:
    client = strict.test_client()
    for rule in rules(strict):
        if not WRITES & (rule.methods or set()) or rule.endpoint in WITHOUT_CSRF:
            continue
        method = next(iter(WRITES & (rule.methods or set())))
        response = client.open(address(rule), method=method)
        assert response.status_code == 400, (rule, method, response.status_code)


def test_reading_never_fails_for_a_visitor(app: Flask, client: FlaskClient) -> None:
    for rule in rules(app):
        if "GET" in (rule.methods or ()):
            assert client.get(address(rule)).status_code < 500, rule
