"""The pages of imports: upload, progress, preview, columns, carrying out, taking back."""

import io
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.config import Config
from directory.models import ImportMapping, ImportRun, Service, User
from importers import tasks, uploads
from tests.conftest import NOW
from tests.importers.conftest import csv_bytes
from tests.pages import Page, checked_page

Clients = Callable[[User], FlaskClient]
TITLES = "service_id,organization_name,service_name,taxonomy_terms,latitude,longitude"
POST = "A1,Red Door,Post,health.primary,3.12345,11.12345"
WRONG = "A2,Red Door,Clinic,health.primary,11.22345,3.22345"

pytestmark = pytest.mark.usefixtures("background")


def upload(
    client: FlaskClient, data: bytes, filename: str = "list.csv", **said: str
) -> str:
    """Upload a file and return the address of its run."""
    response = client.post(
        "/imports", data={"file": (io.BytesIO(data), filename), **said}
    )
    assert response.status_code == 303, response.get_data(as_text=True)
    return response.location


def page(client: FlaskClient, address: str) -> Page:
    response = client.get(address)
    assert response.status_code == 200
    return checked_page(response)


def number(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Service)) or 0


def test_a_file_goes_all_the_way_and_back(
    client_of: Clients, admin: User, session: Session
) -> None:
    client = client_of(admin)
    assert "Nothing has been imported yet." in page(client, "/imports").words
    address = upload(client, csv_bytes(TITLES, POST, WRONG))
    preview = page(client, address)
    assert "This is what the import would do. Nothing is written yet." in preview.words
    assert "Latitude and longitude exchanged" in preview.words
    assert number(session) == 0
    assert client.post(f"{address}/apply").status_code == 303
    assert number(session) == 2
    assert "2 listings are new" in page(client, address).words
    assert client.post(f"{address}/undo").status_code == 303
    assert number(session) == 0
    assert "Taken back" in page(client, address).words
    assert "list.csv" in page(client, "/imports").words


def test_rows_can_be_filtered_by_problem_by_action_and_by_name(
    client_of: Clients, admin: User
) -> None:
    client = client_of(admin)
    address = upload(client, csv_bytes(TITLES, POST, WRONG))
    found = page(client, f"{address}?code=coordinates_exchanged").words
    assert "Clinic" in found
    assert "Post" not in found.replace("Postal", "")
    assert "Exchange the two numbers. Proposal: 3.22345, 11.22345" in found
    assert "Clinic" in page(client, f"{address}?action=create&q=clin").words
    assert "No row fits." in page(client, f"{address}?action=conflict").words
    assert "No row fits." in page(client, f"{address}?code=nonsense&page=9").words


def test_changes_are_shown_from_what_to_what(client_of: Clients, admin: User) -> None:
    client = client_of(admin)
    address = upload(client, csv_bytes(TITLES, POST))
    client.post(f"{address}/apply")
    second = upload(client, csv_bytes(TITLES, POST.replace("Post", "Health post")))
    preview = page(client, second)
    assert [
        element.tag for element in preview.tree.iter() if element.tag in {"del", "ins"}
    ] == ["del", "ins"]
    assert "before: Post now: Health post" in preview.words


def test_the_second_person_who_applies_is_told(
    client_of: Clients, admin: User, session: Session
) -> None:
    client = client_of(admin)
    address = upload(client, csv_bytes(TITLES, POST))
    assert client.post(f"{address}/apply").status_code == 303
    again = client.post(f"{address}/apply")
    assert again.status_code == 409
    assert "has been carried out already" in checked_page(again).words
    assert number(session) == 1


def test_a_refused_file_says_why_and_keeps_nothing(
    client_of: Clients, admin: User, config: Config
) -> None:
    client = client_of(admin)
    address = upload(client, b"%PDF-1.7", "list.csv")
    words = page(client, address).words
    assert "This is not a list that we can read: its content is PDF." in words
    assert "The directory is as it was." in words
    assert not list(
        (config.instance_dir / "uploads").glob(
            f"{uuid.UUID(address.rsplit('/', 1)[1]).hex}.*"
        )
    )


@pytest.mark.parametrize(
    ("data", "sentence"), [(None, "Choose a file."), (b"", "The file is empty.")]
)
def test_an_upload_without_content_is_answered_beside_the_field(
    client_of: Clients, admin: User, data: bytes | None, sentence: str
) -> None:
    fields: dict[str, Any] = (
        {} if data is None else {"file": (io.BytesIO(data), "list.csv")}
    )
    response = client_of(admin).post("/imports", data={**fields, "source": "Ministry"})
    assert response.status_code == 422
    answer = checked_page(response)
    assert sentence in answer.words
    assert 'value="Ministry"' in answer.text


def test_columns_can_be_mapped_by_hand_and_remembered(
    client_of: Clients, admin: User, session: Session
) -> None:
    client = client_of(admin)
    data = csv_bytes("Colour,Weight,Breite,Länge", "Post,Wibble,3.12345,11.12345")
    address = upload(client, data)
    assert (
        "None of the columns tells us the name of a service"
        in page(client, address).words
    )
    columns = page(client, f"{address}/columns")
    assert "For example: Post" in columns.words
    form = dict(re.findall(r'name="(title-\d+)" value="([^"]*)"', columns.text))
    chosen = {
        "field-0": "service_name",
        "field-1": "kind",
        "field-2": "latitude",
        "field-3": "longitude",
    }
    bad = client.post(f"{address}/columns", data={**form, "field-2": "latitude"})
    assert bad.status_code == 422
    assert "Say which column holds the name of the service." in checked_page(bad).words
    sent = client.post(
        f"{address}/columns", data={**form, **chosen, "remember": "Ministry"}
    )
    assert sent.status_code == 303
    assert "Category not known" in page(client, address).words
    words = page(client, f"{address}/columns")
    assert "Wibble" in words.words
    chosen |= {"word-0": "Wibble", "term-0": "education.school", "remember": "Ministry"}
    client.post(f"{address}/columns", data={**form, **chosen})
    assert client.post(f"{address}/apply").status_code == 303
    assert session.scalars(select(Service.name)).all() == ["Post"]
    mapping = session.scalars(select(ImportMapping)).one()
    assert mapping.values == {"kinds": {"Wibble": "education.school"}}
    second = upload(client, data, "next-year.csv", mapping="Ministry")
    assert "Unchanged" in page(client, second).words
    run = session.get_one(ImportRun, uuid.UUID(second.rsplit("/", 1)[1]))
    assert (run.source, run.counts["unchanged"] if run.counts else None) == (
        "Ministry",
        1,
    )


def test_a_file_with_a_sealed_listing_is_not_kept(
    client_of: Clients, admin: User, config: Config
) -> None:
    admin.can_see_restricted = True
    client = client_of(admin)
    data = csv_bytes(TITLES, "A1,Red Door,Haven,housing.safe_shelter,3.98765,11.56789")
    address = upload(client, data)
    words = page(client, address).words
    assert "This listing is sealed (L3)" in words
    assert "3.98765" not in words
    for path in (config.instance_dir / "uploads").iterdir():
        assert b"3.98765" not in path.read_bytes()
    assert client.get(f"{address}/columns").status_code == 409


def test_a_job_under_way_shows_its_progress_and_comes_again(
    client_of: Clients, admin: User, session: Session
) -> None:
    client = client_of(admin)
    address = upload(client, csv_bytes(TITLES, POST))
    run = session.get_one(ImportRun, uuid.UUID(address.rsplit("/", 1)[1]))
    run.state = "reading"
    session.flush()
    waiting = page(client, address)
    assert waiting.response.headers["Refresh"] == "2"
    assert waiting.all("progress")
    assert client.post(f"{address}/again").status_code == 303
    assert "This is what the import would do" in page(client, address).words


def test_undo_names_what_was_edited_and_can_leave_it(
    client_of: Clients, admin: User, session: Session
) -> None:
    client = client_of(admin)
    address = upload(client, csv_bytes(TITLES, POST))
    client.post(f"{address}/apply")
    service = session.scalars(select(Service)).one()
    service.version += 1
    session.flush()
    client.post(f"{address}/undo")
    answer = page(client, address)
    assert "1 listings were edited since the import, among them: Post." in answer.words
    client.post(f"{address}/undo", data={"keep_edited": "yes"})
    assert "Taken back" in page(client, address).words
    assert number(session) == 1


def test_an_empty_listing_file_can_be_downloaded(
    client_of: Clients, admin: User
) -> None:
    response = client_of(admin).get("/imports/template.csv")
    assert response.get_data(as_text=True).startswith(
        "\ufefforganization_name,organization_id,service_name"
    )


@pytest.mark.parametrize("language", ["en", "fr", "es", "ar"])
def test_every_page_stands_in_every_language(
    client_of: Clients, supervisor: User, language: str
) -> None:
    client = client_of(supervisor)
    address = upload(client, csv_bytes(TITLES, POST, WRONG))
    for one in ("/imports", address, f"{address}/columns"):
        page(client, f"{one}?lang={language}")


ADDRESSES = (
    "/imports",
    "/imports/template.csv",
    f"/imports/{uuid.UUID(int=1)}",
    f"/imports/{uuid.UUID(int=1)}/columns",
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_visitor_is_asked_to_sign_in(client: FlaskClient, address: str) -> None:
    assert client.get(address).location.startswith("/sign-in")


@pytest.mark.parametrize("address", ADDRESSES)
def test_other_roles_may_not_import(
    client_of: Clients,
    provider: User,
    authority: User,
    caseworker: User,
    stranger: User,
    address: str,
) -> None:
    for user in (provider, authority, caseworker, stranger):
        assert client_of(user).get(address).status_code == 403


@pytest.mark.parametrize("verb", ["apply", "undo", "again", "columns"])
def test_other_roles_may_not_write(
    client_of: Clients, admin: User, provider: User, session: Session, verb: str
) -> None:
    address = upload(client_of(admin), csv_bytes(TITLES, POST))
    assert client_of(provider).post(f"{address}/{verb}").status_code == 403
    assert client_of(provider).post("/imports").status_code == 403
    assert number(session) == 0


def test_an_unknown_run_is_not_found(client_of: Clients, admin: User) -> None:
    assert client_of(admin).get(f"/imports/{uuid.UUID(int=1)}").status_code == 404


def test_work_that_stands_still_can_be_stopped_and_started_again(
    client_of: Clients, admin: User, session: Session, app: Flask
) -> None:
    client = client_of(admin)
    address = upload(client, csv_bytes(TITLES, POST))
    run = session.get_one(ImportRun, uuid.UUID(address.rsplit("/", 1)[1]))
    config = app.extensions["homeward"]
    run.state = "applying"
    uploads.tell(config, run.id, uploads.Step("applying", 1, 2))
    session.flush()
    assert "Stop the work" in page(client, address).words
    client.post(f"{address}/stop")
    assert uploads.is_to_stop(config, run.id), "work under way is asked to stop"
    tasks.apply_run(str(run.id), str(admin.id), NOW)
    session.refresh(run)
    assert (run.state, number(session)) == ("planned", 0)
    assert "The work was stopped as you asked." in page(client, address).words
    run.state = "reading"
    session.flush()
    client.post(f"{address}/stop")  # nobody is at work: nothing to wait for
    session.refresh(run)
    assert run.state == "failed"


@pytest.mark.parametrize(
    ("left", "becomes", "made"),
    [("reading", "planned", 0), ("applying", "applied", 1), ("undoing", "applied", 0)],
)
def test_a_restart_carries_on_what_was_under_way(
    client_of: Clients,
    admin: User,
    session: Session,
    left: str,
    becomes: str,
    made: int,
) -> None:
    client = client_of(admin)
    address = upload(client, csv_bytes(TITLES, POST))
    run = session.get_one(ImportRun, uuid.UUID(address.rsplit("/", 1)[1]))
    run.state, run.applied_by = left, admin.id
    session.flush()
    tasks.carry_on()
    session.refresh(run)
    assert (run.state, number(session)) == (becomes, made)
    tasks.carry_on()
    assert number(session) == made


def test_a_run_that_ends_its_process_again_and_again_waits_for_a_person(
    client_of: Clients, admin: User, session: Session, app: Flask
) -> None:
    address = upload(client_of(admin), csv_bytes(TITLES, POST))
    run = session.get_one(ImportRun, uuid.UUID(address.rsplit("/", 1)[1]))
    run.state, run.applied_by = "applying", admin.id
    session.flush()
    for _ in range(2):
        uploads.count_try(app.extensions["homeward"], run.id)
    tasks.carry_on()
    session.refresh(run)
    assert (run.state, number(session)) == ("applying", 0)


def test_the_map_holds_the_rows_of_the_list_but_no_protected_place(
    admin: User, counsellor: User, client_of: Clients, session: Session
) -> None:
    admin.can_see_restricted = True
    by = client_of(admin)
    hidden = "A3,Red Door,Quiet,protection.gbv,3.54321,11.54321"
    address = upload(by, csv_bytes(TITLES, POST, WRONG, hidden))
    shown = page(by, f"{address}?action=create")
    assert f'src="/maps{address}?action=create"' in shown.text
    drawn = by.get(f"/maps{address}?action=create")
    assert drawn.status_code == 200
    assert "script-src" in drawn.headers["Content-Security-Policy"]
    assert "3.12345" in drawn.text
    assert "Post" in drawn.text
    for secret in ("3.54321", "Quiet", "11.22345"):  # protected, or left out
        assert secret not in drawn.text
    assert "3.12345" not in by.get(f"/maps{address}?q=Clinic").text
    assert client_of(counsellor).get(f"/maps{address}").status_code == 403


def test_what_is_wrong_in_every_row_is_said_once_with_the_way_to_mend_it(
    client_of: Clients, admin: User
) -> None:
    client = client_of(admin)
    titles = TITLES.replace("taxonomy_terms", "Kategorie")
    address = upload(client, csv_bytes(titles, POST, WRONG), "foreign.csv")
    told = page(client, address)
    assert told.words.count("No column of categories was recognised") == 1
    assert "Columns not used: Kategorie" in told.words
    assert "taxonomy_terms" not in told.words
    assert (
        told.words.count("a reason that concerns the whole file") == 1
    )  # the other has one of its own
    assert f'href="{address}/columns">Say what they hold' in told.text
    emptied = csv_bytes(
        TITLES, *(row.replace("health.primary", "") for row in (POST, WRONG))
    )
    told = page(client, upload(client, emptied, "emptied.csv"))
    assert (
        "(taxonomy_terms) is empty in every row, so 2 rows are left out" in told.words
    )
