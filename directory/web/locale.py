"""The reader's language: how it is chosen, remembered, and which way it is written."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from flask import Flask, current_app, g, request, session
from flask_babel import Babel, get_locale

from directory.config import ROOT, Config, SettingError

View = TypeVar("View", bound=Callable[..., Any])
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


def own_language(view: View) -> View:
    """A view whose ``?lang=`` is about what it shows, not about the language of the site."""
    view.has_own_language = True  # type: ignore[attr-defined]  # read by ``_asked``
    return view


def _asked() -> str:
    view = current_app.view_functions.get(request.endpoint or "")
    return (
        "" if getattr(view, "has_own_language", False) else request.args.get("lang", "")
    )


def _remember() -> None:
    """Keep ``?lang=`` for the pages that follow."""
    asked = _asked()
    if asked in current_app.config["LOCALES"] and session.get("lang") != asked:
        session["lang"] = asked


def _choose() -> str:
    """?lang=, then what was chosen before, then the account's, then the browser's, then the default."""
    locales = current_app.config["LOCALES"]
    actor = g.get("actor")
    for candidate in (
        _asked(),
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
