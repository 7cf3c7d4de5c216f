"""From the bytes of a file to checked drafts: read, find the columns, check rows, check positions."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.models import Organization, TaxonomyTerm
from directory.text import normalise
from importers import (
    checking,
    columns,
    headers,
    kinds,
    proposals,
    registry,
    whereabouts,
    whole_file,
)
from importers.checking import About, Checker
from importers.columns import Layout
from importers.crew import NOBODY, Crew, Desk, share
from importers.geography import Geography
from importers.readers import osm
from importers.records import Draft, Issue, Table
from importers.refusals import FileRefused
from importers.settings import Setting

Progress = Callable[[str, int, int], None]
_SAMPLE: Final = 60


@dataclass(frozen=True, slots=True)
class Options:
    """What the person who imports says about the file."""

    filename: str
    language: str = "en"
    country: str | None = None
    term: str | None = None
    source: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    kind_words: Mapping[str, str] = field(default_factory=dict)
    max_bytes: int = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Drafted:
    """The checked rows of a file and how it was understood."""

    format: str
    sheet: str | None
    layout: Layout
    drafts: list[Draft]
    withheld: int
    country: str | None
    country_is_guess: bool
    notes: tuple[tuple[int, Issue], ...]
    """Problems that belong to no row: line 0 or that of the titles."""
    tally: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """What was found in each table of a file that has several (see ``records.Table``)."""


def inspect(data: bytes, options: Options) -> tuple[str, Table, Layout]:
    """Return format, table and columns of a file without checking its rows; raises FileRefused."""
    contents = registry.read(data, max_bytes=options.max_bytes)
    table = _without_protected(headers.choose(contents.tables))
    layout = columns.recognise(
        table.headers,
        hashtags=table.hashtags,
        mapping={**table.titles, **options.columns},
        samples=table.rows[:_SAMPLE],
        is_osm=contents.format.name == "overpass" or osm.looks_like_tags(table.headers),
    )
    return contents.format.name, table, layout


def _without_protected(table: Table) -> Table:
    """Return a table without the shelters that its columns of tags show; they are only counted."""
    if not {"social_facility", "social_facility:for", "social_facility_for"} & set(
        table.headers
    ):
        return table
    kept = [
        (line, row)
        for line, row in zip(table.lines, table.rows, strict=True)
        if not osm.is_protected_shelter(dict(zip(table.headers, row, strict=False)))
    ]
    return replace(
        table,
        lines=[line for line, _ in kept],
        rows=[row for _, row in kept],
        withheld=table.withheld + len(table.rows) - len(kept),
    )


def draft_rows(
    session: Session,
    data: bytes,
    options: Options,
    progress: Progress,
    *,
    crew: Crew = NOBODY,
) -> Drafted:
    """Return the drafts of a file with all problems noted; reads the directory, writes nothing.

    A ``crew`` checks rows of large files beside this process. Raises FileRefused where the file
    as a whole cannot be taken.
    """
    progress("reading", 0, 1)
    name, table, layout = inspect(data, options)
    _require_columns(layout)
    geography = Geography(session)
    setting = _setting(session, options, geography)
    is_guess = False
    if setting.country is None:
        likely = whereabouts.most_lie_in(table, layout, geography)
        is_guess = likely.is_sure and not whereabouts.names_countries(table, layout)
        country = likely.country if is_guess else None
        setting = replace(setting, country=country, likely_country=likely.country)
    by_line = _notes_by_line(table)
    about = About(layout, table.headers, setting)
    drafts: list[Draft] = []
    desk = Desk(session, {"checker": Checker(about, geography)})
    members = crew.hire(len(table.rows)) if about.is_by_row else ()
    work = checking.check_elsewhere if members else checking.check
    for checked in share(
        members, desk, work, checking.portions(table, by_line), about=about.for_travel()
    ):
        progress("checking", len(drafts), len(table.rows))
        drafts += checked
    progress("positions", len(drafts), len(drafts))
    lines = {draft.line for draft in drafts}
    notes = tuple(
        (line, issue) for line, issues in by_line.items() if line not in lines for issue in issues
    )  # fmt: skip
    notes += whole_file.settle_categories(drafts, layout)
    return Drafted(
        format=name, sheet=table.sheet, layout=layout, drafts=drafts, withheld=table.withheld,
        country=setting.country, country_is_guess=is_guess, notes=notes,
        tally=table.tally,
    )  # fmt: skip


def _require_columns(layout: Layout) -> None:
    """Refuse a file in which nothing can be the name of a service."""
    if layout.has("service_name") or (
        layout.has("kind") and layout.has("organization_name")
    ):
        return
    titles = [column.title for column in layout.columns] + list(layout.unused)
    raise FileRefused("columns_unknown", columns=", ".join(titles[:12]))


def _setting(session: Session, options: Options, geography: Geography) -> Setting:
    rows = session.execute(
        select(
            TaxonomyTerm.code, TaxonomyTerm.names, TaxonomyTerm.default_sensitivity,
            TaxonomyTerm.osm_tags,
        ).order_by(TaxonomyTerm.position, TaxonomyTerm.code)
    ).all()  # fmt: skip
    levels = {code: level for code, _, level, _ in rows}
    if options.term is not None and options.term not in levels:
        raise FileRefused("term_not_known", term=options.term)
    country = None
    if options.country is not None:
        country = geography.country(options.country)
        if country is None:
            raise FileRefused("country_not_known", country=options.country)
    return Setting(
        language=options.language,
        country=country,
        default_term=options.term,
        levels=levels,
        labels=kinds.labels({code: names for code, names, _, _ in rows}),
        tag_rules=osm.TagRules({code: tags for code, _, _, tags in rows if tags}),
        kind_words={normalise(word): code for word, code in options.kind_words.items()},
        propose=proposals.read_examples(session, options.kind_words).nearest,
        find_organization=_organization_finder(session, source_of(options)),
    )


def source_of(options: Options) -> str:
    """Return the name under which the file's ids are remembered: given, else the file's own name."""
    if options.source:
        return options.source
    name = options.filename.replace("\\", "/").rpartition("/")[2]
    return name.partition(".")[0][:100] or "import"


def _organization_finder(session: Session, source: str) -> Callable[[str], str | None]:
    def find(number: str) -> str | None:
        named = select(Organization.name).where(Organization.external_id == number)
        own = session.scalar(named.where(Organization.source == source).limit(1))
        if number.isdigit():
            return own  # Every source counts from 1: another's number is another organization.
        return own or session.scalar(named.order_by(Organization.id).limit(1))

    return find


def _notes_by_line(table: Table) -> dict[int, list[Issue]]:
    """What the reader noted, by line; line 0 is the file as a whole."""
    by_line: dict[int, list[Issue]] = defaultdict(list)
    for line, issue in table.notes:
        by_line[line].append(issue)
    return by_line
