"""What the documents promise is there, and what is there is documented."""

import dataclasses
import re
from pathlib import Path

import pytest
from click import Command, Group
from flask import Flask

from directory.config import Config
from importers import issues

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
REQUIREMENTS = 63
STATES = {"works", "thin", "not yet", "out of scope"}


def read(name: str) -> str:
    """A document's text."""
    return (ROOT / name).read_text(encoding="utf-8")


def test_every_setting_is_documented() -> None:
    documented = set(
        re.findall(r"^\| `([A-Z_]+)`", read("docs/settings.md"), re.MULTILINE)
    )
    fields = {field.name.upper() for field in dataclasses.fields(Config)} - {"TESTING"}
    assert documented == fields


def test_every_command_is_documented(whole_app: Flask) -> None:
    text = read("docs/commands.md")
    missing = [name for name in commands(whole_app.cli) if f"flask {name}" not in text]
    assert not missing


def commands(group: Group, prefix: str = "") -> list[str]:
    """The full names of every command of our own below ``group``."""
    names = []
    for name, command in group.commands.items():
        if not prefix and name in {"routes", "run", "shell"}:
            continue
        names += _names(command, f"{prefix}{name}")
    return names


def _names(command: Command, name: str) -> list[str]:
    return commands(command, f"{name} ") if isinstance(command, Group) else [name]


def test_every_import_issue_is_documented() -> None:
    text = read("docs/importing.md")
    assert [code for code in issues.CATALOGUE if f"`{code}`" not in text] == []


def rows() -> list[tuple[str, str, str]]:
    """(id, state, shown by) of docs/requirements.md."""
    found = re.findall(
        r"^\| ([A-Z][A-Za-z0-9.]*) \|[^|]*\| ([^|]+) \|([^|]*)\|$",
        read("docs/requirements.md"),
        re.MULTILINE,
    )
    return [(number, state.strip(), shown) for number, state, shown in found]


def test_every_requirement_has_a_state() -> None:
    assert len({number for number, _, _ in rows()}) == REQUIREMENTS
    assert {state for _, state, _ in rows()} <= STATES


def test_every_test_that_a_requirement_names_exists() -> None:
    for number, state, shown in rows():
        named = re.findall(r"`(tests/[^`]+)`", shown)
        if state in {"works", "thin"}:
            assert named or "/" in shown, (
                f"{number} is said to work, and nothing shows it"
            )
        for reference in named:
            path, _, function = reference.partition("::")
            assert (ROOT / path).exists(), f"{number}: {path} is not there"
            assert f"def {function}" in read(path) if function else True, (
                f"{number}: {reference}"
            )


def test_every_promised_address_answers(whole_app: Flask) -> None:
    known = {rule.rule for rule in whole_app.url_map.iter_rules()}
    promised = (
        "/",
        "/services",
        "/match",
        "/cases",
        "/referrals",
        "/inbox",
        "/imports",
        "/insights",
        "/feedback",
        "/healthz",
        "/readyz",
        "/api/v1/match",
        "/api/v1/services",
        "/api/v1/areas",
        "/api/v1/places",
        "/api/v1/taxonomy",
        "/api/v1/suggest",
        "/api/v1/map",
        "/api/v1/openapi.json",
    )
    assert not [path for path in promised if path not in known]


def test_the_readme_is_short_and_its_links_lead_somewhere() -> None:
    text = read("README.md")
    assert len(text.splitlines()) < 120
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", text)
    assert links
    assert not [link for link in links if not (ROOT / link).exists()]


@pytest.mark.parametrize("number", range(1, 8))
def test_the_first_decisions_are_recorded(number: int) -> None:
    assert list((DOCS / "decisions").glob(f"{number:04}-*.md"))


def test_nothing_names_a_foreign_machine() -> None:
    for path in ROOT.rglob("*.md"):
        relative = path.relative_to(ROOT)
        if relative.parts[0] in {".venv", "node_modules", "instance"}:
            continue
        assert "/home/" not in path.read_text(encoding="utf-8"), relative
