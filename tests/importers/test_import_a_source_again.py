"""A source that is imported again: what changed, what both sides changed, what it lacks, taken back."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.models import ImportRun, Service, User
from importers import apply as applying
from importers import conflicts, sync
from importers import undo as undoing
from tests.conftest import NOW
from tests.importers.conftest import ADMIN, UNTRAINED, csv_bytes, quiet
from tests.importers.test_import_pages import page, upload
from tests.importers.test_plan_and_apply import (
    CLINIC,
    HOME,
    POST,
    TITLES,
    counts,
    edit,
    listing,
)

Run = Callable[..., ImportRun]
Clients = Callable[[User], FlaskClient]
LATER = NOW + timedelta(days=1)
pytestmark = pytest.mark.usefixtures("background")


def disputed(applied: Run, planned: Run, session: Session) -> ImportRun:
    """A plan in which the cost was changed on both sides and the telephone by the file alone."""
    applied(csv_bytes(TITLES, POST, CLINIC))
    edit(session, "A1", cost="subsidised")
    changed = POST.replace("free", "paid").replace("+233302223333", "+233302224444")
    run = planned(csv_bytes(TITLES, changed, CLINIC))
    assert counts(run) == {"conflicts": 1, "unchanged": 1}
    return run


@pytest.mark.parametrize(
    ("takes_file", "cost"), [(True, "paid"), (False, "subsidised")]
)
def test_a_person_decides_each_conflict_and_the_rest_is_carried_out(
    applied: Run, planned: Run, session: Session, takes_file: bool, cost: str
) -> None:
    run = disputed(applied, planned, session)
    conflicts.decide(session, actor=ADMIN, run=run, line=2, takes_file=takes_file)
    assert counts(run) == {"update": 1, "unchanged": 1}
    assert run.counts is not None
    assert "conflict" not in run.counts["issues"]["by_code"]
    assert run.counts["issues"]["error"] == 0
    assert listing(session, "A1")[1].cost == "subsidised"
    applying.apply(session, actor=ADMIN, run_id=run.id, now=LATER, progress=quiet)
    record = listing(session, "A1")[1]
    assert (record.cost, record.phone) == (cost, "+233 30 222 4444")
    with pytest.raises(applying.AlreadyApplied):
        conflicts.decide(session, actor=ADMIN, run=run, line=2, takes_file=True)


def test_a_settled_conflict_is_not_asked_again(
    applied: Run, planned: Run, session: Session
) -> None:
    run = disputed(applied, planned, session)
    conflicts.decide(session, actor=ADMIN, run=run, line=2, takes_file=False)
    with pytest.raises(conflicts.NoConflict):
        conflicts.decide(session, actor=ADMIN, run=run, line=2, takes_file=True)
    applying.apply(session, actor=ADMIN, run_id=run.id, now=LATER, progress=quiet)
    changed = POST.replace("free", "paid").replace("+233302223333", "+233302224444")
    assert counts(planned(csv_bytes(TITLES, changed, CLINIC))) == {"unchanged": 2}


def test_the_page_shows_both_sides_and_asks_row_by_row(
    client_of: Clients, admin: User, session: Session
) -> None:
    client = client_of(admin)
    first = upload(client, csv_bytes(TITLES, POST, CLINIC))
    client.post(f"{first}/apply")
    edit(session, "A1", cost="subsidised")
    again = upload(client, csv_bytes(TITLES, POST.replace("free", "paid"), CLINIC))
    shown = page(client, again)
    assert "The directory saysThe file saysThe file said last time" in shown.words
    assert "Costsubsidisedpaidfree" in shown.words
    assert "Clinic" not in shown.words, "what did not change is not shown"
    assert "Clinic" in page(client, f"{again}?action=all").words
    assert client.post(f"{again}/rows/2", data={"take": "both"}).status_code == 422
    assert client.post(f"{again}/rows/99", data={"take": "file"}).status_code == 404
    assert listing(session, "A1")[1].cost == "subsidised"
    answer = client.post(f"{again}/rows/2", data={"take": "file"})
    assert answer.status_code == 303
    client.post(f"{again}/apply")
    assert listing(session, "A1")[1].cost == "paid"


def test_what_the_source_lacks_is_listed_and_stays(
    client_of: Clients, admin: User, session: Session
) -> None:
    client = client_of(admin)
    first = upload(client, csv_bytes(TITLES, POST, CLINIC, HOME))
    client.post(f"{first}/apply")
    again = upload(client, csv_bytes(TITLES, POST, HOME.replace("paid", "many")))
    assert (
        "1 listing of this source is not in the file any more"
        in page(client, again).words
    )
    words = page(client, f"{again}/missing").words
    assert "Clinic" in words
    assert "Post" not in words
    client.post(f"{again}/apply")
    names = set(session.scalars(select(Service.name)))
    assert names == {"Post", "Clinic", "Home"}
    other = upload(client, csv_bytes(TITLES, POST), "another.csv")
    assert "not in the file any more" not in page(client, other).words


def test_a_protected_listing_is_never_named_as_missing(
    applied: Run, planned: Run, session: Session
) -> None:
    shelter = "S1,Blue Door,Refuge,,housing.safe_shelter,,,,,"
    applied(csv_bytes(TITLES, POST, shelter))
    run = planned(csv_bytes(TITLES, POST))
    assert sync.count_missing(session, run, ADMIN) == 1
    assert sync.count_missing(session, run, UNTRAINED) == 0
    assert not sync.list_missing(session, run, UNTRAINED, offset=0, limit=9)


def test_an_import_can_be_taken_back_after_a_later_one_was(
    applied: Run, planned: Run, session: Session
) -> None:
    run = applied(csv_bytes(TITLES, POST, CLINIC))
    later = planned(csv_bytes(TITLES, POST.replace("free", "paid"), CLINIC))
    applying.apply(session, actor=ADMIN, run_id=later.id, now=LATER, progress=quiet)
    with pytest.raises(undoing.EditedSince):
        undoing.undo(session, actor=ADMIN, run_id=run.id, now=LATER, progress=quiet)
    session.refresh(run)
    after = LATER + timedelta(hours=1)
    undoing.undo(session, actor=ADMIN, run_id=later.id, now=after, progress=quiet)
    undoing.undo(session, actor=ADMIN, run_id=run.id, now=after, progress=quiet)
    assert run.state == "undone"
    assert session.scalars(select(Service.name)).all() == []
