"""The empty list with its drop-downs, filled in any language; and the file that comes back marked."""

import io
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.models import ImportRow, ImportRun, User
from importers import drafting
from importers.readers.template import SHEET
from tests.factories import make_user
from tests.importers.conftest import csv_bytes
from tests.importers.test_import_pages import upload

Clients = Callable[[User], FlaskClient]
pytestmark = pytest.mark.usefixtures("background")


def workbook(client: FlaskClient, address: str) -> Any:
    response = client.get(address)
    assert response.status_code == 200
    return load_workbook(io.BytesIO(response.data))


def labels(book: Any) -> dict[tuple[str, str], str]:
    """What the hidden sheet says: label by (field or "title", code)."""
    return {(row[0], row[2]): row[1] for row in book[SHEET].iter_rows(values_only=True)}


def saved(book: Any) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize("language", ["en", "fr", "es", "ar"])
def test_a_list_filled_from_its_drop_downs_is_understood(
    client_of: Clients,
    admin: User,
    read: Callable[..., drafting.Drafted],
    language: str,
) -> None:
    book = workbook(client_of(admin), f"/imports/template.xlsx?lang={language}")
    words, sheet = labels(book), book.worksheets[0]
    assert book[SHEET].sheet_state == "hidden"
    titles = [cell.value for cell in sheet[1]]
    assert len(titles) == len(set(titles)), "two columns with one title"
    by_column = {
        str(choice.sqref).rstrip("0123456789").partition("2:")[0]: choice
        for choice in sheet.data_validations.dataValidation
    }
    assert len(by_column) >= 18
    chosen = {
        "cost": ["free"],
        "sexes": ["female", "male"],
        "status": ["temporarily closed"],
        "taxonomy_terms": ["health.primary"],
        "sensitivity": ["L1"],
        "provider_type": ["local_authority"],
        "required_documents": ["passport", "birth_certificate"],
    }
    cells = {
        words["title", field]: "; ".join(words[field, code] for code in several)
        for field, several in chosen.items()
    }
    cells[words["title", "service_name"]] = "Clinic"
    cells[words["title", "organization_name"]] = "Red Door"
    cells[words["title", "latitude"]] = "3.12345"
    cells[words["title", "longitude"]] = "11.12345"
    sheet.append([cells.get(title) for title in titles])
    drafted = read(saved(book), "list.xlsx")
    (draft,) = drafted.drafts
    assert draft.values["cost"] == "free"
    assert draft.values["sexes"] == ("female", "male")
    assert draft.values["status"] == "temporarily closed"
    assert draft.values["taxonomy_terms"] == ("health.primary",)
    assert draft.values["provider_type"] == "local_authority"
    assert draft.values["required_documents"] == ("passport", "birth_certificate")
    assert draft.values["latitude"] == 3.12345
    assert draft.level == "L1"
    assert [issue.code for issue in draft.issues] == []


def test_a_file_comes_back_with_its_faulty_cells_marked(
    client_of: Clients, admin: User, session: Session
) -> None:
    client = client_of(admin)
    data = csv_bytes(
        "service_id,organization_name,service_name,taxonomy_terms,latitude,longitude,minimum_age",
        "A1,Red Door,Post,health.primary,3.12345,11.12345,5",
        'A2,Red Door,"=1+1",health.primary,11.22345,3.22345,many',
    )
    address = upload(client, data)
    assert f"{address}/marked.xlsx" in client.get(address).text
    sheet = workbook(client, f"{address}/marked.xlsx").worksheets[0]
    rows = list(sheet.iter_rows())
    assert [cell.value for cell in rows[1]][:3] == ["A1", "Red Door", "Post"]
    assert not [cell for cell in rows[1] if cell.comment]
    faulty = {cell.column: cell for cell in rows[2] if cell.comment}
    assert set(faulty) >= {7}
    assert "many" in faulty[7].comment.text
    assert faulty[7].fill.fgColor.rgb == "00F4B6B0"
    assert (rows[2][2].value, rows[2][2].data_type) == ("=1+1", "s")
    sheet["G3"] = "7"
    corrected = upload(client, saved(sheet.parent), "corrected.xlsx")
    run = session.get_one(ImportRun, uuid.UUID(corrected.rsplit("/", 1)[1]))
    assert run.counts is not None
    assert "number_invalid" not in run.counts["issues"]["by_code"]
    kept = select(ImportRow.name).where(ImportRow.run_id == run.id)
    assert set(session.scalars(kept)) == {"Post", "=1+1"}


def test_nobody_else_gets_the_file(
    client_of: Clients,
    admin: User,
    counsellor: User,
    session: Session,
    client: FlaskClient,
) -> None:
    data = csv_bytes("service_name,organization_name", "Post,Red Door")
    address = f"{upload(client_of(admin), data)}/marked.xlsx"
    other = make_user(session, role="admin", email="second@example.org")
    assert client_of(other).get(address).status_code == 404
    assert client_of(counsellor).get(address).status_code == 403
    assert client.get(address).status_code == 302
    assert client_of(counsellor).get("/imports/template.xlsx").status_code == 403
