"""Reminders and their links: who is asked, what a link shows and does, and what it never does."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.authz import Actor
from directory.config import Config
from directory.models import (
    ConfirmLink,
    Feedback,
    ListingReport,
    Message,
    Role,
    Service,
    UpkeepTask,
    User,
    Verification,
)
from directory.referrals import outbox
from directory.upkeep import digest, links, readers, reminding, watching, work
from tests import factories
from tests.directory.sent import make_sent
from tests.directory.upkeep.scene import band, check, hand_to, listed, tasks
from tests.factories import NOW, TODAY
from tests.pages import Page

Fetch = Callable[..., Page]
SignIn = Callable[[User], FlaskClient]


def remind(session: Session, config: Config, **options: Any) -> list[Message]:
    """Remind once and return the messages that wait."""
    now = options.get("now", NOW)
    reminding.remind(session, secret_key=config.secret_key, now=now)
    return list(session.scalars(select(Message).order_by(Message.recipient)))


def leaving(session: Session, config: Config) -> dict[str, str]:
    """The texts that leave now, by their recipient."""
    return {
        letter.email["To"]: letter.email.get_content()
        for letter in outbox.due_letters(session, config=config, now=NOW)
    }


def link_to(session: Session, config: Config, service: Service, **options: Any) -> str:
    """The address of a link about a listing, as the e-mail holds it."""
    link = links.make_link(
        session,
        service=service,
        user_id=options.get("user_id"),
        secret_key=config.secret_key,
        now=options.get("now", NOW),
    )
    session.commit()
    return f"/v/{links.token_of(link.id, config.secret_key)}"


def test_one_message_to_an_address_holds_all_its_due_listings_and_no_working_link(
    session: Session, config: Config
) -> None:
    for number in (1, 2):
        listed(
            session,
            130,
            service_name=f"Post {number}",
            referral_email="desk@red.example",
        )
    listed(session, 5, service_name="Fresh", referral_email="desk@red.example")
    odd = listed(session, 130, service_name="Odd")
    odd.referral_email = "no address\nBcc: x@y.zz"
    messages = remind(session, config)
    assert [each.recipient for each in messages] == ["desk@red.example"]
    assert "/v/" not in messages[0].body
    site = replace(config, site_url="https://homeward.example")
    letter = leaving(session, site)[messages[0].recipient]
    assert "Post 1" in letter
    assert "Post 2" in letter
    assert "Fresh" not in letter
    found = re.findall(r"https://homeward\.example/v/([0-9A-Z]{26})\s", letter)
    assert len(set(found)) == 2
    stored = session.scalars(select(ConfirmLink.token_hash)).all()
    assert not set(stored) & set(found)
    # Asked once in 30 days, and again after them.
    assert len(remind(session, config)) == 1
    assert len(remind(session, config, now=NOW + timedelta(days=31))) == 2


def test_protected_listings_are_never_asked_about_and_staff_ones_not_by_name(
    session: Session, config: Config, authority: User
) -> None:
    levels = {"L1": "Quiet house", "L2": "Hidden house", "L3": "Sealed house"}
    for level, name in levels.items():
        place: dict[str, Any] = (
            {"latitude": None, "longitude": None} if level == "L3" else {}
        )
        listed(
            session,
            500,
            service_name=name,
            sensitivity=level,
            organization_name=f"Org {level}",
            referral_email=f"{level.lower()}@house.example",
            **place,
        )
    messages = remind(session, config)
    assert [each.recipient for each in messages] == ["l1@house.example"]
    letter = leaving(session, config)["l1@house.example"]
    assert "house" not in letter.lower()
    assert "One of your listings" in letter
    assert messages[0].recipient != authority.email


def test_without_an_address_the_authority_of_the_place_is_asked(
    session: Session, config: Config, authority: User, client: FlaskClient
) -> None:
    listed(session, 130)
    listed(session, 130, service_name="South", latitude=1.0)
    assert [each.recipient for each in remind(session, config)] == [authority.email]
    link = session.scalars(select(ConfirmLink)).one()
    address = f"/v/{links.token_of(link.id, config.secret_key)}"
    session.commit()
    authority.is_active = False
    session.commit()
    assert client.get(address).status_code == 404
    authority.is_active = True
    session.commit()
    assert client.post(address, data={"answer": "right"}).status_code == 200
    done = session.scalars(select(Verification)).one()
    assert (done.role, done.user_id, done.method) == (
        "authority",
        authority.id,
        "email",
    )


def test_opening_a_link_changes_nothing_and_one_press_verifies(
    session: Session, config: Config, page: Fetch, client: FlaskClient
) -> None:
    service = listed(session, 130, description="Cares for everybody")
    address = link_to(session, config, service)
    for _ in range(2):
        fetched = page(address)
        assert "Cares for everybody" in fetched.words
        assert "Yes, all is right" in fetched.words
    assert band(session, service) == "due"
    assert session.scalars(select(Verification)).all() == []
    answer = client.get(address)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    page(address, method="POST", data={"answer": "perhaps"}, status=422)
    done = page(address, method="POST", data={"answer": "right"})
    assert "Thank you" in done.words
    session.expire_all()
    assert (service.assured_date, service.assurer_role) == (TODAY, "provider")
    assert band(session, service) == "fresh"
    page(address, method="POST", data={"answer": "closed"}, status=409)
    assert "Thank you" in page(address).words


def test_a_link_tells_of_changes_and_closures(
    session: Session, config: Config, page: Fetch
) -> None:
    moved, ended = listed(session), listed(session, service_name="Ended")
    address = link_to(session, config, moved)
    page(address, method="POST", data={"answer": "changed", "text": ""}, status=422)
    said = {"answer": "changed", "text": "Open on Fridays now"}
    page(address, method="POST", data=said)
    assert session.scalars(select(ListingReport.text)).one() == "Open on Fridays now"
    page(link_to(session, config, ended), method="POST", data={"answer": "closed"})
    assert tasks(session) == ["changed", "closed"]
    assert band(session, ended) == "stale"


def test_a_link_ends_after_30_days_after_a_change_and_when_the_listing_is_hidden(
    session: Session, config: Config, page: Fetch, client: FlaskClient
) -> None:
    service = listed(session, 130)
    old = link_to(session, config, service, now=NOW - timedelta(days=30))
    assert client.get(old).status_code == 404
    assert client.get("/v/0123456789ABCDEFGHJKMNPQRS").status_code == 404
    address = link_to(session, config, service)
    service.version += 1
    session.commit()
    changed = page(address).words
    assert "has changed since we wrote" in changed
    assert "Yes, all is right" not in changed
    page(address, method="POST", data={"answer": "right"}, status=409)
    service.sensitivity = "L2"
    session.commit()
    assert client.get(address).status_code == 404
    assert client.post(address, data={"answer": "closed"}).status_code == 404
    assert session.scalars(select(Verification)).all() == []


def test_the_weekly_message_counts_without_telling_on_the_few_and_comes_once(
    session: Session,
    config: Config,
    provider: User,
    counsellor: User,
    stranger: User,
) -> None:
    ids = factories.make_service_at_location(session, service_name="Health post")
    service = session.get_one(Service, ids.service_id)
    hand_to(session, service, provider)
    due = listed(session, 500, service_name="Due post")
    hand_to(session, due, provider)
    sent = NOW - timedelta(days=2)
    referrals = [
        make_sent(session, counsellor, offer=ids, sent_at=sent) for _ in range(3)
    ]
    for referral in referrals:
        referral.organization_id = service.organization_id
    for watcher in (counsellor, stranger):
        actor = Actor(role=Role(watcher.role), user_id=watcher.id)
        watching.toggle(session, actor=actor, service_id=due.id, now=NOW)
    # The stranger stops, and hears of nothing.
    watching.toggle(session, actor=actor, service_id=due.id, now=NOW)
    check(session, due, "closed")
    hidden = listed(session, 1, service_name="Quiet house", sensitivity="L2")
    hand_to(session, hidden, provider)
    work.open_task(session, service_id=hidden.id, kind="documents", now=NOW)
    assert digest.send(session, now=NOW) == 2
    bodies = leaving(session, config)
    assert set(bodies) == {provider.email, counsellor.email}
    assert "Some referrals came" in bodies[provider.email]
    assert "need a look: 1" in bodies[provider.email]
    assert "- Due post: Said to be closed" in bodies[provider.email]
    assert "Check the documents" not in "".join(bodies.values())
    assert "What needs a look" not in bodies[counsellor.email]
    assert "Due post" in bodies[counsellor.email]
    for referral in referrals:
        assert referral.code not in "".join(bodies.values())
    assert digest.send(session, now=NOW + timedelta(days=1)) == 0


def test_a_listing_that_is_sealed_meanwhile_is_named_in_no_waiting_letter(
    session: Session, config: Config, provider: User, counsellor: User
) -> None:
    names = ("Open post", "Quiet post")
    asked = [
        listed(session, 500, service_name=name, referral_email="desk@red.example")
        for name in names
    ]
    hand_to(session, asked[1], provider)
    actor = Actor(role=Role.COUNSELLOR, user_id=counsellor.id)
    watching.toggle(session, actor=actor, service_id=asked[1].id, now=NOW)
    for service in asked:
        check(session, service, "closed")
    remind(session, config)
    assert digest.send(session, now=NOW) == 2
    for message in session.scalars(select(Message)):
        assert not any(name in message.body for name in names)
    asked[1].sensitivity = "L3"
    session.flush()
    letters = leaving(session, config)
    # The counsellor's told of nothing else, and does not leave.
    assert letters.keys() == {"desk@red.example", provider.email}
    assert "Quiet post" not in str(letters)
    assert "Open post" in letters["desk@red.example"]
    assert "What needs a look" not in letters[provider.email]
    left = session.scalars(select(Message.recipient)).all()
    assert counsellor.email not in left


def test_watched_things_are_listed_in_the_account_and_hidden_ones_are_not(
    session: Session,
    page: Fetch,
    client: FlaskClient,
    client_of: SignIn,
    stranger: User,
) -> None:
    service, secret = (
        listed(session),
        listed(
            session,
            service_name="Secret",
            sensitivity="L3",
            latitude=None,
            longitude=None,
        ),
    )
    reader = client_of(stranger)
    path = f"/services/{service.id}/watch"
    assert client.post(path).status_code == 302
    assert reader.post(f"/services/{secret.id}/watch").status_code == 404
    assert reader.post("/areas/nowhere/watch").status_code == 404
    assert reader.post(path).status_code == 303
    assert reader.post("/areas/XA-N/watch").status_code == 303
    mine = page("/account", by=reader).words
    assert "Health post" in mine
    assert "North" in mine
    assert "Stop watching" in page(f"/services/{service.id}", by=reader).words
    assert "Stop watching" in page("/areas/XA-N", by=reader).words
    assert reader.post(path).status_code == 303
    assert "Health post" not in page("/account", by=reader).words


@pytest.mark.parametrize("category", ["listing_error", "thanks"])
def test_feedback_that_a_listing_is_wrong_becomes_a_task_without_its_words(
    session: Session, category: str
) -> None:
    service = listed(session)
    session.add(
        Feedback(
            code_hash="x",
            category=category,
            text="Amina was sent away",
            language="en",
            service_id=service.id,
            received_at=NOW,
            state_since=NOW,
        )
    )
    session.flush()
    readers.take_in(session, now=NOW)
    readers.take_in(session, now=NOW)
    found = session.scalars(select(UpkeepTask)).all()
    assert [(each.kind, each.values) for each in found] == (
        [("feedback", None)] if category == "listing_error" else []
    )
