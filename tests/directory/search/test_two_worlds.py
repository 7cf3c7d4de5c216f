"""Nobody can tell from a search whether listings exist that they may not know of.

Every question is asked twice: in a world without the hidden listings, and in one with them.
"""

import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, true
from sqlalchemy.orm import Session

from directory import authz
from directory.authz import VISITOR, Actor
from directory.listings import operations
from directory.models import Offer, Role, Service, User
from directory.search import searching
from directory.search.engine import Engine
from directory.search.searching import Hits
from tests import factories
from tests.directory.listings.test_create_services import ADMIN
from tests.directory.search.test_list_services import PLAIN, make

SignIn = Callable[[User], FlaskClient]
Follow = Callable[[], int]

QUESTIONS = (
    "segura",  # spelled like a public word, and whole in hidden ones
    "legal segura",
    "segur",
    "lighthaus",  # the beginning of a public word, and whole in hidden ones
    "ligh",
    "lanternes",
    "lanterm",  # close to a public word, and closer to a hidden one
    "legal",  # few public hits, more with hidden ones
    "lagal",
    "quietharbour",
    "quietharbuor",
    "market",
    "gender violence",
)
HIDDEN = ("Casa segura", "Lighthaus", "Lanterm legal aid", "Quietharbour", "Legal")
COUNSELLOR = Actor(role=Role.COUNSELLOR, user_id=uuid.uuid4())
SUPERVISOR = Actor(role=Role.SUPERVISOR, user_id=uuid.uuid4())
AUTHORITY = Actor(
    role=Role.AUTHORITY,
    user_id=uuid.uuid4(),
    organization_ids=frozenset({uuid.uuid4()}),
)


@pytest.fixture
def public(session: Session, indexed: Follow) -> None:
    """What everybody may know of."""
    for name in ("Seguro popular", "Lighthausen", "Lantern legal help", "Market hall"):
        make(session, name, organization_name="Open")
    indexed()


def place_of(level: str) -> dict[str, Any]:
    """What the rules let a listing of this level say of its place: a sealed one has none."""
    if level != "L3":
        return {}
    return {
        "latitude": None,
        "longitude": None,
        "landmark": None,
        "coverage_areas": ("XA",),
    }


def hide(session: Session, indexed: Follow, *levels: str) -> list[uuid.UUID]:
    """Add the hidden listings, at each level, and return their keys."""
    made = [
        make(
            session,
            name,
            organization_name="Hidden",
            sensitivity=level,
            **place_of(level),
            description="Segura segura lighthaus lanterm legal market",
        )
        for level in levels
        for name in HIDDEN
    ]
    indexed()
    return [ids.service_id for ids in made]


def ask(
    session: Session, engine: Engine, actor: Actor
) -> list[tuple[str, str | None, Hits, list[uuid.UUID]]]:
    found = []
    for question in QUESTIONS:
        for country in ("XA", None):
            hits = searching.search(
                session, engine, question, country=country, actor=actor
            )
            query = select(Offer.service_id).where(
                hits.matches.condition(Offer.service_id),
                authz.visible_offers(actor),
                Offer.country == country if country else true(),
            )
            listed = sorted(session.scalars(query))
            assert listed == sorted(hits.ids)
            found.append((question, country, hits, listed))
    return found


def fetch(client: FlaskClient) -> list[Any]:
    """All that the list (hits, counts, order, spelling) and the type-ahead answer."""
    return [
        client.get(f"/api/v1/{path}", query_string={"q": question, **more}).get_json()
        for question in QUESTIONS
        for path in ("services", "suggest")
        for more in ({}, {"country": "XA"})
    ]


@pytest.mark.parametrize(
    ("actor", "levels"),
    [
        (VISITOR, ("L1", "L2", "L3")),
        (AUTHORITY, ("L1", "L2", "L3")),
        (COUNSELLOR, ("L2", "L3")),
        (SUPERVISOR, ("L2", "L3")),
    ],
    ids=lambda value: value.role.value if isinstance(value, Actor) else "",
)
def test_hidden_listings_change_no_answer(
    session: Session,
    engine_of_search: Engine,
    indexed: Follow,
    public: None,
    actor: Actor,
    levels: tuple[str, ...],
) -> None:
    if actor in (COUNSELLOR, SUPERVISOR):
        make(session, "Lanterna room", sensitivity="L1")
        indexed()
    before = ask(session, engine_of_search, actor)
    hidden = hide(session, indexed, *levels)
    assert ask(session, engine_of_search, actor) == before
    trained = replace(SUPERVISOR, can_see_restricted=True)
    hits = searching.search(
        session, engine_of_search, "segura", country=None, actor=trained
    )
    assert set(hits.ids) == set(hidden)


def test_a_provider_asks_a_world_of_public_and_own_listings(
    session: Session, engine_of_search: Engine, indexed: Follow, public: None
) -> None:
    own = [
        make(
            session,
            name,
            organization_name="Own",
            sensitivity=level,
            **place_of(level),
        ).service_id
        for name, level in (("Lanterna own", "L1"), ("Ownroom", "L2"), ("Olm", "L3"))
    ]
    indexed()
    organizations = frozenset(
        session.get_one(Service, key).organization_id for key in own
    )
    actor = Actor(
        role=Role.PROVIDER,
        user_id=uuid.uuid4(),
        organization_ids=organizations,
    )
    before = ask(session, engine_of_search, actor)
    hide(session, indexed, "L1", "L2", "L3")
    assert ask(session, engine_of_search, actor) == before
    for text, key in zip(("lanterna", "ownroom", "olm"), own, strict=True):
        found = searching.search(
            session, engine_of_search, text, country=None, actor=actor
        )
        assert found.ids == [key]
    of_other_roles = (VISITOR, replace(actor, role=Role.AUTHORITY))
    for other in (*of_other_roles, replace(actor, role=Role.COUNSELLOR)):
        found = searching.search(
            session, engine_of_search, "ownroom", country="XA", actor=other
        )
        assert not found.ids  # an account of the office is not the provider


@pytest.mark.parametrize(
    "actor", [VISITOR, AUTHORITY, COUNSELLOR], ids=lambda actor: actor.role.value
)
def test_a_hidden_word_does_not_take_public_hits_away(
    session: Session,
    engine_of_search: Engine,
    indexed: Follow,
    public: None,
    actor: Actor,
) -> None:
    hide(session, indexed, "L2", "L3")
    corrected = searching.search(
        session, engine_of_search, "segura", country="XA", actor=actor
    )
    assert (len(corrected.ids), corrected.corrected) == (1, "seguro")
    begun = searching.search(
        session, engine_of_search, "lighthaus", country="XA", actor=actor
    )
    assert len(begun.ids) == 1


def test_a_level_that_changes_moves_its_listing_out_of_sight(
    session: Session, engine_of_search: Engine, indexed: Follow, public: None
) -> None:
    ids = make(session, "Quietharbour", sensitivity="L1")
    indexed()

    def find() -> list[uuid.UUID]:
        hits = searching.search(
            session, engine_of_search, "quietharbour", country="XA", actor=COUNSELLOR
        )
        return list(hits.ids)

    assert find() == [ids.service_id]
    change_level(session, ids, "L2")
    indexed()
    assert find() == []


def change_level(session: Session, ids: Any, level: str) -> None:
    record = replace(PLAIN, service_name="Quietharbour", sensitivity=level)
    operations.update_services(
        session,
        actor=ADMIN,
        records={ids.service_at_location_id: record},
        now=factories.NOW,
        origin="import",
    )


@pytest.mark.parametrize(
    ("role", "levels"),
    [
        ("counsellor", ("L2", "L3")),
        ("provider", ("L1", "L2", "L3")),
        ("authority", ("L1", "L2", "L3")),
    ],
)
def test_list_counts_spelling_and_suggestions_are_those_of_a_world_without(
    session: Session,
    client_of: SignIn,
    indexed: Follow,
    public: None,
    role: str,
    levels: tuple[str, ...],
) -> None:
    client = client_of(factories.make_user(session, role=role))
    before = fetch(client)
    assert any(answer.get("corrected") for answer in before)
    assert any(answer.get("suggestion") for answer in before)
    assert any(answer.get("suggestions") for answer in before)
    hide(session, indexed, *levels)
    assert fetch(client) == before
