"""Every component renders in every language, and no name breaks out of its place."""

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import EnvironBuilder, TestResponse

from tests.house import look
from tests.pages import Page, checked_page

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static"
LANGUAGES = ("en", "fr", "es", "ar")


def shown(app: Flask, session: Session, language: str) -> Page:
    """The gallery as a checked page."""
    response = look.gallery(app, session, language)
    request = EnvironBuilder().get_request()
    body = [response.get_data()]
    return checked_page(TestResponse(body, response.status, response.headers, request))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_component_is_sound_html(
    app: Flask, session: Session, language: str
) -> None:
    page = shown(app, session, language)
    assert page.tree.get("dir") == ("rtl" if language == "ar" else "ltr")
    assert page.all("title")[0].text is not None


def test_a_name_with_markup_stays_text(app: Flask, session: Session) -> None:
    page = shown(app, session, "en")
    assert page.text.count("&lt;script&gt;alert") > 20
    sources = [script.get("src") for script in page.all("script")]
    assert all(source and source.startswith("/static/") for source in sources)


def test_a_form_with_errors_says_so_in_the_title_and_beside_the_fields(
    app: Flask, session: Session
) -> None:
    page = shown(app, session, "en")
    assert (page.all("title")[0].text or "").startswith("Error:")
    invalid = [field for field in page.all("input") if field.get("aria-invalid")]
    ids = {element.get("id") for element in page.tree.iter()}
    assert {field.get("name") for field in invalid} == {"name", "age", "agreed"}
    for field in invalid:
        assert set((field.get("aria-describedby") or "").split()) <= ids


def templates() -> Iterator[tuple[str, str]]:
    """Name and text of every template, the gallery too."""
    for path in [*(ROOT / "templates").rglob("*.html"), look.GALLERY]:
        yield path.name, path.read_text(encoding="utf-8")


def test_every_icon_asked_for_is_in_the_sprite() -> None:
    sprite = (STATIC / "icons.svg").read_text(encoding="utf-8")
    known = set(re.findall(r'<symbol id="([a-z_]+)"', sprite))
    for name, text in templates():
        asked = set(re.findall(r'\bicon\("([a-z_]+)"', text))
        asked |= set(re.findall(r'\bsign="([a-z_]+)"', text))
        assert asked <= known, (name, asked - known)


def test_every_category_has_an_icon_and_a_colour(session: Session) -> None:
    sprite = (STATIC / "icons.svg").read_text(encoding="utf-8")
    style = (STATIC / "css" / "homeward.css").read_text(encoding="utf-8")
    codes = [code for code, _ in look.categories(session)]
    assert len(codes) == 13
    for code in codes:
        assert f'<symbol id="{code}"' in sprite
        assert f".cat-{code} {{" in style


def test_the_stylesheet_serves_both_directions_and_stays_light() -> None:
    style = (STATIC / "css" / "homeward.css").read_text(encoding="utf-8")
    sided = r"(margin|padding|border)-(left|right)|[;{ ](left|right)\s*:|float\s*:"
    assert not re.search(sided, style)
    assert len(gzip.compress(style.encode(), 9)) <= 12 * 1024


def test_own_files_name_no_foreign_host_and_write_no_markup() -> None:
    own = [*(STATIC / "js").glob("*.js"), *(STATIC / "css").glob("*.css")]
    assert own
    for path in own:
        text = path.read_text(encoding="utf-8").replace(
            "http://www.w3.org/2000/svg", ""
        )
        assert "//" not in re.sub(r"(?m)^\s*//.*$|/\*.*?\*/", "", text), path
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|eval\(", text), (
            path
        )


def test_scripts_weigh_at_most_ten_kilobytes() -> None:
    """Those of a page together; a map in a frame is a document of its own."""
    weight = {
        path.name: len(gzip.compress(path.read_bytes(), 9))
        for path in (STATIC / "js").glob("*.js")
        if path.name != "map-document.js"
    }
    assert sum(weight.values()) <= 10 * 1024, json.dumps(weight)


def test_every_vendored_folder_states_its_licence() -> None:
    notes = (STATIC / "vendor" / "LICENSES.md").read_text(encoding="utf-8")
    for folder in (STATIC / "vendor").iterdir():
        if folder.is_dir():
            assert f"vendor/{folder.name}/" in notes
