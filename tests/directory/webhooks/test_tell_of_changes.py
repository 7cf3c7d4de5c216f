"""Other programs are told that public listings changed: signed, once, and never of hidden ones."""

import hashlib
import hmac
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, delete, func, select
from sqlalchemy.orm import Session

from directory.config import Config
from directory.handover import archive
from directory.handover.queries import Scope
from directory.listings import organizations
from directory.models import (
    Message,
    Organization,
    User,
    Webhook,
    WebhookDelivery,
    WebhookTold,
)
from directory.upkeep.fetching import Network
from directory.webhooks import calls, changes, operations, outside, tasks
from directory.webhooks.outside import AddressRefused
from tests.directory.webhooks.receiver import (
    ADMIN,
    SITE,
    Receiver,
    edit,
    receiver,
    share_sessions,
    trying_out,
    turn,
)
from tests.factories import NOW, make_service_at_location

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
PLACELESS = {"latitude": None, "longitude": None}


@pytest.fixture
def told() -> Iterator[Receiver]:
    """The program that is called."""
    with receiver() as seen:
        yield seen


@pytest.fixture
def deliver(
    monkeypatch: pytest.MonkeyPatch, connection: Connection, config: Config
) -> Callable[[datetime], int]:
    """A turn of the worker; returns how many calls were taken."""
    share_sessions(monkeypatch, connection)
    return lambda now: turn(trying_out(config), now=now)


@pytest.fixture
def hook(session: Session, told: Receiver) -> Webhook:
    """The program's webhook, with a public and a restricted listing before it."""
    make_service_at_location(session, service_name="Before")
    make_service_at_location(session, service_name="Shelter", sensitivity="L2")
    webhook = operations.register(
        session, actor=ADMIN, url=told.url, now=NOW, to_loopback=True
    )
    session.commit()
    return webhook


def test_what_changed_is_told_once_and_signed_and_the_rest_is_fetched(
    session: Session, client: FlaskClient, hook: Webhook, told: Receiver,
    deliver: Callable[[datetime], int], config: Config,
) -> None:  # fmt: skip
    assert deliver(NOW) == 0
    assert told.calls == [], "what was public when it was added is not news"
    made = make_service_at_location(session, service_name="New", latitude=3.2)
    session.commit()
    assert deliver(NOW + MINUTE) == 1
    ((path, headers, body),) = told.calls
    secret = calls.secret_of(hook.id, config.secret_key)
    expected = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    assert path == "/hook?key=7"
    assert headers["X-Homeward-Signature"] == f"sha256={expected}"
    assert len(headers["X-Homeward-Delivery"]) == 36
    (said,) = told.said
    assert said == {
        "webhook": str(hook.id),
        "sent_at": "2026-11-23T09:01:00Z",
        "since": "2026-11-23T09:00:00Z",
        "changed": [
            {
                "id": str(made.service_id),
                "last_modified": "2026-11-23T09:00:00Z",
                "url": f"{SITE}/api/v1/hsds/services/{made.service_id}",
            }
        ],
        "gone": [],
        "more": False,
    }
    assert deliver(NOW + 2 * MINUTE) == 0
    # An organization is part of each of its services, here and in what is fetched.
    later = NOW + DAY
    organization = session.get_one(Organization, made.organization_id)
    organizations.edit_organization(
        session, actor=ADMIN, organization=organization, changes={"name": "Blue Door"},
        expected_version=organization.version, now=later,
    )  # fmt: skip
    session.commit()
    assert deliver(later + MINUTE) == 1
    answer = client.get("/api/v1/hsds/services", query_string={
        "modified_after": told.said[-1]["since"], "per_page": 100})  # fmt: skip
    fetched = {one["id"] for one in answer.get_json()["contents"]}
    assert {one["id"] for one in told.said[-1]["changed"]} <= fetched
    assert len(told.calls) == 2


def test_hidden_listings_are_never_told_of_and_what_is_hidden_is_gone(
    session: Session, hook: Webhook, told: Receiver, deliver: Callable[[datetime], int]
) -> None:
    public = make_service_at_location(session, service_name="Open", latitude=3.2)
    session.commit()
    deliver(NOW + MINUTE)
    edit(session, public, now=NOW + DAY, sensitivity="L2")
    assert deliver(NOW + DAY) == 1
    assert told.said[-1]["gone"] == [str(public.service_id)]
    assert told.said[-1]["changed"] == []
    edit(session, public, now=NOW + 2 * DAY, description="Within")
    assert deliver(NOW + 2 * DAY) == 0
    edit(session, public, now=NOW + 3 * DAY, sensitivity="L0")
    assert deliver(NOW + 3 * DAY) == 1
    assert [one["id"] for one in told.said[-1]["changed"]] == [str(public.service_id)]


def test_two_worlds_that_differ_in_hidden_listings_make_the_same_calls(
    session: Session, connection: Connection, hook: Webhook, told: Receiver,
    deliver: Callable[[datetime], int],
) -> None:  # fmt: skip
    first = make_service_at_location(session, service_name="One", latitude=3.2)
    session.commit()

    def live() -> list[bytes]:
        """Two days: a turn with nothing new, one with an edit, one with a listing that goes."""
        told.calls.clear()
        deliver(NOW + MINUTE)
        deliver(NOW + DAY)
        edit(session, first, now=NOW + DAY, description="Another text")
        deliver(NOW + DAY + MINUTE)
        edit(session, first, now=NOW + 2 * DAY, sensitivity="L1")
        deliver(NOW + 2 * DAY)
        return [body for _, _, body in told.calls]

    difference = connection.begin_nested()
    hidden = [
        make_service_at_location(
            session, service_name=f"Hidden {level}", sensitivity=level, service_id=level,
            **(PLACELESS if level == "L3" else {"latitude": 3.3}),
        )
        for level in ("L1", "L2", "L3")
    ]  # fmt: skip
    session.commit()
    for number, made in enumerate(hidden):
        edit(session, made, now=NOW + number * DAY, description="Within")
    with_them = live()
    session.expunge_all()
    difference.rollback()
    without = live()
    assert with_them == without
    assert len(without) == 3


def test_a_failure_is_tried_again_after_growing_pauses_and_ends_in_a_letter(
    session: Session, hook: Webhook, told: Receiver, admin: User,
    deliver: Callable[[datetime], int],
) -> None:  # fmt: skip
    make_service_at_location(session, service_name="New", latitude=3.2)
    session.commit()
    told.answers += [500, 302]
    assert deliver(NOW) == 0
    assert deliver(NOW + MINUTE / 2) == 0
    assert len(told.calls) == 1, "it waits a minute"
    deliver(NOW + MINUTE)
    deliver(NOW + 5 * MINUTE)
    assert [path for path, _, _ in told.calls] == ["/hook?key=7"] * 2, "no redirect"
    assert deliver(NOW + 6 * MINUTE) == 1
    assert told.said[0]["changed"] == told.said[-1]["changed"]
    session.refresh(hook)
    assert (hook.failures, hook.next_try_at) == (0, None)
    edited = session.scalars(select(WebhookTold.service_id)).first()
    session.execute(delete(WebhookTold).where(WebhookTold.service_id == edited))
    session.commit()
    told.answers += [503] * 99
    moment, tries = NOW + DAY, 0
    while hook.is_on and tries < 60:
        deliver(moment)
        session.refresh(hook)
        moment, tries = hook.next_try_at or moment, tries + 1
    assert moment - (NOW + DAY) >= operations.OFF_AFTER
    assert 20 < tries < 40
    letter = session.scalars(select(Message)).one()
    assert letter.recipient == admin.email
    assert "127.0.0.1" in letter.body
    assert "key=7" not in letter.body, "an address may hold a secret"
    assert deliver(moment + DAY) == 0
    assert session.scalar(select(func.count(WebhookDelivery.id))) == operations.KEPT
    told.answers.clear()
    operations.resume(session, actor=ADMIN, webhook=hook, now=moment)
    session.commit()
    assert deliver(moment) == 1


def test_an_address_that_wants_no_more_is_switched_off_at_once(
    session: Session, hook: Webhook, told: Receiver, deliver: Callable[[datetime], int]
) -> None:
    make_service_at_location(session, service_name="New", latitude=3.2)
    session.commit()
    told.answers.append(410)
    deliver(NOW)
    session.refresh(hook)
    assert not hook.is_on
    assert deliver(NOW + DAY) == 0
    assert len(told.calls) == 1


def test_much_goes_in_several_calls_and_one_process_makes_them(
    session: Session, hook: Webhook, told: Receiver, monkeypatch: pytest.MonkeyPatch,
    deliver: Callable[[datetime], int],
) -> None:  # fmt: skip
    monkeypatch.setattr(changes, "MOST", 2)
    for number in range(5):
        make_service_at_location(session, service_name=f"New {number}", latitude=3.2)
    session.commit()
    assert operations.take(session, hook.id, now=NOW)
    assert not operations.take(session, hook.id, now=NOW)
    session.commit()
    assert deliver(NOW) == 0
    operations.release(session, hook.id)
    session.commit()
    assert deliver(NOW) == 3
    assert [one["more"] for one in told.said] == [True, True, False]
    ids = {listing["id"] for one in told.said for listing in one["changed"]}
    assert len(ids) == 5


@pytest.mark.parametrize(
    "url",
    [
        "http://good.example/hook",
        "https://inside.example/hook",
        "https://10.1.2.3/",
        "https://[::1]/",
        "https://127.0.0.1/",
        "https://169.254.169.254/latest",
        "https://user:word@good.example/",
        "https://good.example:22/",
        "https://good.example:99999/",
        "https://",
        "ftp://good.example/",
        "http://127.0.0.1:9/",
        f"https://good.example/{'x' * 2000}",
    ],
)
def test_addresses_inside_are_refused(session: Session, url: str) -> None:
    known = {"good.example": ["8.8.8.8"], "inside.example": ["8.8.8.8", "10.0.0.5"]}
    network = Network(resolve=lambda host, _port: known.get(host, [host]))
    with pytest.raises(AddressRefused):
        operations.register(session, actor=ADMIN, url=url, now=NOW, network=network)
    outside.network_of("https://good.example/", to_loopback=True, outside=network)


def test_a_name_that_leads_inside_by_now_is_not_called(
    session: Session, hook: Webhook, told: Receiver, monkeypatch: pytest.MonkeyPatch,
    connection: Connection, config: Config,
) -> None:  # fmt: skip
    share_sessions(monkeypatch, connection)
    make_service_at_location(session, service_name="New", latitude=3.2)
    session.commit()
    assert turn(config, now=NOW) == 0, "loopback is refused in use"
    session.refresh(hook)
    assert (told.calls, hook.failures) == ([], 1)


def test_an_administrator_registers_tests_and_removes(
    app: Any, session: Session, client_of: Callable[[User], FlaskClient],
    page: Callable[..., Any], admin: User, told: Receiver, config: Config,
    monkeypatch: pytest.MonkeyPatch, connection: Connection,
) -> None:  # fmt: skip
    share_sessions(monkeypatch, connection)
    monkeypatch.setitem(app.extensions, "homeward", trying_out(config))
    by = client_of(admin)
    assert "No program is told of changes yet." in page("/webhooks", by=by).words
    refused = page(
        "/webhooks", by=by, method="POST", data={"url": "https://10.0.0.1/"}, status=422
    )
    assert "This address cannot be called." in refused.words
    shown = page("/webhooks", by=by, method="POST", data={"url": told.url})
    hook = session.scalars(select(Webhook)).one()
    secret = calls.secret_of(hook.id, config.secret_key)
    assert secret in shown.text
    own = f"/webhooks/{hook.id}"
    assert by.post(f"{own}/test").status_code == 303
    tasks.test(trying_out(config), hook.id, now=NOW)
    assert told.said[0]["test"] is True
    for path in ("/webhooks", own):
        found = page(path, by=by)
        assert secret not in found.text
        assert "127.0.0.1" in found.words
    assert "Taken (204)" in page(own, by=by).words
    hook.is_on = False
    session.commit()
    assert "Switched off" in page(own, by=by).words
    assert by.post(f"{own}/resume").status_code == 303
    session.refresh(hook)
    assert hook.is_on
    assert by.post(f"{own}/remove").status_code == 303
    assert by.get(own).status_code == 404
    for table in (Webhook, WebhookTold, WebhookDelivery):
        assert session.scalar(select(func.count()).select_from(table)) == 0


def test_a_hand_over_carries_neither_addresses_nor_secrets(
    session: Session, hook: Webhook, config: Config, tmp_path: Path
) -> None:
    secret = calls.secret_of(hook.id, config.secret_key)
    (row,) = session.execute(select(*Webhook.__table__.columns)).all()
    assert secret not in repr(row), "it is stored nowhere"
    path = tmp_path / "directory.zip"
    scope = Scope(with_protected=True, with_history=True)
    archive.write(session, scope, path, now=NOW)
    with zipfile.ZipFile(path) as file:
        text = b"".join(file.read(name) for name in file.namelist())
    assert b"Before" in text
    for hidden in (secret, str(hook.id), "127.0.0.1", "webhook"):
        assert hidden.encode() not in text


def test_nobody_else_comes_near(
    session: Session, client: FlaskClient, client_of: Callable[[User], FlaskClient],
    hook: Webhook, supervisor: User, provider: User,
) -> None:  # fmt: skip
    own = f"/webhooks/{hook.id}"
    for user in (supervisor, provider):
        by = client_of(user)
        for path in ("/webhooks", own):
            assert by.get(path).status_code == 403
        for path in ("/webhooks", f"{own}/test", f"{own}/resume", f"{own}/remove"):
            assert by.post(path, data={"url": "https://8.8.8.8/"}).status_code == 403
    for path in ("/webhooks", own):
        answer = client.get(path)
        assert answer.headers["Location"].startswith("/sign-in")
    assert session.scalar(select(func.count(Webhook.id))) == 1
