"""The place field with scripts, in a real browser: suggestions, pin, own position."""

from collections.abc import Callable

import pytest
from flask import Flask, make_response, render_template_string
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, Route
from sqlalchemy.orm import Session

from directory.areas.forms import read_place
from directory.areas.spelling import skeleton
from directory.models import Place, PlaceName
from tests import browser as chrome

pytestmark = pytest.mark.browser

PAGE = """
{% extends "base.html" %}
{% from "components/place_input.html" import place_input, place_scripts %}
{% block title %}Place{% endblock %}
{% block main %}<h1>Place</h1>
<form class="form" action="/place-page">{{ place_input(field, "Where?") }}<p class="buttons"><button class="button">Send</button></p></form>{% endblock %}
{% block scripts %}{{ place_scripts() }}{% endblock %}
"""
HOSTILE = "Northtown <img src=x onerror=alert(1)>"


@pytest.fixture
def town(session: Session) -> Session:
    """Two towns whose names begin alike; one has markup in its name."""
    # They know no area: where the gazetteer came before the areas, the country is named.
    for number, name in ((7, HOSTILE), (8, "Northwick")):
        place = Place(
            id=number,
            name=name,
            country="XA",
            latitude=3,
            longitude=11,
            population=90_000 - number,
        )
        session.add(place)
        session.flush()
        folded = name.split()[0].lower()
        spelling = PlaceName(
            place_id=number,
            normalised=folded,
            name=name,
            skeleton=skeleton(folded),
            country="XA",
            population=90_000 - number,
        )
        session.add(spelling)
    session.commit()
    return session


@pytest.fixture
def show(app: Flask, town: Session) -> Callable[[Page, str], None]:
    """Puts the field on a page of its own, under the site's own policy."""

    def render(query: str, language: str) -> tuple[bytes, dict[str, str]]:
        with app.test_request_context(f"/?lang={language}&{query}"):
            app.preprocess_request()
            from flask import request  # noqa: PLC0415 -- the request made just above

            field = read_place(request.args)
            answer = make_response(render_template_string(PAGE, field=field))
            answer = app.process_response(answer)
            policy = answer.headers["Content-Security-Policy"]
            return answer.get_data(), {"Content-Security-Policy": policy}

    def open_page(page: Page, language: str = "en") -> None:
        def fulfil(route: Route) -> None:
            query = route.request.url.partition("?")[2]
            body, headers = render(query, language)
            kind = {"Content-Type": "text/html; charset=utf-8"}
            route.fulfill(headers=headers | kind, body=body)

        page.route("**/place-page*", fulfil)
        page.goto("/place-page")

    return open_page


Show = Callable[..., None]


def test_a_suggestion_is_chosen_with_the_keyboard(
    browser: Browser, client: FlaskClient, show: Show
) -> None:
    with chrome.window(browser, client) as page:
        show(page)
        page.locator("#place").press_sequentially("northw")
        page.wait_for_selector("#place-list [role=option]")
        assert page.locator("#place").get_attribute("aria-expanded") == "true"
        page.keyboard.press("ArrowDown")
        assert page.locator("[aria-selected=true]").inner_text().startswith("Northwick")
        assert chrome.violations(page) == []
        page.keyboard.press("Enter")
        assert page.locator("#place").input_value() == "Northwick, Exampleland"
        assert page.locator("[name=place_token]").input_value() == "town:8"
        page.get_by_role("button", name="Send").click()
        page.wait_for_selector(".place-found")
        assert (
            "Northwick, North, Exampleland" in page.locator(".place-found").inner_text()
        )


def test_names_from_data_stay_text(
    browser: Browser, client: FlaskClient, show: Show
) -> None:
    with chrome.window(browser, client) as page:
        show(page)
        page.locator("#place").press_sequentially("northt")
        option = page.locator("#place-list [role=option]").first
        option.wait_for()
        assert HOSTILE in option.inner_text()
        assert "Town or village" in option.inner_text()
        assert page.locator("#place-list img").count() == 0
        option.click()
        assert page.locator("[name=place_token]").input_value() == "town:7"


def test_typing_on_after_a_choice_forgets_the_choice(
    browser: Browser, client: FlaskClient, show: Show
) -> None:
    with chrome.window(browser, client) as page:
        show(page)
        page.locator("#place").press_sequentially("northw")
        page.locator("#place-list [role=option]").first.click()
        page.locator("#place").press_sequentially("x")
        assert page.locator("[name=place_token]").input_value() == ""
        page.keyboard.press("Escape")
        assert page.locator("#place-list").is_hidden()


def test_a_pin_on_the_map_fills_the_field(
    browser: Browser, client: FlaskClient, show: Show
) -> None:
    with chrome.window(browser, client, width=360) as page:
        show(page)
        page.get_by_role("button", name="Show on a map").click()
        page.wait_for_selector(".leaflet-container path")
        page.locator(".leaflet-container").click(position={"x": 150, "y": 150})
        latitude, longitude = page.locator("#place").input_value().split(", ")
        assert -90 < float(latitude) < 90
        assert float(page.locator("[name=place_lon]").input_value()) == pytest.approx(
            float(longitude), abs=1e-4
        )
        assert int(page.locator("[name=place_accuracy]").input_value()) > 1000
        assert chrome.overflow(page) == []


def test_the_own_position_fills_the_field(
    browser: Browser, client: FlaskClient, show: Show
) -> None:
    here = {"latitude": 3.0, "longitude": 11.0, "accuracy": 25}
    with chrome.window(
        browser, client, geolocation=here, permissions=["geolocation"]
    ) as page:
        show(page)
        page.get_by_role("button", name="Use my position").click()
        page.wait_for_function("document.getElementById('place').value !== ''")
        assert page.locator("#place").input_value() == "3.00000, 11.00000"
        page.get_by_role("button", name="Send").click()
        page.wait_for_selector(".place-found")
        assert "25 m" in page.locator(".place-found").inner_text()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_without_scripts_the_field_still_asks_and_chooses(
    browser: Browser, client: FlaskClient, show: Show, language: str
) -> None:
    with chrome.window(browser, client, width=320, java_script_enabled=False) as page:
        show(page, language)
        assert page.locator("[data-tools]").is_hidden()
        page.locator("#place").fill("Nortwick")
        page.locator("form.form button.button").last.click()
        page.locator("[type=radio]").first.check()
        page.locator("form.form button.button").last.click()
        assert page.locator(".place-found").count() == 1
