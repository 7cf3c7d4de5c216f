"""The comparison with peers speaks the truth: each page, command and test that it names is there."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect

ROOT = Path(__file__).resolve().parents[2]
ANY = "00000000-0000-4000-8000-000000000000"
GROUPS = {
    *map(str, range(1, 20)),
    *map(str, range(53, 70)),
    *(f"extra {number}" for number in (*range(1, 13), 22, 23, 24, 25)),
}
"""The rows of groups A, B, G and H, and the extra ones that belong to them."""


def rows() -> Iterator[tuple[str, str, str]]:
    """Number, places and tests of each row."""
    text = (ROOT / "docs" / "compared.md").read_text(encoding="utf-8")
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 4 and re.fullmatch(r"(extra )?\d+", cells[0]):
            yield cells[0], cells[2], cells[3]


def quoted(text: str) -> list[str]:
    """What stands in backticks."""
    return re.findall(r"`([^`]+)`", text)


def test_every_row_of_these_groups_is_answered_once() -> None:
    numbers = [number for number, _, _ in rows()]
    assert sorted(set(numbers)) == sorted(numbers), "a row stands there twice"
    missing = sorted(GROUPS - set(numbers))
    assert not missing, f"add these rows to docs/compared.md: {missing}"


@pytest.mark.parametrize(("number", "_where", "tests"), list(rows()))
def test_its_tests_are_there(number: str, _where: str, tests: str) -> None:
    named = quoted(tests)
    assert named, number
    for name in named:
        path, _, function = name.partition("::")
        assert (ROOT / path).is_file(), (number, path)
        source = (ROOT / path).read_text(encoding="utf-8")
        assert not function or f"def {function}(" in source, (number, name)


def test_its_pages_and_commands_are_there(whole_app: Flask) -> None:
    wrong = []
    for number, where, _ in rows():
        for place in quoted(where):
            if place.startswith("flask "):
                found = has_command(whole_app, place.split()[1:])
            else:
                found = has_page(whole_app, place)
            if not found:
                wrong.append((number, place))
    assert not wrong, f"docs/compared.md names what is not there: {wrong}"


def has_page(app: Flask, place: str) -> bool:
    """Whether an address, perhaps with a method before it, is one of ours."""
    method, _, path = place.rpartition(" ")
    address = re.sub(r"<\w+>", ANY, path.partition("?")[0])
    address = address.replace(f"/areas/{ANY}", "/areas/XA")
    try:
        app.url_map.bind("localhost").match(address, method=method or "GET")
    except RequestRedirect:
        return True
    except MethodNotAllowed:
        return not method
    except NotFound:
        return False
    return True


def has_command(app: Flask, words: list[str]) -> bool:
    """Whether the command line knows these words; options are left out."""
    command = app.cli
    for word in words:
        if not re.fullmatch(r"[a-z-]+", word) or word.startswith("-"):
            break
        known = getattr(command, "commands", {})
        if word not in known:
            return not known
        command = known[word]
    return command is not app.cli
