"""The keepers' queue and call list: who sees what, in which order, and how few steps it takes."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from directory.listings import reports
from directory.models import Proposal, Service, UpkeepTask, User, Verification
from directory.upkeep import work
from tests.counting import counted
from tests.directory.upkeep.scene import hand_to, listed, refresh
from tests.factories import NOW, TODAY
from tests.pages import Page

Fetch = Callable[..., Page]
SignIn = Callable[[User], FlaskClient]


def several(session: Session) -> dict[str, Service]:
    """Listings in every state, all in the north of XA."""
    made = {
        "Red one": listed(session, 500, service_name="Red one"),
        "Due one": listed(session, 130, service_name="Due one", phone="+15550101"),
        "Fresh one": listed(session, 5, service_name="Fresh one"),
        "New one": listed(session, 5, service_name="New one", phone=None),
        "South one": listed(session, 500, service_name="South one", latitude=1.0),
        "Secret one": listed(session, 500, service_name="Secret one", sensitivity="L1"),
    }
    made["New one"].assured_date = None
    refresh(session, made["New one"])
    return made


def names(page: Page) -> list[str]:
    """The listings of a page of the queue, in order."""
    return [
        (each.text or "") for each in page.all("bdi") if " one" in (each.text or "")
    ]


def test_an_authority_sees_what_lies_inside_its_boundary_and_verifies_in_two_steps(
    session: Session, page: Fetch, client_of: SignIn, authority: User
) -> None:
    made = several(session)
    mayor = client_of(authority)
    words = page("/upkeep", by=mayor).words
    assert "Red one" in words
    for other in ("South one", "Secret one", "Due one", "Fresh one"):
        assert other not in words
    assert "Due one" in page("/upkeep?show=due", by=mayor).words
    assert "New one" in page("/upkeep?show=unverified", by=mayor).words
    data = {"only": str(made["Red one"].id), "method": "phone", "show": "red"}
    answer = mayor.post("/upkeep/verify", data=data)
    assert (answer.status_code, answer.location) == (303, "/upkeep?show=red")
    session.expire_all()
    assert made["Red one"].assured_date == TODAY
    assert "Red one" not in page("/upkeep?show=red", by=mayor).words


def test_ticked_rows_are_verified_at_once_and_one_outside_spoils_all(
    session: Session, page: Fetch, client_of: SignIn, authority: User
) -> None:
    made = several(session)
    mayor = client_of(authority)
    chosen = [str(made[name].id) for name in ("Red one", "Due one")]
    both = {"service": [*chosen, str(made["South one"].id)], "method": "visit"}
    assert mayor.post("/upkeep/verify", data=both).status_code == 403
    secret = {"service": [str(made["Secret one"].id)], "method": "visit"}
    assert mayor.post("/upkeep/verify", data=secret).status_code == 404
    session.expire_all()
    assert made["Red one"].assured_date != TODAY
    page("/upkeep/verify", by=mayor, method="POST", data={"method": "visit"}, status=422)  # fmt: skip
    assert mayor.post("/upkeep/verify", data={**both, "service": chosen}).status_code == 303  # fmt: skip
    session.expire_all()
    assert {made[name].verification_method for name in ("Red one", "Due one")} == {
        "visit"
    }


def test_providers_see_their_own_and_supervisors_all_by_area_and_organization(
    session: Session,
    page: Fetch,
    client: FlaskClient,
    client_of: SignIn,
    provider: User,
    supervisor: User,
    counsellor: User,
) -> None:
    made = several(session)
    hand_to(session, made["Secret one"], provider)
    assert client.get("/upkeep").status_code == 302
    assert client_of(counsellor).get("/upkeep").status_code == 403
    own = page("/upkeep?show=red", by=client_of(provider)).words
    assert "Secret one" in own
    assert "Red one" not in own
    chief = client_of(supervisor)
    assert {"Red one", "South one", "Secret one"} <= set(
        names(page("/upkeep?show=red", by=chief))
    )
    south = page("/upkeep?show=red&area=XA-S", by=chief).words
    assert "South one" in south
    assert "Red one" not in south
    by_owner = f"/upkeep?show=red&organization={made['Secret one'].organization_id}"
    assert set(names(page(by_owner, by=chief))) == {"Secret one"}


def test_tasks_and_reports_wait_in_the_queue_until_dealt_with(
    session: Session, page: Fetch, client_of: SignIn, authority: User, stranger: User
) -> None:
    made = several(session)
    for name in ("Fresh one", "South one"):
        work.open_task(session, service_id=made[name].id, kind="area", now=NOW)
        reports.report_listing(
            session,
            service=made[name],
            kind="hours",
            text=f"{name} opens late",
            language="en",
            now=NOW,
        )
    for name in ("Due one", "South one"):
        session.add(
            Proposal(
                service_id=made[name].id, changes={}, state="held", proposed_at=NOW
            )
        )
    mayor = client_of(authority)
    proposed = page("/upkeep?show=proposed", by=mayor).words
    assert "Due one" in proposed
    assert "South one" not in proposed
    said = page("/upkeep?show=reported", by=mayor).words
    assert "Fresh one opens late" in said
    assert "South one" not in said
    assert "Check the area served" in page("/upkeep?show=tasks", by=mayor).words
    inside, outside = (
        session.scalars(
            select(UpkeepTask).where(UpkeepTask.service_id == made[name].id)
        ).one()
        for name in ("Fresh one", "South one")
    )
    assert mayor.post(f"/upkeep/tasks/{outside.id}").status_code == 404
    assert client_of(stranger).post(f"/upkeep/tasks/{inside.id}").status_code == 403
    assert mayor.post(f"/upkeep/tasks/{inside.id}").status_code == 303
    assert mayor.post(f"/upkeep/tasks/{inside.id}").status_code == 409
    session.expire_all()
    assert (inside.state, inside.closed_by, outside.state) == (
        "done",
        authority.id,
        "open",
    )


def test_the_call_list_gives_red_ones_first_and_none_that_waits_for_another_day(
    session: Session, page: Fetch, client_of: SignIn, authority: User
) -> None:
    made = several(session)
    mayor = client_of(authority)
    assert "Red one" in page("/upkeep/calls", by=mayor).words
    assert "tel:+15550100" in page("/upkeep/calls", by=mayor).text
    assert "Due one" in page("/upkeep/calls?skip=1", by=mayor).words
    data: dict[str, Any] = {"service": str(made["Red one"].id), "result": "no_answer"}
    wrong = {**data, "next_try": "2020-01-01"}
    page("/upkeep/calls", by=mayor, method="POST", data=wrong, status=422)
    assert mayor.post("/upkeep/calls", data=data).status_code == 303
    assert "Due one" in page("/upkeep/calls", by=mayor).words
    data = {"service": str(made["Due one"].id), "result": "confirmed"}
    assert mayor.post("/upkeep/calls", data=data).status_code == 303
    assert "Nobody to call now" in page("/upkeep/calls", by=mayor).words
    results = [each.result for each in session.scalars(select(Verification))]
    assert sorted(results) == ["confirmed", "no_answer"]
    south = {"service": str(made["South one"].id), "result": "confirmed"}
    assert mayor.post("/upkeep/calls", data=south).status_code == 403


def test_a_page_of_the_queue_costs_the_same_however_many_rows_it_has(
    session: Session, client_of: SignIn, supervisor: User, connection: Connection
) -> None:
    listed(session, 500, service_name="First")
    chief = client_of(supervisor)
    chief.get("/upkeep?show=red")
    with counted(connection) as few:
        chief.get("/upkeep?show=red")
    for number in range(8):
        listed(session, 500, service_name=f"Further {number}")
    session.commit()
    with counted(connection) as many:
        chief.get("/upkeep?show=red")
    assert len(many) == len(few)


def test_the_score_card_counts_what_is_verified_in_time_and_how_fast_tasks_close(
    session: Session,
    page: Fetch,
    client_of: SignIn,
    authority: User,
    provider: User,
    supervisor: User,
    admin: User,
) -> None:
    made = several(session)
    hand_to(session, made["Fresh one"], provider)
    for days in (2, 4):
        opened = NOW - timedelta(days=10)
        task = work.open_task(
            session, service_id=made["Fresh one"].id, kind=f"kind{days}", now=opened
        )
        task.state, task.closed_at = "done", opened + timedelta(days=days)
    late = work.open_task(
        session, service_id=made["Red one"].id, kind="area", now=NOW - timedelta(days=9)
    )
    assert late.due_on is not None
    # North: Red, Due, Fresh and New are public; one of four is verified in time.
    card = page("/upkeep/scores", by=client_of(authority)).words
    assert "North425 %31 (1 late)" in card
    assert "South" not in card
    own = page("/upkeep/scores", by=client_of(provider)).words
    assert "Red Door1100 %30" in own
    assert "North" not in own
    assert "North" in page("/upkeep/scores", by=client_of(supervisor)).words
    page("/upkeep/scores", by=client_of(admin))
