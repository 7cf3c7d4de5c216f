"""One person, from a match to a service that she confirms herself, or disputes."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.config import Config
from directory.models import Case, CaseRead, Message, Need, Referral, User
from directory.referrals import notifications
from tests import factories
from tests.pages import Page

SECRETS = ("Amina", "Sundry", "+15550199")
ClientOf = Callable[[User], FlaskClient]
Fetch = Callable[..., Page]


@pytest.fixture
def listing(session: Session) -> Any:
    return factories.make_service_at_location(
        session,
        service_name="Mother and child clinic",
        taxonomy_terms=("health.maternal_child",),
        referral_email="desk@red-door.example",
        phone="+15550100",
    )


def open_case(staff: FlaskClient, page: Fetch, listing: Any) -> str:
    """From the match's button to the referral page: the case form comes filled in."""
    carried = {
        "prefill": "1",
        "lat": "3.0",
        "lon": "11.0",
        "place": "Northtown",
        "term": "health.maternal_child",
        "urgency": "high",
        "age": "31",
        "sex": "female",
        "service_at_location": str(listing.service_at_location_id),
        "chosen_term": "health.maternal_child",
    }
    form = page("/cases/new", by=staff, method="POST", data=carried)
    typed = {
        field.get("name") or "": field.get("value") or ""
        for field in form.all("input")
        if field.get("type") not in {"checkbox", "radio", "search", "submit"}
    }
    assert typed["place"] == "Northtown"
    assert "3.00000" in typed["place_token"]
    saved = staff.post(
        "/cases/new",
        data={
            **typed,
            "term": "health.maternal_child",
            "urgency": "high",
            "sex": "female",
            "decision_status": "confirmed",
            "given_name": "Amina",
            "family_name": "Sundry",
            "phone": "+15550199",
            "consent_given": "yes",
            "consent_name": "yes",
            "consent_phone": "yes",
            "consent_form": "written",
            "given_by": "self",
            "sheet_language": "en",
        },
    )
    assert saved.status_code == 303, saved.text
    return saved.location


def send(staff: FlaskClient, page: Fetch, address: str) -> None:
    """The referral page needs one press of its button."""
    form = page(address, by=staff)
    data: dict[str, Any] = {}
    for field in form.all("input"):
        name, kind = field.get("name") or "", field.get("type")
        if kind == "checkbox" and field.get("checked") is not None:
            data.setdefault(name, []).append(field.get("value"))
        elif kind == "hidden":
            data[name] = field.get("value")
    data["urgency"] = "high"
    data.pop("csrf_token", None)
    action = next(
        one.get("action")
        for one in form.all("form")
        if "/referrals" in (one.get("action") or "")
        and (one.get("action") or "").startswith("/cases/")
    )
    sent = staff.post(action, data=data)
    assert sent.status_code == 303, sent.text


@pytest.fixture
def sent(
    session: Session, counsellor: User, client_of: ClientOf, page: Fetch, listing: Any
) -> Referral:
    staff = client_of(counsellor)
    send(staff, page, open_case(staff, page, listing))
    return session.scalars(select(Referral)).one()


def link_of(referral: Referral, config: Config) -> str:
    """The address in the provider's message."""
    return f"/r/{notifications.answer_token(referral, config.secret_key)}"


def moved(session: Session, referral: Referral) -> Referral:
    session.expire_all()
    return session.get_one(Referral, referral.id)


def give_service(client: FlaskClient, link: str) -> None:
    """The provider accepts, begins and completes, each with one press."""
    steps: tuple[dict[str, str], ...] = (
        {"move": "accept"},
        {"move": "begin"},
        {"move": "complete", "outcome": "received_full"},
    )
    for step in steps:
        assert client.post(link, data=step).status_code == 303, step


def sheet_code(
    session: Session, referral: Referral, staff: FlaskClient, page: Fetch
) -> str:
    """The code as printed on the sheet."""
    sheet = page(f"/cases/{referral.case_id}/sheet", by=staff)
    texts = ["".join(one.itertext()) for one in sheet.all("bdi")]
    return next(
        text for text in texts if re.fullmatch(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){3}", text)
    )


def test_a_returnee_is_referred_served_and_confirms(
    session: Session,
    sent: Referral,
    config: Config,
    client: FlaskClient,
    client_of: ClientOf,
    counsellor: User,
    page: Fetch,
) -> None:
    assert sent.state == "sent"
    message = session.scalars(select(Message)).one()
    for secret in (*SECRETS, "maternal", "Mother and child"):
        assert secret not in message.subject + message.body

    link = link_of(sent, config)
    seen = page(link)
    assert "25–39" in seen.words
    for secret in SECRETS:
        assert secret not in seen.text
    assert seen.response.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in seen.response.headers["X-Robots-Tag"]
    assert moved(session, sent).opened_at is not None
    assert sent.state == "sent"

    assert client.post(link, data={"move": "accept"}).status_code == 303
    referral = moved(session, sent)
    assert referral.state == "accepted"
    assert "Amina Sundry" in page(link).words

    for step in ({"move": "begin"}, {"move": "complete", "outcome": "received_full"}):
        assert client.post(link, data=step).status_code == 303
    assert moved(session, sent).state == "completed"

    staff = client_of(counsellor)
    code = sheet_code(session, referral, staff, page)
    found = client.post("/s", data={"code": code.lower().replace("-", " ")})
    assert found.location == f"/s/{code}"
    status = page(f"/s/{code}")
    for secret in SECRETS:
        assert secret not in status.text
    said = {"referral": str(sent.id), "move": "confirm"}
    assert client.post(f"/s/{code}", data=said).status_code == 303
    referral = moved(session, sent)
    assert referral.state == "verified"
    assert referral.confirmed_at is not None
    assert referral.closed_at is not None
    assert session.get_one(Need, referral.need_id).status == "met"
    assert client.post(link, data={"move": "accept"}).status_code == 409
    assert "Amina" not in page(link).text
    assert session.scalars(select(CaseRead)).all()


def test_a_returnee_disputes_and_a_supervisor_decides(
    session: Session,
    sent: Referral,
    config: Config,
    client: FlaskClient,
    client_of: ClientOf,
    counsellor: User,
    supervisor: User,
    page: Fetch,
) -> None:
    give_service(client, link_of(sent, config))
    code = sheet_code(session, sent, client_of(counsellor), page)
    said = {"referral": str(sent.id), "move": "dispute"}
    assert client.post(f"/s/{code}", data=said).status_code == 303
    assert moved(session, sent).state == "disputed"
    assert session.get_one(Need, sent.need_id).status == "open"
    told = session.scalars(
        select(Message).where(Message.kind == "referral_disputed")
    ).all()
    assert supervisor.email in {message.recipient for message in told}

    address = f"/referrals/{sent.id}/move"
    review = {"move": "uphold", "as": "supervisor", "note": "Spoke with both"}
    assert client_of(counsellor).post(address, data=review).status_code == 403
    assert moved(session, sent).state == "disputed"
    chief = client_of(supervisor)
    assert chief.post(address, data={**review, "note": ""}).status_code == 422
    assert chief.post(address, data=review).status_code == 303
    assert moved(session, sent).state == "verified"


def test_others_can_do_nothing_at_any_step(
    session: Session,
    sent: Referral,
    client: FlaskClient,
    client_of: ClientOf,
    stranger: User,
    authority: User,
    admin: User,
    provider: User,
    page: Fetch,
) -> None:
    case, referral = f"/cases/{sent.case_id}", f"/referrals/{sent.id}"
    other = client_of(stranger)
    for path in (
        case,
        f"{case}/edit",
        f"{case}/sheet",
        f"{case}/consent/new",
        referral,
    ):
        assert other.get(path).status_code == 404, path
        assert client.get(path).status_code == 302, path
        for user in (authority, admin):
            assert client_of(user).get(path).status_code == 403, path
    posts = (
        f"{case}/decision",
        f"{case}/fear",
        f"{case}/referrals",
        f"{referral}/move",
    )
    for path in posts:
        assert other.post(path, data={"move": "withdraw"}).status_code == 404, path
        assert client.post(path).status_code == 302, path
        assert client_of(provider).post(path).status_code == 403, path
    assert client.get("/r/0000000000000000000000000A").status_code == 404
    assert client.get("/s/0000-0000-0000-0000").status_code == 404
    assert client.post("/s", data={"code": "0000"}).status_code == 422
    assert moved(session, sent).state == "sent"
    assert session.get_one(Case, sent.case_id).decision_status == "confirmed"


def test_the_receiving_organization_answers_in_its_inbox_and_no_other(
    session: Session,
    sent: Referral,
    client_of: ClientOf,
    provider: User,
    page: Fetch,
) -> None:
    rival = factories.make_user(session, role="counsellor", email="rival@example.org")
    rival.role = "provider"
    mine, other = client_of(provider), client_of(rival)
    assert sent.code in page("/inbox", by=mine).words
    assert sent.code not in page("/inbox", by=other).words
    inbox = f"/inbox/{sent.id}"
    assert other.get(inbox).status_code == 404
    assert other.post(inbox, data={"move": "accept"}).status_code == 404
    assert moved(session, sent).state == "sent"
    page(inbox, by=mine)
    assert mine.post(inbox, data={"move": "decline"}).status_code == 422
    answer = mine.post(inbox, data={"move": "decline", "reason": "no_capacity"})
    assert answer.status_code == 303
    referral = moved(session, sent)
    assert (referral.state, referral.reason) == ("declined", "no_capacity")
    assert session.get_one(Need, referral.need_id).status == "open"
