"""The Chromium that the browser tests drive: the system's own, or Playwright's where the system has none."""

import os
import shutil
import subprocess
from pathlib import Path

from bin import environment, progress, system_packages

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def ensure() -> Path:
    """Have a Chromium and fonts for Arabic, and return the browser's path.

    The setting CHROMIUM names a browser of your own. Raises StepFailedError when there is none to be had.
    """
    system_packages.ensure([system_packages.FONTS, system_packages.LIBATOMIC])
    if found := _find():
        return found
    if not system_packages.is_offered(system_packages.CHROMIUM.name):
        system_packages.refresh_lists()
    if system_packages.is_offered(system_packages.CHROMIUM.name):
        system_packages.ensure([system_packages.CHROMIUM])
        found = _find()
    else:
        found = _from_playwright()
    if found is None:
        raise progress.StepFailedError(
            "Stopped because no Chromium that starts was found: install one, name its file in CHROMIUM, then run the "
            "same command again."
        )
    return found


def _find() -> Path | None:
    """The first browser that really starts; Ubuntu's chromium-browser only points to a snap."""
    candidates = [os.environ.get("CHROMIUM"), *(shutil.which(name) for name in NAMES)]
    for candidate in candidates:
        if candidate and _starts(candidate):
            return Path(candidate)
    found = sorted(_playwright_folder().glob("chromium*/*/*/chrome")) or sorted(
        _playwright_folder().glob("chromium*/*/chrome")
    )
    return next((path for path in reversed(found) if _starts(str(path))), None)


def _starts(candidate: str) -> bool:
    try:
        answer = subprocess.run(
            [candidate, "--version"], capture_output=True, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0


def _from_playwright() -> Path | None:
    """Ubuntu ships Chromium as a snap only; Playwright brings a build of its own."""
    playwright = environment.tool("playwright")
    progress.run(
        "Installing a Chromium for the tests", [playwright, "install", "chromium"]
    )
    system_packages.install_with(
        "Installing the libraries Chromium needs",
        [playwright, "install-deps", "chromium"],
    )
    return _find()


def _playwright_folder() -> Path:
    chosen = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    return Path(chosen) if chosen else Path.home() / ".cache" / "ms-playwright"
