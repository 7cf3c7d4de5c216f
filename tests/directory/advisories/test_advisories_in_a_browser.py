"""The pages of advisories can be used by everybody: in two directions, on a phone, without scripts."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.advisories import reach
from directory.models import AreaAdvisory, User
from tests import browser as chrome
from tests import factories

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("language", "width"),
    [("ar", 320), pytest.param("en", 1280, marks=pytest.mark.drill)],
)
def test_advisories_have_no_barrier(
    browser: Browser,
    session: Session,
    client_of: Callable[[User], FlaskClient],
    supervisor: User,
    language: str,
    width: int,
) -> None:
    advisory = AreaAdvisory(
        area_id=factories.area(session, "XA-N").id,
        level="suspend",
        reason="Fighting",
        valid_from=factories.TODAY,
        created_at=factories.NOW,
    )
    session.add(advisory)
    session.flush()
    shown = f"/advisories/{advisory.id}"
    with chrome.window(browser, client_of(supervisor), width=width) as page:
        for path in ("/advisories", shown, f"{shown}/edit", "/advisories/new"):
            page.goto(f"{path}?lang={language}")
            assert chrome.violations(page) == [], path
            assert chrome.overflow(page) == [], path
            assert chrome.small_targets(page) == [], path


def test_an_advisory_is_issued_without_scripts(
    browser: Browser,
    session: Session,
    client_of: Callable[[User], FlaskClient],
    supervisor: User,
) -> None:
    client = client_of(supervisor)
    with chrome.window(browser, client, java_script_enabled=False) as page:
        page.goto("/advisories/new")
        page.locator("#reason").fill("Bridge is down")
        page.locator("#review_on").fill("2026-12-24")
        page.locator("summary", has_text="A drawn area instead").click()
        page.locator("#outline").fill(
            '{"type":"Polygon","coordinates":[[[11,3],[12,3],[12,4],[11,3]]]}'
        )
        page.locator("#outline").press("Tab")
        page.get_by_role("button", name="Issue").click()
        page.get_by_role("heading", name="What it says").wait_for()
    key = session.scalars(select(AreaAdvisory.id)).one()
    (found,) = reach.read(session, AreaAdvisory.id == key)
    assert found.outline is not None
    assert found.outline.area == pytest.approx(0.5)
