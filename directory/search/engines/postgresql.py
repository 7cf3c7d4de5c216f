"""Full text with PostgreSQL: the same words in arrays of lexemes, in a schema of their own."""

import uuid
from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Uuid, column, select, text
from sqlalchemy.orm import Session

from directory.search.engine import (
    LONGEST,
    NONE,
    RANKED,
    WORD,
    Document,
    Matches,
    Question,
)

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
_FITS: Final = """
    FROM search.entry
    WHERE words @@ cast(:asked AS tsquery)
      AND (cast(:asked_country AS text) IS NULL OR country = :asked_country)
      AND (level = ANY(cast(:levels AS text[]))
           OR organization_id = ANY(cast(:organizations AS uuid[])))"""
_KEYS: Final = f"SELECT service_id {_FITS}"
_BEST: Final = f"""
    SELECT service_id, count(*) OVER () AS number,
           least(cardinality(name), {LONGEST}) - {WORD} * (
             SELECT count(*) FROM unnest(cast(:typed AS text[])) AS word
             WHERE CASE WHEN :is_prefix
                   THEN EXISTS (SELECT FROM unnest(name) AS own WHERE starts_with(own, word))
                   ELSE word = ANY(name) END) AS grade
    {_FITS}
    ORDER BY grade, service_id LIMIT {RANKED}"""  # noqa: S608 -- as above
_BEST_OF_ANY: Final = f"""
    SELECT service_id, count(*) OVER () AS number,
           least(cardinality(name), {LONGEST}) - {WORD} * (
             SELECT count(*) FROM unnest(cast(:groups AS text[])) AS one
             WHERE words @@ cast(one AS tsquery)) AS grade
    {_FITS}
    ORDER BY grade, service_id LIMIT {RANKED}"""  # noqa: S608 -- as above
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

    def match(self, session: Session, question: Question) -> Matches:
        """Return the services that fit; graded as ``engine.grade`` does, where they are."""
        if not self._exists(session):
            return NONE
        asked = {
            "asked": (" | " if question.is_any else " & ").join(_tsqueries(question)),
            "asked_country": question.country,
            "levels": sorted(question.scope.levels),
            "organizations": sorted(question.scope.organizations),
        }
        if question.is_any:
            groups = {"groups": _tsqueries(question)}
            rows = session.execute(text(_BEST_OF_ANY), asked | groups).all()
        else:
            typed = {
                "typed": sorted(set(question.typed)),
                "is_prefix": question.is_prefix,
            }
            rows = session.execute(text(_BEST), asked | typed).all()

        def condition(service_id: Any) -> ColumnElement[bool]:
            keys = text(_KEYS).bindparams(**asked).columns(column("service_id", Uuid()))
            chosen: ColumnElement[bool] = service_id.in_(
                select(keys.subquery().c.service_id)
            )
            return chosen

        best = [(row.service_id, row.grade) for row in rows]
        return Matches(rows[0].number if rows else 0, best, condition)

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


def _tsqueries(question: Question) -> list[str]:
    """Write each group as a tsquery; lexemes are quoted, so that no word is an operator."""
    ends = ":*" if question.is_prefix else ""
    typed = set(question.typed)
    groups = (
        " | ".join(
            f"{_quoted(word)}{ends if word in typed else ''}" for word in sorted(group)
        )
        for group in question.groups
    )
    return [f"({group})" for group in groups]


def _quoted(word: str) -> str:
    doubled = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{doubled}'"
