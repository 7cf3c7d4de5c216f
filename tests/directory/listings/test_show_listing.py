"""The page of one listing: what it says, and to whom it says nothing."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.models import Change, ListingReport, Service, User
from tests.directory.listings.test_create_services import FULL, create
from tests.pages import Page

Fetch = Callable[..., Page]
SignIn = Callable[[User], FlaskClient]
RICH = replace(
    FULL,
    texts={**FULL.texts, ("description", "ar"): "رعاية للجميع"},
    coverage="national",
    fees_description="Nothing",
    email="post@example.org",
    referral_email="refer@example.org",
    return_modalities=("forced",),
    host_countries=("DE",),
    open_to="returnees",
    status="temporarily closed",
    precision_m=50.0,
    coverage_excluded_areas=("XA-NE",),
)


def test_it_says_everything_in_words(page: Fetch, session: Session) -> None:
    ids = create(session, RICH)[0]
    words = page(f"/services/{ids.service_id}").words
    for sentence in (
        "Health post",
        "Red Door",
        "Care for all",
        "Primary health care",
        "Verified 22 days ago",
        "Passport",
        "a letter of the chief",
        "Age 5 to 60",
        "Pregnant or breastfeeding",
        "08:00–16:00",
        "Closed for a time",
        "Anywhere in the country",
        "Within 12.5 km of the place",
        "Not: North E",
        "Behind the market",
        "North W, North, Exampleland",
        "+999 1 23",
        "French and English",
        "Free",
        "4, as reported on",
    ):
        assert sentence in words, sentence
    assert "refer@example.org" not in words


@pytest.mark.parametrize("language", ["en", "fr", "es", "ar"])
def test_it_shows_the_readers_language_else_the_original_marked(
    page: Fetch, session: Session, language: str
) -> None:
    ids = create(session, RICH)[0]
    fetched = page(f"/services/{ids.service_id}?lang={language}")
    heading = fetched.all("h1")[0]
    title = "".join(heading.itertext())
    assert title == ("Poste de santé" if language == "fr" else "Health post")
    marked = [span.get("lang") for span in heading.iter("span")]
    assert marked == ["fr" if language == "fr" else "en"]


@pytest.mark.parametrize("level", ["L1", "L2"])
def test_a_visitor_does_not_learn_that_a_restricted_listing_exists(
    client: FlaskClient, session: Session, level: str
) -> None:
    ids = create(session, replace(FULL, sensitivity=level))[0]
    for address in ("", "/report", "/history", "/edit"):
        status = client.get(f"/services/{ids.service_id}{address}").status_code
        assert status in {302, 404}, address
    assert client.get(f"/organizations/{ids.organization_id}").status_code == 404


def test_trained_staff_see_only_the_area_of_a_restricted_listing(
    page: Fetch, session: Session, client_of: SignIn, supervisor: User
) -> None:
    supervisor.can_see_restricted = True
    ids = create(session, replace(FULL, sensitivity="L2"))[0]
    fetched = page(f"/services/{ids.service_id}", by=client_of(supervisor))
    assert "For safety only the area is shown." in fetched.words
    for hidden in ("Market street", "Behind the market", "3.00000", "North W"):
        assert hidden not in fetched.text
    assert "North, Exampleland" in fetched.words


def test_untrained_staff_see_l1_and_not_l2(
    session: Session, client_of: SignIn, counsellor: User
) -> None:
    first, second = create(
        session,
        replace(FULL, sensitivity="L1"),
        replace(FULL, service_id="x", sensitivity="L2"),
    )
    client = client_of(counsellor)
    assert client.get(f"/services/{first.service_id}").status_code == 200
    assert client.get(f"/services/{second.service_id}").status_code == 404


def test_other_services_of_the_place_are_named_unless_restricted(
    page: Fetch, session: Session
) -> None:
    shown = replace(FULL, service_id="s2", service_name="Pharmacy of the place")
    secret = replace(FULL, service_id="s3", service_name="Quiet room", sensitivity="L1")
    ids = create(session, FULL, shown, secret)[0]
    words = page(f"/services/{ids.service_id}").words
    assert "Pharmacy of the place" in words
    assert "Quiet room" not in words


def test_what_is_unknown_is_said_to_be_unknown(page: Fetch, session: Session) -> None:
    bare = replace(
        FULL,
        phone=None,
        opening_hours=None,
        cost=None,
        languages=(),
        assured_date=None,
        coverage_areas=(),
        coverage_radius_km=None,
        access_flags=(),
    )
    ids = create(session, bare)[0]
    words = page(f"/services/{ids.service_id}").words
    for sentence in (
        "Never verified",
        "Hours not known",
        "Not known",
        "Not stated",
        "how to start",
    ):
        assert sentence in words, sentence


def test_hours_that_cannot_be_read_are_shown_as_they_are(
    page: Fetch, session: Session
) -> None:
    ids = create(session, replace(FULL, opening_hours="mornings, ask Ana"))[0]
    assert "mornings, ask Ana" in page(f"/services/{ids.service_id}").words


def test_anyone_can_report_what_is_wrong(page: Fetch, session: Session) -> None:
    ids = create(session, FULL)[0]
    path = f"/services/{ids.service_id}/report"
    page(path)
    page(path, method="POST", data={"kind": "", "text": "x"}, status=422)
    assert session.scalar(select(func.count()).select_from(ListingReport)) == 0
    page(
        path,
        method="POST",
        data={"kind": "moved", "text": "Now at the harbour"},
        status=303,
    )
    report = session.scalars(select(ListingReport)).one()
    assert (report.kind, report.text, report.state) == (
        "moved",
        "Now at the harbour",
        "open",
    )


def test_who_edits_a_listing_sees_reports_and_closes_them(
    page: Fetch,
    session: Session,
    client_of: SignIn,
    client: FlaskClient,
    authority: User,
    stranger: User,
) -> None:
    inside, outside = create(session, FULL, replace(FULL, service_id="x", latitude=1.0))
    for ids in (inside, outside):
        data = {"kind": "moved", "text": "Now at the harbour"}
        client.post(f"/services/{ids.service_id}/report", data=data)
    first, second = session.scalars(select(ListingReport)).all()
    here, there = (
        (first, second) if first.service_id == inside.service_id else (second, first)
    )
    editor = client_of(authority)
    assert page("/proposals", by=editor).words.count("Now at the harbour") == 1
    assert "harbour" not in page("/proposals", by=client_of(stranger)).words
    path = "/proposals/reports/{}/close"
    assert client.post(path.format(here.id)).status_code == 302
    assert client_of(stranger).post(path.format(here.id)).status_code == 404
    assert editor.post(path.format(there.id)).status_code == 404
    page(path.format(here.id), by=editor, method="POST", status=303)
    session.expire_all()
    assert (here.state, here.closed_by, there.state) == ("closed", authority.id, "open")
    assert "Nothing to check" in page("/proposals", by=editor).words


def test_an_editor_assures_and_a_stranger_cannot(
    session: Session,
    client_of: SignIn,
    supervisor: User,
    stranger: User,
    client: FlaskClient,
) -> None:
    ids = create(session, replace(FULL, assured_date=None))[0]
    path = f"/services/{ids.service_id}/assure"
    assert client.post(path, data={"method": "phone"}).status_code == 302
    assert client_of(stranger).post(path, data={"method": "phone"}).status_code == 403
    session.expire_all()
    assert session.get_one(Service, ids.service_id).assured_date is None
    assert client_of(supervisor).post(path, data={"method": "phone"}).status_code == 303
    session.expire_all()
    assert session.get_one(Service, ids.service_id).assured_date is not None


def test_the_history_tells_who_by_role_and_only_to_accounts(
    page: Fetch,
    session: Session,
    client_of: SignIn,
    counsellor: User,
    client: FlaskClient,
) -> None:
    ids = create(session, FULL)[0]
    path = f"/services/{ids.service_id}/history"
    assert client.get(path).status_code == 302
    fetched = page(path, by=client_of(counsellor))
    assert "written down for the first time" in fetched.words
    assert "admin@example.org" not in fetched.text
    assert session.scalar(select(func.count()).select_from(Change)) == 2


def test_an_unknown_listing_is_not_found(client: FlaskClient) -> None:
    nothing: Any = "00000000-0000-4000-8000-000000000000"
    assert client.get(f"/services/{nothing}").status_code == 404
