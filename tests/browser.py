"""A real Chromium whose requests are answered by the test client, inside the test's own transaction.

No server and no port: every request to http://localhost is handed to Flask's test client, so the
page sees exactly what the test has put into the database. A redirect is answered by a page that
leads on, because Chromium follows redirects of such answers without asking again.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, Route, sync_playwright

ORIGIN = "http://localhost"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FROM_BROWSER = ("content-type", "accept", "accept-language", "referer", "hx-request")
DROPPED = frozenset({"content-length", "content-encoding", "set-cookie"})
AXE = Axe().axe_script
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")


def executable() -> str:
    """The Chromium that `make test` found, or an installed one; raises RuntimeError when there is none."""
    if chosen := os.environ.get("CHROMIUM"):
        return chosen
    for name in NAMES:
        if path := shutil.which(name):
            return path
    raise RuntimeError(f"No browser found: install one of {', '.join(NAMES)}.")


@contextmanager
def chromium() -> Iterator[Browser]:
    """One browser for many windows."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable(), args=["--no-sandbox"]
        )
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def window(
    browser: Browser, client: FlaskClient, *, width: int = 1280, **options: Any
) -> Iterator[Page]:
    """A fresh window on the application; ``options`` as for Playwright's ``new_context``.

    Fails at its end when the page reported an error or a refused script, style or address.
    """
    context = browser.new_context(
        base_url=ORIGIN, viewport={"width": width, "height": 800}, **options
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda line: (
            complaints.append(line.text)
            if "Content Security Policy" in line.text
            else None
        ),
    )
    page.route("**/*", lambda route: answer(route, client))
    try:
        yield page
        assert not complaints, complaints
    finally:
        context.close()


def answer(route: Route, client: FlaskClient) -> None:
    """Hand one request to the test client; anything outside the application is refused."""
    request = route.request
    address = urlsplit(request.url)
    if address.hostname != "localhost":
        route.abort()
        return
    headers = request.headers
    response = client.open(
        address.path,
        method=request.method,
        query_string=address.query,
        data=request.post_data_buffer,
        headers={name: headers[name] for name in FROM_BROWSER if name in headers},
    )
    body = response.get_data()
    response.close()
    passed = {
        name: value
        for name, value in response.headers.items()
        if name.lower() not in DROPPED
    }
    if response.status_code in {301, 302, 303, 307, 308}:
        target = escape(response.headers["Location"])
        route.fulfill(
            content_type="text/html",
            body=f'<!doctype html><meta http-equiv="refresh" content="0;url={target}">',
        )
    else:
        route.fulfill(status=response.status_code, headers=passed, body=body)


def overflow(page: Page) -> list[str]:
    """What makes the page wider than its window; empty when nothing does."""
    found: list[str] = page.evaluate(
        """() => document.documentElement.scrollWidth <= innerWidth ? [] :
        [...document.querySelectorAll("body *")].filter((e) => {
          const box = e.getBoundingClientRect();
          return box.right > innerWidth + 1 || box.left < -1;
        }).slice(0, 5).map((e) => `${e.tagName}.${e.className}`)"""
    )
    return found


def small_targets(page: Page, least: int = 24) -> list[str]:
    """Controls smaller than ``least`` CSS pixels (WCAG 2.5.8), links within sentences apart."""
    found: list[str] = page.evaluate(
        """(least) => [...document.querySelectorAll("a, button, summary, select, input:not([type=hidden])")]
        .filter((e) => {
          const box = e.getBoundingClientRect();
          const inSentence = e.tagName === "A" && e.parentElement.textContent.trim() !== e.textContent.trim();
          return box.width > 1 && !inSentence && (box.height < least || box.width < least);
        }).map((e) => `${e.tagName} ${(e.textContent || e.name).trim().slice(0, 30)}`)""",
        least,
    )
    return found


def violations(page: Page, *, preload: bool = False) -> list[str]:
    """What axe finds against WCAG 2.2 AA: rule and first elements.

    Without ``preload`` axe does not fetch the style sheets, which a map's policy would refuse.
    """
    if page.evaluate("typeof axe") == "undefined":  # once per page, not per width
        page.evaluate(f"{AXE}; 0")
    rules = {"type": "tag", "values": list(WCAG)}
    # What passed is many times as long, and nobody reads it.
    options = {"runOnly": rules, "resultTypes": ["violations"], "preload": preload}
    found = page.evaluate(
        "(options) => axe.run(options).then((found) => found.violations)", options
    )
    return [
        f"{rule['id']}: {node['html'][:160]} -- {node.get('failureSummary', '')[:200]}"
        for rule in found
        for node in rule["nodes"][:3]
    ]
