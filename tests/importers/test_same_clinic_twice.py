"""One clinic in two files: one listing, or one proposal to merge (REQUIREMENTS P6)."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.models import DuplicatePair, Service, User
from tests.importers.conftest import csv_bytes
from tests.importers.test_import_pages import TITLES, number, page, upload

Clients = Callable[[User], FlaskClient]
FIRST = "A1,Red Door,Aboaso Health Centre,health.primary,3.00000,11.00000"
SAME = "77,Ministry,Aboaso Health Centre,health.primary,3.00000,11.00000"
OTHERWISE = "78,Ministry,ABOASSO HEALTH CENTER,health.primary,3.00040,11.00000"

pytestmark = pytest.mark.usefixtures("background")


def brought(client: FlaskClient, row: str, source: str) -> str:
    """Import a file of one row and return what its page says afterwards."""
    address = upload(client, csv_bytes(TITLES, row), source, source=source)
    preview = page(client, address).words
    assert client.post(f"{address}/apply").status_code == 303
    return preview


def test_it_is_one_listing_or_one_proposal_to_merge(
    client_of: Clients, admin: User, session: Session
) -> None:
    client = client_of(admin)
    pairs = select(func.count()).select_from(DuplicatePair)
    brought(client, FIRST, "ngo.csv")
    told = brought(client, SAME, "register.csv")
    assert "0 new, 1 changed" in told
    assert "before: Red Door now: Ministry" in told
    assert (number(session), session.scalar(pairs)) == (1, 0)
    told = brought(client, OTHERWISE, "other.csv")
    assert "looks like this one" in told
    assert session.scalar(pairs) == 1
    names = sorted(session.scalars(select(Service.name)))
    assert names == ["ABOASSO HEALTH CENTER", "Aboaso Health Centre"]
    queue = page(client, "/duplicates")
    assert "ABOASSO HEALTH CENTER" in queue.words
    pair = session.scalars(select(DuplicatePair)).one()
    kept = {"keep": "first", "first_version": "1", "second_version": "1"}
    found = [session.get_one(Service, key).version for key in (pair.first_id, pair.second_id)]  # fmt: skip
    kept["first_version"], kept["second_version"] = map(str, found)
    assert client.post(f"/duplicates/{pair.id}/merge", data=kept).status_code == 303
    assert number(session) == 1


def test_what_looks_alike_is_left_out_where_somebody_says_so(
    client_of: Clients, admin: User, counsellor: User, session: Session
) -> None:
    client = client_of(admin)
    brought(client, FIRST, "ngo.csv")
    new = OTHERWISE.replace("78", "79").replace(
        "ABOASSO HEALTH CENTER", "Harbour School"
    )
    address = upload(
        client, csv_bytes(TITLES, OTHERWISE, new), "more.csv", source="more.csv"
    )
    assert "1 row looks like a listing that is there." in page(client, address).words
    choice = f"{address}/lookalikes"
    assert (
        client_of(counsellor).post(choice, data={"become": "left_out"}).status_code
        == 403
    )
    assert client.post(choice, data={"become": "gone"}).status_code == 422
    for _ in range(2):  # said twice, done once
        assert client.post(choice, data={"become": "left_out"}).status_code == 303
    shown = page(client, address).words
    assert "Carry out: 1 new, 0 changed" in shown
    assert "This row is left out." in shown
    assert client.post(choice, data={"become": "listings"}).status_code == 303
    assert "Carry out: 2 new, 0 changed" in page(client, address).words
    client.post(choice, data={"become": "left_out"})
    assert client.post(f"{address}/apply").status_code == 303
    names = sorted(session.scalars(select(Service.name)))
    assert names == ["Aboaso Health Centre", "Harbour School"]
    assert session.scalar(select(func.count()).select_from(DuplicatePair)) == 0
    assert client.post(choice, data={"become": "listings"}).status_code == 409
