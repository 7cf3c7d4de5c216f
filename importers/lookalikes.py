"""New rows that look like a listing of the directory, or like another row, in other words or nearby."""

from collections.abc import Collection, Sequence
from concurrent.futures import Future
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import orjson
from sqlalchemy.orm import Session

from directory.authz import Actor
from directory.duplicates import entries, finding, names
from directory.duplicates.comparison import Entry
from importers.crew import Desk, Member, MemberLost
from importers.records import Issue

if TYPE_CHECKING:
    from importers.plan import PlannedRow

_KNOWN: Final = "known listings"
_NAMES: Final = "names"
_ASKED: Final = "rows that are asked about"
FEW_ROWS: Final = 5_000
"""Up to so many new rows are compared with each other as well; more are once they are listings."""


class Search:
    """Compares the new rows of one file with the listings of their countries.

    The rows are still made: whether two listings are one is for a person to say. Only listings that
    the actor may know of are compared, and none that another row of the file is about. ``title``: of
    the file's column of names; ``source``: of its ids. A member, where there is one, does the work while rows are planned.
    """

    def __init__(
        self,
        session: Session,
        actor: Actor,
        countries: Collection[str] | None,
        title: str | None,
        members: Sequence[Member] = (),
        source: str | None = None,
    ) -> None:
        self._session = session
        self._title = title
        self._source = source
        self._member = members[0] if members else None
        self._about = (actor, countries)
        self._fresh: list[PlannedRow] = []
        self._taken: set[UUID] = set()
        self._asked: list[Future[None]] = []
        if self._member is not None:
            self._asked.append(self._member.ask(read_known, *self._about))

    def add(self, rows: Sequence["PlannedRow"]) -> None:
        """Take planned rows: those that would make a listing are asked about."""
        fresh = [row for row in rows if row.action == "create"]
        self._fresh += fresh
        self._taken.update(
            row.service_at_location_id for row in rows if row.service_at_location_id
        )
        if self._member is not None:
            texts = [row.record for row in fresh]
            self._asked.append(self._member.ask(read_rows, texts))

    def note(self) -> int:
        """Tell the rows what they look like; return how many look like a listing."""
        if not self._fresh:
            return 0
        found = self._found()
        for index, name in found.items():
            self._tell(index, name, "alike")
        if len(self._fresh) > FEW_ROWS:
            return len(found)
        for index, line in self._twins().items():
            if index not in found:
                self._tell(index, line, "alike_row")
                found[index] = str(line)
        return len(found)

    def _tell(self, index: int, other: str | int, variant: str) -> None:
        row = self._fresh[index]
        if not any(one.code == "duplicate_listing" for one in row.issues):
            issue = Issue("duplicate_listing", self._title, {"other": other}, variant)
            row.issues = (*row.issues, issue)

    def _twins(self) -> dict[int, int]:
        """Return the line of the earlier row that a row looks like, by the number of the row."""
        read = cache(names.read)
        rows = [
            entries.of_values(
                {"source": self._source, **orjson.loads(row.record)}, read
            )
            for row in self._fresh
        ]
        twins: dict[int, int] = {}
        for each in finding.find(rows):
            twins.setdefault(each.right, self._fresh[each.left].line)
        return twins

    def _found(self) -> dict[int, str]:
        """Return what ``find`` does, found by the member unless it is none or was lost."""
        if self._member is not None:
            answer: Future[dict[int, str]] = self._member.ask(find, self._taken)
            with suppress(MemberLost):
                for each in self._asked:
                    each.result()
                return answer.result()
        desk = Desk(self._session)
        read_known(desk, *self._about)
        read_rows(desk, [row.record for row in self._fresh])
        return find(desk, self._taken)


def _reader(desk: Desk) -> entries.ReadName:
    """What reads names and remembers them as long as the desk: both lists share most of theirs."""
    if _NAMES not in desk.kept:
        desk.kept[_NAMES] = cache(names.read)
    reader: entries.ReadName = desk.kept[_NAMES]
    return reader


def read_known(desk: Desk, actor: Actor, countries: Collection[str] | None) -> None:
    """Lay out the listings of these countries, or of all, that the actor may know of."""
    desk.kept[_KNOWN] = entries.read(
        desk.session, actor=actor, countries=countries, read_name=_reader(desk)
    )


def read_rows(desk: Desk, texts: Sequence[str]) -> None:
    """Lay out rows, given as the JSON of their records, behind those that lie there."""
    asked: list[Entry] = desk.kept.setdefault(_ASKED, [])
    read = _reader(desk)
    asked += [entries.of_values(orjson.loads(text), read) for text in texts]


def find(desk: Desk, taken: Collection[UUID]) -> dict[int, str]:
    """Return the name of the listing that each row looks most like, by the number of the row.

    ``taken``: the places that rows of the file are about; they are nobody's lookalike.
    """
    known: list[Any] = [e for e in desk.kept.pop(_KNOWN) if e.key not in taken]
    best: dict[int, finding.Likeness] = {}
    for each in finding.find(desk.kept.pop(_ASKED, []), known):
        found = best.get(each.left)
        if found is None or each.comparison.score > found.comparison.score:
            best[each.left] = each
    return {index: known[each.right].label for index, each in best.items()}
