"""Pages of imports for feeds of several tables, and for words that nobody has explained."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.models import ImportMapping, ImportRow, User
from tests.conftest import NOW
from tests.importers import feeds
from tests.importers.conftest import csv_bytes
from tests.importers.test_import_pages import number, page, upload

Clients = Callable[[User], FlaskClient]

pytestmark = pytest.mark.usefixtures("background")


def test_a_feed_says_what_each_of_its_tables_holds_and_what_points_at_nothing(
    client_of: Clients, admin: User
) -> None:
    client = client_of(admin)
    address = upload(client, feeds.zipped(), "feed.zip")
    preview = page(client, address)
    assert "What each table of the file holds" in preview.words
    assert "Belongs to nothing: 1" in preview.words
    chosen = page(client, f"{address}?code=record_unused").words
    assert "no service belongs to it" in chosen
    assert "it is its own ancestor" not in chosen


def test_persons_of_a_feed_are_counted_left_out_and_kept_nowhere(
    client_of: Clients, admin: User, session: Session
) -> None:
    client = client_of(admin)
    contacts = ["id,service_id,name,email", "c1,s2,Jane Roe,jane.roe@example.org"]
    address = upload(
        client, feeds.zipped({**feeds.TABLES, "contacts.csv": contacts}), "feed.zip"
    )
    preview = page(client, address).words
    assert "Rows: 1; Not read: 1" in preview
    assert "Contacts are left out on purpose: they are persons." in preview
    records = session.scalars(select(ImportRow.record)).all()
    assert records
    assert not any("Roe" in text or "jane" in text for text in records)


def test_a_word_that_nobody_knows_gets_a_proposal_from_what_was_explained_before(
    client_of: Clients, admin: User, session: Session
) -> None:
    session.add(
        ImportMapping(
            name="old",
            created_by=admin.id,
            created_at=NOW,
            columns={},
            values={"kinds": {"Kiosk of remedies": "health.medicines"}},
        )
    )
    session.flush()
    client = client_of(admin)
    data = csv_bytes("Facility Name,Type", "Post,Remedies kiosk", "House,Unheard of")
    address = upload(client, data)
    assert "Proposal: health.medicines" in page(client, address).words
    assert number(session) == 0
    words = page(client, f"{address}/columns").words
    assert words.count("proposed: most like a word that we know") == 1
