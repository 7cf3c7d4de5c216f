"""The first page, health, and refusals as anyone meets them."""

import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from directory.config import Config
from tests.pages import Page


@pytest.mark.parametrize(
    ("language", "direction"), [("en", "ltr"), ("fr", "ltr"), ("ar", "rtl")]
)
def test_the_first_page_speaks_the_readers_language(
    page: Callable[..., Page], language: str, direction: str
) -> None:
    fetched = page(f"/?lang={language}")
    root = next(fetched.tree.iter("html"))
    assert (root.get("lang"), root.get("dir")) == (language, direction)


def test_an_unknown_address_is_a_page_in_words(page: Callable[..., Page]) -> None:
    assert "404" not in page("/no-such-page", status=404).words


def test_an_unknown_api_address_is_a_problem(client: FlaskClient) -> None:
    response = client.get("/api/v1/nothing")
    assert response.status_code == 404
    assert response.mimetype == "application/problem+json"
    assert response.json is not None
    assert response.json["status"] == 404


def test_the_site_says_that_it_is_alive_and_ready(client: FlaskClient) -> None:
    assert client.get("/healthz").json == {"status": "alive"}
    assert client.get("/readyz").status_code == 200


def test_every_answer_carries_the_policy(client: FlaskClient) -> None:
    headers = client.get("/").headers
    assert "script-src 'self'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    ["/r/unknown", "/s", "/s/UNKNOWN", "/s/a/b/c", "/invitations/unknown"],
)
def test_addresses_that_hold_a_secret_are_kept_and_passed_on_nowhere(
    client: FlaskClient, path: str
) -> None:
    for answer in (client.get(path), client.post(path), client.delete(path)):
        assert answer.headers["Cache-Control"] == "no-store", answer.status
        assert answer.headers["Referrer-Policy"] == "no-referrer", answer.status
        assert answer.headers["X-Robots-Tag"] == "noindex", answer.status


def test_other_addresses_may_be_found(client: FlaskClient) -> None:
    headers = client.get("/services").headers
    assert "X-Robots-Tag" not in headers
    assert headers["Referrer-Policy"] == "same-origin"


def test_what_the_site_keeps_is_its_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "instance"
    Config.from_environment({"INSTANCE_DIR": str(folder)})
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
