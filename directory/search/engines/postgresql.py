"""Full text with PostgreSQL: the same words in arrays of lexemes, in a schema of their own."""

import uuid
from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from directory.search.engine import Document, Question, Ranked, grade

CREATE: Final = (
    "CREATE SCHEMA IF NOT EXISTS search",
    # The table of earlier versions, which did not tell the levels apart.
    "DROP TABLE IF EXISTS search.document",
    """CREATE TABLE IF NOT EXISTS search.entry (
         service_id uuid NOT NULL, organization_id uuid NOT NULL,
         country text NOT NULL, level text NOT NULL,
         words tsvector NOT NULL, name text[] NOT NULL, spellings text[] NOT NULL,
         PRIMARY KEY (service_id, country))""",
    "CREATE INDEX IF NOT EXISTS entry_words ON search.entry USING gin (words)",
    "CREATE INDEX IF NOT EXISTS entry_country ON search.entry (country, level)",
)
_DELETE: Final = text(
    "DELETE FROM search.entry WHERE country = :country AND service_id = ANY(:keys)"
)
_INSERT: Final = text(
    """INSERT INTO search.entry
         (service_id, organization_id, country, level, words, name, spellings)
       VALUES (:service_id, :organization_id, :country, :level,
               array_to_tsvector(cast(:words AS text[])), :name, :spellings)
       ON CONFLICT (service_id, country) DO UPDATE SET
         organization_id = excluded.organization_id, level = excluded.level,
         words = excluded.words, name = excluded.name, spellings = excluded.spellings"""
)
_MATCH: Final = """
    SELECT service_id, name FROM search.entry
    WHERE words @@ cast(:asked AS tsquery)
      AND (cast(:country AS text) IS NULL OR country = :country)
      AND (level = ANY(cast(:levels AS text[]))
           OR organization_id = ANY(cast(:organizations AS uuid[])))"""
_SPELLINGS: Final = """
    SELECT DISTINCT unnest(spellings || name) FROM search.entry
    WHERE level = 'L0' AND (cast(:country AS text) IS NULL OR country = :country)"""
NOWHERE: Final = "none"


class PostgresqlEngine:
    """The index is a table beside the others, written in the transaction of whoever writes."""

    def write(
        self,
        session: Session,
        country: str,
        documents: Iterable[Document],
        removed: Collection[uuid.UUID],
    ) -> int:
        """Replace entries, in this session's transaction."""
        self._create(session)
        where = country or NOWHERE
        if removed:
            session.execute(_DELETE, {"country": where, "keys": list(removed)})
        rows = [
            {
                "service_id": document.service_id,
                "organization_id": document.organization_id,
                "country": where,
                "level": document.level.value,
                "words": sorted(document.words),
                "name": sorted(document.name),
                "spellings": sorted(document.spellings),
            }
            for document in documents
        ]
        if rows:
            session.execute(_INSERT, rows)
        return len(rows)

    def clear(self, session: Session) -> None:
        """Forget everything."""
        self._create(session)
        session.execute(text("TRUNCATE search.entry"))

    def match(self, session: Session, question: Question) -> list[Ranked]:
        """Return the services that fit, in order."""
        if not self._exists(session):
            return []
        rows = session.execute(
            text(_MATCH),
            {
                "asked": _tsquery(question),
                "country": question.country,
                "levels": sorted(question.scope.levels),
                "organizations": sorted(question.scope.organizations),
            },
        )
        graded = ((row.service_id, grade(*_rank(row.name, question))) for row in rows)
        return sorted(graded, key=lambda hit: (hit[1], hit[0]))

    def spellings(self, session: Session, country: str | None) -> Sequence[str]:
        """Return the words of public listings."""
        if not self._exists(session):
            return []
        return list(session.scalars(text(_SPELLINGS), {"country": country}))

    def _exists(self, session: Session) -> bool:
        found = session.scalar(text("SELECT to_regclass('search.entry')::text"))
        return found is not None

    def _create(self, session: Session) -> None:
        if not self._exists(session):
            for statement in CREATE:
                session.execute(text(statement))


def _tsquery(question: Question) -> str:
    """Write the question as a tsquery; lexemes are quoted, so that no word is an operator."""
    ends = ":*" if question.is_prefix else ""
    typed = set(question.typed)
    groups = (
        " | ".join(
            f"{_quoted(word)}{ends if word in typed else ''}" for word in sorted(group)
        )
        for group in question.groups
    )
    return " & ".join(f"({group})" for group in groups)


def _quoted(word: str) -> str:
    doubled = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{doubled}'"


def _rank(name: Sequence[str], question: Question) -> tuple[int, int]:
    if question.is_prefix:
        found: Any = (
            any(word.startswith(each) for word in name) for each in question.typed
        )
        return sum(found), len(name)
    return len(set(name) & set(question.typed)), len(name)
