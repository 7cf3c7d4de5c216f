"""Messages leave once, are tried again when they fail, and hold a working link only on their way."""

import smtplib
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from directory.config import Config
from directory.database import unit_of_work
from directory.models import Message
from directory.referrals import notifications, outbox, tasks
from tests.directory.referrals.conftest import World
from tests.factories import NOW


def letters(world: World, config: Config) -> list[outbox.Letter]:
    return outbox.due_letters(world.session, config=config, now=world.now)


def test_the_link_is_filled_in_on_the_way_and_stored_nowhere(
    world: World, config: Config
) -> None:
    config = replace(config, site_url="https://homeward.example")
    referral = world.sent()
    letter = letters(world, config)[0]
    text = letter.email.get_content()
    link = f"https://homeward.example/r/{world.token(referral)}"
    assert link in text
    message = world.session.scalars(select(Message)).one()
    assert world.token(referral) not in message.body
    for secret in ("Amina", "Sundry", "+15550199", "health", "Health post"):
        assert secret not in letter.email.as_string()


def test_without_a_site_address_the_link_leads_to_the_port_that_is_listened_on(
    world: World, config: Config
) -> None:
    there = Config.from_environment(
        {"PORT": "8201", "SECRET_KEY": config.secret_key, "INSTANCE_DIR": "unused"}
    )
    assert there.public_url == "http://127.0.0.1:8201"
    referral = world.sent()
    text = letters(world, replace(config, port=8201))[0].email.get_content()
    assert f"http://127.0.0.1:8201/r/{world.token(referral)}" in text


def test_a_message_is_taken_once_and_again_only_after_a_while(
    world: World, config: Config
) -> None:
    world.sent()
    assert len(letters(world, config)) == 1
    assert letters(world, config) == []
    world.now += timedelta(minutes=2)
    again = letters(world, config)
    assert len(again) == 1
    outbox.note_sent(world.session, again[0].message_id, now=world.now)
    world.now += timedelta(days=1)
    assert letters(world, config) == []


def test_a_message_is_given_up_after_eight_tries(world: World, config: Config) -> None:
    world.sent()
    tries = 0
    while letters(world, config):
        tries += 1
        world.now += timedelta(days=1)
        assert tries < 20
    assert tries == outbox.MOST_ATTEMPTS


def test_every_try_carries_the_same_identifier(world: World, config: Config) -> None:
    world.sent()
    first = letters(world, config)[0].email["Message-ID"]
    world.now += timedelta(hours=1)
    assert letters(world, config)[0].email["Message-ID"] == first


def test_without_a_server_messages_become_private_files(
    config: Config, tmp_path: Path
) -> None:
    email = EmailMessage()
    email["To"] = "desk@red-door.example"
    email.set_content("Code and link")
    outbox.deliverer(replace(config, instance_dir=tmp_path))(email)
    files = list((tmp_path / "mail").iterdir())
    assert len(files) == 1
    assert "Code and link" in files[0].read_text()
    assert files[0].stat().st_mode & 0o077 == 0


def test_with_a_server_messages_go_there_over_tls(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []

    class Server:
        def __init__(self, host: str, port: int, **_: Any) -> None:
            said.append(f"{host}:{port}")

        def __enter__(self) -> "Server":
            return self

        def __exit__(self, *_: Any) -> None:
            said.append("quit")

        def starttls(self, **_: Any) -> None:
            said.append("tls")

        def login(self, user: str, _password: str) -> None:
            said.append(f"login {user}")

        def send_message(self, email: EmailMessage) -> None:
            said.append(f"to {email['To']}")

    monkeypatch.setattr(smtplib, "SMTP", Server)
    email = EmailMessage()
    email["To"] = "desk@red-door.example"
    served = replace(config, mail_server="mail.example", mail_username="homeward")
    outbox.deliverer(served)(email)
    assert said == [
        "mail.example:587", "tls", "login homeward", "to desk@red-door.example", "quit",
    ]  # fmt: skip


@pytest.mark.parametrize("kind", sorted(notifications.TEXTS))
def test_no_message_has_room_for_more_than_a_code_a_link_and_a_date(kind: str) -> None:
    values = {
        "code": "ABCD-EFGH",
        "link": notifications.LINK,
        "due": "2026-11-26 09:00",
    }
    subject, body = notifications.compose(kind, language="en", values=values)
    assert "ABCD-EFGH" in subject
    assert "%(" not in subject + body


def test_the_background_task_sends_what_waits_and_keeps_what_fails(
    engine: Engine, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []

    def deliver(email: EmailMessage) -> None:
        if email["To"] == "broken@example.org":
            raise OSError("no route")
        sent.append(email["To"])

    monkeypatch.setattr(outbox, "deliverer", lambda _: deliver)
    recipients = ("desk@example.org", "broken@example.org")
    with unit_of_work(config) as session:
        keys = [add_message(session, recipient).id for recipient in recipients]
    try:
        assert tasks.deliver_waiting(config, now=NOW) == 1
        with unit_of_work(config) as session:
            rows = [session.get_one(Message, key) for key in keys]
            assert [row.sent_at is not None for row in rows] == [True, False]
            assert rows[1].attempts == 1
    finally:
        with unit_of_work(config) as session:
            session.execute(delete(Message).where(Message.id.in_(keys)))
    assert sent == ["desk@example.org"]


def add_message(session: Session, recipient: str) -> Message:
    message = Message(
        kind="referral_news", recipient=recipient, subject="s", body="b", created_at=NOW
    )
    session.add(message)
    session.flush()
    return message
