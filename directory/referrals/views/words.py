"""Template filters for coded words: ``label``, ``label_options``, ``state_now``, ``weekday``, ``country_name``, ``language_name``."""

from datetime import date, datetime

from babel import Locale
from flask import Blueprint
from flask_babel import format_date, gettext
from jinja2 import pass_context
from jinja2.runtime import Context

from directory.models import Referral
from directory.referrals import clocks, labels
from directory.referrals.states import State
from directory.web.locale import current_language

blueprint = Blueprint("words", __name__)


@blueprint.app_template_filter("label")
def label(code: str | None, list_name: str) -> str:
    """A coded word in the reader's language; empty for none."""
    return gettext(labels.message_of(code, list_name)) if code else ""


@blueprint.app_template_filter("label_options")
@pass_context
def label_options(_: Context, list_name: str) -> list[tuple[str, str]]:
    """A whole list as pairs of code and word, for a field to choose from.

    Asking for the context keeps Jinja from working out ``"sex"|label_options`` once, in the first reader's language.
    """
    return [
        (str(code), gettext(text)) for code, text in labels.LISTS[list_name].items()
    ]


@blueprint.app_template_filter("state_now")
def state_now(referral: Referral, now: datetime) -> State:
    """The state of a referral as of now."""
    return clocks.state_now(referral, now=now)


@blueprint.app_template_filter("weekday")
def weekday(day: date, width: str = "EEEE") -> str:
    """The name of a day of the week, whole or (``EEE``) short."""
    return str(format_date(day, width))


@blueprint.app_template_filter("country_name")
def country_name(code: str | None) -> str:
    """A country's name in the reader's language; empty for none."""
    names = Locale.parse(current_language()).territories
    return str(names.get(code, code)) if code else ""


@blueprint.app_template_filter("language_name")
def language_name(code: str) -> str:
    """A language's name in the reader's language."""
    return str(Locale.parse(current_language()).languages.get(code, code))
