"""Going back to an earlier version of a listing, whole or in part."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.listings import operations, stored
from directory.models import Change, Service, User
from tests import factories
from tests.directory.listings.test_create_services import ADMIN, FULL, create
from tests.directory.listings.test_edit_page import read
from tests.pages import Page

Fetch = Callable[..., Page]
SignIn = Callable[[User], FlaskClient]


def edit(session: Session, ids: Any, *, minute: int, **changed: Any) -> None:
    session.expire_all()
    key = ids.service_at_location_id
    current = stored.read_records(session, [key])[key]
    operations.update_services(
        session,
        actor=ADMIN,
        records={key: replace(current, **changed)},
        now=factories.NOW.replace(minute=minute),
        origin="import",
    )


def change_of(session: Session, ids: Any, field: str) -> Change:
    query = select(Change).where(
        Change.resource_id == ids.service_id, Change.field_name == field
    )
    return session.scalars(query.order_by(Change.last_action_date)).first()  # type: ignore[return-value]


def form(session: Session, ids: Any, *fields: str) -> dict[str, Any]:
    session.expire_all()
    version = session.get_one(Service, ids.service_id).version
    return {"version": str(version), "field": list(fields)}


def test_a_listing_goes_back_whole_and_back_again(
    page: Fetch, session: Session, client_of: SignIn, supervisor: User
) -> None:
    ids = create(session, FULL)[0]
    before = read(session, ids)
    edit(session, ids, minute=1, cost="paid", minimum_age=16, sexes=("male",))
    edit(session, ids, minute=2, texts={}, latitude=4.5, languages=("en", "pt"))
    client = client_of(supervisor)
    history = page(f"/services/{ids.service_id}/history", by=client)
    path = f"/services/{ids.service_id}/history/{change_of(session, ids, 'cost').id}"
    assert path in history.text
    fields = {"cost", "minimum_age", "sexes", "latitude", "languages"}
    fields |= {f"{name}:{language}" for name, language in before.texts}
    shown = page(path, by=client)
    missing = {name for name in fields if f'value="{name}"' not in shown.text}
    assert not missing
    data = form(session, ids, *fields)
    page(path, by=client, method="POST", data=data, status=303)
    assert read(session, ids) == before
    restored = session.scalars(select(Change).where(Change.origin == "restore")).all()
    assert {change.field_name for change in restored} >= {"cost", "latitude"}
    again = next(change for change in restored if change.field_name == "cost")
    path = f"/services/{ids.service_id}/history/{again.id}"
    data = form(session, ids, "cost")
    page(path, by=client, method="POST", data=data, status=303)
    assert (read(session, ids).cost, read(session, ids).minimum_age) == (
        "paid",
        before.minimum_age,
    )


def test_only_ticked_fields_go_back_and_a_check_is_never_made_by_it(
    page: Fetch, session: Session, client_of: SignIn, supervisor: User
) -> None:
    ids = create(session, FULL)[0]
    today = factories.NOW.date()
    edit(session, ids, minute=1, cost="paid", phone="+15550199", assured_date=today)
    client = client_of(supervisor)
    path = f"/services/{ids.service_id}/history/{change_of(session, ids, 'cost').id}"
    assert 'value="assured_date"' not in page(path, by=client).text
    data = form(session, ids, "cost", "assured_date")
    page(path, by=client, method="POST", data=data, status=303)
    found = read(session, ids)
    assert (found.cost, found.phone) == (FULL.cost, "+15550199")
    assert found.assured_date == today
    page(path, by=client, method="POST", data=form(session, ids), status=422)


def test_who_was_slower_is_told_and_nothing_is_lost(
    page: Fetch, session: Session, client_of: SignIn, supervisor: User
) -> None:
    ids = create(session, FULL)[0]
    edit(session, ids, minute=1, cost="paid")
    path = f"/services/{ids.service_id}/history/{change_of(session, ids, 'cost').id}"
    client = client_of(supervisor)
    data = form(session, ids, "cost")
    edit(session, ids, minute=2, phone="+15550199")
    page(path, by=client, method="POST", data=data, status=409)
    assert (read(session, ids).cost, read(session, ids).phone) == ("paid", "+15550199")


def test_a_sealed_listing_never_gets_its_place_back(
    page: Fetch, session: Session, client_of: SignIn, supervisor: User
) -> None:
    supervisor.can_see_restricted = True
    ids = create(session, FULL)[0]
    edit(session, ids, minute=1, latitude=4.25, address="77 Hidden Road")
    change = change_of(session, ids, "address")
    edit(
        session, ids, minute=2, sensitivity="L3",
        latitude=None, longitude=None, address=None, landmark=None,
        coverage_radius_km=None, texts={},
    )  # fmt: skip
    client = client_of(supervisor)
    path = f"/services/{ids.service_id}/history/{change.id}"
    assert client.get(path).status_code == 404
    earlier = page(f"/services/{ids.service_id}/history", by=client)
    assert "Hidden Road" not in earlier.text


def test_strangers_and_visitors_cannot_go_back(
    page: Fetch,
    session: Session,
    client_of: SignIn,
    client: FlaskClient,
    stranger: User,
) -> None:
    ids = create(session, FULL)[0]
    edit(session, ids, minute=1, cost="paid")
    path = f"/services/{ids.service_id}/history/{change_of(session, ids, 'cost').id}"
    assert client.get(path).status_code == 302
    other = client_of(stranger)
    page(path, by=other, status=403)
    data = form(session, ids, "cost")
    page(path, by=other, method="POST", data=data, status=403)
    assert read(session, ids).cost == "paid"
    assert "Go back" not in page(f"/services/{ids.service_id}/history", by=other).text
