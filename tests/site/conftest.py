"""A real site with demonstration data, served for a real Chromium.

The site is made once per run and shared by the workers: one folder, one lock. It runs on the
embedded database; the pages do not know which database stands behind them.
"""

import fcntl
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

ROOT = Path(__file__).resolve().parents[2]
SECRET_KEY = "browser-tests-0123456789"
LIST = """organization_name,service_name,taxonomy_terms,latitude,longitude,area_code,minimum_age
Harbour House,Evening classes,training.digital,14.70,-17.44,SN,16
Harbour House,Night shelter,housing.emergency,-17.44,14.70,SN,
Harbour House,No such thing,nothing.known,14.70,-17.44,SN,
"""
SEEDS = (
    ("areas",),
    ("gazetteer", "--country=SN", "--country=IQ", "--country=GT", "--country=DE"),
    ("taxonomy",),
    ("demo",),
)


@dataclass(frozen=True, slots=True)
class Site:
    """A served site: its address, its folder, and the ids of things to look at."""

    url: str
    folder: Path
    known: Known


def environment(folder: Path) -> dict[str, str]:
    """The settings of the served site."""
    return {
        **os.environ,
        "INSTANCE_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder}/homeward.sqlite3",
        "SECRET_KEY": SECRET_KEY,
    }


def prepare(folder: Path) -> None:
    """Make the database, the index and the demonstration data, unless they are there."""
    done = folder / "prepared"
    if done.exists():
        return
    env = environment(folder)
    flask = [sys.executable, "-m", "flask", "--app", "app"]
    (folder / "list.csv").write_text(LIST, encoding="utf-8")
    for command in (
        ("db", "upgrade"),
        *(("seed", *seed) for seed in SEEDS),
        ("import", "plan", str(folder / "list.csv")),
        ("search", "rebuild"),
    ):
        made = subprocess.run(
            [*flask, *command],
            cwd=ROOT,
            env=env,
            check=False,
            capture_output=True,
            text=True,
        )
        assert made.returncode == 0, f"flask {' '.join(command)}: {made.stderr[-2000:]}"
    done.touch()


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The folder of a prepared site; the first worker makes it, the others wait and copy it."""
    base = tmp_path_factory.getbasetemp()
    if kept := os.environ.get(
        "TEST_SITE_DIR"
    ):  # a prepared site, to save a minute while working
        shutil.copytree(kept, base / "site")
        return base / "site"
    shared = (base if worker_id == "master" else base.parent) / "demonstration-site"
    shared.mkdir(exist_ok=True)
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        prepare(shared)
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
