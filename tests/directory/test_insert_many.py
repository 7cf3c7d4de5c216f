"""Rows that are written in bulk come back as they were, whatever signs their texts hold."""

import uuid

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.database import among, among_values, insert_many
from directory.models import Base, Organization
from tests.conftest import NOW

STRANGE = (
    "plain",
    r"back\slash, \N and \. alone",
    "tab\tand\nline\r\nand\bell\f",
    "separators \x1e of \x1f records",
    "عربي – “quoted” 'and' \"so\"",
    "",
)


@pytest.mark.parametrize("texts", [STRANGE, STRANGE[:2] + STRANGE[4:], STRANGE[:1]])
def test_texts_come_back_as_they_were(session: Session, texts: tuple[str, ...]) -> None:
    table = Base.metadata.tables["organization"]
    keys = [uuid.UUID(int=number + 1) for number in range(60)]
    rows = [
        {
            "id": key,
            "created_at": NOW,
            "last_modified": NOW,
            "name": texts[number % len(texts)],
            "alternate_name": None if number % 3 else texts[number % len(texts)],
            "year_incorporated": 1990 + number % 7,
        }
        for number, key in enumerate(keys)
    ]
    insert_many(session.connection(), table, rows)
    stored = {
        row.id: row
        for row in session.execute(
            select(
                Organization.id,
                Organization.name,
                Organization.alternate_name,
                Organization.year_incorporated,
            )
        )
    }
    for row in rows:
        found = stored[row["id"]]
        assert (found.name, found.alternate_name, found.year_incorporated) == (
            row["name"],
            row["alternate_name"],
            row["year_incorporated"],
        )
    chosen = keys[:5]
    query = select(Organization.id).where(among(session, Organization.id, chosen))
    assert set(session.scalars(query)) == set(chosen)
    years = among_values(session, Organization.year_incorporated, [1990, 1991])
    assert session.scalars(select(Organization.id).where(years)).all()
    nobody = select(Organization.id).where(among(session, Organization.id, []))
    assert session.scalars(nobody).all() == []
