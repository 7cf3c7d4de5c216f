"""A real browser draws the map document, and no text of a listing runs in it."""

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page
from sqlalchemy.orm import Session

from tests import browser as chrome
from tests.factories import make_service_at_location
from tests.geo.attacks import ATTACKS

pytestmark = pytest.mark.browser


def opened(page: Page, number: int) -> str:
    page.locator(".leaflet-marker-icon").nth(number).focus()
    page.keyboard.press("Enter")
    return page.locator(".leaflet-popup-content").last.inner_text()


def test_it_draws_pins_and_nothing_a_listing_says_is_run(
    browser: Browser, client: FlaskClient, session: Session
) -> None:
    made = [
        make_service_at_location(
            session, service_name=attack, latitude=1 + number / 5, longitude=11.0
        )
        for number, attack in enumerate(ATTACKS)
    ]
    session.commit()
    ids = "&".join(f"id={one.service_at_location_id}" for one in made)
    with chrome.window(browser, client) as page:
        page.goto(f"/maps/match?at=2,12&{ids}")
        assert page.locator(".leaflet-marker-icon").count() == len(ATTACKS) + 1
        texts = "\n".join(opened(page, number) for number in range(len(ATTACKS) + 1))
        for attack in ATTACKS:
            assert attack.strip().split()[0] in texts
        assert page.evaluate("window.__x") is None
        assert page.locator("img[src=x], svg[onload]").count() == 0
        page.wait_for_timeout(500)  # Until the last popup has faded in.
        assert chrome.violations(page) == []
