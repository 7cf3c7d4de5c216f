"""Chooses the language in which a listing's text is shown: the reader's, else the original."""

from dataclasses import dataclass

from directory.listings.record import ListingRecord


@dataclass(frozen=True, slots=True)
class Text:
    """A text and the language it is written in; ``is_foreign``: not the reader's."""

    text: str
    language: str
    is_foreign: bool

    def __str__(self) -> str:
        """The words alone."""
        return self.text


def choose(record: ListingRecord, column: str, language: str) -> Text | None:
    """Return a column's text for a reader, or None where nothing is known."""
    translated = record.texts.get((column, language))
    if translated:
        return Text(translated, language, is_foreign=False)
    original = getattr(record, column)
    if not original:
        return None
    return Text(original, record.language, is_foreign=record.language != language)
