"""The pages of cases, referrals, sheet and feedback in a real browser, in four languages and two widths."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser

from directory.cases import operations as cases
from directory.config import Config
from directory.feedback import operations as feedback
from directory.models import Feedback, User
from directory.referrals import operations, queries
from directory.referrals.lifecycle import Party
from directory.referrals.moves import By, Said
from tests import browser as chrome
from tests import factories
from tests.directory.referrals.conftest import World

pytestmark = pytest.mark.browser
ClientOf = Callable[[User], FlaskClient]
EVERY_DAY = {("ar", 320)}
LOOKS = [
    pytest.param(
        language,
        width,
        marks=[] if (language, width) in EVERY_DAY else [pytest.mark.drill],
    )
    for language in ("en", "fr", "es", "ar")
    for width in (320, 1280)
]
"""One look in every run, beside the walk of the served site; ``make drill`` takes all eight."""


@pytest.fixture
def scene(world: World, supervisor: User, provider: User, config: Config) -> World:
    """A case with referrals in several states, a shortlist, and feedback."""
    session, now = world.session, world.now
    world.case.arrival_date = now.date() + timedelta(days=5)
    world.case.area_id = factories.area(session, "XA-NW").id
    world.case.place_label = "Northtown"
    world.case.languages = ["fr", "ar"]
    by = By(Party.RECEIVER)
    for number, moves in enumerate((("accept",), ("accept", "complete"), ("ask",), ())):
        world.listing = factories.make_service_at_location(
            session,
            service_name=f"Health post {number}",
            organization_name="Red Door",
            phone="+15550142",
            address="4 Mill Road",
            opening_hours="Mo-Fr 08:00-16:00",
            latitude=3.0 + number / 50,
            longitude=11.0 + number / 40,
            cost="free",
            required_documents=("national_id",),
        )
        sent = world.send(world.draft(), confirms_duplicate=True)
        for name in moves:
            said = Said(outcome="received_full", question="Which day suits her?")
            operations.move(
                session, referral=sent, name=name, by=by, said=said, now=now
            )
    factories.make_need(
        session, world.case, term="housing.temporary", next_date=now.date()
    )
    kept = factories.make_service_at_location(session, service_name="Second clinic")
    cases.keep(
        session,
        actor=world.actor,
        case=world.case,
        need_id=world.need.id,
        service_at_location_id=kept.service_at_location_id,
        snapshot={},
        now=now,
    )
    given = feedback.Given(category="delay", text="No answer for weeks", language="en")
    feedback.give(session, given=given, now=now)
    world.listing = kept
    return world


def addresses(scene: World) -> dict[str, list[str]]:
    """Every page to look at, by who opens it."""
    session = scene.session
    case, need = f"/cases/{scene.case.id}", scene.need.id
    referrals = queries.of_case(session, scene.case.id)
    completed = next(one for one in referrals if one.state == "completed")
    waiting = next(one for one in referrals if one.state == "sent")
    key = scene.listing.service_at_location_id
    item = session.query(Feedback).one().id
    code = cases.sheet_code(
        session, actor=scene.actor, case=scene.case, secret_key=scene.secret_key
    )
    return {
        "staff": [
            "/cases", "/arrivals", "/cases/new", case, f"{case}/edit", f"{case}/needs/new",
            f"{case}/consent/new", f"{case}/decision",
            f"{case}/arrival?to=2026-12-10",
            f"{case}/referrals/new?service_at_location={key}&need={need}",
            "/referrals", f"/referrals/{completed.id}", f"/referrals/{waiting.id}",
            f"{case}/sheet",
        ],
        "supervisor": ["/feedback/inbox", f"/feedback/inbox/{item}", f"{case}/readers"],
        "provider": ["/inbox", f"/inbox/{waiting.id}"],
        "visitor": [
            f"/r/{scene.token(waiting)}", f"/s/{code}", "/s", "/feedback", "/feedback/status",
        ],
    }  # fmt: skip


@pytest.mark.parametrize(("language", "width"), LOOKS)
def test_every_page_is_accessible_and_fits(
    scene: World,
    browser: Browser,
    client: FlaskClient,
    client_of: ClientOf,
    supervisor: User,
    provider: User,
    language: str,
    width: int,
) -> None:
    people = {
        "staff": client_of(scene.worker),
        "supervisor": client_of(supervisor),
        "provider": client_of(provider),
        "visitor": client,
    }
    problems = []
    shots = os.environ.get("SCREENSHOTS")
    for who, paths in addresses(scene).items():
        with chrome.window(browser, people[who], width=width) as page:
            for number, path in enumerate(paths):
                joint = "&" if "?" in path else "?"
                page.goto(f"{path}{joint}lang={language}")
                found = [*chrome.violations(page), *chrome.overflow(page)]
                problems += [(path, one) for one in found]
                if shots:
                    name = f"{who}-{number:02}-{language}-{width}.png"
                    page.screenshot(path=Path(shots) / name, full_page=True)
    assert problems == []
