"""Profiles and figures of areas from a table (O3.1, O4.1): a row for each area, all of the file or nothing."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from directory.areas import queries as areas
from directory.areas.queries import AreaRow
from directory.authz import Actor
from directory.errors import Invalid, NotAllowed
from directory.listings.translations import HUMAN
from directory.profiles import operations, queries
from directory.profiles.operations import Details
from directory.profiles.queries import Figure, Key
from directory.profiles.words import TEXTS
from directory.text import N_
from importers import registry, values
from importers.cells import without_controls
from importers.records import Table
from importers.refusals import FileRefused

LANGUAGES: Final = ("ar", "en", "es", "fr")
SINGLE: Final = ("language", "source", "source_date", "indicator", "value", "unit", "date")  # fmt: skip
_AREA: Final = re.compile(
    r"(area[ _])?code|(adm(in)?\d?[ _]?)?p[-_ ]?code", re.IGNORECASE
)
_AREA_TAG: Final = re.compile(r"#adm\d\+.*\b(p?code)\b.*", re.IGNORECASE)
_NAME: Final = re.compile(
    r"(area|adm(in)?\d)?[ _]?(name)?(_..)?|country", re.IGNORECASE
)
_FIGURE: Final = "indicator:"
_LOOKED_AT: Final = 25


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in one cell: a message id with the values it names."""

    line: int
    column: str
    message: str
    values: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        """The problem in English, for a terminal."""
        said = self.message % self.values if self.values else self.message
        return f"row {self.line}, column {self.column}: {said}"


class ProfilesRefused(Invalid):
    """Some cells cannot be taken; nothing of the file was."""

    code = "profiles_refused"
    message = N_("Nothing was imported. Cells to correct: %(count)s.")

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(values={"count": len(problems)})
        self.problems = tuple(problems)


@dataclass(slots=True)
class Done:
    """How many profiles were new, changed or as they are already; and figures new or changed."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    figures: int = 0


@dataclass(slots=True)
class Stated:
    """What the rows of one area say, with the place of each cell for problems met later."""

    area: AreaRow
    line: int
    column: str
    language: str
    texts: dict[Key, str] = field(default_factory=dict)
    single: dict[str, Any] = field(default_factory=dict)
    figures: list[Figure] = field(default_factory=list)
    cells: dict[str, tuple[int, str]] = field(default_factory=dict)


def bring(
    session: Session,
    *,
    actor: Actor,
    data: bytes,
    language: str,
    max_bytes: int,
    now: datetime,
) -> Done:
    """Write what a file says of areas. Empty cells leave what stands there; the same file changes nothing.

    Texts without a language in their title are in that of the column ``language``, else in
    ``language``. Raises FileRefused, or ProfilesRefused (also for areas that the actor may not write
    of): then the caller must roll back.
    """
    problems: list[Problem] = []
    found = _Reader(session, language, now.date(), problems).read(
        registry.read(data, max_bytes=max_bytes).tables
    )
    done = Done()
    for stated in found:
        try:
            _write(session, actor, stated, done, now)
        except NotAllowed as error:
            problems.append(Problem(stated.line, stated.column, error.message))
        except Invalid as error:
            for name, message in error.fields.items():
                line, column = stated.cells.get(name, (stated.line, name))
                problems.append(Problem(line, column, message))
    if problems:
        raise ProfilesRefused(sorted(problems, key=lambda one: one.line))
    return done


def _write(
    session: Session, actor: Actor, stated: Stated, done: Done, now: datetime
) -> None:
    if stated.texts:
        profile = queries.stored(session, stated.area.id)
        changes = operations.save(
            session,
            actor=actor,
            area=stated.area,
            details=_details(stated, profile.language if profile else None),
            expected_version=None,
            now=now,
            origin="import",
        )
        if profile is None:
            done.created += 1
        elif changes:
            done.updated += 1
        else:
            done.unchanged += 1
    done.figures += operations.note_figures(
        session,
        actor=actor,
        area=stated.area,
        figures=stated.figures,
        now=now,
        origin="import",
    )


def _details(stated: Stated, written_in: str | None) -> Details:
    """Texts in the profile's own language are the original, all others translations of it."""
    own = written_in or stated.language
    if written_in is None and all(language != own for _, language in stated.texts):
        own = next(iter(stated.texts))[1]
    columns: dict[str, Any] = {"language": own, **stated.single}
    columns |= {
        name: text for (name, said), text in stated.texts.items() if said == own
    }
    others = {key: text for key, text in stated.texts.items() if key[1] != own}
    return Details(columns=columns, texts=others, states=dict.fromkeys(others, HUMAN))


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the table of a file and notes every cell that cannot be taken."""

    session: Session
    language: str
    today: date
    problems: list[Problem]

    def read(self, tables: Sequence[Table]) -> list[Stated]:
        """Return what is said of each area; raises FileRefused where no column has codes."""
        for table in tables:
            found = _titles(table)
            if found is not None:
                return self._rows(table, *found)
        raise FileRefused("header_missing")

    def _rows(self, table: Table, titles: Sequence[str], start: int) -> list[Stated]:
        columns = self._columns(titles, table.lines[start - 1] if start else 1)
        rows = [
            (line, dict(_filled(columns, row)))
            for line, row in zip(table.lines[start:], table.rows[start:], strict=True)
        ]
        known = areas.areas_by_codes(
            self.session, [cells["area"] for _, cells in rows if "area" in cells]
        )
        by_title = {name: titles[at] for at, name in columns.items()}
        found: dict[str, Stated] = {}
        for line, cells in rows:
            code = cells.pop("area", None)
            if code is None:
                if cells:
                    self._note(line, by_title["area"], N_("The code of the area is missing."))  # fmt: skip
                continue
            if code not in known:
                self._note(line, by_title["area"], N_("There is no area with the code %(code)s."), code=code)  # fmt: skip
                continue
            stated = found.setdefault(
                code,
                Stated(
                    known[code],
                    line,
                    by_title["area"],
                    cells.get("language", self.language),
                ),
            )
            self._take(stated, line, cells, by_title)
        return list(found.values())

    def _columns(self, titles: Sequence[str], line: int) -> dict[int, str]:
        """What each column holds: ``area``, a column of the profile, ``labour_demand:fr``, ``indicator:…``."""
        columns: dict[int, str] = {}
        for at, title in enumerate(titles):
            name = _column_of(title)
            if name is None:
                self._note(line, title, N_("This column is not known here."))
            elif name in columns.values():
                self._note(line, title, N_("This column stands twice."))
            elif name:
                columns[at] = name
        return columns

    def _take(
        self, stated: Stated, line: int, cells: dict[str, str], titles: dict[str, str]
    ) -> None:
        language = cells.get("language", self.language)
        if language not in LANGUAGES:
            self._note(line, titles.get("language", "language"), N_("Texts are kept in ar, en, es and fr."))  # fmt: skip
            return
        day = self._day(line, "source_date", cells, titles)
        texts = {
            (name.partition(":")[0], name.partition(":")[2] or language): (name, text)
            for name, text in cells.items()
            if name.partition(":")[0] in TEXTS
        }
        for key, (name, text) in texts.items():
            if stated.texts.setdefault(key, text) != text:
                self._note(line, titles[name], N_("An earlier row says something else of this area."))  # fmt: skip
            stated.cells[key[0] if ":" not in name else name] = (line, titles[name])
        if texts:
            said = {"source": cells.get("source"), "source_date": day}
            said = {name: one for name, one in said.items() if one}
            stated.single |= said
            for name in said:
                stated.cells[name] = (line, titles[name])
        stated.figures += self._figures(line, cells, titles, day)

    def _figures(
        self, line: int, cells: dict[str, str], titles: dict[str, str], day: date | None
    ) -> Iterator[Figure]:
        measured = self._day(line, "date", cells, titles) or day
        given = [
            (name, *name.removeprefix(_FIGURE).partition(":")[::2], text)
            for name, text in cells.items()
            if name.startswith(_FIGURE)
        ]
        if "indicator" in cells or "value" in cells:
            if "indicator" not in cells or "value" not in cells:
                lacks = "value" if "indicator" in cells else "indicator"
                self._note(line, lacks, N_("A figure needs its code and its value."))
            else:
                unit = cells.get("unit", "")
                given.append(("value", cells["indicator"], unit, cells["value"]))
        for name, code, unit, text in given:
            number = self._number(line, titles[name], text)
            if measured is None:
                self._note(line, titles[name], N_("Say of which day the figure is: in a column date or source_date."))  # fmt: skip
            elif measured > self.today:
                self._note(line, titles[name], N_("A figure cannot be from a day to come."))  # fmt: skip
            elif number is not None:
                yield Figure(code, number, unit or None, measured, cells.get("source"))

    def _number(self, line: int, title: str, text: str) -> float | None:
        try:
            return values.number(text)
        except values.Unreadable:
            self._note(line, title, N_("This is not a number: %(text)s"), text=text[:40])  # fmt: skip
            return None

    def _day(
        self, line: int, name: str, cells: dict[str, str], titles: dict[str, str]
    ) -> date | None:
        if name not in cells:
            return None
        try:
            return values.day(cells[name])
        except values.Unreadable:
            self._note(line, titles[name], N_("This is not a date: %(text)s"), text=cells[name][:40])  # fmt: skip
            return None

    def _note(self, line: int, column: str, message: str, **said: Any) -> None:
        self.problems.append(Problem(line, column, message, said))


def _titles(table: Table) -> tuple[list[str], int] | None:
    """Return the titles and the place of the first row below them; HXL tags are passed over."""
    if table.headers:
        return (list(table.headers), 0) if any(map(_is_area, table.headers)) else None
    head = table.rows[:_LOOKED_AT]
    for at, row in enumerate(head):
        below = head[at + 1] if at + 1 < len(head) else ()
        tags = list(below) if _is_hxl(below) else []
        titles = [title.strip() for title in row]
        tagged = [
            place for place, tag in enumerate(tags) if _AREA_TAG.fullmatch(tag.strip())
        ]
        if not any(map(_is_area, titles)) and tagged:
            titles[tagged[0]] = "area_code"
        if any(map(_is_area, titles)) and not _is_hxl(row):
            return titles, at + (2 if tags else 1)
    return None


def _is_area(title: str) -> bool:
    return _AREA.fullmatch(title.strip()) is not None


def _is_hxl(row: Sequence[str]) -> bool:
    filled = [cell for cell in row if cell.strip()]
    return bool(filled) and all(cell.strip().startswith("#") for cell in filled)


def _column_of(title: str) -> str | None:
    """Return what a column holds: empty for names, which are not read; None where it is not known."""
    plain = title.strip()
    name, _, language = plain.lower().replace(" ", "_").partition(":")
    if _is_area(plain):
        return "area"
    if plain.lower().startswith(_FIGURE) and plain[len(_FIGURE) :].strip(": "):
        return _FIGURE + plain[len(_FIGURE) :].strip()
    if name in TEXTS and (not language or language in LANGUAGES):
        return f"{name}:{language}" if language else name
    if name in SINGLE and not language:
        return name
    return "" if not plain or _NAME.fullmatch(plain) else None


def _filled(columns: dict[int, str], row: Sequence[str]) -> Iterator[tuple[str, str]]:
    for at, name in columns.items():
        text = without_controls(row[at]).strip() if at < len(row) else ""
        if text:
            yield name, text
