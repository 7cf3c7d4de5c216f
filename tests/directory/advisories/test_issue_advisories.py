"""Supervisors issue, change and lift advisories; other staff read them; nobody else learns of them."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.models import AreaAdvisory, Change, User
from tests import factories
from tests.pages import Page

Clients = Callable[[User], FlaskClient]
HOME = {
    "type": "Polygon",
    "coordinates": [[[10.9, 2.9], [11.1, 2.9], [11.1, 3.1], [10.9, 3.1], [10.9, 2.9]]],
}
"""A shape round the usual place of return."""


def _advisory(session: Session, **fields: Any) -> AreaAdvisory:
    values: dict[str, Any] = {
        "area_id": factories.area(session, "XA-NW").id,
        "level": "suspend",
        "reason": "Fighting on the road",
        "valid_from": factories.TODAY - timedelta(days=9),
        "created_at": factories.NOW,
    }
    advisory = AreaAdvisory(**{**values, **fields})
    session.add(advisory)
    session.flush()
    return advisory


def _form(**fields: str) -> dict[str, str]:
    usual = {
        "level": "suspend",
        "reason_class": "security",
        "reason": "Fighting on the road",
        "place": "XA-NW",
        "place_token": "area:XA-NW",
        "place_picked": "XA-NW",
        "valid_from": "2026-11-20",
        "review_on": "2026-12-20",
    }
    return usual | fields


def test_a_supervisor_issues_one_for_an_area_and_the_open_cases_are_named_at_once(
    session: Session,
    supervisor: User,
    counsellor: User,
    stranger: User,
    client_of: Clients,
    page: Callable[..., Page],
) -> None:
    at_home = factories.make_case(session, counsellor, code="HOMECASE")
    by_area = factories.make_case(
        session,
        counsellor,
        code="AREACASE",
        latitude=None,
        longitude=None,
        area_id=factories.area(session, "XA-NW").id,
    )
    elsewhere = factories.make_case(session, counsellor, code="FARCASE", latitude=1.0)
    closed = factories.make_case(
        session, counsellor, code="OLDCASE", closed_at=factories.NOW
    )
    foreign = factories.make_case(session, stranger, code="FOREIGN")
    client = client_of(supervisor)
    answer = client.post("/advisories/new", data=_form())
    assert answer.status_code == 303, answer.text
    words = page(answer.headers["Location"], by=client).words
    for case in (at_home, by_area):
        assert case.code in words
    for case in (elsewhere, closed, foreign):
        assert case.code not in words
    stored = session.scalars(select(AreaAdvisory)).one()
    assert (stored.level, stored.country) == ("suspend", "XA")
    assert stored.issued_by == supervisor.id
    trace = select(Change.field_name).where(Change.resource_id == stored.id)
    assert "level" in session.scalars(trace).all()
    assert "Fighting on the road" in page("/advisories", by=client).words
    assert 'href="/advisories"' in page("/", by=client).text
    seen = page(answer.headers["Location"], by=client_of(stranger)).words
    assert foreign.code in seen
    assert at_home.code not in seen


def test_one_may_be_drawn_and_concerns_what_lies_in_it(
    session: Session,
    admin: User,
    counsellor: User,
    client_of: Clients,
    page: Callable[..., Page],
) -> None:
    inside = factories.make_case(session, counsellor, code="INSIDE")
    outside = factories.make_case(session, counsellor, code="OUTSIDE", latitude=3.3)
    form = _form(place="", place_token="", outline=json.dumps(HOME))
    answer = client_of(admin).post("/advisories/new", data=form)
    assert answer.status_code == 303, answer.text
    address = answer.headers["Location"]
    assert session.scalars(select(AreaAdvisory)).one().country == "XA"
    assert inside.code not in page(address, by=client_of(admin)).words
    words = page(address, by=client_of(counsellor)).words
    assert inside.code in words
    assert outside.code not in words
    page(f"{address}/edit", by=client_of(admin))
    smaller = json.dumps(HOME).replace("11.1", "11.05")
    form |= {"level": "caution", "outline": smaller}
    assert client_of(admin).post(f"{address}/edit", data=form).status_code == 303
    assert session.scalars(select(AreaAdvisory.level)).one() == "caution"
    changed = select(Change.field_name).where(Change.last_action_type == "update")
    assert set(session.scalars(changed)) == {"level", "outline"}


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"level": "danger"}, "level"),
        ({"reason": " "}, "reason"),
        ({"place": "", "place_token": ""}, "place"),
        ({"outline": json.dumps(HOME)}, "place"),
        ({"outline": "{}"}, "outline"),
        ({"valid_from": ""}, "valid_from"),
        ({"valid_to": "2026-01-01"}, "valid_to"),
        ({"review_on": ""}, "review_on"),
        ({"place": "3.0, 11.0", "place_token": "", "place_picked": ""}, "place"),
    ],
)
def test_it_refuses_what_cannot_be_an_advisory(
    session: Session,
    supervisor: User,
    client_of: Clients,
    page: Callable[..., Page],
    fields: dict[str, str],
    wrong: str,
) -> None:
    shown = page(
        "/advisories/new",
        by=client_of(supervisor),
        method="POST",
        data=_form(**fields),
        status=422,
    )
    assert f'href="#{wrong}"' in shown.text
    assert "Somebody looks again on Needed unless an end is given" in shown.words
    assert session.scalars(select(AreaAdvisory)).all() == []


def test_expired_ones_are_flagged_never_dropped_and_lifted_ones_stay(
    session: Session,
    supervisor: User,
    client_of: Clients,
    page: Callable[..., Page],
) -> None:
    past = factories.TODAY - timedelta(days=1)
    _advisory(session, reason="Review forgotten", review_on=past)
    _advisory(session, reason="Ended unseen", valid_to=past)
    _advisory(session, reason="Begins later", valid_from=date(2027, 1, 1))
    standing = _advisory(session, reason="To be lifted")
    client = client_of(supervisor)
    shown = page("/advisories", by=client)
    assert shown.words.count("Review overdue") == 2
    for reason in ("Review forgotten", "Ended unseen", "Begins later", "To be lifted"):
        assert reason in shown.words
    assert client.post(f"/advisories/{standing.id}/lift").status_code == 303
    assert client.post(f"/advisories/{standing.id}/lift").status_code == 409
    edited = client.post(f"/advisories/{standing.id}/edit", data=_form())
    assert edited.status_code == 409
    session.refresh(standing)
    assert standing.lifted_at == factories.NOW
    words = page("/advisories", by=client).words
    assert words.index("To be lifted") > words.index("Begins later")


def test_other_staff_read_and_everybody_else_finds_no_such_page(
    session: Session,
    client: FlaskClient,
    counsellor: User,
    caseworker: User,
    provider: User,
    authority: User,
    client_of: Clients,
) -> None:
    advisory = _advisory(session)
    session.commit()
    pages = ("/advisories", f"/advisories/{advisory.id}")
    forms = ("/advisories/new", f"/advisories/{advisory.id}/edit")
    lift = f"/advisories/{advisory.id}/lift"
    for reader in (counsellor, caseworker):
        own = client_of(reader)
        assert [own.get(one).status_code for one in (*pages, *forms)] == [
            200, 200, 403, 403,
        ]  # fmt: skip
        assert [own.post(one, data=_form()).status_code for one in forms] == [403, 403]
        assert own.post(lift).status_code == 403
    for outsider in (client, client_of(provider), client_of(authority)):
        gets = [outsider.get(one) for one in (*pages, *forms)]
        assert [answer.status_code for answer in gets] == [404] * 4
        assert "Fighting" not in "".join(answer.text for answer in gets)
        posts = [outsider.post(one, data=_form()) for one in (*forms, lift)]
        assert [answer.status_code for answer in posts] == [404] * 3
        assert "/advisories" not in outsider.get("/").text
    session.refresh(advisory)
    assert advisory.lifted_at is None
    assert len(session.scalars(select(AreaAdvisory)).all()) == 1


def test_maps_show_them_to_staff_and_to_nobody_else(
    session: Session,
    client: FlaskClient,
    counsellor: User,
    provider: User,
    authority: User,
    client_of: Clients,
) -> None:
    made = factories.make_service_at_location(session)
    _advisory(session, reason="Bridge is down")
    _advisory(
        session,
        reason="Drawn danger",
        level="caution",
        area_id=None,
        geometry=factories.box(10.9, 2.9, 11.1, 3.1),
    )
    session.commit()
    maps = ("/maps/services", f"/maps/services/{made.service_id}", "/maps/match")
    staff = client_of(counsellor)
    for address in maps:
        shown = staff.get(address).text
        assert "Bridge is down" in shown
        assert "Drawn danger" in shown
        for outsider in (client, client_of(provider), client_of(authority)):
            answer = outsider.get(address)
            assert answer.status_code == 200
            for secret in ("Bridge is down", "Drawn danger", "advisor"):
                assert secret not in answer.text
