"""What an import must not do to protected listings: lower them, or tell of them to the untrained."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from directory.authz import NotYours
from directory.listings import operations as listings
from directory.listings import stored
from directory.models import (
    Change,
    ImportIssue,
    ImportRow,
    ImportRun,
    Offer,
    Service,
    ServiceAtLocation,
    User,
)
from importers import apply as applying
from importers import merge, queries
from tests.conftest import NOW
from tests.importers.conftest import ADMIN, UNTRAINED, csv_bytes, quiet
from tests.importers.test_import_pages import page, upload

Run = Callable[..., ImportRun]
TITLES = "service_id,organization_name,service_name,taxonomy_terms,latitude,longitude,phone,sensitivity"
POST = "A1,Red Door,Post,health.primary,3.12345,11.12345,+233302223333,"
CLINIC = "A2,Blue Door,Clinic,health.primary,3.22345,11.22345,,"
NEW_PHONE = POST.replace("3333", "4444")


def protect(session: Session, level: str, name: str = "Post") -> None:
    """Set the level of a listing by hand, and give it words that only the trained may read."""
    key = session.scalars(
        select(ServiceAtLocation.id).join(Service).where(Service.name == name)
    ).one()
    record = stored.read_records(session, [key])[key]
    changed = replace(record, sensitivity=level, description="Knock twice")
    changed = merge.without_place(changed) if level == "L3" else changed
    listings.update_services(
        session, actor=ADMIN, records={key: changed}, now=NOW, origin="form"
    )
    session.flush()


def levels(session: Session) -> list[tuple[str, str]]:
    """The level of every service and of every offer."""
    session.expire_all()
    statement = select(Service.sensitivity, Offer.sensitivity).join(
        Offer, Offer.service_id == Service.id
    )
    return [(one, other) for one, other in session.execute(statement)]


def codes(run: ImportRun) -> dict[str, int]:
    assert run.counts is not None
    found: dict[str, int] = run.counts["issues"]["by_code"]
    return found


@pytest.mark.parametrize("level", ["L1", "L2", "L3"])
def test_an_empty_cell_leaves_the_protection_as_it_is(
    applied: Run, session: Session, level: str
) -> None:
    applied(csv_bytes(TITLES, POST))
    protect(session, level)
    run = applied(csv_bytes(TITLES, NEW_PHONE))
    assert run.counts is not None
    assert run.counts["update"] == 1
    assert levels(session) == [(level, level)]
    assert "sensitivity_raised" not in codes(run)


@pytest.mark.parametrize("source", ["list", "another"])
@pytest.mark.parametrize("stated", ["L0", "L1"])
def test_a_stated_level_never_lowers_l2_and_says_so(
    applied: Run, session: Session, stated: str, source: str
) -> None:
    applied(csv_bytes(TITLES, POST))
    protect(session, "L2")
    run = applied(csv_bytes(TITLES, NEW_PHONE + stated), source=source)
    assert run.counts is not None
    assert (run.counts["update"], run.counts["conflicts"]) in {(1, 0), (0, 0)}
    assert levels(session) == [("L2", "L2")]
    assert codes(run)["sensitivity_raised"] == 1
    issue = session.scalars(
        select(ImportIssue).where(ImportIssue.code == "sensitivity_raised")
    ).one()
    assert (issue.variant, issue.values) == (
        "directory",
        {"value": stated, "level": "L2"},
    )


def test_l1_is_lowered_only_by_a_cell_that_says_so(
    applied: Run, session: Session
) -> None:
    applied(csv_bytes(TITLES, POST + "L1", CLINIC + "L1"))
    applied(csv_bytes(TITLES, NEW_PHONE, CLINIC + "L0"))
    assert sorted(levels(session)) == [("L0", "L0"), ("L1", "L1")]


def test_a_plan_that_lowers_is_not_believed_when_it_is_carried_out(
    applied: Run, planned: Run, session: Session
) -> None:
    applied(csv_bytes(TITLES, POST))
    protect(session, "L2")
    run = planned(csv_bytes(TITLES, NEW_PHONE))
    session.execute(
        update(ImportRow)
        .where(ImportRow.run_id == run.id)
        .values(changes='{"sensitivity":["L2","L0"],"phone":[null,"+233302225555"]}')
    )
    applying.apply(session, actor=ADMIN, run_id=run.id, now=NOW, progress=quiet)
    assert levels(session) == [("L2", "L2")]


@pytest.mark.parametrize("level", ["L2", "L3"])
@pytest.mark.parametrize(
    "row",
    [
        pytest.param(POST, id="the very words of before"),
        pytest.param(NEW_PHONE, id="the same id"),
        pytest.param(NEW_PHONE.replace("3.12345", "3.92345"), id="the id elsewhere"),
    ],
)
def test_a_listing_the_importer_may_not_know_of_is_neither_told_nor_changed(
    applied: Run, planned: Run, session: Session, row: str, level: str
) -> None:
    applied(csv_bytes(TITLES, POST))
    protect(session, level)
    before = session.scalar(select(func.count()).select_from(Change)) or 0
    run = planned(csv_bytes(TITLES, row, CLINIC), by=UNTRAINED)
    assert run.counts is not None
    assert (run.counts["skip"], run.counts["create"], run.counts["update"]) == (1, 1, 0)
    assert codes(run) == {"reference_dangling": 1}
    kept = session.scalars(
        select(ImportRow).where(ImportRow.run_id == run.id, ImportRow.action == "skip")
    ).one()
    assert (kept.record, kept.changes) == ('{"sensitivity":"L0"}', None)
    views, total = queries.list_rows(session, run, queries.RowFilter(), actor=UNTRAINED)
    assert ([view.row.name for view in views], total) == (["Clinic"], 1)
    assert queries.count_unseen(session, run, UNTRAINED) == 1
    applying.apply(session, actor=UNTRAINED, run_id=run.id, now=NOW, progress=quiet)
    session.flush()
    assert ("L0", "L0") in levels(session)
    assert len(levels(session)) == 2
    now_said = session.scalars(select(Service).where(Service.name == "Post")).one()
    assert (now_said.sensitivity, now_said.description) == (level, "Knock twice")
    added = session.scalar(select(func.count()).select_from(Change)) or 0
    assert added - before <= 2  # the new organization and its service


def test_a_further_place_of_an_unseen_service_is_not_made(
    applied: Run, session: Session
) -> None:
    applied(csv_bytes(TITLES, POST))
    protect(session, "L2")
    places = [POST.replace("3.12345", f"3.{n}2345") for n in (7, 8)]
    run = applied(csv_bytes(TITLES, *places), by=UNTRAINED)
    assert codes(run) == {"reference_dangling": 2}
    assert levels(session) == [("L2", "L2")]


def test_a_plan_of_a_trained_person_is_not_carried_out_by_another(
    applied: Run, planned: Run, session: Session
) -> None:
    applied(csv_bytes(TITLES, POST))
    protect(session, "L2")
    run = planned(csv_bytes(TITLES, NEW_PHONE))
    assert run.counts is not None
    assert run.counts["update"] == 1
    assert queries.list_rows(session, run, queries.RowFilter(), actor=UNTRAINED) == (
        [],
        0,
    )
    with pytest.raises(NotYours):
        applying.begin(session, run, UNTRAINED)
    run.state = "planned"
    session.flush()
    with pytest.raises(NotYours):
        applying.apply(session, actor=UNTRAINED, run_id=run.id, now=NOW, progress=quiet)
    key = session.scalars(select(ServiceAtLocation.id)).one()
    assert stored.read_records(session, [key])[key].phone == "+233 30 222 3333"


@pytest.mark.usefixtures("background")
def test_the_preview_says_how_many_rows_it_keeps_back(
    applied: Run,
    client_of: Callable[[User], FlaskClient],
    admin: User,
    session: Session,
) -> None:
    applied(csv_bytes(TITLES, POST))
    protect(session, "L2")
    listed = "A3,Red Door,Ward,health.primary,3.52345,11.52345,,L2"
    client = client_of(admin)
    address = upload(client, csv_bytes(TITLES, NEW_PHONE, CLINIC, listed))
    shown = page(client, address)
    assert "2 rows are not shown" in shown.words
    assert "Clinic" in shown.words
    for secret in ("Post ", "Ward", "Knock", "3333"):
        assert secret not in shown.words
    searched = page(client, f"{address}?q=Ward&code=reference_dangling").words
    assert "No row fits." in searched
    admin.can_see_restricted = True
    whole = page(client_of(admin), address).words
    assert "Ward" in whole
    assert "not shown" not in whole
