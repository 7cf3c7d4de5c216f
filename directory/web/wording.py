"""Sentences of the core in the reader's language, with numbers, dates and names as written there."""

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from babel import Locale
from babel.lists import format_list
from babel.numbers import format_decimal
from flask_babel import get_domain, get_locale

from directory.text import CountryCodes, Labels, LanguageCodes, Names
from directory.web.templating import show_date

_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


class Speaker:
    """Says the sentences of one response in the reader's language.

    It looks the language up once and remembers what it has said: most reasons come often.
    """

    def __init__(self) -> None:
        self._locale = get_locale() or Locale("en")
        self._translate: Callable[[str], str] = get_domain().get_translations().ugettext
        self._said: dict[Any, str] = {}

    def say(self, message: str, values: Mapping[str, Any] = _NOTHING) -> str:
        """Translate a message id of the core and fill in its values, which must be hashable."""
        key = (message, *values.values()) if values else message
        found = self._said.get(key)
        if found is None:
            text = self._translate(message) if message else ""
            filled = {name: self.written(value) for name, value in values.items()}
            found = self._said[key] = text % filled if filled else text
        return found

    def written(self, value: Any) -> str:
        """Write one value as people here write it."""
        words = self._words(value)
        if words is not None:
            return format_list(words, locale=self._locale)
        if isinstance(value, date):
            return show_date(value)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return format_decimal(value, locale=self._locale)
        return str(value)

    def _words(self, value: Any) -> list[str] | None:
        """The words of a value that is a list; None for any other."""
        locale = self._locale
        match value:
            case Labels():
                return list(map(self._translate, filter(None, value.messages)))
            case Names():
                return list(value.names)
            case LanguageCodes():
                return [str(locale.languages.get(code, code)) for code in value.codes]
            case CountryCodes():
                return [str(locale.territories.get(code, code)) for code in value.codes]
            case _:
                return None


def say(message: str, values: Mapping[str, Any] = _NOTHING) -> str:
    """As ``Speaker.say``, for a single sentence."""
    return Speaker().say(message, values)
