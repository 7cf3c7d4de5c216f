"""The pages of listings in a real browser: no barrier, no sideways scroll, small targets none."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser
from sqlalchemy.orm import Session

from directory.models import Service, User
from tests import browser as chrome
from tests.directory.listings.test_create_services import FULL, create
from tests.directory.listings.test_proposals import propose
from tests.directory.listings.test_restore import change_of, edit

pytestmark = pytest.mark.browser
SignIn = Callable[[User], FlaskClient]


@pytest.mark.parametrize(
    ("language", "width"),
    [
        ("ar", 320),
        pytest.param("en", 1280, marks=pytest.mark.drill),
        pytest.param("en", 320, marks=pytest.mark.drill),
        pytest.param("ar", 1280, marks=pytest.mark.drill),
    ],
)
def test_no_page_has_a_barrier(
    browser: Browser,
    session: Session,
    client_of: SignIn,
    supervisor: User,
    stranger: User,
    language: str,
    width: int,
) -> None:
    ids, other = create(
        session, FULL, replace(FULL, service_id="s2", service_name="Other")
    )
    propose(session, ids, stranger, cost="paid")
    propose(session, other, stranger, cost="paid")
    edit(session, ids, minute=1, phone="+15550199")
    changed = change_of(session, ids, "phone")
    session.get_one(Service, other.service_id).is_demonstration = True
    session.flush()
    paths = [
        "/services",
        "/services?q=nothing&term=legal.aid&cost=free",
        f"/services/{ids.service_id}",
        f"/services/{ids.service_id}/edit",
        f"/services/{ids.service_id}/history",
        f"/services/{ids.service_id}/history/{changed.id}",
        f"/services/{ids.service_id}/report",
        "/services/new",
        "/proposals",
        f"/organizations/{ids.organization_id}",
        f"/organizations/{ids.organization_id}/edit",
    ]
    client = client_of(supervisor)
    for path in paths:
        with chrome.window(browser, client, width=width) as page:
            page.goto(f"{path}{'&' if '?' in path else '?'}lang={language}")
            assert chrome.violations(page) == [], path
            assert chrome.overflow(page) == [], path
            assert chrome.small_targets(page) == [], path
