"""Eight people edit one listing in random order: nobody's change is lost without being told."""

import random
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.listings import operations
from directory.listings.operations import EditedMeanwhile
from directory.models import Service
from tests import factories
from tests.directory.listings.test_create_services import ADMIN, FULL, create
from tests.directory.listings.test_edit_page import read

EDITORS = 8
FIELDS = ("fees_description", "application_process", "landmark", "phone")


@pytest.mark.parametrize(
    "interleavings", [20, pytest.param(1_000, marks=pytest.mark.drill)]
)
def test_every_edit_is_kept_or_its_editor_is_told(
    session: Session, interleavings: int
) -> None:
    ids = create(session, FULL)[0]
    chance = random.Random(20261123)  # noqa: S311 -- an order, not a secret
    told = kept = 0
    for number in range(interleavings):
        saved, refused = interleave(session, ids, chance, number)
        kept += saved
        told += refused
    assert kept >= interleavings
    assert told > interleavings, "the order was never one that clashes"


def interleave(
    session: Session, ids: Any, chance: random.Random, number: int
) -> tuple[int, int]:
    """Let every editor open once and save once, in random order; returns saved and refused."""
    steps = [*range(EDITORS), *range(EDITORS)]
    chance.shuffle(steps)
    opened: dict[int, tuple[int, Any]] = {}
    saved = refused = 0
    current = read(session, ids)
    for editor in steps:
        version = version_of(session, ids)
        if editor not in opened:
            opened[editor] = version, current
            continue
        seen, record = opened[editor]
        changed: dict[str, Any] = {chance.choice(FIELDS): f"+1555{number:04d}{editor}"}
        try:
            save(session, ids, replace(record, **changed), seen)
        except EditedMeanwhile:
            assert seen != version, "refused although nobody was faster"
            assert version_of(session, ids) == version
            refused += 1
        else:
            assert seen == version, "saved over what the editor had not seen"
            wanted = replace(current, **changed)
            current = read(session, ids)
            assert current == wanted
            saved += 1
    assert read(session, ids) == current
    return saved, refused


def version_of(session: Session, ids: Any) -> int:
    query = select(Service.version).where(Service.id == ids.service_id)
    return session.scalars(query).one()


def save(session: Session, ids: Any, record: Any, version: int) -> None:
    operations.edit_service(
        session,
        actor=ADMIN,
        service_at_location_id=ids.service_at_location_id,
        record=record,
        expected_version=version,
        now=factories.NOW,
    )
