"""A new row that looks like a listing of the directory is told of it, and made all the same."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from directory.authz import Actor
from directory.models import Role
from importers import crew, drafting, plan, queries
from importers.crew import NOBODY, Crew
from importers.drafting import Options
from tests.factories import make_service_at_location
from tests.importers.conftest import csv_bytes

Plan = Callable[..., plan.ImportPlan]
HEADER = "organization_name,service_name,taxonomy_terms,latitude,longitude,service_id\n"
ROWS = (
    "Health Service,ABOASSO HEALTH CENTER,health.primary,3.0004,11.0,a\n"
    "Health Service,Aboaso Health Centre 2,health.primary,3.0004,11.0,b\n"
    "Health Service,Mampong Clinic,health.primary,3.0004,11.0,c\n"
)


@pytest.fixture
def made(session: Session) -> Plan:
    """The plan of the rows for an actor."""

    def make(crew: Crew = NOBODY, **actor: Any) -> plan.ImportPlan:
        options = Options(
            filename="list.csv", language="en", country="XA", source="list"
        )
        quiet: Any = lambda *_: None  # noqa: E731 -- nobody watches
        drafted = drafting.draft_rows(session, (HEADER + ROWS).encode(), options, quiet)
        who = Actor(role=Role.ADMIN, **actor)
        return plan.build(session, drafted, "list", quiet, actor=who, crew=crew)

    return make


def test_the_row_that_looks_like_a_listing_is_told_of_it(
    session: Session, made: Plan
) -> None:
    assert made().counts["duplicates"] == 0
    make_service_at_location(session, service_name="Aboaso Health Centre")
    planned = made()
    noted = [row.line for row in planned.rows if row.issues]
    assert noted == [2]
    (issue,) = planned.rows[0].issues
    assert (issue.code, issue.variant) == ("duplicate_listing", "alike")
    assert issue.values["other"] == "Aboaso Health Centre"
    assert {row.action for row in planned.rows} == {"create"}
    assert planned.counts["duplicates"] == 1


def test_what_a_lost_process_should_have_found_is_found_all_the_same(
    session: Session, made: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_service_at_location(session, service_name="Aboaso Health Centre")
    monkeypatch.setattr(crew, "FEWEST_ROWS", 1)
    lost = Crew("no database at all", 1)
    assert made(crew=lost).counts["duplicates"] == 1
    lost.dismiss()


def test_nothing_is_told_of_a_listing_that_the_importer_may_not_know_of(
    session: Session, made: Plan
) -> None:
    make_service_at_location(session, service_name="Elsewhere", latitude=0.5)
    before = made().counts
    make_service_at_location(
        session, service_name="Aboaso Health Centre", sensitivity="L2"
    )
    assert made().counts == before
    assert made(can_see_restricted=True).counts["create"] == 3


def test_rows_that_look_like_each_other_or_lie_nowhere_are_told_of_it(
    session: Session, planned: Callable[..., Any]
) -> None:
    make_service_at_location(
        session, service_name="Individual psychosocial counselling Northtown",
        organization_name="Red Door",
    )  # fmt: skip
    titles = "organization_name,service_name,taxonomy_terms,phone,latitude,longitude"
    run = planned(csv_bytes(
        titles,
        "Green House,Clinic Aboaso,health.primary,+233302223333,3.1004,11.1000",
        "Green House,Clinique Aboasso,health.primary,+233302223333,3.1004,11.1001",
        "Green House,Training centre,training.vocational,+233302223333,3.1004,11.1001",
        "Red Door,Individual psychosocial counselling Northtown,health.primary,,,",
    ))  # fmt: skip
    seen = [
        (one.line, one.variant, (one.values or {})["other"])
        for one in queries.all_issues(session, run.id)
        if one.code == "duplicate_listing"
    ]
    assert seen == [
        (3, "alike_row", 2),
        (5, "alike", "Individual psychosocial counselling Northtown"),
    ]
    assert run.counts["duplicates"] == 2
    assert run.counts["create"] == 4
