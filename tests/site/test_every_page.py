"""Every page, in four languages and two widths: no barrier, no sideways scroll, valid HTML."""

from collections.abc import Callable

import html5lib
import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser import violations
from tests.site.conftest import Site
from tests.site.places import PLACES, Place

LANGUAGES = ("en", "fr", "es", "ar")
WIDTHS = (1280, 360)
NARROWEST = 320


def address(site: Site, place: Place, language: str) -> str:
    """The whole address of a place in one language."""
    path = place.path.format(**site.known.ids)
    return f"{site.url}{path}{'&' if '?' in path else '?'}lang={language}"


def open_place(page: Page, site: Site, place: Place, language: str) -> None:
    """Open a place and see that it is what it should be."""
    response = page.goto(address(site, place, language), wait_until="load")
    assert response is not None
    assert response.status == place.status, page.inner_text("main")[:500]
    direction = "rtl" if language == "ar" else "ltr"
    assert page.get_attribute("html", "lang") == language
    assert page.get_attribute("html", "dir") == direction
    parser = html5lib.HTMLParser()
    parser.parse(response.text())
    assert not parser.errors, parser.errors[:5]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.id)
def test_the_page_has_no_barrier_and_does_not_scroll_sideways(
    site: Site,
    context_of: Callable[..., BrowserContext],
    place: Place,
    language: str,
) -> None:
    context = context_of(place.role)
    page = context.new_page()
    problems: list[str] = []
    page.on("console", lambda message: _note(problems, message.type, message.text))
    page.on("pageerror", lambda error: problems.append(str(error)))
    open_place(page, site, place, language)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert violations(page, preload=True) == [], f"at {width} px"
    page.set_viewport_size({"width": NARROWEST, "height": 800})
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= NARROWEST, f"{wide} px wide at {NARROWEST} px"
    assert problems == []


def _note(problems: list[str], kind: str, text: str) -> None:
    """Keep what the browser complains of; a refused page's own status line is not a complaint."""
    if kind == "error" and "status of 4" not in text:
        problems.append(text)
