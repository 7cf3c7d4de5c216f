"""Sentences of the core in the reader's language, with numbers, dates and names as written there."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from babel.lists import format_list
from flask_babel import format_decimal, get_locale, gettext

from directory.text import CountryCodes, Labels, LanguageCodes
from directory.web.templating import show_date


def say(message: str, values: Mapping[str, Any] | None = None) -> str:
    """Translate a message id of the core and fill in its values."""
    if not message:
        return ""
    filled = {key: written(value) for key, value in (values or {}).items()}
    return str(gettext(message) % filled)


class Speaker:
    """Says sentences of one response, remembering those it has said: most reasons come often."""

    def __init__(self) -> None:
        self._said: dict[Any, str] = {}

    def say(self, message: str, values: Mapping[str, Any]) -> str:
        """As ``say``; the values must be hashable."""
        key = (message, *values.values())
        found = self._said.get(key)
        if found is None:
            found = self._said[key] = say(message, values)
        return found


def written(value: Any) -> str:
    """Write one value as people here write it."""
    locale = get_locale()
    if isinstance(value, Labels):
        return listed(gettext(each) if each else each for each in value.messages)
    if isinstance(value, LanguageCodes):
        return listed(locale.languages.get(code, code) for code in value.codes)
    if isinstance(value, CountryCodes):
        return listed(locale.territories.get(code, code) for code in value.codes)
    if isinstance(value, date):
        return show_date(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(format_decimal(value))
    return str(value)


def listed(words: Any) -> str:
    """Join words as a list is written in the reader's language."""
    return format_list(list(words), locale=get_locale() or "en")
