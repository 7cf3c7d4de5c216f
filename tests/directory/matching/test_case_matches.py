"""Workers of a case find services for its needs; nobody else learns that it exists."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from directory.models import User
from tests import factories
from tests.directory.matching.conftest import List
from tests.pages import Page

Fetch = Callable[..., Page]
ClientOf = Callable[[User], FlaskClient]


def _case(session: Session, worker: User, **fields: Any) -> Any:
    place = {"latitude": 3.0, "longitude": 11.0, "place_label": "Tamale"}
    return factories.make_case(session, worker, **{**place, **fields})


def test_results_follow_the_facts_of_the_case(
    page: Fetch, offer: List, client_of: ClientOf, counsellor: User, session: Session
) -> None:
    case = _case(session, counsellor, age=20)
    need = factories.make_need(session, case, "health.primary")
    fits = offer(service_name="For the young", maximum_age=25)
    offer(service_name="For the old", minimum_age=60)
    shown = page(f"/cases/{case.id}/matches", by=client_of(counsellor))
    assert f"/referrals/new?service_at_location={fits}&amp;need={need.id}" in shown.text
    assert f'name="service_at_location" value="{fits}"' in shown.text
    assert "Not quite: 1 service" in shown.text
    assert f'action="/cases/{case.id}/shortlist"' in shown.text


def test_one_need_can_be_looked_at_alone(
    page: Fetch, offer: List, client_of: ClientOf, counsellor: User, session: Session
) -> None:
    case = _case(session, counsellor)
    one = factories.make_need(session, case, "health.primary")
    factories.make_need(session, case, "legal.aid")
    shown = page(f"/cases/{case.id}/matches?need={one.id}", by=client_of(counsellor))
    assert "No service found for: Primary health care" in shown.text
    assert shown.text.count("No service found for") == 1


def test_without_a_place_it_says_what_to_do(
    page: Fetch, client_of: ClientOf, counsellor: User, session: Session
) -> None:
    case = _case(session, counsellor, latitude=None, longitude=None)
    assert (
        "This case has no open need"
        in page(f"/cases/{case.id}/matches", by=client_of(counsellor)).text
    )
    factories.make_need(session, case)
    shown = page(f"/cases/{case.id}/matches", by=client_of(counsellor))
    assert "The place of return is not known yet" in shown.text
    assert f"/cases/{case.id}/edit" in shown.text


def test_strangers_visitors_and_providers_see_nothing(
    client: FlaskClient,
    client_of: ClientOf,
    counsellor: User,
    stranger: User,
    provider: User,
    admin: User,
    session: Session,
) -> None:
    path = f"/cases/{_case(session, counsellor).id}/matches"
    assert client_of(stranger).get(path).status_code == 404
    assert client_of(provider).get(path).status_code == 403
    assert client_of(admin).get(path).status_code == 403
    answer = client.get(path)
    assert (answer.status_code, answer.location.split("?")[0]) == (302, "/sign-in")


def test_an_old_listing_is_shown_as_out_of_date(
    page: Fetch, offer: List, client_of: ClientOf, counsellor: User, session: Session
) -> None:
    case = _case(session, counsellor)
    factories.make_need(session, case, "health.primary")
    offer(assured_date=factories.TODAY - timedelta(days=400))
    shown = page(f"/cases/{case.id}/matches", by=client_of(counsellor))
    assert "tag--stale" in shown.text
    assert "Call before you refer anybody." not in shown.text.split("All reasons")[0]


def test_the_return_and_the_programmes_of_the_case_are_held_against_conditions(
    page: Fetch, offer: List, client_of: ClientOf, counsellor: User, session: Session
) -> None:
    case = _case(session, counsellor, arrival_date=factories.TODAY - timedelta(days=40))
    factories.make_need(session, case)
    offer(service_name="Fresh start", programmes=("Start Again",))
    offer(service_name="Later", minimum_months_since_return=6)
    client = client_of(counsellor)
    shown = page(f"/cases/{case.id}/matches", by=client).words
    assert "In which programme is the person?" in shown
    assert "Ask again 6 months after the return." in shown
    form = {
        "version": str(case.version),
        "place": "Tamale",
        "programmes": "Start Again",
    }
    assert client.post(f"/cases/{case.id}/edit", data=form).status_code == 303
    session.refresh(case)
    assert case.programmes == ["Start Again"]
    assert 'value="Start Again"' in page(f"/cases/{case.id}/edit", by=client).text
    shown = page(f"/cases/{case.id}/matches", by=client).words
    assert "In which programme is the person?" not in shown
    assert "For people in: Start Again." in shown


def test_a_need_that_finds_nothing_has_ways_on(
    page: Fetch, offer: List, client_of: ClientOf, counsellor: User, session: Session
) -> None:
    case, staff = _case(session, counsellor), client_of(counsellor)
    need = factories.make_need(session, case, "housing.temporary")
    kin = offer(service_name="Night shelter", taxonomy_terms=("housing.emergency",))
    far = offer(
        service_name="Guest rooms",
        taxonomy_terms=("housing.temporary",),
        coverage_areas=("XA-NE",),
    )
    asked = f"/cases/{case.id}/matches?need={need.id}"
    shown = page(asked, by=staff)
    assert "No service found for: Temporary accommodation" in shown.text
    assert "Offers Emergency shelter, not: Temporary accommodation." in shown.words
    assert kin not in shown.text
    for link in (
        f"{asked}&whole=1",
        f"{asked}&area=XA-N",
        f"{asked}&area=XA",
        "/services?term=housing&area=XA-N",
        "/services?term=housing&area=XA",
    ):
        assert f'href="{link}"'.replace("&", "&amp;") in shown.text, link
    whole = page(f"{asked}&whole=1", by=staff)
    assert f"/referrals/new?service_at_location={kin}&amp;need={need.id}" in whole.text
    assert 'name="term" value="housing.temporary"' in whole.text
    wider = page(f"{asked}&area=XA-N", by=staff)
    assert f"/referrals/new?service_at_location={far}&amp;need={need.id}" in wider.text
    elsewhere = page(f"{asked}&area=XB", by=staff)
    assert "No service found for: Temporary accommodation" in elsewhere.text
