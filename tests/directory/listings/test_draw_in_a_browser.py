"""A shape is drawn by clicks or by keys alone, and stored as it was drawn."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser
from sqlalchemy.orm import Session

from directory.listings import stored
from directory.models import User
from tests import browser as chrome
from tests import factories

pytestmark = pytest.mark.browser


def _open(page: Any, field: str) -> Any:
    """Unfold the field of a shape and open its map."""
    page.locator("details.fold", has=page.locator(f"#{field}")).first.evaluate(
        "element => element.open = true"
    )
    box = page.locator("[data-draw]", has=page.locator(f"#{field}"))
    box.locator("[data-draw-open]").click()
    box.locator(".leaflet-interactive, svg.leaflet-zoom-animated").first.wait_for(
        state="attached"
    )
    return box


def test_a_shape_is_drawn_by_clicks_and_by_keys(
    browser: Browser,
    session: Session,
    client_of: Callable[[User], FlaskClient],
    admin: User,
) -> None:
    made = factories.make_service_at_location(session, country="XA")
    with chrome.window(browser, client_of(admin)) as page:
        page.goto(f"/services/{made.service_id}/edit")
        box = _open(page, "coverage_geojson")
        field, here = page.locator("#coverage_geojson"), box.locator("[data-draw-map]")
        for x, y in ((200, 60), (400, 60), (400, 200)):
            here.click(position={"x": x, "y": y})
        drawn = json.loads(field.input_value())
        assert (drawn["type"], len(drawn["coordinates"][0])) == ("Polygon", 4)
        box.locator("[data-draw-finish]").click()
        assert "Finished shapes: 1" in box.locator("[data-draw-status]").inner_text()
        here.focus()
        for key in ("Enter", "ArrowRight", "Enter", "ArrowDown", "Enter", "Backspace"):
            here.press(key)
            if key.startswith("Arrow"):
                page.wait_for_timeout(300)  # the map glides there
        assert json.loads(field.input_value()) == drawn
        here.press("Enter")
        assert json.loads(field.input_value())["type"] == "MultiPolygon"
        assert chrome.violations(page) == []
        assert chrome.small_targets(page) == []
        typed = field.input_value()
        page.locator("main form.form button.button--next").first.click()
        page.wait_for_url(f"**/services/{made.service_id}")
    session.expire_all()
    key = made.service_at_location_id
    kept = stored.read_records(session, [key])[key].coverage_geojson
    assert kept is not None
    assert json.loads(kept)["coordinates"] == json.loads(typed)["coordinates"]


def test_listings_that_look_alike_are_shown_while_one_types(
    browser: Browser,
    session: Session,
    client_of: Callable[[User], FlaskClient],
    admin: User,
) -> None:
    made = factories.make_service_at_location(
        session, service_name="Aboaso Health Centre", country="XA"
    )
    session.commit()
    with chrome.window(browser, client_of(admin), width=360) as page:
        page.goto("/services/new")
        told = page.locator("[data-similar]")
        assert told.is_hidden()
        page.fill("[name=latitude]", "3.0")
        page.fill("[name=longitude]", "11.0")
        page.fill("[name=service_name]", "Aboasso health center")
        link = told.get_by_role("link", name="Aboaso Health Centre")
        link.wait_for()
        assert link.get_attribute("href") == f"/services/{made.service_id}"
        assert chrome.violations(page) == []
        page.fill("[name=service_name]", "Tailors of the harbour")
        told.wait_for(state="hidden")
