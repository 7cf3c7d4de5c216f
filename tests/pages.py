"""What every page must be: valid HTML5, one h1, a title, a language, labelled inputs, no foreign host."""

import base64
import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from werkzeug.test import TestResponse

FOREIGN = re.compile(r"""(?:src|href|action)=["'](?:https?:)?//([^/"']+)""")
ALLOWED_LINKS = frozenset(
    {"www.openstreetmap.org", "wa.me", "localhost", "creativecommons.org"}
)


@dataclass(frozen=True, slots=True)
class Page:
    """A fetched page: its response, its text and its parsed tree."""

    response: TestResponse
    text: str
    tree: Element

    def all(self, tag: str) -> list[Element]:
        """Every element with this tag."""
        return list(self.tree.iter(tag))

    @property
    def words(self) -> str:
        """The page's text without markup, spaces folded."""
        return " ".join("".join(self.tree.itertext()).split())


def checked_page(response: TestResponse) -> Page:
    """The page of ``response``; fails with the reason when it is not sound. Redirects are not checked."""
    text = response.get_data(as_text=True)
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree: Any = parser.parse(text)
    page = Page(response, text, tree)
    if response.status_code in {301, 302, 303, 307, 308} or "html" not in (
        response.mimetype or ""
    ):
        return page
    assert not parser.errors, [(place, code) for place, code, _ in parser.errors][:5]
    keep(text)
    root = tree if tree.tag == "html" else next(tree.iter("html"))
    assert root.get("lang")
    assert root.get("dir") in {"ltr", "rtl"}
    assert len(page.all("h1")) == 1, [h.text for h in page.all("h1")]
    assert (next(tree.iter("title")).text or "").strip()
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    assert len(ids) == len(set(ids)), sorted({i for i in ids if ids.count(i) > 1})
    assert_labelled(page, set(ids))
    hosts = set(FOREIGN.findall(text)) - ALLOWED_LINKS
    assert not hosts, hosts
    assert_named_by_policy(text, response.headers.get("Content-Security-Policy", ""))
    assert not re.search(r"<[^>]+\son[a-z]+=", text), "no event attributes"
    assert not re.search(r"<[^>]+\sstyle=", text), "no inline styles"
    return page


def keep(text: str) -> None:
    """Leave the page in the folder HTML_PAGES, where `make test` validates all of them."""
    if folder := os.environ.get("HTML_PAGES"):
        name = f"{hashlib.sha256(text.encode()).hexdigest()[:16]}.html"
        Path(folder, name).write_text(text, encoding="utf-8")


def assert_named_by_policy(text: str, policy: str) -> None:
    """No script is written into the page, but for those of a map whose digests its policy names."""
    for script in re.findall(r"<script>(.*?)</script>", text, flags=re.DOTALL):
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy, "no inline scripts"


def assert_labelled(page: Page, ids: set[str]) -> None:
    """Every control that a person fills in has a label."""
    labels = {label.get("for") for label in page.all("label")}
    wrapped = {id(child) for label in page.all("label") for child in label.iter()}
    for tag in ("input", "select", "textarea"):
        for control in page.all(tag):
            if control.get("type") in {"hidden", "submit", "button", "image"}:
                continue
            named = control.get("aria-label") or control.get("aria-labelledby") in ids
            assert control.get("id") in labels or id(control) in wrapped or named, (
                f"unlabelled {tag} name={control.get('name')}"
            )
