"""The components in a real browser: accessible, never wider than the screen, alive with and without scripts."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, Route
from sqlalchemy.orm import Session

from tests import browser as chrome
from tests.house import look

pytestmark = pytest.mark.browser

POINTS: dict[str, Any] = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [-1.6, 6.7]},
            "properties": {
                "id": "1",
                "name": look.HOSTILE,
                "term": "health.primary",
                "category": "Health care",
                "place": "Kumasi, Ashanti, Ghana",
            },
        },
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [-0.2, 5.6]},
            "properties": {"count": 12403},
        },
    ],
}
OUTLINES = {"type": "FeatureCollection", "features": []}


class Gallery:
    """Opens the gallery in a window of the browser."""

    def __init__(self, app: Flask, session: Session) -> None:
        self.app, self.session = app, session

    def open(self, page: Page, language: str = "en") -> Page:
        """Show the gallery in ``language`` with a map that has two marks."""
        answered = look.gallery(self.app, self.session, language)
        headers = {
            "Content-Security-Policy": answered.headers["Content-Security-Policy"]
        }

        def show(route: Route) -> None:
            route.fulfill(
                content_type="text/html; charset=utf-8",
                headers=headers | {"Content-Type": "text/html; charset=utf-8"},
                body=answered.get_data(),
            )

        page.route("**/gallery", show)
        page.route("**/map-document", lambda route: route.fulfill(body="A map"))
        page.route("**/points*", lambda route: route.fulfill(json=POINTS))
        page.route("**/outlines", lambda route: route.fulfill(json=OUTLINES))
        page.goto("/gallery")
        return page


@pytest.fixture
def gallery(app: Flask, session: Session) -> Gallery:
    """The gallery of this test's application."""
    return Gallery(app, session)


@pytest.mark.parametrize("language", ["en", "fr", "es", "ar"])
@pytest.mark.parametrize("width", [320, 1280])
def test_the_components_meet_wcag_and_never_scroll_sideways(
    browser: Browser, client: FlaskClient, gallery: Gallery, width: int, language: str
) -> None:
    with chrome.window(browser, client, width=width) as page:
        gallery.open(page, language)
        assert chrome.overflow(page) == []
        assert chrome.violations(page) == []
        assert chrome.small_targets(page) == []


def test_the_page_with_a_problem_puts_the_reader_at_the_summary(
    browser: Browser, client: FlaskClient, gallery: Gallery
) -> None:
    with chrome.window(browser, client) as page:
        gallery.open(page)
        assert page.locator(".problem").evaluate("e => e === document.activeElement")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.locator("#name").evaluate("e => e === document.activeElement")


def test_a_marker_opens_with_the_keyboard_and_shows_text_only(
    browser: Browser, client: FlaskClient, gallery: Gallery
) -> None:
    with chrome.window(browser, client) as page:
        gallery.open(page)
        marker = page.locator(".leaflet-marker-icon").first
        marker.focus()
        assert page.locator("#card-1").evaluate(
            "e => e.classList.contains('is-current')"
        )
        page.keyboard.press("Enter")
        popup = page.locator(".leaflet-popup-content")
        assert look.HOSTILE in popup.inner_text()
        assert popup.locator("script").count() == 0
        page.keyboard.press("Escape")
        popup.wait_for(state="detached")
        assert marker.evaluate("e => e === document.activeElement")


def test_a_cluster_says_how_many_services_it_holds(
    browser: Browser, client: FlaskClient, gallery: Gallery
) -> None:
    with chrome.window(browser, client) as page:
        gallery.open(page)
        cluster = page.get_by_role("button", name="12403 services here: zoom in")
        assert cluster.inner_text() == "12,403"


def test_the_map_waits_behind_its_button_on_a_phone(
    browser: Browser, client: FlaskClient, gallery: Gallery
) -> None:
    with chrome.window(browser, client, width=360) as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        gallery.open(page)
        assert not [url for url in asked if "leaflet" in url or "points" in url]
        page.locator("[data-map-frame] > summary").click()
        page.locator(".leaflet-marker-icon").first.wait_for()


def test_without_scripts_nothing_is_promised_that_needs_them(
    browser: Browser, client: FlaskClient, gallery: Gallery
) -> None:
    with chrome.window(browser, client, java_script_enabled=False) as page:
        gallery.open(page)
        assert not page.locator("[data-map-frame]").is_visible()
        assert not page.locator("[data-copy]").is_visible()
        assert page.locator("[data-exit]").is_visible()
        assert page.locator(".filters p").is_visible()


def test_three_times_shift_leaves_the_page(
    browser: Browser, client: FlaskClient, gallery: Gallery
) -> None:
    with chrome.window(browser, client) as page:
        gallery.open(page)
        for _ in range(3):
            page.keyboard.press("Shift")
        page.wait_for_url("about:blank")


def test_a_form_is_sent_once_however_often_the_button_is_pressed(
    browser: Browser, client: FlaskClient, gallery: Gallery
) -> None:
    with chrome.window(browser, client) as page:
        gallery.open(page)
        sent = page.evaluate(
            """() => {
              const form = document.querySelector("form.form");
              const outcomes = [];
              addEventListener("submit", (e) => { outcomes.push(!e.defaultPrevented); e.preventDefault(); });
              form.requestSubmit(); form.requestSubmit();
              return outcomes;
            }"""
        )
        assert sent == [True, False]
