"""A referral put into the words of the reader: facts disclosed, moves offered, headers of secret pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel import Locale
from flask import Response, make_response
from flask_babel import gettext

from directory.areas import queries as areas
from directory.cases import consents
from directory.cases import queries as cases
from directory.referrals import disclosure, lifecycle
from directory.referrals.lifecycle import Party, Transition
from directory.referrals.queries import Whole
from directory.referrals.states import State
from directory.web.locale import current_language
from directory.web.session import db
from directory.web.templating import joined, show_date


@dataclass(frozen=True, slots=True)
class Fact:
    """One line that the provider reads; ``text`` is ``None`` where nobody knows."""

    label: str
    text: str | None


def facts_for_provider(whole: Whole, state: State) -> list[Fact]:
    """What the provider may read now, in the reader's language."""
    items = disclosure.items_now(whole.referral.disclosed, state)
    language, session = current_language(), db()
    case, term = whole.case, whole.referral.term
    area = None
    if case.area_id is not None:
        area = areas.names(session, [case.area_id], language).get(case.area_id)
    values = disclosure.values(
        items,
        case=case,
        need=whole.need,
        area=area,
        term=cases.term_names(session, [term], language=language).get(term, term),
    )
    return [
        Fact(gettext(consents.DATA_ITEMS[item]), _in_words(item, value, language))
        for item, value in values.items()
    ]


def later_labels(whole: Whole, state: State) -> list[str]:
    """What the provider will read once it has accepted."""
    items = disclosure.later_items(whole.referral.disclosed, state)
    return [gettext(consents.DATA_ITEMS[item]) for item in items]


def _in_words(
    item: str, value: str | date | list[str] | None, language: str
) -> str | None:
    if value is None or value == []:
        return None
    if isinstance(value, date):
        return show_date(value)
    known = disclosure.CODED_ITEMS.get(item, {})
    words = value if isinstance(value, list) else [value]
    if item == "languages":
        names: Mapping[str, Any] = Locale.parse(language).languages
        return joined(names.get(code, code) for code in words)
    return joined(gettext(known[word]) if word in known else word for word in words)


def steps(
    state: State, party: Party, *, as_proxy: bool = False
) -> Sequence[Transition]:
    """The moves to offer; those that begin on another page (a new referral) are links there."""
    elsewhere = {"redirect", "refer_again", "send"}
    offered = lifecycle.allowed(state, party, as_proxy=as_proxy)
    return [row for row in offered if row.move not in elsewhere]


def secret_page(body: str, status: int = 200) -> Response:
    """A page whose address is its key: never indexed, never named to other sites, never kept."""
    response = make_response(body, status)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response
