"""Anyone gives feedback and follows it by a code; those it is about never read it."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory import authz
from directory.feedback import categories
from directory.feedback.categories import Kind
from directory.models import Feedback, Membership, Service, User
from tests import factories
from tests.pages import Page

ClientOf = Callable[[User], FlaskClient]
Fetch = Callable[..., Page]


def give(page: Fetch, **fields: str) -> str:
    """Give feedback and return its code, as the page shows it once."""
    data = {"category": "suggestion", "text": "Open on Saturdays", **fields}
    given = page("/feedback", method="POST", data=data)
    found = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", given.words)
    assert found, given.words
    return found.group(0)


def stored(session: Session) -> Feedback:
    session.expire_all()
    return session.scalars(select(Feedback)).one()


def test_anyone_gives_feedback_without_account_or_name(
    page: Fetch, session: Session
) -> None:
    page("/feedback")
    code = give(page)
    feedback = stored(session)
    assert feedback.text == "Open on Saturdays"
    assert feedback.contact is None
    assert code.replace("-", "") not in (feedback.code_hash, feedback.text)
    assert len(feedback.code_hash) == 64


def test_anyone_names_a_missing_service_and_nothing_is_listed_before_staff_look(
    page: Fetch, session: Session, supervisor: User, client_of: ClientOf
) -> None:
    code = give(page, category="missing_service", text="Dentist Zahra by the market")
    assert "Dentist" not in page("/services?q=zahra").words
    assert session.scalars(select(Service)).all() == []
    chief = client_of(supervisor)
    assert "Service missing from the list" in page("/feedback/inbox", by=chief).words
    feedback = stored(session)
    assert "Dentist Zahra" in page(f"/feedback/inbox/{feedback.id}", by=chief).words
    answer = {"state": "closed_informed", "answer": "We call there on Monday"}
    chief.post(f"/feedback/inbox/{feedback.id}", data=answer)
    shown = page("/feedback/status", method="POST", data={"code": code})
    assert "We call there on Monday" in shown.words


def test_nothing_is_kept_without_a_category_and_words(
    page: Fetch, session: Session
) -> None:
    refused = page("/feedback", method="POST", status=422, data={"text": "kept words"})
    assert "kept words" in refused.text
    page(
        "/feedback", method="POST", status=422, data={"category": "thanks", "text": " "}
    )
    assert session.scalars(select(Feedback)).all() == []


def test_the_code_shows_the_state_and_a_wrong_one_shows_nothing(page: Fetch) -> None:
    code = give(page)
    typed = code.lower().replace("-", " ")
    shown = page("/feedback/status", method="POST", data={"code": typed})
    assert "Received" in shown.words
    assert shown.response.headers["Cache-Control"] == "no-store"
    data = {"code": "0000-0000-0000"}
    page("/feedback/status", method="POST", status=422, data=data)


def test_a_supervisor_answers_and_the_person_asks_once_more(
    page: Fetch, session: Session, supervisor: User, client_of: ClientOf
) -> None:
    code = give(page, category="delay", text="No answer for weeks")
    chief = client_of(supervisor)
    assert "Delay or no answer" in page("/feedback/inbox", by=chief).words
    address = f"/feedback/inbox/{stored(session).id}"
    page(address, by=chief)
    unsaid = chief.post(address, data={"state": "closed_informed"})
    assert unsaid.status_code == 422
    answer = {"state": "closed_informed", "answer": "They will call you on Monday"}
    assert chief.post(address, data=answer).status_code == 303
    closed = stored(session)
    assert closed.acknowledged_at is not None
    assert closed.handled_by == supervisor.id

    shown = page("/feedback/status", method="POST", data={"code": code})
    assert "They will call you on Monday" in shown.words
    again = {"code": code, "appeal": "yes"}
    page("/feedback/status", method="POST", data=again)
    assert stored(session).state == "appealed"
    assert chief.post(address, data=answer).status_code == 303
    page("/feedback/status", method="POST", status=409, data=again)
    assert stored(session).state == "closed_informed"


def test_of_a_sensitive_matter_the_code_shows_the_state_only(
    page: Fetch, session: Session, supervisor: User, client_of: ClientOf
) -> None:
    code = give(page, category="sea", text="What a member of staff did")
    address = f"/feedback/inbox/{stored(session).id}"
    answer = {"state": "closed_informed", "answer": "The person was suspended"}
    assert client_of(supervisor).post(address, data=answer).status_code == 303
    shown = page("/feedback/status", method="POST", data={"code": code})
    assert "suspended" not in shown.words
    assert "member of staff" not in shown.words


@pytest.mark.parametrize(
    ("category", "is_seen"), [("quality", False), ("sea", False), ("thanks", True)]
)
def test_a_complaint_is_hidden_from_the_organization_it_is_about(
    page: Fetch,
    session: Session,
    supervisor: User,
    client_of: ClientOf,
    category: str,
    is_seen: bool,
) -> None:
    other = factories.make_user(
        session, role="supervisor", email="other@example.org", organization_name="Other"
    )
    listing = factories.make_service_at_location(
        session, organization_name="Return House", service_name="Our own desk"
    )
    own = Membership(user_id=supervisor.id, organization_id=listing.organization_id)
    session.add(own)
    give(page, category=category, text="Rude", service=str(listing.service_id))
    feedback = stored(session)
    assert feedback.service_id == listing.service_id
    address = f"/feedback/inbox/{feedback.id}"
    near, far = client_of(supervisor), client_of(other)
    assert "Rude" in far.get(address).text
    assert near.get(address).status_code == (200 if is_seen else 404)
    label = categories.LABELS[category]
    assert (label in page("/feedback/inbox", by=near).words) is is_seen


def test_a_hidden_service_is_not_named_by_the_form(
    page: Fetch, session: Session
) -> None:
    listing = factories.make_service_at_location(
        session, service_name="Quiet house", taxonomy_terms=("protection.gbv",)
    )
    assert "Quiet house" not in page(f"/feedback?service={listing.service_id}").text
    give(page, service=str(listing.service_id))
    assert stored(session).service_id is None


@pytest.mark.parametrize("role", ["counsellor", "provider", "authority", "admin"])
def test_nobody_else_reads_or_handles_feedback(
    page: Fetch,
    session: Session,
    client: FlaskClient,
    client_of: ClientOf,
    role: str,
    request: pytest.FixtureRequest,
) -> None:
    give(page, text="Between us")
    address = f"/feedback/inbox/{stored(session).id}"
    user = client_of(request.getfixturevalue(role))
    for path in ("/feedback/inbox", address):
        assert user.get(path).status_code == 403
        assert client.get(path).status_code == 302
    assert user.post(address, data={"state": "acknowledged"}).status_code == 403
    assert stored(session).state == "received"


def test_the_open_kinds_are_those_that_accuse_nobody() -> None:
    opened = {
        code for code, one in categories.CATEGORIES.items() if one.kind is Kind.OPEN
    }
    assert opened == authz.OPEN_FEEDBACK
    assert set(categories.NEXT) == set(categories.STATES)


@pytest.mark.parametrize("is_trained", [True, False])
def test_the_name_of_a_hidden_service_is_told_to_trained_supervisors_only(
    page: Fetch, session: Session, client_of: ClientOf, is_trained: bool
) -> None:
    ids = factories.make_service_at_location(
        session, service_name="Quiet house", organization_name="Quiet"
    )
    give(page, category="thanks", service=str(ids.service_id))
    session.get_one(Service, ids.service_id).sensitivity = "L2"
    chief = factories.make_user(
        session, role="supervisor", can_see_restricted=is_trained
    )
    by = client_of(chief)
    for address in ("/feedback/inbox", f"/feedback/inbox/{stored(session).id}"):
        words = page(address, by=by).words
        assert "Thanks or praise" in words
        assert ("Quiet house" in words) is is_trained
