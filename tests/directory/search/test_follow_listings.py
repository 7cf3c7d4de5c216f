"""The index follows the listings: new, changed, moved, hidden and removed ones."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session, sessionmaker
from whoosh import index

from directory.authz import VISITOR
from directory.config import Config
from directory.listings import operations, removal
from directory.listings.operations import NOTED
from directory.models import IndexTask
from directory.search import searching, sync
from directory.search.engine import Engine
from tests import factories
from tests.directory.listings.test_create_services import ADMIN, FULL, create

Follow = Callable[[], int]


@pytest.fixture
def find(session: Session, engine_of_search: Engine) -> Callable[..., list[uuid.UUID]]:
    def search(
        text: str, country: str | None = "XA", actor: Any = VISITOR
    ) -> list[uuid.UUID]:
        hits = searching.search(
            session, engine_of_search, text, country=country, actor=actor
        )
        return list(hits.ids)

    return search


def update(session: Session, ids: Any, **changed: Any) -> None:
    operations.update_services(
        session,
        actor=ADMIN,
        records={ids.service_at_location_id: replace(FULL, **changed)},
        now=factories.NOW,
        origin="import",
    )


def test_a_new_listing_is_found_after_its_note_is_worked_off(
    session: Session, indexed: Follow, find: Callable[..., list[uuid.UUID]]
) -> None:
    ids = create(session, FULL)[0]
    assert find("health post") == []
    assert indexed() == 1
    assert find("health post") == [ids.service_id]
    assert session.scalar(select(func.count()).select_from(IndexTask)) == 0
    assert indexed() == 0


def test_changed_words_replace_the_old_ones(
    session: Session, indexed: Follow, find: Callable[..., list[uuid.UUID]]
) -> None:
    ids = create(session, FULL)[0]
    indexed()
    update(session, ids, service_name="Lighthouse", texts={})
    indexed()
    assert find("lighthouse") == [ids.service_id]
    assert find("poste") == []


def test_a_listing_that_moves_is_found_in_its_new_country_only(
    session: Session, indexed: Follow, find: Callable[..., list[uuid.UUID]]
) -> None:
    ids = create(session, FULL)[0]
    indexed()
    update(session, ids, longitude=15.0, latitude=3.0)
    indexed()
    assert find("health post", "XB") == [ids.service_id]
    assert find("health post", "XA") == []


def test_a_listing_that_becomes_restricted_leaves_the_public_index(
    session: Session,
    indexed: Follow,
    find: Callable[..., list[uuid.UUID]],
    engine_of_search: Engine,
) -> None:
    ids = create(session, replace(FULL, service_name="Lighthouse"))[0]
    indexed()
    assert find("lighthouse") == [ids.service_id]
    update(session, ids, service_name="Lighthouse", sensitivity="L1")
    indexed()
    assert find("lighthouse") == []
    hits = searching.search(
        session, engine_of_search, "lighthuose", country="XA", actor=VISITOR
    )
    assert (hits.corrected, hits.suggestion) == (None, None)
    update(session, ids, service_name="Lighthouse", sensitivity="L0")
    indexed()
    assert find("lighthouse") == [ids.service_id]


def test_a_removed_listing_is_forgotten(
    session: Session, indexed: Follow, find: Callable[..., list[uuid.UUID]]
) -> None:
    ids = create(session, FULL)[0]
    indexed()
    removal.remove_services(
        session,
        actor=ADMIN,
        service_at_location_ids=[ids.service_at_location_id],
        now=factories.NOW,
        origin="import",
    )
    indexed()
    assert find("health post") == []


def test_rebuilding_makes_the_same_index(
    session: Session,
    indexed: Follow,
    find: Callable[..., list[uuid.UUID]],
    engine_of_search: Engine,
) -> None:
    made = create(session, FULL, replace(FULL, service_id="s2", longitude=15.0))
    indexed()
    before = find("health", None)
    steps: list[tuple[int, int]] = []
    third = create(session, replace(FULL, service_id="s3"))
    rebuilt = sync.rebuild(session, engine_of_search, lambda *s: steps.append(s))
    assert rebuilt.count == 3
    assert steps[-1] == (3, 3)
    assert len(before) == 2
    assert set(find("health", None)) == {ids.service_id for ids in [*made, *third]}


def test_rebuilding_answers_the_notes_written_before_it_began_and_no_later_one(
    session: Session, indexed: Follow, engine_of_search: Engine, config: Config
) -> None:
    create(session, *(replace(FULL, service_id=f"s{n}") for n in range(5)))
    session.flush()
    late: list[uuid.UUID] = []

    def edit_meanwhile(*_: int) -> None:
        made = create(session, replace(FULL, service_id="late"))
        late.extend(ids.service_id for ids in made)

    rebuilt = sync.rebuild(session, engine_of_search, edit_meanwhile)
    sync.forget(session, rebuilt.notes)
    waiting = session.scalars(select(IndexTask.service_id)).all()
    assert list(waiting) == late
    assert indexed() == 1
    assert _documents(session, config) == rebuilt.count + 1 == 6


def _documents(session: Session, config: Config) -> int:
    """How many entries the index holds, those replaced but not yet cleared away included."""
    if config.engine_name != "whoosh":
        return session.scalar(text("SELECT count(*) FROM search.entry")) or 0
    folders = (config.instance_dir / "search").glob("*/*")
    return sum(index.open_dir(path).doc_count_all() for path in folders)


def test_a_listing_without_a_country_is_found_everywhere_only(
    session: Session, indexed: Follow, find: Callable[..., list[uuid.UUID]]
) -> None:
    nowhere = replace(FULL, latitude=None, longitude=None, coverage_radius_km=None)
    ids = create(session, replace(nowhere, coverage_areas=()))[0]
    indexed()
    assert find("health post", None) == [ids.service_id]
    assert find("health post", "XA") == []


def test_work_is_woken_by_the_commit_that_noted_something_and_by_no_other(
    session: Session,
) -> None:
    woken: list[int] = []
    factory = sessionmaker(
        bind=session.get_bind(), join_transaction_mode="create_savepoint"
    )
    heard_too: list[int] = []
    sync.install(factory, lambda: heard_too.append(1))
    sync.install(factory, lambda: woken.append(1))
    with factory() as other:
        other.scalar(select(func.count()).select_from(IndexTask))
        other.commit()
        assert woken == []
        operations.note_for_index(other, [(uuid.uuid4(), "XA")])
        with other.begin_nested():
            other.scalar(select(1))
        assert woken == []
        other.rollback()
        assert NOTED not in other.info
        operations.note_for_index(other, [(uuid.uuid4(), "XA")])
        other.commit()
        other.commit()
    assert woken == heard_too == [1]


def test_the_index_is_private(
    config: Config, session: Session, indexed: Follow
) -> None:
    if config.engine_name != "whoosh":
        pytest.skip("This database keeps the index in its own tables.")
    create(session, FULL)
    indexed()
    folder: Path = config.instance_dir / "search"
    assert folder.stat().st_mode & 0o077 == 0
