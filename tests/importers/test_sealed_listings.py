"""What a protected place must never leave behind: in no draft, plan, issue or row."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.models import Base, ImportRun, Location
from importers.drafting import Drafted
from tests.importers.conftest import csv_bytes

TITLES = "organization_name,service_name,taxonomy_terms,latitude,longitude,address,landmark,phone,sensitivity,service_id"
SECRETS = ("3.98765", "11.56789", "Secret Street 7", "behind the mill")
SEALED = "Red Door,Haven,housing.safe_shelter,3.98765,11.56789,Secret Street 7,behind the mill,+233302223333,,1"
RAISED = "Red Door,Haven,housing.emergency,3.98765,11.56789,Secret Street 7,behind the mill,+233302223333,L3,1"


def everything_stored(session: Session) -> str:
    session.flush()
    return "\n".join(
        repr(tuple(row))
        for name in ("import_run", "import_row", "import_issue", "location", "address", "metadata", "service", "offer", "translation")
        for row in session.execute(select(Base.metadata.tables[name]))
    )  # fmt: skip


@pytest.mark.parametrize("row", [SEALED, RAISED])
def test_position_and_address_are_refused_and_kept_nowhere(
    applied: Callable[..., ImportRun], session: Session, row: str
) -> None:
    run = applied(csv_bytes(TITLES, row))
    assert run.counts is not None
    assert run.counts["issues"]["by_code"] == {"position_refused": 1}
    assert run.counts["create"] == 1
    stored = everything_stored(session)
    assert not [secret for secret in SECRETS if secret in stored]
    assert "+233 30 222 3333" in stored


def test_other_problems_of_the_place_are_not_told_either(
    read: Callable[..., Drafted],
) -> None:
    (draft,) = read(csv_bytes(TITLES, SEALED.replace("3.98765", "97.98765"))).drafts
    assert [issue.code for issue in draft.issues] == ["position_refused"]
    assert "97.98765" not in repr(draft)


def test_a_file_cannot_lower_the_protection(
    applied: Callable[..., ImportRun], session: Session
) -> None:
    run = applied(csv_bytes(TITLES, SEALED.replace(",,1", ",L0,1")))
    assert run.counts is not None
    assert run.counts["issues"]["by_code"] == {
        "position_refused": 1,
        "sensitivity_raised": 1,
    }
    assert session.scalars(select(Location.latitude)).all() == [None]


def test_l1_may_be_lowered_to_l0(read: Callable[..., Drafted]) -> None:
    row = "Red Door,Ward,psychosocial.psychiatry,3.12345,11.12345,,,,L0,1"
    (draft,) = read(csv_bytes(TITLES, row)).drafts
    assert (draft.level, draft.issues) == ("L0", [])


def test_a_listing_that_is_sealed_in_the_directory_takes_no_place_from_a_file(
    applied: Callable[..., ImportRun], session: Session
) -> None:
    applied(csv_bytes(TITLES, RAISED))
    plain = "Red Door,Haven,housing.emergency,3.98765,11.56789,Secret Street 7,,+233302224444,,1"
    titles = TITLES.replace(",sensitivity", "")
    run = applied(csv_bytes(titles, plain.replace(",,1", ",1")))
    assert run.counts is not None
    assert run.counts["update"] == 1
    assert run.counts["issues"]["by_code"] == {"position_refused": 1}
    stored = everything_stored(session)
    assert not [secret for secret in SECRETS if secret in stored]
    assert "+233 30 222 4444" in stored


def test_sealing_a_listing_keeps_its_old_place_out_of_the_plan(
    applied: Callable[..., ImportRun],
    planned: Callable[..., ImportRun],
    session: Session,
) -> None:
    applied(csv_bytes(TITLES, RAISED.replace("L3", "L0")))
    run = planned(csv_bytes(TITLES, RAISED))
    assert run.counts is not None
    assert run.counts["update"] == 1
    rows = session.execute(
        select(Base.metadata.tables["import_row"]).where(
            Base.metadata.tables["import_row"].c.run_id == run.id
        )
    )
    text = "\n".join(repr(tuple(row)) for row in rows)
    assert not [secret for secret in SECRETS if secret in text]


def test_sealing_a_listing_erases_what_earlier_imports_kept_of_its_place(
    applied: Callable[..., ImportRun], session: Session
) -> None:
    applied(csv_bytes(TITLES, RAISED.replace("L3", "L0")))
    moved = RAISED.replace("L3", "L0").replace("Street 7", "Street 77")
    applied(csv_bytes(TITLES, moved))
    stored = everything_stored(session)
    assert all(secret in stored for secret in SECRETS)
    applied(csv_bytes(TITLES, RAISED))
    session.expire_all()
    stored = everything_stored(session)
    assert not [secret for secret in SECRETS if secret in stored]
