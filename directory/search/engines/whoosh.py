"""Full text with Whoosh: one index per country and level of sensitivity."""

import os
import shutil
import uuid
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session
from whoosh import index
from whoosh.codec.whoosh3 import W3Codec
from whoosh.fields import ID, KEYWORD, NUMERIC, Schema
from whoosh.query import Prefix, Term

from directory.database import among
from directory.models import IndexTask, Sensitivity
from directory.search.analyzers import is_mark, stem
from directory.search.engine import (
    PUBLIC,
    RANKED,
    Document,
    Matches,
    Question,
    Ranked,
    Scope,
    grade,
)

NOWHERE: Final = "none"
"""The folder of listings whose country is not known."""
WRITER_MB: Final = 128
WAIT_SECONDS: Final = 60.0
MOST_MASKS: Final = 400
MOST_WAITING: Final = 1000
"""So many listings may wait for the index while those that do not fit are told instead."""

Mask = npt.NDArray[Any]


class UnscoredCodec(W3Codec):  # type: ignore[misc]  # Whoosh has no types
    """Whoosh's own format without field lengths, which only its scoring reads.

    Looking for them costs the writer a third of its time.
    """

    length_stats = False


def make_schema() -> Schema:
    """Words only, without positions or frequencies; the key is all that can be read back."""
    return Schema(
        key=ID(unique=True, sortable=True),
        organization=ID(),
        words=KEYWORD(scorable=False),
        name=KEYWORD(scorable=False),
        spellings=KEYWORD(scorable=False),
        length=NUMERIC(sortable=True),
    )


@dataclass(slots=True)
class _Reader:
    """An open index: its keys and name lengths by document number, and masks of asked words.

    A mask says of every document whether it has a word. Common words are asked again and again, and
    masks are joined a hundred times faster than lists of documents.
    """

    index: Any
    generation: int
    searcher: Any
    keys: list[uuid.UUID]
    lengths: Mask
    places: Mask
    """Of each key among all keys in order."""
    alive: Mask
    """Which documents were not taken away or replaced: those stay until segments are merged."""
    masks: dict[tuple[str, str, bool], Mask] = field(default_factory=dict)
    spellings: list[str] | None = None

    def mask(self, name: str, word: str, *, is_prefix: bool) -> Mask:
        """The mask of a word (or of all that begin so) in a field."""
        key = (name, word, is_prefix)
        found = self.masks.get(key)
        if found is None:
            query = Prefix(name, word) if is_prefix else Term(name, word)
            found = np.zeros(len(self.keys), dtype=bool)
            found[list(self.searcher.docs_for_query(query))] = True
            if len(self.masks) >= MOST_MASKS:
                self.masks.pop(next(iter(self.masks)))
            self.masks[key] = found
        return found


@dataclass(slots=True)
class WhooshEngine:
    """Indexes below ``folder``, readable by this installation's own user only."""

    folder: Path
    _readers: dict[Path, _Reader] = field(default_factory=dict)
    _lock: Any = field(default_factory=Lock)

    def write(
        self,
        session: Session,  # noqa: ARG002 -- this engine has files of its own
        country: str,
        documents: Iterable[Document],
        removed: Collection[uuid.UUID],
    ) -> int:
        """Replace entries; one writer at a time, others wait for their turn."""
        kept: dict[Sensitivity, list[Document]] = {level: [] for level in Sensitivity}
        for document in documents:
            kept[document.level].append(document)
        for level, chosen in kept.items():
            path = self._path(country, level)
            if chosen or path.exists():
                self._write_one(path, chosen, removed)
        return sum(map(len, kept.values()))

    def clear(self, session: Session) -> None:  # noqa: ARG002 -- as in write
        """Forget everything."""
        with self._lock:
            self._close()
            shutil.rmtree(self.folder, ignore_errors=True)

    def match(self, session: Session, question: Question) -> Matches:
        """Return the services that fit, in order."""
        found: list[_Part] = []
        for level, path in self._paths(question.country, question.scope):
            is_whole = level in question.scope.levels
            with self._lock:
                reader = self._reader(path)
                if reader is not None:
                    found.append(_part(reader, question, is_whole=is_whole))
        count = sum(part.count for part in found)
        best = sorted(
            (hit for part in found for hit in part.best),
            key=lambda hit: (hit[1], hit[0]),
        )
        # Most of a country is told as such, so that its rows are read in one go.
        are_most = question.country is not None and count > RANKED

        @cache
        def told() -> tuple[bool, list[uuid.UUID]]:
            """Whether the keys are of what fits, and the keys: however many statements ask."""
            if 2 * count > sum(part.number for part in found):
                waiting = _waiting(session)
                if waiting is not None:
                    return False, _missing(found, waiting)
            return True, [key for part in found for key in part.keys(part.fits)]

        def condition(column: Any) -> ColumnElement[bool]:
            is_fitting, keys = told()
            if is_fitting:
                return among(session, column, keys, are_most=are_most)
            return ~among(session, column, keys)

        return Matches(count, best[:RANKED], condition)

    def spellings(self, session: Session, country: str | None) -> Sequence[str]:  # noqa: ARG002
        """Return the words of public listings."""
        found: list[str] = []
        for _, path in self._paths(country, PUBLIC):
            with self._lock:
                reader = self._reader(path)
                if reader is None:
                    continue
                if reader.spellings is None:
                    reader.spellings = _spellings(reader.searcher.reader())
                found += reader.spellings
        return found

    def _path(self, country: str, level: Sensitivity) -> Path:
        name = country if country.isalpha() and len(country) <= 3 else NOWHERE
        return self.folder / name / level.value

    def _paths(
        self, country: str | None, scope: Scope
    ) -> Iterator[tuple[Sensitivity, Path]]:
        """The indexes that hold anything in scope; those of other levels are not opened."""
        chosen = [
            level
            for level in Sensitivity
            if level in scope.levels or scope.organizations
        ]
        names = [country] if country else sorted(p.name for p in self.folder.glob("*"))
        for name in names:
            for level in chosen:
                path = self._path(name, level)
                if path.exists():
                    yield level, path

    def _write_one(
        self, path: Path, documents: Sequence[Document], removed: Collection[uuid.UUID]
    ) -> None:
        is_new = not path.exists() or not index.exists_in(path)
        if is_new:
            self.folder.mkdir(parents=True, exist_ok=True)
            os.chmod(self.folder, 0o700)  # noqa: PTH101 -- the umask must not widen it
            path.mkdir(parents=True, exist_ok=True, mode=0o700)
            opened = index.create_in(path, make_schema())
        else:
            opened = index.open_dir(path, schema=make_schema())
        writer = opened.writer(
            limitmb=WRITER_MB, timeout=WAIT_SECONDS, codec=UnscoredCodec()
        )
        try:
            if not is_new:
                for key in removed:
                    writer.delete_by_term("key", key.hex)
            for document in documents:
                writer.add_document(
                    key=document.service_id.hex,
                    organization=document.organization_id.hex,
                    words=list(document.words),
                    name=list(document.name),
                    spellings=list(document.spellings),
                    length=len(document.name),
                )
        except BaseException:
            writer.cancel()
            raise
        writer.commit()

    def _reader(self, path: Path) -> _Reader | None:
        """The open index, read anew when a writer has finished since."""
        kept = self._readers.get(path)
        try:
            if kept and kept.index.latest_generation() == kept.generation:
                return kept
            opened = index.open_dir(path, schema=make_schema())
            generation = opened.latest_generation()
        except (index.EmptyIndexError, FileNotFoundError):
            return None
        if kept is not None:
            kept.searcher.close()
        searcher = opened.searcher()
        reader = searcher.reader()
        count = reader.doc_count_all()
        keys: list[uuid.UUID] = []
        alive = np.zeros(count, dtype=bool)
        alive[list(reader.all_doc_ids())] = True
        lengths: Mask = np.zeros(count, dtype=int)
        if count:
            key_column, length_column = (
                reader.column_reader("key"),
                reader.column_reader("length"),
            )
            keys = [uuid.UUID(hex=_text(key_column[number])) for number in range(count)]
            lengths[:] = [length_column[number] for number in range(count)]
        made = self._readers[path] = _Reader(
            opened, generation, searcher, keys, lengths, _places(keys), alive
        )
        return made

    def _close(self) -> None:
        for reader in self._readers.values():
            reader.searcher.close()
        self._readers.clear()


def _spellings(reader: Any) -> list[str]:
    """Words as they are written; what is indexed in its own form is not written twice."""
    written = {word.decode() for word in reader.lexicon("spellings")}
    indexed = {word.decode() for word in reader.lexicon("words")}
    only_stems = {stem(word) for word in written}
    return sorted(
        written | {word for word in indexed - only_stems if not is_mark(word)}
    )


def _places(keys: Sequence[uuid.UUID]) -> Mask:
    places = np.zeros(len(keys), dtype=int)
    places[sorted(range(len(keys)), key=keys.__getitem__)] = np.arange(len(keys))
    return places


@dataclass(frozen=True, slots=True)
class _Part:
    """What one index answers: which of its documents are in scope, which of these fit, the best."""

    all_keys: Sequence[uuid.UUID]
    in_scope: Mask
    fits: Mask
    best: Sequence[Ranked]
    number: int
    count: int

    def keys(self, mask: Mask) -> Iterator[uuid.UUID]:
        return map(self.all_keys.__getitem__, np.flatnonzero(mask).tolist())


def _waiting(session: Session) -> frozenset[uuid.UUID] | None:
    """Listings that changed since they were indexed; None where they are too many."""
    query = select(IndexTask.service_id).limit(MOST_WAITING + 1)
    found = session.scalars(query).all()
    return None if len(found) > MOST_WAITING else frozenset(found)


def _missing(parts: Sequence[_Part], waiting: frozenset[uuid.UUID]) -> list[uuid.UUID]:
    """Services in scope that do not fit, and those that the index does not know yet."""
    missing = [key for part in parts for key in part.keys(part.in_scope & ~part.fits)]
    if waiting:
        fitting = (key for part in parts for key in part.keys(part.fits))
        missing += waiting.difference(fitting)
    return missing


def _part(reader: _Reader, question: Question, *, is_whole: bool) -> _Part:
    """Documents that have a word of every group, or of any where that is enough.

    ``is_whole``: all of this index is in scope; otherwise only what the scope's organizations offer.
    """
    in_scope = reader.alive.copy() if is_whole else np.zeros_like(reader.alive)
    if not is_whole:
        for organization_id in question.scope.organizations:
            own = reader.mask("organization", organization_id.hex, is_prefix=False)
            in_scope |= own
    typed = set(question.typed)
    answered = np.zeros(len(reader.keys), dtype=int)
    fits = in_scope.copy()
    for group in question.groups:
        has_one = np.zeros(len(reader.keys), dtype=bool)
        for word in group:
            is_prefix = question.is_prefix and word in typed
            has_one |= reader.mask("words", word, is_prefix=is_prefix)
        if question.is_any:
            answered += has_one
        else:
            fits &= has_one
    if question.is_any:
        fits &= answered > 0
    numbers = np.flatnonzero(fits)
    found = answered if question.is_any else _in_name(reader, question)
    best = _best(reader, numbers, found[numbers])
    number, count = int(np.count_nonzero(in_scope)), len(numbers)
    return _Part(reader.keys, in_scope, fits, best, number, count)


def _in_name(reader: _Reader, question: Question) -> Mask:
    """How many of the words typed each document has in its name."""
    found = np.zeros(len(reader.keys), dtype=int)
    for word in set(question.typed):
        found += reader.mask("name", word, is_prefix=question.is_prefix)
    return found


def _best(reader: _Reader, numbers: Mask, found: Mask) -> list[Ranked]:
    """The documents with the lowest grades, of equal ones those with the first keys."""
    grades = _grades(found, reader.lengths[numbers])
    # No two documents have the same key, so that one number for each says the whole order.
    order = grades * len(reader.keys) + reader.places[numbers]
    if len(order) > RANKED:
        chosen = np.argpartition(order, RANKED)[:RANKED]
        numbers, grades, order = numbers[chosen], grades[chosen], order[chosen]
    chosen = np.argsort(order)
    keys = map(reader.keys.__getitem__, numbers[chosen].tolist())
    return list(zip(keys, grades[chosen].tolist(), strict=True))


def _grades(found: Mask, lengths: Mask) -> Mask:
    """``engine.grade`` of each document, read from a table of all that can be."""
    most, longest = int(found.max(initial=0)), int(lengths.max(initial=0))
    table = [[grade(each, n) for n in range(longest + 1)] for each in range(most + 1)]
    return np.array(table, dtype=int)[found, lengths]


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
