"""The queue of proposed changes: who decides, and what becomes of the listing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from directory.authz import Actor
from directory.listings import proposals
from directory.models import Change, Proposal, Role, Service, User
from tests import factories
from tests.directory.listings.test_create_services import FULL, create
from tests.directory.listings.test_edit_page import read
from tests.pages import Page

Fetch = Callable[..., Page]
SignIn = Callable[[User], FlaskClient]


def propose(session: Session, ids: Any, by: User, **changed: Any) -> Proposal:
    return proposals.propose(
        session,
        actor=Actor(role=Role(by.role), user_id=by.id),
        service=session.get_one(Service, ids.service_id),
        service_at_location_id=ids.service_at_location_id,
        record=replace(read(session, ids), **changed),
        note="Seen there",
        now=factories.NOW,
    )


def test_an_approved_proposal_changes_only_its_fields_on_the_listing_as_it_is_now(
    page: Fetch, session: Session, client_of: SignIn, stranger: User, supervisor: User
) -> None:
    ids = create(session, FULL)[0]
    proposal = propose(session, ids, stranger, cost="paid")
    service = session.get_one(Service, ids.service_id)
    service.description = "Changed meanwhile"
    session.flush()
    client = client_of(supervisor)
    fetched = page("/proposals", by=client)
    assert "Health post" in fetched.words
    assert "Seen there" in fetched.words
    path = f"/proposals/{proposal.id}"
    page(path, by=client, method="POST", data={"state": "approved"}, status=303)
    found = read(session, ids)
    assert (found.cost, found.description) == ("paid", "Changed meanwhile")
    assert session.get_one(Proposal, proposal.id).state == "approved"
    changed = session.query(Change).filter_by(field_name="cost").one()
    assert changed.user_id == supervisor.id
    assert "Nothing to check" in page("/proposals", by=client).words


def test_old_and_new_are_said_in_words_and_not_in_codes(
    page: Fetch, session: Session, client_of: SignIn, stranger: User, supervisor: User
) -> None:
    ids = create(session, FULL)[0]
    proposal = propose(
        session, ids, stranger, cost="paid", status="temporarily closed",
        required_documents=("medical_record", "A letter"), languages=("fr", "ar"),
        taxonomy_terms=("legal.aid",), host_countries=("DE",), valid_to=date(2027, 1, 31),
        coverage_areas=("XA-N",), coverage=None, cost_waiver=True,
    )  # fmt: skip
    client = client_of(supervisor)
    shown = page("/proposals", by=client).words
    for words in (
        "To be paid", "Medical record, A letter", "French, Arabic", "Germany",
        "31 January 2027", "Yes", "Legal aid",
    ):  # fmt: skip
        assert words in shown, words
    for code in ("medical_record", "legal.aid", "XA-N", "temporarily closed"):
        assert code not in shown, code
    path = f"/proposals/{proposal.id}"
    page(path, by=client, method="POST", data={"state": "approved"}, status=303)
    history = page(f"/services/{ids.service_id}/history", by=client).words
    assert "Medical record, A letter" in history
    assert "medical_record" not in history


def test_rejecting_needs_a_reason_and_leaves_the_listing(
    page: Fetch, session: Session, client_of: SignIn, stranger: User, supervisor: User
) -> None:
    ids = create(session, FULL)[0]
    path = f"/proposals/{propose(session, ids, stranger, cost='paid').id}"
    client = client_of(supervisor)
    page(path, by=client, method="POST", data={"state": "rejected"}, status=422)
    data = {"state": "rejected", "reason": "It is free"}
    page(path, by=client, method="POST", data=data, status=303)
    assert read(session, ids).cost == "free"
    assert client.post(path, data={"state": "approved"}).status_code == 409
    assert read(session, ids).cost == "free"


def test_what_an_authority_proposes_shows_to_the_coordinator_with_accept_reject_and_reason(
    page: Fetch, session: Session, client_of: SignIn, authority: User, supervisor: User
) -> None:
    ids = create(session, replace(FULL, latitude=1.0))[0]  # outside of its area
    proposal = propose(session, ids, authority, cost="paid")
    coordinator = client_of(supervisor)
    shown = page("/proposals", by=coordinator)
    for said in ("Health post", "by: Local authority", "Seen there"):
        assert said in shown.words
    for name in ("approved", "rejected", "reason"):
        assert f'"{name}"' in shown.text, name
    data = {"state": "rejected", "reason": "It is free"}
    path = f"/proposals/{proposal.id}"
    page(path, by=coordinator, method="POST", data=data, status=303)
    session.refresh(proposal)
    assert (proposal.state, proposal.decision_reason) == ("rejected", "It is free")
    assert read(session, ids).cost == "free"


def test_holding_keeps_it_in_the_queue(
    page: Fetch, session: Session, client_of: SignIn, stranger: User, supervisor: User
) -> None:
    ids = create(session, FULL)[0]
    proposal = propose(session, ids, stranger, cost="paid")
    client = client_of(supervisor)
    page(
        f"/proposals/{proposal.id}",
        by=client,
        method="POST",
        data={"state": "held"},
        status=303,
    )
    assert "On hold" in page("/proposals", by=client).words


def test_only_who_may_edit_decides(
    page: Fetch,
    session: Session,
    client_of: SignIn,
    stranger: User,
    counsellor: User,
    authority: User,
    client: FlaskClient,
) -> None:
    ids = create(session, replace(FULL, latitude=1.0))[0]
    proposal = propose(session, ids, stranger, cost="paid")
    path = f"/proposals/{proposal.id}"
    assert client.post(path, data={"state": "approved"}).status_code == 302
    assert client.get("/proposals").status_code == 302
    for user in (stranger, counsellor, authority):
        reader = client_of(user)
        assert reader.post(path, data={"state": "approved"}).status_code == 404
        seen = "Health post" in page("/proposals", by=reader).words
        assert seen is (user is stranger)
    assert read(session, ids).cost == "free"


def test_some_fields_of_a_proposal_are_approved_and_others_not(
    page: Fetch, session: Session, client_of: SignIn, stranger: User, supervisor: User
) -> None:
    ids = create(session, FULL)[0]
    proposal = propose(session, ids, stranger, cost="paid", phone="+15550199")
    client, path = client_of(supervisor), f"/proposals/{proposal.id}"
    nothing = {"state": "approved", "choose": "1"}
    page(path, by=client, method="POST", data=nothing, status=422)
    data = {**nothing, "field": ["cost"]}
    page(path, by=client, method="POST", data=data, status=303)
    assert (read(session, ids).cost, read(session, ids).phone) == ("paid", FULL.phone)
    seen = page("/proposals", by=client_of(stranger))
    assert "What became of your proposals" in seen.words
    assert "Approved" in seen.words


def test_many_are_decided_at_once_or_none(
    page: Fetch, session: Session, client_of: SignIn, stranger: User, supervisor: User
) -> None:
    ids, other = create(
        session, FULL, replace(FULL, service_id="s2", service_name="Other")
    )
    both = [propose(session, each, stranger, cost="paid").id for each in (ids, other)]
    client = client_of(supervisor)
    data: dict[str, Any] = {"state": "rejected", "proposal": [str(key) for key in both]}
    page("/proposals/decide", by=client, method="POST", data=data, status=422)
    page("/proposals/decide", by=client, method="POST", data={}, status=422)
    data["reason"] = "It is free"
    foreign = client_of(stranger)
    page("/proposals/decide", by=foreign, method="POST", data=data, status=404)
    page("/proposals/decide", by=client, method="POST", data=data, status=303)
    session.expire_all()
    assert {session.get_one(Proposal, key).state for key in both} == {"rejected"}
    assert read(session, ids).cost == "free"


def test_what_was_changed_meanwhile_is_shown_beside_it(
    page: Fetch, session: Session, client_of: SignIn, stranger: User, supervisor: User
) -> None:
    ids = create(session, FULL)[0]
    propose(session, ids, stranger, cost="paid")
    session.get_one(Service, ids.service_id).cost = "subsidised"
    session.flush()
    words = page("/proposals", by=client_of(supervisor)).words
    assert "When this was proposed:" in words
