"""What a person chose in the upload and in the mapping of columns, as options of an import."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from werkzeug.datastructures import FileStorage, ImmutableMultiDict

from directory.errors import Invalid
from directory.text import N_
from importers.columns import LANGUAGES
from importers.drafting import Options
from importers.labels import FIELDS
from importers.refusals import FileRefused

_LONGEST_NAME: Final = 80

Form = ImmutableMultiDict[str, str]


@dataclass(frozen=True, slots=True)
class Upload:
    """A file and what was said about it."""

    data: bytes
    options: Options


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """Which title is which field, which word is which category, and a name to remember it by."""

    columns: Mapping[str, str]
    kind_words: Mapping[str, str]
    name: str


def upload_of(
    form: Form, file: FileStorage | None, *, language: str, max_bytes: int
) -> Upload:
    """Return the upload of a form; raises Invalid without a file, FileRefused for an empty one."""
    if file is None or not file.filename:
        message = N_("Choose a file.")
        raise Invalid(message, fields={"file": message})
    data = file.stream.read(max_bytes + 1)
    if not data:
        raise FileRefused("empty_file")
    options = Options(
        filename=file.filename[-200:],
        language=_language(form.get("lang"), language),
        country=form.get("country", "").strip().upper() or None,
        term=form.get("term", "").strip() or None,
        source=form.get("source", "").strip()[:_LONGEST_NAME]
        or form.get("mapping")
        or None,
        max_bytes=max_bytes,
    )
    return Upload(data, options)


def columns_of(form: Form) -> ColumnChoice:
    """Return the choice of columns; raises Invalid when no column is the name of a service."""
    columns: dict[str, str] = {}
    for key, title in form.items():
        if not key.startswith("title-"):
            continue
        number = key.removeprefix("title-")
        field, _, suffix = form.get(f"field-{number}", "").partition(":")
        if field and field not in FIELDS:
            continue
        columns[title] = f"{field}:{suffix}" if suffix in LANGUAGES else field
    kind_words = {
        word: form.get(f"term-{key.removeprefix('word-')}", "")
        for key, word in form.items()
        if key.startswith("word-")
        and form.get(f"term-{key.removeprefix('word-')}") is not None
    }
    kind_words = {
        word: "" if term == "-" else term for word, term in kind_words.items() if term
    }
    if not {"service_name", "kind"} & {
        one.partition(":")[0] for one in columns.values()
    }:
        message = N_("Say which column holds the name of the service.")
        raise Invalid(message, fields={"field-0": message})
    return ColumnChoice(
        columns, kind_words, form.get("remember", "").strip()[:_LONGEST_NAME]
    )


def _language(text: str | None, default: str) -> str:
    return text if text and text in LANGUAGES else default
