"""Needs without an accepted referral for each arrival (O4.1): by district, small counts hidden."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from directory.authz import Actor
from directory.models import Role, User
from directory.referrals import unmet
from directory.referrals.unmet import AreaNeeds
from tests.directory.sent import COURSE, make_sent
from tests.factories import (
    NOW,
    TODAY,
    area,
    make_case,
    make_need,
    make_service_at_location,
    own_organization_id,
)
from tests.pages import Page

Sign = Callable[[User], FlaskClient]
Fetch = Callable[..., Page]
NW, NE, SW, SE = (3.0, 11.0), (3.0, 13.0), (1.0, 11.0), (1.0, 13.0)
CAME = TODAY - timedelta(days=30)
ADMIN = Actor(role=Role.ADMIN)
HIDDEN = AreaNeeds(None, None)


def people(
    session: Session,
    worker: User,
    number: int,
    *terms: str,
    place: tuple[float, float] = NW,
    **case: Any,
) -> None:
    """Cases of people who came thirty days ago, with these needs each."""
    for _ in range(number):
        given = {"latitude": place[0], "longitude": place[1], "arrival_date": CAME}
        person = make_case(session, worker, **(given | case))
        for term in terms:
            make_need(session, person, term)


def counted(session: Session, actor: Actor = ADMIN) -> dict[str, AreaNeeds]:
    found = unmet.by_area(
        session,
        actor=actor,
        country="XA",
        since=TODAY - timedelta(days=365),
        before=TODAY + timedelta(days=365),
        today=TODAY,
        below=5,
    )
    codes = {area(session, code).id: code for code in ("XA-N", "XA-S", "XA-NW", "XA-NE", "XA-SW", "XA-SE")}  # fmt: skip
    return {codes[key]: one for key, one in found.areas.items()}


def test_a_need_waits_until_somebody_who_still_stands_by_it_accepts(
    session: Session, supervisor: User
) -> None:
    offer = make_service_at_location(session)
    quiet = make_service_at_location(session, service_name="Quiet", sensitivity="L1")
    people(session, supervisor, 6, "health.primary", "health.hospital", "legal.aid")
    people(session, supervisor, 10)
    for states, to in (
        (COURSE[:3], offer),  # accepted
        (COURSE, offer),  # confirmed
        (COURSE[:2], offer),  # no decision yet: waits
        (("sent", "declined"), offer),  # waits
        ((*COURSE[:5], "disputed"), offer),  # given, says the provider only: waits
        (COURSE[:3], quiet),  # waits for those who may not know of the listing
    ):
        make_sent(session, supervisor, states=states, offer=to, arrival_date=CAME)
    dropped = make_case(session, supervisor, latitude=3.0, longitude=11.0, arrival_date=CAME)  # fmt: skip
    make_need(session, dropped, "housing", status="dropped")
    # Not arrived, restricted, made anonymous: counted nowhere.
    for fields in (
        {"arrival_date": TODAY + timedelta(days=3)},
        {"arrival_date": None},
        {"is_restricted": True},
        {"anonymised_at": NOW},
    ):
        people(session, supervisor, 7, "health.primary", **fields)
    own = frozenset({own_organization_id(session, supervisor)})
    reader = Actor(role=Role.SUPERVISOR, organization_ids=own)
    # Six with two categories each, and three that nobody accepted.
    assert counted(session, reader)["XA-NW"] == AreaNeeds(arrivals=23, needs=15)
    north = frozenset({area(session, "XA-N").id})
    assert counted(session, Actor(role=Role.AUTHORITY, area_ids=north)) == {
        "XA-NW": AreaNeeds(arrivals=23, needs=16)
    }
    south = frozenset({area(session, "XA-S").id})
    assert counted(session, Actor(role=Role.AUTHORITY, area_ids=south)) == {}


def test_small_counts_are_hidden_and_so_is_what_would_tell_them(
    session: Session, counsellor: User
) -> None:
    people(session, counsellor, 20, "health.primary", place=NW)
    people(session, counsellor, 9, "health.primary", place=NE)
    people(session, counsellor, 12, "legal.aid", place=SW)
    people(session, counsellor, 8, place=SW)
    people(session, counsellor, 30, "legal.aid", place=SE)
    assert counted(session) == {
        "XA-NW": AreaNeeds(20, 20),
        "XA-NE": AreaNeeds(9, 9),
        "XA-SW": AreaNeeds(20, 12),
        "XA-SE": AreaNeeds(30, 30),
    }
    # Three came to a region of which no district is known: the total of the region would tell.
    people(session, counsellor, 3, area_id=area(session, "XA-N").id)
    assert counted(session) == {
        "XA-N": HIDDEN,
        "XA-NW": AreaNeeds(20, 20),
        "XA-NE": HIDDEN,
        "XA-SW": AreaNeeds(20, 12),
        "XA-SE": AreaNeeds(30, 30),
    }
    # All but two of the south have a need: who has none would be known.
    people(session, counsellor, 2, place=SE)
    found = counted(session)
    assert found["XA-SE"] == AreaNeeds(32, None)
    assert found["XA-SW"] == AreaNeeds(20, None)
    assert found["XA-SE"].shade is None


def south_too(session: Session, counsellor: User) -> None:
    """Places in the south, where nothing is small."""
    people(session, counsellor, 8, "health.primary", place=SW)
    people(session, counsellor, 7, "health.primary", place=SE)
    people(session, counsellor, 9, place=SE)


def test_the_map_the_table_and_the_file_say_the_same(
    session: Session,
    counsellor: User,
    supervisor: User,
    authority: User,
    admin: User,
    client_of: Sign,
    client: FlaskClient,
    page: Fetch,
) -> None:
    make_service_at_location(session)  # else there is no country to choose
    people(session, counsellor, 20, "health.primary", "legal.aid", place=NW)
    people(session, counsellor, 4, "health.primary", place=NE)
    people(session, counsellor, 3, area_id=area(session, "XA-N").id)
    south_too(session, counsellor)
    keeper = client_of(admin)
    shown = page("/insights/unmet?country=XA&year=2026", by=keeper)
    assert "North W North20402" in shown.words
    assert "North E North–hidden–hidden–hidden" in shown.words
    assert "North, district not known–hidden" in shown.words
    assert "Hidden: fewer than 5 people arrived there" in shown.words
    assert "2 and more" in shown.words
    assert "/maps/unmet?country=XA" in shown.text
    drawn = page("/maps/unmet?country=XA&year=2026", by=keeper).text
    assert (
        '["North W",["20 arrivals","40 needs without an accepted referral"],' in drawn
    )
    assert '["North E",["Hidden, to protect' in drawn
    assert '["North",' not in drawn  # it would cover its districts
    text = keeper.get("/insights/unmet.csv?country=XA&year=2026").text
    rows = {row["area_code"]: row for row in csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))}  # fmt: skip
    assert rows["XA-NW"]["needs_for_each_arrival"] == "2.00"
    assert rows["XA-SE"]["needs_for_each_arrival"] == "0.44"
    assert rows["XA-NE"]["arrivals"] == rows["XA-NE"]["unmet_needs"] == ""
    # No other number of the page, the map or the file gives the four away.
    assert "4" not in {row["arrivals"] for row in rows.values()}
    own = client_of(authority)
    assert "South" not in page("/insights/unmet?country=XA", by=own).words
    assert "South" not in own.get("/maps/unmet?country=XA").text
    for path in ("/insights/unmet", "/insights/unmet.csv", "/maps/unmet?country=XA"):
        assert client_of(counsellor).get(path).status_code == 403
        assert client.get(path).status_code == 302
    assert keeper.get("/maps/unmet?country=ZZ").status_code == 404
    assert (
        "Nobody whose place"
        in page("/insights/unmet?country=XA&year=2020", by=keeper).words
    )
    # A supervisor reads the own cases and so chooses months.
    assert 'type="month"' in page("/insights/unmet", by=client_of(supervisor)).text
