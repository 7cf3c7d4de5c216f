"""What every template may use: languages, dates, numbers, names of terms, places of the role."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

from babel.dates import get_datetime_format
from babel.lists import format_list
from flask import Flask, current_app, g, request, url_for
from flask_babel import (
    format_currency,
    format_date,
    format_decimal,
    format_time,
    get_locale,
    gettext,
    ngettext,
)
from flask_wtf.csrf import generate_csrf

from directory.authz import Action, Actor, may
from directory.models import Role
from directory.text import N_, normalise
from directory.web import clock
from directory.web.api import translated
from directory.web.identity import current_actor
from directory.web.locale import OWN_NAMES, current_language, direction


class NavPlace(NamedTuple):
    """One place of the quiet bar."""

    label: str
    url: str
    is_current: bool = False


_CASES: Sequence[NavPlace] = (
    NavPlace(N_("My cases"), "/cases"),
    NavPlace(N_("Referrals"), "/referrals"),
)
_STAFF: Sequence[NavPlace] = (
    *_CASES,
    NavPlace(N_("Arrivals"), "/arrivals"),
    NavPlace(N_("Directory"), "/services"),
    NavPlace(N_("Find a match"), "/match"),
)
# At most five each, as docs/look.md asks; what is opened less often is linked from these.
NAV: dict[Role, Sequence[NavPlace]] = {
    Role.VISITOR: (),
    Role.COUNSELLOR: _STAFF,
    Role.CASEWORKER: _STAFF,
    Role.SUPERVISOR: (
        *_CASES,
        NavPlace(N_("Directory"), "/services"),
        NavPlace(N_("Up to date?"), "/upkeep"),
        NavPlace(N_("Insights"), "/insights"),
    ),
    Role.AUTHORITY: (
        NavPlace(N_("Up to date?"), "/upkeep"),
        NavPlace(N_("To check"), "/proposals"),
        NavPlace(N_("Listings"), "/services"),
        NavPlace(N_("My area"), "/insights"),
    ),
    Role.PROVIDER: (
        NavPlace(N_("Inbox"), "/inbox"),
        NavPlace(N_("My listings"), "/services?mine=1"),
        NavPlace(N_("Up to date?"), "/upkeep"),
    ),
    Role.ADMIN: (
        NavPlace(N_("Directory"), "/services"),
        NavPlace(N_("Imports"), "/imports"),
        NavPlace(N_("Up to date?"), "/upkeep"),
        NavPlace(N_("Accounts"), "/admin/users"),
        NavPlace(N_("Insights"), "/insights"),
    ),
}
ROLE_NAMES: dict[Role, str] = {
    Role.VISITOR: N_("Visitor"),
    Role.COUNSELLOR: N_("Counsellor"),
    Role.CASEWORKER: N_("Caseworker"),
    Role.AUTHORITY: N_("Local authority"),
    Role.PROVIDER: N_("Provider"),
    Role.SUPERVISOR: N_("Supervisor"),
    Role.ADMIN: N_("Administrator"),
}


_ARABIC_SCRIPT = frozenset({"ar", "ckb", "fa", "ps", "ur"})
_ARABIC_MARKS = {",": "،", ";": "؛"}


def install(app: Flask) -> None:
    """Give the templates of ``app`` their words and filters."""
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.add_extension("jinja2.ext.do")
    app.jinja_env.globals.update(
        static_url=static_url, csrf_token=generate_csrf, mark=mark
    )
    app.jinja_env.filters.update(
        date=show_date,
        datetime=show_datetime,
        number=show_number,
        money=show_money,
        relative_days=relative_days,
        language_name=language_name,
        country_name=country_name,
        weekday=weekday,
        listed=listed,
        by_name=by_name,
        joined=joined,
        role_name=role_name,
    )
    # Macros are imported without context: what they need is a global.
    app.jinja_env.globals.update(static_url=static_url, initials=initials)
    app.context_processor(_context)


def _context() -> dict[str, Any]:
    language = current_language()
    actor = current_actor()
    return {
        "locale": language,
        "text_direction": direction(language),
        "languages": [
            (code, OWN_NAMES.get(code, code), _same_page_in(code))
            for code in _locales()
        ],
        "actor": actor,
        "account": actor if actor.is_signed_in else None,
        "nav_places": _nav_places(actor),
        "role_name": ROLE_NAMES[actor.role],
        "translated": translated,
        "may": lambda action, thing=None, **context: may(
            actor, Action(action), thing, **context
        ),
        "today": g.get("today") or clock.today(),
    }


def _nav_places(actor: Actor) -> Sequence[NavPlace]:
    return [
        NavPlace(
            gettext(place.label),
            place.url,
            f"{request.path}/".startswith(f"{place.url.partition('?')[0]}/"),
        )
        for place in NAV[actor.role]
    ]


def _locales() -> Sequence[str]:
    return tuple(current_app.config["LOCALES"])


def _same_page_in(code: str) -> str:
    """This page in another language; pages that came from a form go to the page's own address."""
    arguments = [
        (key, value) for key, value in request.args.items(multi=True) if key != "lang"
    ]
    return f"{request.path}?{urlencode([*arguments, ('lang', code)])}"


def static_url(name: str) -> str:
    """The address of a file of ``static/``, changed whenever the file is."""
    # A list names the sprite of icons a hundred times: the file is asked once in a request.
    known: dict[str, str] = g.setdefault("static_urls", {})
    if name not in known:
        path = Path(current_app.static_folder or "static") / name
        stamp = int(path.stat().st_mtime) if path.exists() else 0
        known[name] = url_for("static", filename=name, v=format(stamp, "x"))
    return known[name]


def show_date(value: date | None) -> str:
    """A date in words: 23 November 2026."""
    if value is None:
        return ""
    locale = get_locale()
    pattern = "long" if locale is None or locale.language != "en" else "d MMMM y"
    return str(format_date(value, pattern))


def show_datetime(value: datetime | None) -> str:
    """A date and time, to the minute."""
    if value is None:
        return ""
    both = str(get_datetime_format("medium", get_locale() or "en"))
    time = str(format_time(value, "short"))
    return both.replace("{1}", show_date(value)).replace("{0}", time)


def show_number(value: float | None) -> str:
    """A number with the reader's separators."""
    return "" if value is None else str(format_decimal(value))


def show_money(value: float | None, currency: str) -> str:
    """An amount in a currency (ISO 4217), as the reader's language writes it."""
    return "" if value is None else str(format_currency(value, currency))


def relative_days(value: date | datetime | None, today: date | None = None) -> str:
    """How many days ago or ahead, in words."""
    if value is None:
        return ""
    day = value.date() if isinstance(value, datetime) else value
    days = ((today or clock.today()) - day).days
    if days == 0:
        return str(gettext("today"))
    if days > 0:
        return str(ngettext("%(num)s day ago", "%(num)s days ago", days))
    return str(ngettext("in %(num)s day", "in %(num)s days", -days))


def initials(actor: Actor) -> str:
    """Two letters for the account menu."""
    words = (actor.name or actor.email or "?").replace("@", " ").split()
    return "".join(word[0] for word in words[:2]).upper()


def language_name(code: str) -> str:
    """A language by its ISO code, in the reader's language; the code where it has no name."""
    locale = get_locale()
    return str(locale.languages.get(code, code)) if locale else code


def country_name(code: str | None) -> str:
    """A country by its ISO code, in the reader's language."""
    locale = get_locale()
    return str(locale.territories.get(code, code)) if locale and code else code or ""


def weekday(value: date) -> str:
    """The name of a date's day of the week."""
    return str(format_date(value, "EEEE"))


def role_name(code: str | None) -> str:
    """A role in the reader's language; empty for none."""
    return str(gettext(ROLE_NAMES[Role(code)])) if code in set(Role) else code or ""


def mark(sign: str) -> str:
    """A comma or semicolon with its space, as the reader's script writes it: «، » in Arabic."""
    locale = get_locale()
    is_arabic = locale is not None and locale.language in _ARABIC_SCRIPT
    return f"{_ARABIC_MARKS[sign] if is_arabic else sign} "


def joined(words: Iterable[str], sign: str = ",") -> str:
    """Words one after the other with no "and": parts of an address, a list of coded words."""
    return mark(sign).join(map(str, words))


def by_name(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Pairs of a code and a name in the order of the names, accents left aside: Bénin before Burundi."""
    return sorted(pairs, key=lambda pair: normalise(pair[1]))


def listed(words: Iterable[str]) -> str:
    """Join words as a list is written in the reader's language: «أ، ب وج» in Arabic."""
    return format_list(list(words), locale=get_locale() or "en")
