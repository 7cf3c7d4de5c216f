"""From a plan to the directory and back: new, changed, unchanged, conflicts, twice, taken back."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.authz import Actor, NotYours
from directory.listings import operations as listings
from directory.listings import stored
from directory.listings.record import ListingRecord
from directory.models import (
    Change,
    ImportIssue,
    ImportRow,
    ImportRun,
    IndexTask,
    Offer,
    Organization,
    Role,
    Service,
    ServiceAtLocation,
)
from importers import apply as applying
from importers import creating
from importers import undo as undoing
from importers.crew import NOBODY, Crew, Desk, Member, MemberLost, Task
from tests import factories
from tests.conftest import NOW
from tests.importers.conftest import ADMIN, csv_bytes, quiet

Run = Callable[..., ImportRun]
TITLES = "service_id,organization_name,service_name,service_name:fr,taxonomy_terms,latitude,longitude,phone,cost,languages"
POST = "A1,Red Door,Post,Poste,health.primary,3.12345,11.12345,+233302223333,free,en;fr"
CLINIC = "A2,Red Door,Clinic,,health.primary,3.22345,11.22345,,,"
HOME = "A3,Blue Door,Home,,housing.social,3.32345,11.32345,,paid,"


def counts(run: ImportRun) -> dict[str, int]:
    assert run.counts is not None
    names = ("create", "update", "unchanged", "skip", "conflicts")
    return {name: run.counts[name] for name in names if run.counts[name]}


def listing(
    session: Session, external_id: str
) -> tuple[ServiceAtLocation, ListingRecord]:
    place = session.scalars(
        select(ServiceAtLocation)
        .join(Service)
        .where(Service.external_id == external_id)
    ).one()
    return place, stored.read_records(session, [place.id])[place.id]


def edit(session: Session, external_id: str, **fields: object) -> None:
    place, record = listing(session, external_id)
    changed = replace(record, **fields)  # type: ignore[arg-type]  # fields of the test
    listings.update_services(
        session, actor=ADMIN, records={place.id: changed}, now=NOW, origin="form"
    )


def number(session: Session, model: type) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


class Mortal(Member):
    """A member that makes one portion and is lost."""

    def __init__(self, session: Session) -> None:
        self.desk = Desk(session)
        self.asked = 0

    def ask(self, task: Task, *arguments: object) -> "Future[Any]":
        answer: Future[Any] = Future()
        self.asked += 1
        if self.asked == 1:
            answer.set_result(task(self.desk, *arguments))
        else:
            answer.set_exception(MemberLost())
        return answer


def test_what_a_lost_member_leaves_is_made_here(
    planned: Run, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(creating, "PORTION", 1)
    run = planned(csv_bytes(TITLES, POST, CLINIC, HOME))
    member = Mortal(session)
    monkeypatch.setattr(Crew, "hire", lambda *_: [member])
    applying.apply(
        session, actor=ADMIN, run_id=run.id, now=NOW, progress=quiet, crew=NOBODY
    )
    assert member.asked == 3
    assert number(session, Service) == number(session, Offer) == 3
    assert number(session, Organization) == 2  # the second listing found its own again


def test_a_plan_writes_nothing_to_the_directory(planned: Run, session: Session) -> None:
    run = planned(csv_bytes(TITLES, POST, CLINIC, HOME))
    assert counts(run) == {"create": 3}
    assert run.state == "planned"
    for model in (Service, Organization, Offer, Change, IndexTask):
        assert number(session, model) == 0


def test_applying_creates_listings_with_traces_and_derived_rows(
    applied: Run, session: Session
) -> None:
    run = applied(csv_bytes(TITLES, POST, CLINIC, HOME))
    assert run.state == "applied"
    assert (
        number(session, Service),
        number(session, Organization),
        number(session, Offer),
    ) == (3, 2, 3)
    assert session.scalars(select(Change.origin).distinct()).all() == ["import"]
    assert number(session, IndexTask) == 3
    _, record = listing(session, "A1")
    assert record.texts == {("service_name", "fr"): "Poste"}
    assert (record.phone, record.cost, record.languages) == (
        "+233 30 222 3333",
        "free",
        ("en", "fr"),
    )
    assert (record.source, record.area_code) == ("list", "XA-NW")


def test_the_same_file_again_changes_nothing(applied: Run, session: Session) -> None:
    data = csv_bytes(TITLES, POST, CLINIC, HOME)
    applied(data)
    before = number(session, Change)
    again = applied(data)
    assert counts(again) == {"unchanged": 3}
    assert (number(session, Service), number(session, Change)) == (3, before)
    renamed = applied(data, "another-name.csv")
    assert counts(renamed) == {"unchanged": 3}


def test_a_changed_file_updates_what_changed_and_says_what(
    applied: Run, planned: Run, session: Session
) -> None:
    applied(csv_bytes(TITLES, POST, CLINIC))
    run = planned(csv_bytes(TITLES, POST.replace("free", "paid"), CLINIC, HOME))
    assert counts(run) == {"create": 1, "update": 1, "unchanged": 1}
    row = session.scalars(
        select(ImportRow).where(
            ImportRow.run_id == run.id, ImportRow.action == "update"
        )
    ).one()
    assert row.changes == '{"cost":["free","paid"]}'
    done = applying.apply(session, actor=ADMIN, run_id=run.id, now=NOW, progress=quiet)
    assert (done.created, done.updated, done.unchanged, done.skipped) == (1, 1, 1, 0)
    assert listing(session, "A1")[1].cost == "paid"


def test_an_empty_cell_clears_only_what_the_file_said_before(
    applied: Run, session: Session
) -> None:
    applied(csv_bytes(TITLES, POST, CLINIC))
    edit(session, "A2", cost="paid")
    run = applied(
        csv_bytes(
            TITLES, POST.replace("free", ""), CLINIC.replace("Clinic", "New Clinic")
        )
    )
    assert counts(run) == {"update": 2}
    assert listing(session, "A1")[1].cost is None
    assert listing(session, "A2")[1].cost == "paid"


def test_a_missing_column_says_nothing(applied: Run, session: Session) -> None:
    applied(csv_bytes(TITLES, POST))
    titles = "service_id,organization_name,service_name,taxonomy_terms"
    run = applied(csv_bytes(titles, "A1,Red Door,Post,health.primary"))
    assert counts(run) == {"unchanged": 1}
    assert listing(session, "A1")[1].latitude == 3.12345


def test_what_an_editor_wrote_stays_when_the_file_did_not_change_it(
    applied: Run, session: Session
) -> None:
    applied(csv_bytes(TITLES, POST))
    edit(session, "A1", cost="subsidised")
    run = applied(csv_bytes(TITLES, POST.replace("+233302223333", "+233302224444")))
    assert counts(run) == {"update": 1}
    record = listing(session, "A1")[1]
    assert (record.cost, record.phone) == ("subsidised", "+233 30 222 4444")


def test_changes_on_both_sides_are_a_conflict_for_a_person(
    applied: Run, session: Session
) -> None:
    applied(csv_bytes(TITLES, POST))
    edit(session, "A1", cost="subsidised")
    run = applied(csv_bytes(TITLES, POST.replace("free", "paid")))
    assert counts(run) == {"conflicts": 1}
    assert listing(session, "A1")[1].cost == "subsidised"
    issue = session.scalars(
        select(ImportIssue).where(ImportIssue.run_id == run.id)
    ).one()
    assert (issue.code, issue.values) == ("conflict", {"fields": "cost"})


def test_a_listing_of_another_source_is_found_by_name_and_place(
    applied: Run, session: Session
) -> None:
    factories.make_service_at_location(
        session, service_name="Post", latitude=3.12345, longitude=11.12345
    )
    titles = "organization_name,service_name,taxonomy_terms,latitude,longitude,cost"
    run = applied(
        csv_bytes(titles, "Red Door,Post,health.primary,3.12400,11.12345,free")
    )
    assert counts(run) == {"update": 1}
    assert run.counts is not None
    assert run.counts["issues"]["by_code"] == {"duplicate_listing": 1}
    assert run.counts["duplicates"] == 1
    assert number(session, Service) == 1


def test_a_namesake_elsewhere_is_another_listing(
    applied: Run, session: Session
) -> None:
    factories.make_service_at_location(
        session, service_name="Post", latitude=3.12345, longitude=11.12345
    )
    titles = "organization_name,service_name,taxonomy_terms,latitude,longitude"
    assert counts(
        applied(csv_bytes(titles, "Red Door,Post,health.primary,3.52345,11.12345"))
    ) == {"create": 1}
    assert number(session, Service) == 2


def test_a_listing_is_found_by_its_own_key(applied: Run, session: Session) -> None:
    made = factories.make_service_at_location(session, service_name="Post")
    titles = "service_id,organization_name,service_name,taxonomy_terms"
    run = applied(
        csv_bytes(titles, f"{made.service_id},Red Door,New name,health.primary"),
        "export.csv",
    )
    assert counts(run) == {"update": 1}
    assert session.scalars(select(Service.name)).all() == ["New name"]


def test_one_service_may_stand_at_two_places(applied: Run, session: Session) -> None:
    second = POST.replace("3.12345", "3.92345")
    data = csv_bytes(TITLES, POST, second)
    assert counts(applied(data)) == {"create": 2}
    assert (number(session, Service), number(session, ServiceAtLocation)) == (1, 2)
    assert counts(applied(data)) == {"unchanged": 2}


def test_repeated_rows_are_taken_once(applied: Run, session: Session) -> None:
    titles = "organization_name,service_name,taxonomy_terms,latitude,longitude"
    row = "Red Door,Post,health.primary,3.12345,11.12345"
    run = applied(csv_bytes(titles, row, row, row.replace("3.12345", "3.12350")))
    assert counts(run) == {"create": 1, "skip": 2}
    assert run.counts is not None
    assert run.counts["duplicates"] == 2
    assert run.counts["issues"] == {
        "error": 2,
        "warning": 0,
        "by_code": {"duplicate_listing": 2},
    }


def test_an_id_used_for_two_services_is_refused(applied: Run) -> None:
    run = applied(csv_bytes(TITLES, POST, CLINIC.replace("A2", "A1")))
    assert counts(run) == {"create": 1, "skip": 1}
    assert run.counts is not None
    assert run.counts["issues"]["by_code"] == {"duplicate_id": 1}


def test_the_second_person_is_told(planned: Run, session: Session) -> None:
    run = planned(csv_bytes(TITLES, POST))
    applying.apply(session, actor=ADMIN, run_id=run.id, now=NOW, progress=quiet)
    with pytest.raises(applying.AlreadyApplied):
        applying.apply(session, actor=ADMIN, run_id=run.id, now=NOW, progress=quiet)
    assert number(session, Service) == 1


def test_two_plans_of_one_file_cannot_both_be_carried_out(
    planned: Run, session: Session
) -> None:
    data = csv_bytes(TITLES, POST)
    first, second = planned(data), planned(data)
    applying.apply(session, actor=ADMIN, run_id=first.id, now=NOW, progress=quiet)
    with pytest.raises(applying.PlanOutOfDate):
        applying.apply(session, actor=ADMIN, run_id=second.id, now=NOW, progress=quiet)
    assert number(session, Service) == 1


def test_a_plan_is_out_of_date_when_its_listing_was_edited(
    applied: Run, planned: Run, session: Session
) -> None:
    applied(csv_bytes(TITLES, POST))
    run = planned(csv_bytes(TITLES, POST.replace("free", "paid")))
    edit(session, "A1", phone="+233 30 222 9999")
    with pytest.raises(applying.PlanOutOfDate) as refused:
        applying.apply(session, actor=ADMIN, run_id=run.id, now=NOW, progress=quiet)
    assert refused.value.values["count"] == 1


def test_undo_takes_back_what_was_created(applied: Run, session: Session) -> None:
    run = applied(csv_bytes(TITLES, POST, CLINIC, HOME))
    assert (
        undoing.undo(session, actor=ADMIN, run_id=run.id, now=NOW, progress=quiet) == 3
    )
    for model in (Service, Organization, Offer, ServiceAtLocation):
        assert number(session, model) == 0
    session.refresh(run)
    assert run.state == "undone"
    with pytest.raises(applying.NotApplied):
        undoing.undo(session, actor=ADMIN, run_id=run.id, now=NOW, progress=quiet)


def test_undo_restores_what_was_changed(applied: Run, session: Session) -> None:
    applied(csv_bytes(TITLES, POST))
    before = listing(session, "A1")[1]
    run = applied(
        csv_bytes(
            TITLES,
            POST.replace("free", "paid")
            .replace("Poste", "Nouveau")
            .replace("en;fr", "ar"),
        )
    )
    assert listing(session, "A1")[1] != before
    undoing.undo(session, actor=ADMIN, run_id=run.id, now=NOW, progress=quiet)
    assert listing(session, "A1")[1] == before


def test_after_undo_the_file_is_new_again(applied: Run, session: Session) -> None:
    data = csv_bytes(TITLES, POST)
    run = applied(data)
    undoing.undo(session, actor=ADMIN, run_id=run.id, now=NOW, progress=quiet)
    assert counts(applied(data)) == {"create": 1}


def test_undo_refuses_what_was_edited_since_and_names_it(
    applied: Run, session: Session
) -> None:
    run = applied(csv_bytes(TITLES, POST, CLINIC))
    edit(session, "A1", cost="paid")
    with pytest.raises(undoing.EditedSince) as refused:
        undoing.undo(session, actor=ADMIN, run_id=run.id, now=NOW, progress=quiet)
    assert refused.value.values == {"count": 1, "names": "Post"}


def test_undo_can_leave_edited_listings_alone(applied: Run, session: Session) -> None:
    run = applied(csv_bytes(TITLES, POST, CLINIC))
    edit(session, "A1", cost="paid")
    undoing.undo(
        session, actor=ADMIN, run_id=run.id, now=NOW, progress=quiet, keep_edited=True
    )
    assert session.scalars(select(Service.name)).all() == ["Post"]


@pytest.mark.parametrize(
    "role", [Role.VISITOR, Role.PROVIDER, Role.AUTHORITY, Role.CASEWORKER]
)
def test_others_may_not_carry_out_or_take_back(
    planned: Run, session: Session, role: Role
) -> None:
    run = planned(csv_bytes(TITLES, POST))
    with pytest.raises(NotYours):
        applying.apply(
            session, actor=Actor(role=role), run_id=run.id, now=NOW, progress=quiet
        )
    with pytest.raises(NotYours):
        undoing.undo(
            session, actor=Actor(role=role), run_id=run.id, now=NOW, progress=quiet
        )
    assert number(session, Service) == 0


def test_what_was_understood_is_kept_where_many_rows_lie_elsewhere(
    planned: Run,
) -> None:
    titles = "organization_name,service_name,taxonomy_terms,latitude,longitude"
    at = ["3.12345,11.12345", "3.22345,11.22345", "3.4,11.45", "0.5,15.5", "0.6,15.4"]
    lines = [f"Red Door,Post {n},health.primary,{place}" for n, place in enumerate(at)]
    understood = planned(csv_bytes(titles, *lines)).understood
    assert understood is not None
    assert understood["country_is_guess"] is False
