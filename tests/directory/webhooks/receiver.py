"""A program that is called: a server of its own on loopback, and worker sessions within the test."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from sqlalchemy import Connection
from sqlalchemy.orm import Session, sessionmaker

from directory.authz import Actor
from directory.config import Config
from directory.listings import operations as listings
from directory.listings import stored
from directory.models import Role
from directory.webhooks import tasks

ADMIN = Actor(role=Role.ADMIN, email="admin@example.org", can_see_restricted=True)
SITE = "https://leader.example.org"


@dataclass(slots=True)
class Receiver:
    """What arrived (path, headers, body), and what is answered: each of ``answers`` once, then 204."""

    port: int = 0
    calls: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}/hook?key=7"

    @property
    def said(self) -> list[dict[str, Any]]:
        """The bodies."""
        return [json.loads(body) for _, _, body in self.calls]


@contextmanager
def receiver() -> Iterator[Receiver]:
    """The program, until the block ends."""
    seen = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            seen.calls.append((self.path, dict(self.headers), body))
            self.send_response(seen.answers.pop(0) if seen.answers else 204)
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    seen.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def trying_out(config: Config) -> Config:
    """The settings under which a program on this machine may be called."""
    return replace(config, webhooks_to_loopback=True, site_url=SITE)


def share_sessions(monkeypatch: pytest.MonkeyPatch, connection: Connection) -> None:
    """Let the worker's sessions share the test's transaction instead of opening their own."""
    factory = sessionmaker(
        bind=connection,
        join_transaction_mode="create_savepoint",
        expire_on_commit=False,
    )

    @contextmanager
    def unit_of_work(_config: Config) -> Iterator[Session]:
        with factory() as session, session.begin():
            yield session

    monkeypatch.setattr(tasks, "unit_of_work", unit_of_work)
    monkeypatch.setattr(tasks, "session_factory", lambda _engine: factory)


def turn(config: Config, *, now: Any) -> int:
    """A minute's work of the worker; returns how many calls were taken."""
    keys = tasks.due_keys(config, now=now)
    return sum(tasks.deliver(config, key, now=now) for key in keys)


def edit(session: Session, made: Any, *, now: Any, **fields: Any) -> None:
    """Change a listing as the form does."""
    key = made.service_at_location_id
    record = stored.read_records(session, [key])[key]
    listings.update_services(
        session, actor=ADMIN, records={key: replace(record, **fields)}, now=now,
        origin="form",
    )  # fmt: skip
    session.commit()
