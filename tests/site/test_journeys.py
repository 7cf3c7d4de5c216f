"""What people do from end to end, in a real browser with JavaScript switched off."""

import email
import email.policy
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page

from tests.site.conftest import Site

ContextOf = Callable[..., BrowserContext]
MOST_INTERACTIONS = 12


@dataclass
class Hand:
    """A person's hand: every fill, choice and click counts."""

    page: Page
    count: int = 0

    def fill(self, label: str, text: str) -> None:
        """Type into a field."""
        self.page.get_by_label(label).first.fill(text)
        self.count += 1

    def open(self, words: str) -> None:
        """Open a folded part."""
        self.page.locator("main summary", has_text=words).first.click()
        self.count += 1

    def tick(self, label: str) -> None:
        """Tick a box."""
        self.page.get_by_label(label, exact=True).first.check()
        self.count += 1

    def press(self, words: str) -> None:
        """Press a button of the page."""
        self.click(self.page.locator("main").get_by_role("button", name=words).first)

    def click(self, thing: Locator) -> None:
        """Click."""
        thing.click()
        self.count += 1


def letters(folder: Path) -> dict[str, str]:
    """The messages written so far: file name → text."""
    found = {}
    for path in (folder / "mail").glob("*.eml"):
        message = email.message_from_bytes(
            path.read_bytes(), policy=email.policy.default
        )
        body = message.get_body(("plain",))
        found[path.name] = body.get_content() if body else ""
    return found


def new_letter(folder: Path, before: dict[str, str], wanted: str) -> str:
    """The text of the message that has come since and holds ``wanted``."""
    for _ in range(100):
        fresh = [text for name, text in letters(folder).items() if name not in before]
        for text in fresh:
            if wanted in text:
                return text
        time.sleep(0.2)
    pytest.fail(f"no message with {wanted!r}; {len(letters(folder))} messages in all")


def refer(page: Page, site: Site) -> Hand:
    """From the match to a sent referral, as briefly as the pages allow."""
    page.goto(f"{site.url}/match?lang=en")
    hand = Hand(page)
    hand.fill("Place of return", "Dakar")
    hand.open("Training and skills")
    hand.tick("Digital skills")
    hand.press("Find services")
    hand.press("Refer a person")
    hand.click(page.locator("main input[name=consent_given]"))
    hand.press("Save")
    hand.press("Send referral")
    return hand


@pytest.mark.parametrize("role", ["counsellor", "caseworker", "supervisor"])
def test_a_referral_is_sent_within_twelve_interactions(
    site: Site, context_of: ContextOf, role: str
) -> None:
    page = context_of(role, java_script_enabled=False).new_page()
    hand = refer(page, site)
    assert re.search(r"/referrals/[0-9a-f-]{36}$", page.url), page.inner_text("main")[
        :800
    ]
    assert "Sent" in page.inner_text("main")
    assert hand.count <= MOST_INTERACTIONS, hand.count


@pytest.mark.parametrize("role", ["visitor", "provider", "authority", "admin"])
def test_nobody_else_is_offered_to_refer(
    site: Site, context_of: ContextOf, role: str
) -> None:
    page = context_of(role, java_script_enabled=False).new_page()
    page.goto(f"{site.url}/match?lang=en")
    hand = Hand(page)
    hand.fill("Place of return", "Dakar")
    hand.open("Training and skills")
    hand.tick("Digital skills")
    hand.press("Find services")
    assert page.get_by_role("button", name="Refer a person").count() == 0


def test_a_person_is_handed_over_and_confirms_it(
    site: Site, context_of: ContextOf
) -> None:
    before = letters(site.folder)
    staff = context_of("counsellor", java_script_enabled=False).new_page()
    refer(staff, site)
    code = re.search(r"[0-9A-Z]{8}", staff.inner_text("h1"))
    assert code, staff.inner_text("h1")
    letter = new_letter(site.folder, before, f"{code.group()[:4]}-{code.group()[4:]}")
    link = re.search(r"/r/[\w-]+", letter)
    assert link, letter

    desk = context_of("visitor", java_script_enabled=False, width=360).new_page()
    desk.goto(f"{site.url}{link.group()}?lang=en")
    Hand(desk).press("Accept")
    assert "Accepted" in desk.inner_text("main")

    staff.reload()
    assert "Accepted" in staff.inner_text("main")


def test_a_visitor_finds_a_service_in_four_steps(
    site: Site, context_of: ContextOf
) -> None:
    page = context_of("visitor", java_script_enabled=False, width=360).new_page()
    page.goto(f"{site.url}/?lang=fr")
    page.locator("main input[name=q]").fill("sante")
    page.locator("main button[type=submit]").first.click()
    first = page.locator("main .card__name a, main .card h2 a, main .card h3 a").first
    first.click()
    assert "/services/" in page.url
    assert page.locator("h1").inner_text()


def test_something_wrong_is_reported_without_an_account(
    site: Site, context_of: ContextOf
) -> None:
    page = context_of("visitor", java_script_enabled=False, width=360).new_page()
    page.goto(f"{site.url}/services/{site.known.ids['service']}/report?lang=en")
    page.locator("main input[type=radio]").first.check()
    page.locator("main button[type=submit]").first.click()
    assert "Thank you" in page.inner_text("main")


def test_a_list_is_imported_and_taken_back(
    site: Site, context_of: ContextOf, tmp_path: Path
) -> None:
    source = tmp_path / "clinics.csv"
    source.write_text(
        "organization_name,service_name,taxonomy_terms,latitude,longitude,area_code\n"
        "Journey House,Journey clinic,health.primary,14.70,-17.44,SN\n"
        "Journey House,Journey dentist,health.dental_eye,-17.44,14.70,SN\n",
        encoding="utf-8",
    )
    page = context_of("admin", java_script_enabled=False).new_page()
    page.goto(f"{site.url}/imports?lang=en")
    page.locator("main input[type=file]").set_input_files(source)
    page.locator("main form button[type=submit]").first.click()
    wait_for_words(page, "Carry out")
    assert "Journey dentist" in page.inner_text("main")
    page.get_by_role("button", name="Carry out").first.click()
    wait_for_words(page, "Take this import back")
    page.get_by_role("button", name="Take this import back").first.click()
    wait_for_words(page, "Taken back on")
    page.goto(f"{site.url}/services?q=Journey+clinic&lang=en")
    assert "Journey House" not in page.inner_text("main")


def wait_for_words(page: Page, words: str) -> None:
    """Reload until the page says ``words``: what a person without JavaScript sees by itself."""
    for _ in range(60):
        if words.lower() in page.content().lower():
            return
        time.sleep(0.5)
        page.reload()
    pytest.fail(f"{words!r} did not come: {page.inner_text('main')[:800]}")
