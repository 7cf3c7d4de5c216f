"""Takes the pictures of the README from a site with demonstration data: `python -m bin.pictures http://127.0.0.1:8000`."""

import io
import sys

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from bin import browser, progress

FOLDER = progress.ROOT / "docs" / "images"
EMAIL, PASSWORD = "counsellor@example.org", "seven-lanterns-berlin"


def main(site: str) -> int:
    """Take every picture anew; returns the exit code."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=str(browser.ensure()), args=["--no-sandbox"]
        )
        page = opened.new_page(viewport={"width": 1280, "height": 860})
        page.goto(f"{site}/services?country=SN&term=training&lang=en")
        keep(page, "directory")
        sign_in(page, site)
        page.goto(f"{site}/match?lang=en")
        page.fill("main input[name=place]", "14.7167, -17.4677")
        for category, need in (
            ("Health care", "Hospital"),
            ("Mental health", "Individual"),
        ):
            page.locator("main summary", has_text=category).first.click()
            page.get_by_label(need).first.check()
        page.get_by_role("button", name="Find services").click()
        keep(page, "match")
        page.set_viewport_size({"width": 900, "height": 1100})
        page.goto(f"{fullest_sheet(page, site)}?lang=ar")
        keep(page, "sheet-ar")
        opened.close()
    return 0


def fullest_sheet(page: Page, site: str) -> str:
    """The address of the sheet that holds the most telephone numbers."""
    page.goto(f"{site}/cases?lang=en")
    found = page.locator("main a[href^='/cases/']:not([href='/cases/new'])").all()
    cases = {(link.get_attribute("href") or "").partition("?")[0] for link in found}
    numbers = {}
    for case in sorted(cases):
        page.goto(f"{site}{case}/sheet?lang=ar")
        numbers[f"{site}{case}/sheet"] = page.locator("main a[href^='tel:']").count()
    return max(numbers, key=lambda address: numbers[address])


def sign_in(page: Page, site: str) -> None:
    """Sign the demonstration's counsellor in."""
    page.goto(f"{site}/sign-in?lang=en")
    page.fill("input[name=email]", EMAIL)
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")


def keep(page: Page, name: str) -> None:
    """Keep what the window shows, in few colours so that it weighs little."""
    page.wait_for_timeout(1500)
    picture = Image.open(io.BytesIO(page.screenshot()))
    small = picture.convert("RGB").quantize(96)
    small.save(FOLDER / f"{name}.png", optimize=True)
    progress.say(f"  {name}.png")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
