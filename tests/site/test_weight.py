"""What a page costs on a bad line: transferred bytes with an empty cache."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext

from tests.site.conftest import Site

KB = 1000


@pytest.mark.parametrize(
    ("path", "budget"),
    [
        ("/", 60),
        ("/services", 60),
        ("/services?q=health", 60),
        ("/services/{service}", 45),
        ("/match", 60),
    ],
)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_first_visit_stays_within_its_budget(
    site: Site,
    context_of: Callable[..., BrowserContext],
    path: str,
    budget: int,
    language: str,
) -> None:
    context = context_of("visitor", width=360)
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    sizes: list[float] = []
    session.on(
        "Network.loadingFinished",
        lambda event: sizes.append(event["encodedDataLength"]),
    )
    address = path.format(**site.known.ids)
    page.goto(
        f"{site.url}{address}{'&' if '?' in address else '?'}lang={language}",
        wait_until="load",
    )
    assert sizes
    assert sum(sizes) <= budget * KB, f"{sum(sizes) / KB:.1f} kB"
