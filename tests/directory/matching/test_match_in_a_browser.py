"""The pages of matching can be used by everybody: in two directions, on a phone, without scripts."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser

from directory.models import User
from tests import browser as chrome
from tests.directory.matching.conftest import List

pytestmark = pytest.mark.browser


def _ask(page: Any) -> None:
    page.locator("#place").fill("3.0, 11.0")
    page.locator(
        "details.fold", has=page.locator("[id='term-health.primary']")
    ).locator("summary").click()
    page.locator("[id='term-health.primary']").check()
    page.locator("main form button.button--next").click()
    page.wait_for_selector("ol.cards")


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("width", [320, 1280])
def test_question_and_answer_meet_wcag_and_never_scroll_sideways(
    browser: Browser,
    client_of: Callable[[User], FlaskClient],
    counsellor: User,
    offer: List,
    language: str,
    width: int,
) -> None:
    offer(
        service_name="Clinic of the hill",
        cost="free",
        minimum_age=18,
        languages=("fr", "ar"),
    )
    offer(service_name="Clinic that closed for a while", status="temporarily closed")
    with chrome.window(browser, client_of(counsellor), width=width) as page:
        page.goto(f"/match?lang={language}")
        assert chrome.violations(page) == []
        assert chrome.overflow(page) == []
        _ask(page)
        for fold in page.locator("main details.fold").all():
            fold.evaluate("element => element.open = true")
        assert chrome.violations(page) == []
        assert chrome.overflow(page) == []
        assert chrome.small_targets(page) == []


def test_everything_works_without_scripts(
    browser: Browser, client: FlaskClient, offer: List
) -> None:
    offer(service_name="Clinic of the hill")
    with chrome.window(browser, client, java_script_enabled=False) as page:
        page.goto("/match")
        _ask(page)
        assert page.get_by_text("Clinic of the hill").first.is_visible()
        page.get_by_role("button", name="Change the question").click()
        assert page.locator("#place").input_value() != ""
