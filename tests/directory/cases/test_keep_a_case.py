"""A case is opened, shown, changed and listed by its own office, and by nobody else."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.models import Case, CaseRead, Consent, Need, ShortlistItem, User
from tests import factories
from tests.factories import TODAY
from tests.pages import Page

ClientOf = Callable[[User], FlaskClient]
Fetch = Callable[..., Page]


@pytest.fixture
def staff(counsellor: User, client_of: ClientOf) -> FlaskClient:
    return client_of(counsellor)


@pytest.fixture
def case(session: Session, counsellor: User) -> Case:
    return factories.make_case(
        session, counsellor, given_name="Amina", place_label="Northtown"
    )


def fresh(session: Session) -> Case:
    session.expire_all()
    return session.scalars(select(Case)).one()


def test_an_empty_list_says_what_a_case_is_for(staff: FlaskClient, page: Fetch) -> None:
    words = page("/cases", by=staff).words
    assert "No case here" in words
    assert "Nobody is expected" in page("/arrivals", by=staff).words


def test_a_case_is_opened_with_nothing_but_a_need(
    staff: FlaskClient, page: Fetch, session: Session, counsellor: User
) -> None:
    page("/cases/new", by=staff)
    answer = staff.post(
        "/cases/new", data={"term": "health.primary", "urgency": "high"}
    )
    assert answer.status_code == 303
    case = fresh(session)
    assert len(case.code) == 8
    assert case.counsellor_id == counsellor.id
    assert (case.age, case.profiles, case.documents) == (None, None, None)
    need = session.scalars(select(Need)).one()
    assert (need.owner_id, need.next_date) == (counsellor.id, TODAY + timedelta(days=2))
    assert session.scalars(select(Consent)).all() == []
    shown = page(f"/cases/{case.id}", by=staff)
    assert "No consent in force" in shown.words


@pytest.mark.parametrize(
    ("typed", "latitude", "area"),
    [("3.0, 11.0", 3.0, "XA-NW"), ("North", 3.0, "XA-N"), ("XA-SE", 1.0, "XA-SE")],
)
def test_a_place_is_typed_as_people_do(
    staff: FlaskClient, session: Session, typed: str, latitude: float, area: str
) -> None:
    assert staff.post("/cases/new", data={"place": typed}).status_code == 303
    case = fresh(session)
    assert case.latitude == pytest.approx(latitude)
    assert case.area_id == factories.area(session, area).id
    assert (case.return_country, case.place_label) == ("XA", typed)


def test_what_was_typed_stays_when_something_is_wrong(
    staff: FlaskClient, page: Fetch, session: Session
) -> None:
    data = {
        "age": "130",
        "place": "Nowhere at all",
        "given_name": "Amina",
        "term": "x.y",
    }
    refused = page("/cases/new", by=staff, method="POST", status=422, data=data)
    assert "We do not know the place" in refused.words
    assert 'value="Amina"' in refused.text
    data["place"] = "3.0, 11.0"
    refused = page("/cases/new", by=staff, method="POST", status=422, data=data)
    assert "Enter an age between 0 and 120" in refused.words
    assert refused.text.count("<title>Error:") == 1
    data["age"] = "31"
    page("/cases/new", by=staff, method="POST", status=422, data=data)
    assert session.scalars(select(Case)).all() == []


def test_ticked_profiles_are_known_and_the_others_only_when_asked(
    staff: FlaskClient, session: Session
) -> None:
    staff.post("/cases/new", data={"profiles": "pregnant"})
    case = fresh(session)
    assert case.profiles == ["pregnant"]
    assert case.profiles_unknown is not None
    assert "gbv" in case.profiles_unknown
    session.delete(case)
    session.commit()
    staff.post("/cases/new", data={"profiles": "pregnant", "profiles_asked": "yes"})
    assert fresh(session).profiles_unknown is None


def test_it_is_changed_and_who_comes_second_is_told(
    staff: FlaskClient, page: Fetch, session: Session, case: Case
) -> None:
    address = f"/cases/{case.id}/edit"
    form = page(address, by=staff)
    assert 'value="Northtown"' in form.text
    data = {"version": "1", "place": "Northtown", "age": "32", "stage": "arrival"}
    assert staff.post(address, data=data).status_code == 303
    changed = fresh(session)
    assert (changed.age, changed.latitude, changed.version) == (32, 3.0, 2)
    assert changed.decision_status == "confirmed"
    second = page(
        address, by=staff, method="POST", status=409, data={**data, "age": "40"}
    )
    assert 'value="40"' in second.text
    assert fresh(session).age == 32


def test_an_open_need_is_never_without_owner_and_date(
    staff: FlaskClient, page: Fetch, session: Session, case: Case, supervisor: User
) -> None:
    base = f"/cases/{case.id}/needs"
    page(f"{base}/new", by=staff)
    wrong = {"term": "", "urgency": "sometime"}
    page(f"{base}/new", by=staff, method="POST", status=422, data=wrong)
    data = {"term": "health.primary", "urgency": "low", "owner": str(supervisor.id)}
    assert staff.post(f"{base}/new", data=data).status_code == 303
    need = session.scalars(select(Need)).one()
    assert need.next_date == TODAY + timedelta(days=14)
    assert need.owner_id == supervisor.id
    address = f"{base}/{need.id}/edit"
    page(address, by=staff)
    emptied = {**data, "owner": "", "next_date": "", "status": "open"}
    assert staff.post(address, data=emptied).status_code == 303
    session.expire_all()
    assert need.owner_id is not None
    assert need.next_date is not None


def test_a_consent_is_recorded_for_a_year_and_versions_stay(
    staff: FlaskClient, page: Fetch, session: Session, case: Case
) -> None:
    address = f"/cases/{case.id}/consent/new"
    page(address, by=staff)
    data = {
        "purposes": "referral", "recipients": "any_provider", "data_items": ["age_band", "need"],
        "form": "written", "given_by": "self", "language": "fr", "given_on": "23/11/2026",
    }  # fmt: skip
    wrong = {**data, "purposes": "", "given_on": "2026-11-24"}
    page(address, by=staff, method="POST", status=422, data=wrong)
    assert session.scalars(select(Consent)).all() == []
    for version in (1, 2):
        assert staff.post(address, data=data).status_code == 303
        newest = session.scalars(
            select(Consent).order_by(Consent.version.desc())
        ).first()
        assert newest is not None
        assert newest.version == version
        assert newest.expires_on == date(2027, 11, 23)


def test_a_child_cannot_consent_alone(
    staff: FlaskClient, page: Fetch, session: Session, case: Case
) -> None:
    case.age = 16
    session.commit()
    data = {
        "purposes": "referral", "recipients": "any_provider", "form": "written",
        "given_by": "self",
    }  # fmt: skip
    address = f"/cases/{case.id}/consent/new"
    refused = page(address, by=staff, method="POST", status=422, data=data)
    assert "a parent, guardian or representative agrees" in refused.words


def test_a_shortlist_keeps_each_service_once(
    staff: FlaskClient, page: Fetch, session: Session, case: Case
) -> None:
    factories.make_need(session, case)
    listing = factories.make_service_at_location(session)
    data = {
        "service_at_location": str(listing.service_at_location_id),
        "term": "health.primary",
    }
    for _ in range(2):
        assert staff.post(f"/cases/{case.id}/shortlist", data=data).status_code == 303
    item = session.scalars(select(ShortlistItem)).one()
    assert "Health post" in page(f"/cases/{case.id}", by=staff).words
    hidden = factories.make_service_at_location(
        session, service_name="Quiet house", taxonomy_terms=("protection.gbv",)
    )
    data["service_at_location"] = str(hidden.service_at_location_id)
    assert staff.post(f"/cases/{case.id}/shortlist", data=data).status_code == 404
    assert staff.post(f"/cases/{case.id}/shortlist/{item.id}/drop").status_code == 303
    assert session.scalars(select(ShortlistItem)).all() == []


def test_arrivals_show_the_next_14_days_and_what_is_missing(
    staff: FlaskClient, page: Fetch, session: Session, case: Case, counsellor: User
) -> None:
    case.arrival_date = TODAY + timedelta(days=14)
    factories.make_need(session, case)
    later = factories.make_case(
        session, counsellor, arrival_date=TODAY + timedelta(days=15)
    )
    words = page("/arrivals", by=staff).words
    assert case.code in words
    assert "Nothing sent yet" in words
    assert later.code not in words


def test_fear_of_return_is_recorded_by_staff_and_cleared_by_a_supervisor(
    staff: FlaskClient,
    session: Session,
    case: Case,
    supervisor: User,
    client_of: ClientOf,
) -> None:
    address = f"/cases/{case.id}/fear"
    told = staff.post(address, data={"fears_return": "yes"})
    assert told.location.startswith("/services?term=legal")
    assert fresh(session).fears_return
    assert staff.post(address, data={"fears_return": "no"}).status_code == 403
    assert fresh(session).fears_return
    assert (
        client_of(supervisor).post(address, data={"fears_return": "no"}).status_code
        == 303
    )
    assert not fresh(session).fears_return


def test_every_opening_is_written_down_for_the_supervisor(
    staff: FlaskClient,
    page: Fetch,
    session: Session,
    case: Case,
    counsellor: User,
    supervisor: User,
    client_of: ClientOf,
) -> None:
    page(f"/cases/{case.id}", by=staff)
    read = session.scalars(select(CaseRead)).one()
    assert (read.user_id, read.purpose) == (counsellor.id, "view")
    readers = f"/cases/{case.id}/readers"
    assert counsellor.name in page(readers, by=client_of(supervisor)).words
    assert staff.get(readers).status_code == 403


def test_a_restricted_case_exists_for_its_own_workers_only(
    staff: FlaskClient, page: Fetch, session: Session, case: Case, client_of: ClientOf
) -> None:
    case.is_restricted = True
    colleague = factories.make_user(
        session, role="caseworker", email="desk@example.org"
    )
    page(f"/cases/{case.id}", by=staff)
    other = client_of(colleague)
    assert other.get(f"/cases/{case.id}").status_code == 404
    assert case.code not in page("/cases?show=all", by=other).words


@pytest.mark.parametrize("role", ["provider", "authority", "admin"])
def test_other_roles_have_no_cases(
    session: Session, case: Case, client_of: ClientOf, role: str,
    request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    client = client_of(request.getfixturevalue(role))
    for path in ("/cases", "/arrivals", "/cases/new", f"/cases/{case.id}"):
        assert client.get(path).status_code == 403, path
    assert client.post("/cases/new", data={}).status_code == 403


def test_a_stranger_and_a_visitor_find_nothing(
    session: Session,
    case: Case,
    client: FlaskClient,
    stranger: User,
    client_of: ClientOf,
    page: Fetch,
) -> None:
    need = factories.make_need(session, case)
    other = client_of(stranger)
    assert case.code not in page("/cases?show=all", by=other).words
    base = f"/cases/{case.id}"
    paths = (
        "",
        "/edit",
        "/needs/new",
        f"/needs/{need.id}/edit",
        "/consent/new",
        "/decision",
        "/arrival",
    )
    for path in paths:
        assert other.get(base + path).status_code == 404, path
        assert client.get(base + path).status_code == 302, path
    for path in (
        "/edit",
        "/needs/new",
        "/consent/new",
        "/shortlist",
        "/fear",
        "/arrival",
    ):
        assert other.post(base + path, data={"age": "99"}).status_code == 404, path
        assert client.post(base + path).status_code == 302, path
    assert fresh(session).age == 31
    assert session.scalars(select(CaseRead)).all() == []
