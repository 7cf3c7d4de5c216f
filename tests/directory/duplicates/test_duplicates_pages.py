"""The queue of pairs: who sees it, three interactions at most, and old addresses that lead on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from directory.duplicates import tasks
from directory.models import DuplicatePair, Role, Service, User
from directory.search import documents
from tests.directory.duplicates.conftest import FIRST
from tests.factories import make_service_at_location, make_user
from tests.pages import Page

Twins = Callable[..., tuple[Any, Any]]
Find = Callable[[], list[DuplicatePair]]
Sign = Callable[[User], FlaskClient]
Fetch = Callable[..., Page]


def count(session: Session, model: Any) -> int:
    """How many rows there are."""
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_two_are_merged_in_two_interactions_and_the_old_address_leads_on(
    session: Session, twins: Twins, find: Find, admin: User, client_of: Sign,
    client: FlaskClient, page: Fetch,
) -> None:  # fmt: skip
    first, second = twins()
    (pair,) = find()
    by = client_of(admin)
    queue = page("/duplicates", by=by)
    assert "Aboaso Health Centre" in queue.text
    assert "same telephone number" in queue.text
    shown = page(f"/duplicates/{pair.id}", by=by)
    assert "12 Market Street" in shown.text
    versions = {"first_version": "1", "second_version": "1"}
    kept = "first" if pair.first_id == first.service_id else "second"
    answer = by.post(f"/duplicates/{pair.id}/merge", data={"keep": kept, **versions})
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith(str(first.service_id))
    for prefix, suffix in (("", ""), ("", "/report"), ("/api/v1", "")):
        moved = client.get(f"{prefix}/services/{second.service_id}{suffix}")
        assert moved.status_code == 308
        target = f"{prefix}/services/{first.service_id}{suffix}"
        assert moved.headers["Location"].endswith(target)
        assert client.get(target).status_code == 200
    moved = client.get(f"/organizations/{second.organization_id}")
    assert moved.status_code == 308
    assert moved.headers["Location"].endswith(f"/{first.organization_id}")
    words = documents.make_documents(session, [first.service_id])["XA"][0].name
    assert "aboasso" in words
    merged = page("/duplicates", by=by)
    assert "Take the merge back" in merged.text
    undo = merged.text.split("/duplicates/merges/")[1].split("/")[0]
    assert by.post(f"/duplicates/merges/{undo}/undo").status_code == 303
    assert client.get(f"/services/{second.service_id}").status_code == 200
    assert client.get(f"/organizations/{second.organization_id}").status_code == 200
    assert count(session, Service) == 2


def test_an_old_version_is_told_and_nothing_is_half_done(
    session: Session,
    twins: Twins,
    find: Find,
    admin: User,
    client_of: Sign,
    page: Fetch,
) -> None:
    twins()
    (pair,) = find()
    by = client_of(admin)
    old = {"keep": "first", "first_version": "1", "second_version": "7"}
    told = page(
        f"/duplicates/{pair.id}/merge", by=by, method="POST", data=old, status=409
    )
    assert "changed this listing" in told.text
    assert count(session, Service) == 2


def test_not_the_same_is_remembered(
    session: Session,
    twins: Twins,
    find: Find,
    admin: User,
    client_of: Sign,
    page: Fetch,
) -> None:
    twins()
    (pair,) = find()
    by = client_of(admin)
    assert by.post(f"/duplicates/{pair.id}/apart").status_code == 303
    assert find()[0].state == "different"
    assert "Nothing to compare" in page("/duplicates", by=by).text
    assert by.get(f"/duplicates/{pair.id}").status_code == 404
    assert by.post(f"/duplicates/{pair.id}/apart").status_code == 404


def test_who_may_not_edit_both_or_know_of_both_sees_nothing(
    session: Session, twins: Twins, find: Find, client_of: Sign, client: FlaskClient
) -> None:
    twins(second={"sensitivity": "L1"})
    (pair,) = find()
    asked = {
        "authority": 404, "provider": 404, "supervisor": 200, "counsellor": 403,
        "caseworker": 403,
    }  # fmt: skip
    for role, status in asked.items():
        by = client_of(make_user(session, role=role, email=f"{role}@x.example"))
        assert by.get(f"/duplicates/{pair.id}").status_code == status, role
        if role in {"authority", "provider"}:
            queue = by.get("/duplicates").text
            assert "Nothing to compare" in queue
            assert "Aboas" not in queue
            assert by.post(f"/duplicates/{pair.id}/merge").status_code == 404
            assert by.post(f"/duplicates/{pair.id}/apart").status_code == 404
    assert client.get("/duplicates").status_code == 302
    assert count(session, Service) == 2


def test_an_authority_decides_on_pairs_inside_its_area_only(
    session: Session, twins: Twins, find: Find, client_of: Sign
) -> None:
    twins()
    (pair,) = find()
    inside = make_user(session, role="authority", email="in@x.example")
    outside = make_user(
        session, role="authority", email="out@x.example", area_code="XA-S"
    )
    assert client_of(inside).get(f"/duplicates/{pair.id}").status_code == 200
    assert client_of(outside).get(f"/duplicates/{pair.id}").status_code == 404
    assert "Aboas" not in client_of(outside).get("/duplicates").text


def test_the_form_of_a_new_listing_asks_before_it_saves(
    session: Session, twins: Twins, admin: User, client_of: Sign, page: Fetch
) -> None:
    twins()
    by = client_of(admin)
    typed = {
        "organization_name": "Health Service", "service_name": "Aboaso Health Center",
        "taxonomy_terms": "health.primary", "latitude": "3.0001", "longitude": "11.0",
    }  # fmt: skip
    asked = page("/services/new", by=by, method="POST", data=typed)
    assert "Is it one of these?" in asked.text
    assert count(session, Service) == 2
    saved = by.post("/services/new", data={**typed, "another": "yes"})
    assert saved.status_code == 303
    assert count(session, Service) == 3


def test_programs_of_editors_ask_for_what_looks_alike(
    session: Session, twins: Twins, client_of: Sign, client: FlaskClient
) -> None:
    first, _ = twins(second={"sensitivity": "L1"})
    asked = "/api/v1/similar?name=Aboaso+Health+Centre&lat=3.0&lon=11.0"
    assert client.get(asked).status_code == 401
    supervisor = client_of(
        make_user(session, role=Role.SUPERVISOR, email="s@x.example")
    )
    found = supervisor.get(asked).json
    assert found is not None
    assert found["similar"][0]["name"] == FIRST["service_name"]
    assert len(found["similar"]) == 2
    authority = client_of(make_user(session, role=Role.AUTHORITY, email="a@x.example"))
    told = authority.get(asked).json
    assert told is not None
    assert [each["service_id"] for each in told["similar"]] == [str(first.service_id)]
    by_phone = supervisor.get(
        "/api/v1/similar?name=Aboaso+Clinic+Centre&phone=0302223333"
    )
    assert by_phone.status_code == 200
    assert supervisor.get("/api/v1/similar?name=A").status_code == 422
    assert supervisor.get("/api/v1/similar?name=Abc&lat=north").status_code == 422


def test_a_hidden_twin_changes_nothing_for_who_may_not_know_of_it(
    session: Session, client_of: Sign, authority: User
) -> None:
    make_service_at_location(session, **FIRST)
    by = client_of(authority)
    asked = (
        "/api/v1/similar?name=Aboaso+Health+Centre&lat=3.0&lon=11.0&phone=0302223333"
    )
    before = by.get(asked).data
    make_service_at_location(
        session, **{**FIRST, "service_name": "Aboaso Centre", "sensitivity": "L2"}
    )
    session.commit()
    assert by.get(asked).data == before


def test_who_oversees_may_have_all_compared_at_once(
    session: Session, connection: Connection, monkeypatch: pytest.MonkeyPatch, twins: Twins,
    admin: User, client_of: Sign, client: FlaskClient, page: Fetch,
) -> None:  # fmt: skip
    @contextmanager
    def shared(_config: Any) -> Iterator[Session]:
        own = Session(connection, join_transaction_mode="create_savepoint")
        with own, own.begin():
            yield own

    monkeypatch.setattr(tasks, "unit_of_work", shared)
    twins()
    session.commit()
    provider = client_of(make_user(session, role=Role.PROVIDER))
    assert provider.post("/duplicates/search").status_code == 403
    assert client.post("/duplicates/search").status_code == 302
    assert "Compare now" not in page("/duplicates", by=provider).text
    assert count(session, DuplicatePair) == 0
    by = client_of(admin)
    assert "Compare now" in page("/duplicates", by=by).text
    assert by.post("/duplicates/search").status_code == 303
    told = page("/duplicates", by=by)
    assert "Aboaso Health Centre" in told.text
    assert "Listings were last compared on" in told.text
    assert count(session, DuplicatePair) == 1
