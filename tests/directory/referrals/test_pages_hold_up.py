"""Lists cost the same number of statements however long they are, and codes cannot be guessed fast."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection

from app import create_app
from directory.cases import operations as cases
from directory.config import Config
from directory.models import User
from directory.web.security import limiter
from tests import factories
from tests.counting import counted
from tests.directory.referrals.conftest import World
from tests.pages import Page

ClientOf = Callable[[User], FlaskClient]


def add_referrals(world: World, count: int) -> None:
    for number in range(count):
        world.listing = factories.make_service_at_location(
            world.session, service_name=f"Post {number}"
        )
        world.need = factories.make_need(world.session, world.case)
        world.send(world.draft(), confirms_duplicate=True)
        world.session.flush()
        factories.make_case(world.session, world.worker)


@pytest.mark.parametrize(
    "who", ["cases", "arrivals", "referrals", "case", "inbox", "status"]
)
def test_a_longer_list_needs_no_more_statements(
    world: World,
    connection: Connection,
    client: FlaskClient,
    client_of: ClientOf,
    provider: User,
    page: Callable[..., Page],
    who: str,
) -> None:
    code = cases.sheet_code(
        world.session, actor=world.actor, case=world.case, secret_key=world.secret_key
    )
    world.case.arrival_date = world.now.date()
    staff = client_of(world.worker)
    path, by = {
        "cases": ("/cases", staff),
        "arrivals": ("/arrivals", staff),
        "referrals": ("/referrals", staff),
        "case": (f"/cases/{world.case.id}", staff),
        "inbox": ("/inbox", client_of(provider)),
        "status": (f"/s/{code}", client),
    }[who]
    add_referrals(world, 2)
    world.session.commit()
    page(path, by=by)
    with counted(connection) as few:
        page(path, by=by)
    add_referrals(world, 6)
    world.session.commit()
    with counted(connection) as many:
        page(path, by=by)
    assert len(many) == len(few)
    assert len(many) <= 16


@pytest.fixture
def limited(app: Flask, config: Config) -> Iterator[FlaskClient]:
    """A visitor of a site that counts tries, as it does outside of tests."""
    counting = create_app(replace(config, testing=False))
    counting.config["WTF_CSRF_ENABLED"] = False
    counting.extensions["homeward_sessions"] = app.extensions["homeward_sessions"]
    limiter.reset()
    yield counting.test_client()
    limiter.reset()


@pytest.mark.parametrize(
    ("path", "method", "allowed"),
    [
        ("/s", "POST", 20),
        ("/s/0000-0000-0000-0000", "GET", 20),
        ("/r/0000", "GET", 60),
        ("/feedback/status", "POST", 20),
    ],
)
def test_a_network_address_may_try_only_so_many_codes(
    limited: FlaskClient, path: str, method: str, allowed: int
) -> None:
    data = {"code": "0000"} if method == "POST" else None
    for _ in range(allowed):
        assert limited.open(path, method=method, data=data).status_code in {404, 422}
    refused = limited.open(path, method=method, data=data)
    assert refused.status_code == 429
