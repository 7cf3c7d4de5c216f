"""The page of outcomes: who sees what, and that small counts stay hidden."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from directory.models import User
from tests.directory.sent import COURSE, make_sent
from tests.factories import NOW, make_service_at_location

Sign = Callable[[User], FlaskClient]
NORTH, SOUTH = (3.0, 11.0), (1.0, 11.0)
PATHS = ("/insights", "/insights/outcomes.csv", "/insights/gaps", "/insights/gaps.csv")


@pytest.fixture
def sent(session: Session, supervisor: User) -> None:
    """Twelve confirmed and six unanswered in the north, eight completed in the south."""
    offer = make_service_at_location(session)
    for _ in range(12):
        make_sent(session, supervisor, states=COURSE, place=NORTH, offer=offer)
    for _ in range(6):
        make_sent(session, supervisor, place=NORTH, offer=offer)
    for _ in range(8):
        make_sent(session, supervisor, states=COURSE[:5], place=SOUTH, offer=offer)


def test_it_tells_the_findings_with_their_denominators(
    supervisor: User, sent: None, client_of: Sign, page: Callable[..., Any]
) -> None:
    shown = page("/insights", by=client_of(supervisor))
    text = " ".join(shown.text.split())
    assert (
        "Of 20 services that providers reported as given, returnees confirmed 12 (60 %)."
        in text
    )
    assert "26 referrals were sent." in text
    assert "20 of 26" in text
    assert "23 November 2026" in text
    assert "North" in text


def test_the_file_says_the_same(supervisor: User, sent: None, client_of: Sign) -> None:
    response = client_of(supervisor).get("/insights/outcomes.csv")
    assert response.mimetype == "text/csv"
    assert "outcomes-2025-12-2026-11.csv" in response.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(response.text.removeprefix("\ufeff"))))
    assert (rows[0]["group"], rows[0]["sent"], rows[0]["confirmed"]) == (
        "All",
        "26",
        "12",
    )
    north = next(row for row in rows if row["name"] == "North")
    assert (north["sent"], north["without_answer"], north["completed_of"]) == (
        "18",
        "6",
        "18",
    )


def test_small_counts_appear_nowhere(
    session: Session, supervisor: User, client_of: Sign, sent: None
) -> None:
    offer = make_service_at_location(session)
    for _ in range(3):
        make_sent(session, supervisor, place=(3.0, 13.9), term="legal.aid", offer=offer)
    by = client_of(supervisor)
    rows = csv.DictReader(
        io.StringIO(by.get("/insights/outcomes.csv").text.removeprefix("\ufeff"))
    )
    for row in rows:
        counts = [
            value
            for name, value in row.items()
            if name not in {"group", "name"} and value
        ]
        assert all(int(count) == 0 or int(count) >= 5 for count in counts), row


def test_only_the_months_asked_for_are_counted(
    session: Session, supervisor: User, client_of: Sign, sent: None
) -> None:
    for _ in range(7):
        make_sent(session, supervisor, sent_at=NOW - timedelta(days=150))
    by = client_of(supervisor)
    assert "7 referrals were sent." in by.get("/insights?from=2026-06&to=2026-07").text
    assert "33 referrals were sent." in by.get("/insights?from=nonsense").text
    assert "No referral was sent" in by.get("/insights?from=2024-01&to=2024-02").text


def test_who_reads_no_case_chooses_a_year_and_no_span_that_overlaps_another(
    session: Session, supervisor: User, authority: User, admin: User, sent: None,
    client_of: Sign,
) -> None:  # fmt: skip
    for _ in range(7):  # in June
        make_sent(session, supervisor, place=NORTH, sent_at=NOW - timedelta(days=150))
    for user, whole in ((authority, 25), (admin, 33)):
        by = client_of(user)
        answers = {
            by.get(f"/insights{asked}").text.count(f"{whole} referrals were sent.")
            for asked in (
                "", "?from=2026-01&to=2026-06", "?from=2026-02&to=2026-11", "?year=2026",
                "?year=x", "?from=2026-11",
            )
        }  # fmt: skip
        assert answers == {1}
        assert 'name="year"' in by.get("/insights").text
        assert "No referral was sent" in by.get("/insights?year=2025").text
        file = by.get("/insights/outcomes.csv?from=2026-11&to=2026-11")
        assert "outcomes-2026-01-2026-12" in file.headers["Content-Disposition"]


def test_an_authority_counts_its_own_area_only(
    authority: User, sent: None, client_of: Sign, page: Callable[..., Any]
) -> None:
    shown = page("/insights", by=client_of(authority))
    assert "18 referrals were sent." in shown.text
    assert "South" not in shown.text


def test_a_supervisor_elsewhere_sees_nothing_of_it(
    stranger: User, sent: None, client_of: Sign
) -> None:
    stranger.role = "supervisor"
    assert "No referral was sent" in client_of(stranger).get("/insights").text


def test_restricted_cases_are_counted_nowhere(
    session: Session, supervisor: User, client_of: Sign
) -> None:
    for _ in range(9):
        make_sent(session, supervisor, is_restricted=True)
    assert "No referral was sent" in client_of(supervisor).get("/insights").text


@pytest.mark.parametrize("role", ["counsellor", "caseworker", "provider"])
@pytest.mark.parametrize("path", PATHS)
def test_others_are_refused(
    client_of: Sign, request: pytest.FixtureRequest, role: str, path: str
) -> None:
    assert client_of(request.getfixturevalue(role)).get(path).status_code == 403


@pytest.mark.parametrize(("level", "counted"), [("L0", 7), ("L1", 0), ("L2", 0)])
def test_a_referral_to_a_listing_one_may_not_know_of_is_not_counted(
    session: Session, supervisor: User, authority: User, client_of: Sign,
    level: str, counted: int,
) -> None:  # fmt: skip
    offer = make_service_at_location(session, sensitivity=level)
    for _ in range(7):
        make_sent(session, supervisor, place=NORTH, offer=offer)
    assert ("7 referrals were sent." in client_of(authority).get("/insights").text) == (
        counted == 7
    )
    # Who reads the cases of the own office counts them all.
    assert "7 referrals were sent." in client_of(supervisor).get("/insights").text


@pytest.mark.parametrize("path", PATHS)
def test_a_visitor_is_asked_to_sign_in(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 302


@pytest.mark.parametrize("language", ["en", "fr", "es", "ar"])
def test_it_speaks_every_language(
    supervisor: User,
    sent: None,
    client_of: Sign,
    page: Callable[..., Any],
    language: str,
) -> None:
    page(f"/insights?lang={language}", by=client_of(supervisor))
