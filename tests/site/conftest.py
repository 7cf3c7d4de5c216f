"""A real site with demonstration data, served for a real Chromium.

The site is made once per run and shared by the workers: one folder, one lock. It runs on the
embedded database; the pages do not know which database stands behind them.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.site.places import Known, known_places
from tests.site.preparation import SECRET_KEY, environment

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Site:
    """A served site: its address, its folder, and the ids of things to look at."""

    url: str
    folder: Path
    known: Known


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A copy of the prepared site; the first worker makes it, unless `make test` has begun with it."""
    base = tmp_path_factory.getbasetemp()
    shared = (base if worker_id == "master" else base.parent) / "demonstration-site"
    if begun := os.environ.get("TEST_SITE_DIR"):
        shared = Path(begun)
    # In a process of its own: what it configures is not that of the tests.
    made = subprocess.run(
        [sys.executable, "-m", "tests.site.preparation", str(shared)],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert made.returncode == 0, made.stderr[-2000:]
    mine = base / "site"
    shutil.copytree(shared, mine, ignore=shutil.ignore_patterns("lock"))
    return mine


@pytest.fixture(scope="session")
def site(prepared: Path) -> Iterator[Site]:
    """The served site."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = (prepared / "server.log").open("w")
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "--bind",
        f"127.0.0.1:{port}",
        "app:create_app()",
    ]
    server = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment(prepared),
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{url}/readyz", prepared / "server.log")
        yield Site(
            url,
            prepared,
            known_places(f"sqlite:///{prepared}/homeward.sqlite3", SECRET_KEY),
        )
    finally:
        server.terminate()
        server.wait(timeout=20)
        log.close()


def wait_for(url: str, log: Path) -> None:
    """Wait until the site answers; fails with the server's own words."""
    for _ in range(150):
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"The site did not start:\n{log.read_text()[-2000:]}")


@pytest.fixture(scope="session")
def signed_in_state(site: Site, browser: Browser) -> Callable[[str], Any]:
    """The cookies of a demonstration account, signed in once per role through the form."""
    states: dict[str, Any] = {}

    def state_of(role: str) -> Any:
        if role == "visitor":
            return None
        if role not in states:
            email, password = site.known.accounts[role]
            context = browser.new_context()
            page = context.new_page()
            page.goto(f"{site.url}/sign-in")
            page.fill("input[name=email]", email)
            page.fill("input[name=password]", password)
            page.click("main button[type=submit]")
            assert "/sign-in" not in page.url, page.inner_text("main")
            states[role] = context.storage_state()
            context.close()
        return states[role]

    return state_of


@pytest.fixture
def context_of(
    browser: Browser, signed_in_state: Callable[[str], Any]
) -> Iterator[Callable[..., BrowserContext]]:
    """Opens a browser window for a role: ``context_of("counsellor", width=360)``."""
    opened: list[BrowserContext] = []

    def open_for(role: str, *, width: int = 1280, **options: Any) -> BrowserContext:
        context = browser.new_context(
            storage_state=signed_in_state(role),
            viewport={"width": width, "height": 800},
            **options,
        )
        context.set_default_timeout(60_000)
        opened.append(context)
        return context

    yield open_for
    for context in opened:
        context.close()
