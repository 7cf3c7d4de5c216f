"""Chooses the language in which a listing's text is shown: the reader's, else the original."""

from collections.abc import Mapping
from dataclasses import dataclass

from directory.listings.record import NO_TEXTS, ListingRecord


@dataclass(frozen=True, slots=True)
class Text:
    """A text and the language it is written in; ``is_foreign``: not the reader's.

    ``original`` is set where the text is a translation that may not say the same: one made by a
    machine, or one whose original has changed since (``state``).
    """

    text: str
    language: str
    is_foreign: bool
    state: str = ""
    original: str = ""
    original_language: str = ""

    def __str__(self) -> str:
        """The words alone."""
        return self.text


def choose(
    record: ListingRecord,
    column: str,
    language: str,
    states: Mapping[tuple[str, str], str] = NO_TEXTS,
) -> Text | None:
    """Return a column's text for a reader, or None where nothing is known.

    ``states``: of the translations, by column and language (``translations.read_states``).
    """
    return pick(
        getattr(record, column),
        record.language,
        record.texts.get((column, language)),
        language,
        states.get((column, language), "human"),
    )


def pick(
    original: str | None,
    written_in: str,
    translated: str | None,
    language: str,
    state: str = "human",
) -> Text | None:
    """Return a text for a reader of ``language``: its translation there, else the original."""
    if translated:
        if state == "human" or not original:
            return Text(translated, language, is_foreign=False, state=state)
        return Text(
            translated,
            language,
            is_foreign=False,
            state=state,
            original=original,
            original_language=written_in,
        )
    if not original:
        return None
    return Text(original, written_in, is_foreign=written_in != language)
