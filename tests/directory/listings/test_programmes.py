"""Programmes side by side for everybody, and agreements that only staff read."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.models import Agreement, Change, Program, User
from tests import factories
from tests.directory.listings.test_create_services import FULL, create
from tests.pages import Page

Fetch = Callable[..., Page]
SignIn = Callable[[User], FlaskClient]
TYPED = {
    "name": "Safe Return", "gives": "A start-up grant", "for_whom": "Families", "amount": "1500",
    "currency": "eur", "apply_within_days": "60", "host_countries": "de, ly", "countries": "XA",
    "plan_reference": "PNDES 2.3", "source": "Leaflet", "source_date": "2026-10-01", "valid_to": "2027-12-31",
}  # fmt: skip
AGREED = {
    "has_memorandum": "yes", "signed_on": "2026-01-01", "valid_to": "2026-11-01",
    "referral_channel": "phone", "has_data_sharing_clause": "yes", "note": "Once a month",
}  # fmt: skip


def test_a_supervisor_writes_a_programme_down_and_everybody_compares(
    page: Fetch,
    session: Session,
    client_of: SignIn,
    supervisor: User,
) -> None:
    ids = create(session, FULL)[0]
    editor, path = (
        client_of(supervisor),
        f"/organizations/{ids.organization_id}/programmes/new",
    )
    page(path, by=editor)
    page(
        path,
        by=editor,
        method="POST",
        data={**TYPED, "name": "", "currency": "euro"},
        status=422,
    )
    assert session.scalar(select(func.count()).select_from(Program)) == 0
    page(path, by=editor, method="POST", data=TYPED, status=303)
    programme = session.scalars(select(Program)).one()
    words = page("/programmes").words
    for sentence in ("Safe Return", "A start-up grant", "€1,500.00", "60 days after the return",
                     "Germany and Libya", "Red Door", "Leaflet"):  # fmt: skip
        assert sentence in words, sentence
    shown = page(f"/programmes/{programme.id}").words
    assert "Safe Return" in shown
    assert "PNDES 2.3" in shown
    page(path, by=editor, method="POST", data={**TYPED, "plan_reference": "x" * 201},
         status=422)  # fmt: skip
    chosen = page("/programmes?host=LY&country=FR&lang=fr").all("option")
    assert [each.get("value") for each in chosen] == ["", "FR", "XA", "", "DE", "LY"]
    assert [each.get("value") for each in chosen if each.get("selected") is not None] == ["FR", "LY"]  # fmt: skip
    for query, is_there in (("q=safe", True), ("q=other", False), ("country=XA", True),
                            ("country=XB", False), ("host=LY&country=xa", True), ("host=FR", False)):  # fmt: skip
        assert ("Safe Return" in page(f"/programmes?{query}").words) is is_there, query


def test_a_programme_that_ended_is_said_to_have_ended(
    page: Fetch,
    session: Session,
    client_of: SignIn,
    supervisor: User,
    client: FlaskClient,
) -> None:
    ids = create(session, FULL)[0]
    editor, base = client_of(supervisor), f"/organizations/{ids.organization_id}"
    page(f"{base}/programmes/new", by=editor, method="POST", data=TYPED, status=303)
    programme = session.scalars(select(Program)).one()
    assert "Safe Return" in page(base).words
    edit, over = f"/programmes/{programme.id}/edit", {**TYPED, "valid_to": "2026-01-01"}
    page(edit, by=editor)
    page(edit, by=editor, method="POST", data=over, status=303)
    assert "Ended" in page("/programmes").words
    assert "This programme ended on" in page(f"/programmes/{programme.id}").words
    assert "Safe Return" not in page(base).words
    logged = session.scalars(
        select(Change.field_name).where(Change.resource_id == programme.id)
    )
    assert set(logged) == {"name", "valid_to"}
    assert (
        client.get("/programmes/00000000-0000-4000-8000-000000000000").status_code
        == 404
    )


def test_a_provider_writes_its_own_and_nobody_elses(
    session: Session,
    client_of: SignIn,
    provider: User,
    counsellor: User,
    client: FlaskClient,
) -> None:
    create(session, FULL)
    own = factories.own_organization_id(session, provider)
    other = create(session, FULL)[0].organization_id
    assert own != other
    paths = {key: f"/organizations/{key}/programmes/new" for key in (own, other)}
    assert client_of(provider).post(paths[own], data=TYPED).status_code == 303
    assert client_of(provider).post(paths[other], data=TYPED).status_code == 403
    assert client_of(counsellor).post(paths[other], data=TYPED).status_code == 403
    assert client.post(paths[other], data=TYPED).status_code == 302
    programme = session.scalars(select(Program)).one()
    edit = f"/programmes/{programme.id}/edit"
    assert client_of(counsellor).get(edit).status_code == 403
    assert client_of(counsellor).post(edit, data=TYPED).status_code == 403


def test_the_name_of_a_hidden_organization_is_not_told(
    page: Fetch, session: Session
) -> None:
    hidden = factories.make_organization(session, "Quiet House")
    session.add(Program(organization_id=hidden.id, name="Open help", description=""))
    session.flush()
    words = page("/programmes").words
    assert "Open help" in words
    assert "Quiet House" not in words


def test_staff_read_agreements_and_supervisors_write_them(
    page: Fetch,
    session: Session,
    client_of: SignIn,
    supervisor: User,
    counsellor: User,
    provider: User,
    authority: User,
    client: FlaskClient,
) -> None:
    ids = create(session, FULL)[0]
    base = f"/organizations/{ids.organization_id}"
    new, writer = f"{base}/agreements/new", client_of(supervisor)
    page(new, by=writer)
    wrong = {**AGREED, "valid_to": "2025-01-01"}
    page(new, by=writer, method="POST", data=wrong, status=422)
    page(new, by=writer, method="POST", data=AGREED, status=303)
    agreement = session.scalars(select(Agreement)).one()
    assert (agreement.has_memorandum, agreement.signed_on) == (True, date(2026, 1, 1))
    for account in (supervisor, counsellor):
        words = page(base, by=client_of(account)).words
        assert "Once a month" in words
        assert "Ended" in words
    for reader in (client, client_of(provider), client_of(authority)):
        words = page(base, by=reader).words
        assert "Once a month" not in words
        assert "Agreements" not in words
    edit = f"/agreements/{agreement.id}/edit"
    assert client_of(counsellor).get(edit).status_code == 403
    assert client_of(provider).post(edit, data=AGREED).status_code == 403
    assert client.get(edit).status_code == 302
    page(edit, by=writer)
    page(edit, by=writer, method="POST", data={"note": "Ended by letter"}, status=303)
    session.expire_all()
    assert (agreement.has_memorandum, agreement.referral_channel) == (False, None)


@pytest.mark.parametrize("field", ["host_countries", "countries"])
def test_a_country_is_two_letters(
    page: Fetch, session: Session, client_of: SignIn, supervisor: User, field: str
) -> None:
    organization: Any = create(session, FULL)[0].organization_id
    path = f"/organizations/{organization}/programmes/new"
    page(
        path,
        by=client_of(supervisor),
        method="POST",
        data={**TYPED, field: "Ger"},
        status=422,
    )
    assert session.scalar(select(func.count()).select_from(Program)) == 0


def test_a_programme_of_an_organization_whose_listings_are_all_hidden_is_hidden_too(
    page: Fetch, session: Session, client_of: SignIn, counsellor: User
) -> None:
    ids = factories.make_service_at_location(
        session, organization_name="Quiet house", sensitivity="L1"
    )
    programme = Program(organization_id=ids.organization_id, name="New start for women")
    session.add(programme)
    session.commit()
    address = f"/programmes/{programme.id}"
    assert "New start for women" not in page("/programmes").words
    page(address, status=404)
    staff = client_of(counsellor)
    assert "New start for women" in page(address, by=staff).words
    assert "New start for women" in page("/programmes", by=staff).words
