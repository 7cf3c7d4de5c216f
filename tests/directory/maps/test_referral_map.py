"""The map of outcomes: areas shaded by what returnees confirmed, small counts hidden."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from directory.models import User
from tests.directory.sent import COURSE, make_sent
from tests.factories import make_service_at_location

Sign = Callable[[User], FlaskClient]
NORTH, SOUTH = (3.0, 11.0), (1.0, 11.0)


def test_areas_carry_their_counts_and_small_ones_are_hidden(
    session: Session, supervisor: User, client_of: Sign, page: Callable[..., Any]
) -> None:
    offer = make_service_at_location(session)
    for _ in range(12):
        make_sent(session, supervisor, states=COURSE, place=NORTH, offer=offer)
    for _ in range(6):
        make_sent(session, supervisor, states=COURSE[:2], place=NORTH, offer=offer)
    for _ in range(3):
        make_sent(session, supervisor, states=COURSE, place=SOUTH, offer=offer)
    text = page("/maps/referrals", by=client_of(supervisor)).text
    # The south has three: hidden, and the north with it, because the total would tell.
    assert '["North",["Fewer than 5' in text
    assert '["South",["Fewer than 5' in text
    assert "12 confirmed" not in text
    for _ in range(4):
        make_sent(session, supervisor, place=SOUTH, offer=offer)
    text = page("/maps/referrals", by=client_of(supervisor)).text
    assert '["North",["18 referrals sent"' in text
    assert '["South",["7 referrals sent","Confirmed: hidden' in text


def test_an_authority_counts_its_own_area_only(
    session: Session, supervisor: User, authority: User, client_of: Sign
) -> None:
    offer = make_service_at_location(session)
    for place in (NORTH, SOUTH):
        for _ in range(6):
            make_sent(session, supervisor, states=COURSE, place=place, offer=offer)
    text = client_of(authority).get("/maps/referrals").text
    assert "North" in text
    assert "South" not in text


def test_restricted_cases_are_counted_nowhere(
    session: Session, supervisor: User, client_of: Sign
) -> None:
    by = client_of(supervisor)
    empty = by.get("/maps/referrals").text
    offer = make_service_at_location(session)
    for _ in range(9):
        make_sent(session, supervisor, states=COURSE, offer=offer, is_restricted=True)
    session.commit()
    assert by.get("/maps/referrals").text == empty


def test_a_supervisor_elsewhere_counts_nothing_of_it(
    session: Session, supervisor: User, stranger: User, client_of: Sign
) -> None:
    stranger.role = "supervisor"
    by = client_of(stranger)
    empty = by.get("/maps/referrals").text
    for _ in range(9):
        make_sent(session, supervisor, states=COURSE)
    session.commit()
    assert by.get("/maps/referrals").text == empty


@pytest.mark.parametrize("role", ["counsellor", "caseworker", "provider"])
def test_others_are_refused(
    client_of: Sign, request: pytest.FixtureRequest, role: str
) -> None:
    assert (
        client_of(request.getfixturevalue(role)).get("/maps/referrals").status_code
        == 403
    )


def test_a_visitor_is_asked_to_sign_in(client: FlaskClient) -> None:
    assert client.get("/maps/referrals").status_code == 302
