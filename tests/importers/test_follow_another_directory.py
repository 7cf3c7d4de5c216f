"""One directory follows another: told by a webhook, it fetches what changed and decides on it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from directory.config import Config
from directory.models import ImportRow, ImportRun, Service
from directory.webhooks import operations
from importers import apply as applying
from importers import conflicts, sync
from tests.directory.webhooks.receiver import (
    ADMIN,
    SITE,
    edit,
    receiver,
    share_sessions,
    trying_out,
    turn,
)
from tests.factories import NOW, make_service_at_location
from tests.importers.conftest import quiet
from tests.importers.test_plan_and_apply import counts, listing
from tests.importers.test_plan_and_apply import edit as edit_here

Run = Callable[..., ImportRun]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SOURCE = "leader"


@dataclass(frozen=True, slots=True)
class Heard:
    """What travels from one directory to the other, and nothing else does.

    All that the leader had; what its call said a day later; what was fetched then; all once more.
    """

    whole: bytes
    said: dict[str, Any]
    changed: bytes
    later: bytes


def fetch(client: FlaskClient, **asked: str) -> bytes:
    """What the leader's interface answers."""
    data: bytes = client.get("/api/v1/hsds/services", query_string=asked).data
    return data


@pytest.fixture
def heard(
    session: Session, client: FlaskClient, connection: Connection, config: Config,
    monkeypatch: pytest.MonkeyPatch,
) -> Heard:  # fmt: skip
    """A day at the leader, which is gone from the database when this returns."""
    share_sessions(monkeypatch, connection)
    leader = connection.begin_nested()
    clinic, school, house = (
        make_service_at_location(
            session, service_name=name, latitude=3.0 + number / 10, cost="free",
            phone=f"+1 202 555 010{number}", organization_name=f"{name} house",
        )
        for number, name in enumerate(("Clinic", "School", "Home"))
    )  # fmt: skip
    make_service_at_location(session, service_name="Shelter", sensitivity="L2")
    session.commit()
    with receiver() as told:
        operations.register(
            session, actor=ADMIN, url=told.url, now=NOW + HOUR, to_loopback=True
        )
        session.commit()
        whole = client.get("/services/export?format=hsds&status=all").data
        edit(session, clinic, now=NOW + DAY, cost="paid", phone="+1 202 555 0190")
        edit(session, school, now=NOW + DAY, description="Evening classes")
        edit(session, house, now=NOW + DAY, sensitivity="L1")
        assert turn(trying_out(config), now=NOW + DAY) == 1
        (said,) = told.said
    ids = {one["id"] for one in said["changed"]}
    assert ids == {str(clinic.service_id), str(school.service_id)}
    assert said["gone"] == [str(house.service_id)]
    changed = fetch(client, modified_after=said["since"])
    later = fetch(client)
    session.expunge_all()
    leader.rollback()
    assert session.scalar(select(func.count(Service.id))) == 0
    return Heard(whole, said, changed, later)


def test_only_what_changed_is_in_the_plan_and_a_conflict_is_shown(
    heard: Heard, session: Session, planned: Run,
    applied: Run,
) -> None:  # fmt: skip
    said, changed = heard.said, heard.changed
    first = applied(heard.whole, "leader.json", source=SOURCE)
    assert counts(first) == {"create": 3}
    clinic, school = sorted(
        (one["id"] for one in said["changed"]),
        key=lambda key: listing(session, key)[1].service_name,
    )
    assert all(one["url"].startswith(SITE) for one in said["changed"])
    edit_here(session, clinic, cost="subsidised")
    run = planned(changed, "changed.json", source=SOURCE)
    assert counts(run) == {"update": 1, "conflicts": 1}
    rows = session.scalars(select(ImportRow).where(ImportRow.run_id == run.id)).all()
    (disputed,) = [row for row in rows if row.action == "conflict"]
    assert json.loads(disputed.conflicts or "") == {
        "cost": ["subsidised", "paid", "free"]
    }
    conflicts.decide(
        session, actor=ADMIN, run=run, line=disputed.line, takes_file=False
    )
    applying.apply(session, actor=ADMIN, run_id=run.id, now=NOW + DAY, progress=quiet)
    record = listing(session, clinic)[1]
    assert (record.cost, record.phone) == ("subsidised", "+1 202-555-0190")
    assert listing(session, school)[1].description == "Evening classes"
    # What is gone bears the same id here; the whole list names it, too, for a person to decide.
    again = planned(heard.later, "later.json", source=SOURCE)
    assert counts(again) == {"unchanged": 2}
    (missing,) = sync.list_missing(session, again, ADMIN, offset=0, limit=9)
    (gone,) = said["gone"]
    assert (missing.name, missing.service_id) == (
        "Home",
        listing(session, gone)[0].service_id,
    )
