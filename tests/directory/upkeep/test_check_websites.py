"""Dead links: what is asked and what never is, and when a website becomes a task."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.models import (
    LinkCheck,
    Location,
    Organization,
    ServiceAtLocation,
    UpkeepTask,
    Url,
)
from directory.upkeep import fetching, weblinks
from directory.upkeep.fetching import Answer, Network
from tests.directory.upkeep.scene import listed, tasks
from tests.factories import NOW


class Site(BaseHTTPRequestHandler):
    """A website with a page, a page that refuses HEAD, redirects, and nothing else."""

    asked: list[str]

    def do_HEAD(self) -> None:
        """Answer by the path."""
        self.asked.append(f"{self.command} {self.headers['Host']} {self.path}")
        status = {"/": 200, "/no-head": 405, "/gone": 410, "/private": 403}
        if self.path.startswith("/to/"):
            self.send_response(302)
            self.send_header("Location", "http://" + self.path.removeprefix("/to/"))
        else:
            self.send_response(status.get(self.path, 404))
        self.end_headers()

    def do_GET(self) -> None:
        """The page itself."""
        self.asked.append(f"GET {self.path}")
        self.send_response(200 if self.path == "/no-head" else 404)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def site() -> Iterator[tuple[int, list[str]]]:
    """The website on a port of its own, and what it was asked."""
    handler = type("Own", (Site,), {"asked": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server.server_port, handler.asked  # type: ignore[attr-defined]  # made above
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_website_is_asked_at_the_address_that_was_checked() -> None:
    known = {"good.example": ["127.0.0.1"], "inside.example": ["10.0.0.5"]}
    with site() as (port, asked):
        network = Network(
            resolve=lambda host, _port: known[host],
            may_reach=lambda address: address == "127.0.0.1",
            ports=frozenset({port}),
            timeout=2,
        )
        base = f"http://good.example:{port}"
        answers = {
            path: fetching.ask(base + path, network)
            for path in ("/", "/no-head", "/gone", "/private", "/nothing")
        }
        assert {path: answer.status for path, answer in answers.items()} == {
            "/": 200, "/no-head": 200, "/gone": 410, "/private": 403, "/nothing": 404,
        }  # fmt: skip
        alive = [path for path, answer in answers.items() if answer.is_alive]
        assert alive == ["/", "/no-head", "/private"]
        assert asked[0] == f"HEAD good.example:{port} /"
        # A redirect into the inside is not followed; one to itself ends.
        inside = f"{base}/to/inside.example:{port}/"
        assert fetching.ask(inside, network) == Answer(None)
        around = f"{base}/to/good.example:{port}/to/good.example:{port}/"
        assert fetching.ask(around, network).status == 200


@pytest.mark.parametrize(
    "url",
    [
        "ftp://good.example/",
        "file:///etc/passwd",
        "http://good.example:22/",
        "http://user:pass@good.example/",
        "http://127.0.0.1/",
        "http://[::1]/",
        "http://",
        "http://good.example:99999/",
        "javascript:alert(1)",
    ],
)
def test_what_is_not_a_public_website_is_never_connected_to(url: str) -> None:
    def refuse(host: str, _port: int) -> list[str]:
        return [host.strip("[]")] if host[0].isdigit() or ":" in host else ["8.8.8.8"]

    def connect(*_: Any, **__: Any) -> None:
        raise AssertionError(url)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("socket.create_connection", connect)
        assert fetching.ask(url, Network(resolve=refuse)) == Answer(None)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("8.8.8.8", True),
        ("2001:4860:4860::8888", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),  # noqa: S104 -- an address to refuse, nothing listens
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:127.0.0.1", False),
        ("2002:7f00:1::", False),
        ("nonsense", False),
    ],
)
def test_only_the_open_internet_is_reached(address: str, expected: bool) -> None:
    assert fetching.is_public(address) is expected


def test_two_failures_in_a_row_open_a_task_and_protected_ones_are_left_alone(
    session: Session,
) -> None:
    dead = listed(session, website="https://dead.example/", service_name="Dead")
    listed(session, website="https://alive.example/", service_name="Alive")
    for level in ("L2", "L3"):
        place: dict[str, Any] = (
            {"latitude": None, "longitude": None} if level == "L3" else {}
        )
        listed(
            session,
            website=f"https://{level.lower()}.example/",
            service_name=level,
            sensitivity=level,
            **place,
        )
    seen = {"https://dead.example/": Answer(404), "https://alive.example/": Answer(200)}
    for week in range(2):
        now = NOW + timedelta(days=8 * week)
        due = weblinks.due_links(session, now=now)
        assert {link.url for link in due} == set(seen)
        answers = weblinks.ask_all(due, ask=seen.__getitem__)
        assert tasks(session) == []
        assert weblinks.note_answers(session, due, answers, now=now) == week
        assert weblinks.due_links(session, now=now + timedelta(days=1)) == []
    task = session.scalars(select(UpkeepTask)).one()
    assert (task.kind, task.service_id) == ("dead_link", dead.id)


def test_websites_of_organizations_and_places_are_checked_as_well(
    session: Session,
) -> None:
    shop = listed(session, service_name="Shop", organization_name="Alpha")
    more = listed(session, service_name="More", organization_name="Alpha")
    desk = listed(session, service_name="Desk", organization_name="Beta")
    quiet = listed(
        session, service_name="Quiet", organization_name="Gamma", sensitivity="L2"
    )
    for each in (shop, quiet):
        owner = session.get_one(Organization, each.organization_id)
        owner.website = f"https://{owner.name.lower()}.example/"
    place = session.scalars(
        select(Location)
        .join(ServiceAtLocation)
        .where(ServiceAtLocation.service_id == desk.id)
    ).one()
    place.url = "https://place.example/"
    session.add(Url(service_id=desk.id, url="https://further.example/"))
    session.flush()
    named = {"https://alpha.example/", "https://place.example/", "https://further.example/"}  # fmt: skip
    for week in range(2):
        now = NOW + timedelta(days=8 * week)
        due = weblinks.due_links(session, now=now)
        assert {link.url for link in due} == named, "never those of protected listings"
        answers = {link.url: Answer(404) for link in due}
        weblinks.note_answers(session, due, answers, now=now)
    opened = session.scalars(select(UpkeepTask.service_id)).all()
    assert opened.count(desk.id) == 1, "one task of a kind for each listing"
    assert len({shop.id, more.id} & set(opened)) == 1, "one for an organization"
    assert quiet.id not in opened


def test_a_line_of_ours_that_is_down_says_nothing_about_websites(
    session: Session,
) -> None:
    for number in range(weblinks.FEWEST_TELLING):
        listed(
            session, website=f"https://w{number}.example/", service_name=f"W{number}"
        )
    due = weblinks.due_links(session, now=NOW)
    mute = {link.url: Answer(None) for link in due}
    assert weblinks.note_answers(session, due, mute, now=NOW) == 0
    assert session.scalars(select(LinkCheck)).all() == []
