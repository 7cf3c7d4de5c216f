"""The reader's language: how it is chosen, remembered, and which way it is written."""

from typing import Final

from flask import Flask, current_app, g, request, session
from flask_babel import Babel, get_locale

from directory.config import ROOT, Config, SettingError

OWN_NAMES: Final = {"en": "English", "fr": "Français", "es": "Español", "ar": "العربية"}
RIGHT_TO_LEFT: Final = frozenset({"ar", "fa", "he", "ur"})


def install(app: Flask, config: Config) -> None:
    """Set the languages up; raises SettingError for a configured one that has no catalogue."""
    for locale in config.locales:
        if (
            locale != "en"
            and not (ROOT / "translations" / locale / "LC_MESSAGES").is_dir()
        ):
            raise SettingError(
                f"LOCALES names {locale!r}, but translations/{locale} is not there."
            )
    app.config.update(
        BABEL_DEFAULT_LOCALE=config.default_locale,
        BABEL_TRANSLATION_DIRECTORIES=str(ROOT / "translations"),
        LOCALES=config.locales,
    )
    Babel(app, locale_selector=_choose)
    app.before_request(_remember)


def _remember() -> None:
    """Keep ``?lang=`` for the pages that follow."""
    asked = request.args.get("lang", "")
    if asked in current_app.config["LOCALES"] and session.get("lang") != asked:
        session["lang"] = asked


def _choose() -> str:
    """?lang=, then what was chosen before, then the account's, then the browser's, then the default."""
    locales = current_app.config["LOCALES"]
    actor = g.get("actor")
    for candidate in (
        request.args.get("lang"),
        session.get("lang"),
        actor and actor.locale,
    ):
        if candidate in locales:
            return str(candidate)
    best = request.accept_languages.best_match(locales)
    return best or str(current_app.config["BABEL_DEFAULT_LOCALE"])


def current_language() -> str:
    """The code of the language of this response."""
    locale = get_locale()
    return str(locale.language) if locale else "en"


def direction(language: str) -> str:
    """``rtl`` or ``ltr``."""
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"
