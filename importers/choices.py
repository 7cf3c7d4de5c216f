"""What a person can choose from: countries, categories, remembered mappings, the file's columns."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from babel import Locale
from sqlalchemy.orm import Session

from directory.areas import queries as areas
from directory.taxonomy import queries as taxonomy
from directory.text import normalise
from importers import categories, cells, drafting, kinds, proposals, queries, registry
from importers.columns import LANGUAGES, Column, Layout
from importers.drafting import Options

_SAMPLES: Final = 3
_WORDS: Final = 200

Option = tuple[str, str]
Grouped = list[tuple[str, list[Option]]]


@dataclass(frozen=True, slots=True)
class UploadChoices:
    """What the upload form offers."""

    countries: list[Option]
    terms: Grouped
    languages: list[Option]
    mappings: list[Option]
    suffixes: str
    """Endings of the files that can be read, as a file field takes them."""


@dataclass(frozen=True, slots=True)
class FileColumn:
    """A column of the file: its title, some of its cells, and the field it is taken for."""

    title: str
    samples: Sequence[str]
    field: str


@dataclass(frozen=True, slots=True)
class KindWord:
    """A word of the column of kinds, how often it stands there, and the category it is taken for.

    ``is_proposal``: nobody has said so; the category is that of the most similar word we know.
    """

    word: str
    times: int
    term: str
    is_proposal: bool = False


@dataclass(frozen=True, slots=True)
class FileChoices:
    """The columns of a file, and the words of its kinds."""

    columns: Sequence[FileColumn]
    words: Sequence[KindWord]
    terms: Grouped
    mapping_names: Sequence[str]


def upload_choices(session: Session, language: str) -> UploadChoices:
    """Return what the upload form offers, in the reader's language."""
    countries = areas.countries(session)
    names = areas.names(session, [country.id for country in countries], language)
    options = sorted(
        ((c.code, names.get(c.id, c.name)) for c in countries),
        key=lambda option: normalise(option[1]),
    )
    own_names = Locale.parse(language).languages
    return UploadChoices(
        countries=options,
        terms=terms_of(session, language),
        languages=sorted(
            ((c, own_names.get(c, c)) for c in LANGUAGES), key=lambda o: o[1]
        ),
        mappings=[(name, name) for name in queries.list_mappings(session)],
        suffixes=registry.suffixes(),
    )


def terms_of(session: Session, language: str) -> Grouped:
    """Return the categories with their leaves, for a grouped select."""
    return [
        (
            category.term.label(language),
            [(category.term.code, category.term.label(language))]
            + [(leaf.code, leaf.label(language)) for leaf in category.leaves],
        )
        for category in taxonomy.categories(session)
    ]


def with_mapping(session: Session, options: Options, name: str | None) -> Options:
    """Return options with a remembered mapping, where one was chosen."""
    found = queries.get_mapping(session, name) if name else None
    if found is None:
        return options
    return replace(
        options, columns=found.columns, kind_words=found.values.get("kinds", {})
    )


def read_columns(
    session: Session, data: bytes, options: Options, language: str
) -> FileChoices:
    """Return the columns of a file with samples; raises FileRefused where it cannot be read."""
    _format, table, layout = drafting.inspect(data, options)
    by_index = {column.index: column for column in layout.columns}
    columns = [
        FileColumn(
            title=title,
            samples=_samples(table.rows, index),
            field=_field(by_index.get(index)),
        )
        for index, title in enumerate(table.headers)
        if title.strip()
    ]
    return FileChoices(
        columns=columns,
        words=_words(session, table.rows, layout, options.kind_words),
        terms=terms_of(session, language),
        mapping_names=queries.list_mappings(session),
    )


def _samples(rows: Sequence[Sequence[str]], index: int) -> list[str]:
    found: dict[str, None] = {}
    for row in rows[:200]:
        if text := cells.without_controls(cells.clean(row[index])):
            found[text[:60]] = None
        if len(found) == _SAMPLES:
            break
    return list(found)


def _field(column: Column | None) -> str:
    if column is None:
        return ""
    return f"{column.field}:{column.language}" if column.language else column.field


def _words(
    session: Session,
    rows: Sequence[Sequence[str]],
    layout: Layout,
    chosen: Mapping[str, str],
) -> list[KindWord]:
    """Return the words of the column of kinds, those that nobody understands first."""
    column = next((c for c in layout.columns if c.field == "kind"), None)
    if column is None:
        return []
    times = Counter(
        word
        for row in rows
        for word in categories.split_kinds(cells.clean(row[column.index]))
    )
    examples = proposals.read_examples(session, chosen)
    words = []
    for word, number in times.most_common(_WORDS):
        term = chosen.get(word, kinds.term_of(word))
        proposed = examples.nearest(word) if term is None else None
        words.append(KindWord(word, number, term or proposed or "", bool(proposed)))
    return sorted(
        words, key=lambda one: (bool(one.term and not one.is_proposal), -one.times)
    )
