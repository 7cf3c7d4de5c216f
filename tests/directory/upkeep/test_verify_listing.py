"""Checks of a listing: what follows from each result, and who may make and read them."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory import audit
from directory.authz import Actor, NotYours
from directory.errors import Invalid
from directory.listings import reports
from directory.models import (
    Change,
    ListingReport,
    Offer,
    Role,
    UpkeepTask,
    User,
    Verification,
)
from directory.upkeep import operations, work
from directory.upkeep.operations import Check
from tests import factories
from tests.directory.upkeep.scene import KEEPER, band, check, hand_to, listed, tasks
from tests.factories import NOW, TODAY
from tests.pages import Page

Fetch = Callable[..., Page]
SignIn = Callable[[User], FlaskClient]


def test_a_confirmation_verifies_logs_and_closes_what_was_open(
    session: Session,
) -> None:
    service = listed(session)
    work.open_task(session, service_id=service.id, kind="area", now=NOW)
    for kind in ("moved", "safety"):
        reports.report_listing(
            session, service=service, kind=kind, text="", language="en", now=NOW
        )
    written = check(session, service, "confirmed", note="  Spoke to the desk ")
    assert (service.assured_date, service.assurer_role) == (TODAY, "supervisor")
    assert (written.method, written.note, written.next_try) == (
        "phone",
        "Spoke to the desk",
        None,
    )
    assert band(session, service) == "fresh"
    assert tasks(session) == []
    said = session.scalars(select(ListingReport)).all()
    assert {each.kind: each.state for each in said} == {
        "moved": "closed",
        "safety": "open",
    }


@pytest.mark.parametrize("result", ["closed", "moved"])
def test_closed_or_moved_turns_red_at_once_until_somebody_verifies(
    session: Session, result: str
) -> None:
    service = listed(session, days=1)
    check(session, service, result)
    assert band(session, service) == "stale"
    assert tasks(session) == [result]
    task = session.scalars(select(UpkeepTask)).one()
    assert task.due_on == TODAY + timedelta(days=7)
    change = session.scalars(
        select(Change).where(Change.field_name == "doubted_on")
    ).one()
    assert change.updated_by == "keeper@example.org"
    check(session, service, "corrected", now=NOW + timedelta(hours=1))
    assert band(session, service) == "fresh"
    assert tasks(session) == []


def test_nobody_answering_sets_a_day_and_the_third_time_opens_a_task(
    session: Session,
) -> None:
    service = listed(session)
    first = check(session, service, "no_answer")
    assert first.next_try == TODAY + timedelta(days=3)
    check(session, service, "no_answer", now=NOW + timedelta(days=3))
    assert tasks(session) == []
    check(session, service, "no_answer", now=NOW + timedelta(days=6))
    assert tasks(session) == ["unreachable"]
    assert service.doubted_on is None


def test_everybody_reads_what_was_corrected_after_a_word_and_nothing_of_the_hidden(
    session: Session, page: Fetch
) -> None:
    said = NOW - timedelta(days=5)
    changed, only_checked, hidden = (
        listed(session, service_name=name, sensitivity=level)
        for name, level in (
            ("Corrected", "L0"), ("Right all along", "L0"), ("Quiet", "L2"),
        )
    )  # fmt: skip
    for service in (changed, only_checked, hidden):
        reports.report_listing(
            session, service=service, kind="hours", text="Amina says so", language="en",
            now=said,
        )  # fmt: skip
    for service in (changed, hidden):
        audit.record(
            session, actor=KEEPER, resource_type="service", resource_id=service.id,
            changes={"opening_hours": ("Mo", "Tu"), "assured_date": (None, TODAY)},
            now=NOW - timedelta(days=2),
        )  # fmt: skip
    for service in (changed, only_checked, hidden):
        work.close_all(session, actor=KEEPER, service_id=service.id, now=NOW)
    shown = page("/feedback/answered").words
    cells = ("Corrected", "The opening hours are wrong", "Opening hours")
    assert all(cell in shown for cell in cells), shown
    for word in ("Right all along", "Quiet", "Amina", "keeper@example.org", "Verified on"):  # fmt: skip
        assert word not in shown, word
    assert "You said, we changed" in page("/feedback").words


def test_a_dead_number_turns_red_the_second_time_within_14_days(
    session: Session, client: FlaskClient
) -> None:
    service = listed(session, days=30)
    check(session, service, "wrong_number", now=NOW - timedelta(days=15))
    path = f"/services/{service.id}/report"
    session.commit()
    assert client.post(path, data={"kind": "phone"}).status_code == 303
    session.expire_all()
    assert (band(session, service), tasks(session)) == ("fresh", ["phone"])
    assert client.post(path, data={"kind": "phone"}).status_code == 303
    session.expire_all()
    assert band(session, service) == "stale"
    assert tasks(session) == ["phone"]
    # A check answers what was said before it: the count begins anew.
    check(session, service, "confirmed", now=NOW + timedelta(hours=1))
    check(session, service, "wrong_number", now=NOW + timedelta(days=1))
    assert band(session, service) == "fresh"


def test_a_check_must_make_sense(session: Session) -> None:
    service = listed(session)
    yesterday = TODAY - timedelta(days=1)
    for result, said in (
        ("perhaps", {}),
        ("no_answer", {"next_try": yesterday}),
        ("unsure", {"note": "x" * 2001}),
    ):
        with pytest.raises(Invalid):
            check(session, service, result, **said)
    bad = Check(method="import_unverified", result="confirmed")
    with pytest.raises(Invalid):
        operations.verify(session, actor=KEEPER, service=service, check=bad, now=NOW)
    assert session.scalars(select(Verification)).all() == []


def test_only_keepers_check_and_only_staff_and_keepers_read_the_log(
    session: Session,
    page: Fetch,
    client: FlaskClient,
    client_of: SignIn,
    provider: User,
    authority: User,
    counsellor: User,
) -> None:
    inside = listed(session)
    hand_to(session, inside, provider)
    outside = listed(
        session, organization_name="Far", service_name="Far post", latitude=1.0
    )
    data = {"method": "visit", "result": "unsure", "note": "Gate painted green"}
    paths = {each: f"/services/{each.id}" for each in (inside, outside)}
    assert client.post(f"{paths[inside]}/verify", data=data).status_code == 302
    mayor, owner = client_of(authority), client_of(provider)
    assert (
        "Kept up to date by: Red Door; authority of North" in page(paths[inside]).words
    )
    assert "authority of" not in page(paths[outside]).words
    assert client_of(counsellor).post(f"{paths[inside]}/verify", data=data).status_code == 403  # fmt: skip
    for keeper in (mayor, owner):
        assert keeper.post(f"{paths[outside]}/verify", data=data).status_code == 403
        assert keeper.post(f"{paths[inside]}/verify", data=data).status_code == 303
    session.expire_all()
    logged = session.scalars(select(Verification)).all()
    assert {(each.service_id, each.role) for each in logged} == {
        (inside.id, "authority"),
        (inside.id, "provider"),
    }
    for reader in (mayor, owner, client_of(counsellor)):
        assert "Gate painted green" in page(paths[inside], by=reader).words
    assert "Gate painted green" not in page(paths[inside]).words
    with pytest.raises(NotYours):
        operations.verify(
            session,
            actor=Actor(role=Role.COUNSELLOR),
            service=inside,
            check=Check(method="phone", result="confirmed"),
            now=NOW,
        )


def test_it_was_open_extends_the_verification_by_a_third_once(
    session: Session, client: FlaskClient
) -> None:
    service = listed(session, days=130)
    session.commit()
    assert band(session, service) == "due"
    assert client.post(f"/services/{service.id}/open").status_code == 303
    session.expire_all()
    assert (service.confirmed_on, band(session, service)) == (TODAY, "fresh")
    assert band(session, service, on=TODAY + timedelta(days=31)) == "due"
    version = service.version
    client.post(f"/services/{service.id}/open")
    session.expire_all()
    assert (service.confirmed_on, service.version) == (TODAY, version)
    # It never answers a doubt.
    check(session, service, "closed")
    client.post(f"/services/{service.id}/open")
    session.expire_all()
    assert band(session, service) == "stale"


def test_a_provider_claims_a_listing_and_a_supervisor_decides(
    session: Session,
    page: Fetch,
    client_of: SignIn,
    provider: User,
    authority: User,
    supervisor: User,
) -> None:
    service = listed(session, organization_name="Somebody else")
    path = f"/services/{service.id}"
    claimer = client_of(provider)
    assert "This is our listing" in page(path, by=claimer).words
    assert client_of(authority).post(f"{path}/claim").status_code == 403
    assert claimer.post(f"{path}/claim").status_code == 303
    assert claimer.post(f"{path}/claim").status_code == 409
    task = session.scalars(select(UpkeepTask)).one()
    decide = f"/upkeep/tasks/{task.id}"
    grant = {"decision": "grant"}
    assert claimer.post(decide, data=grant).status_code == 404
    assert client_of(authority).post(decide, data=grant).status_code == 403
    chief = client_of(supervisor)
    assert "Red Door" in page("/upkeep?show=tasks", by=chief).words
    assert chief.post(decide, data=grant).status_code == 303
    session.expire_all()
    owner = factories.own_organization_id(session, provider)
    offer = session.scalars(select(Offer)).one()
    assert (service.organization_id, offer.organization_id) == (owner, owner)
    assert "Edit this listing" in page(path, by=claimer).words
