"""Lists that case forms offer: the languages that people speak, and those of a sheet."""

from functools import cache
from typing import Final

from babel import Locale
from flask import current_app

from directory.web.locale import OWN_NAMES
from directory.web.templating import by_name

SPOKEN: Final = (
    "ar", "en", "fr", "es", "am", "bn", "dar", "fa", "ff", "ha", "ku", "mn", "nl", "om", "ps",
    "pt", "rn", "rw", "so", "sq", "sw", "ta", "ti", "tr", "ur", "wo", "yo",
)  # fmt: skip


@cache
def languages(reader: str) -> list[tuple[str, str]]:
    """Languages that people who return often speak, by their name in the reader's language."""
    names = Locale.parse(reader).languages
    known = [(code, str(names.get(code, code))) for code in SPOKEN if code in names]
    return by_name(known)


def sheet_languages() -> list[tuple[str, str]]:
    """The languages in which a sheet can be printed, each by its own name."""
    return [(code, OWN_NAMES.get(code, code)) for code in current_app.config["LOCALES"]]
