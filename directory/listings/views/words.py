"""The filter ``in_words``: what a listing's field says, for people who compare or look back."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import orjson
from flask import Blueprint
from flask_babel import gettext

from directory.areas import queries as areas
from directory.listings.labels import VALUES
from directory.listings.record import DATE_FIELDS, LIST_FIELDS
from directory.taxonomy import queries as taxonomy
from directory.text import N_
from directory.web.locale import current_language
from directory.web.session import db
from directory.web.templating import country_name, joined, language_name, show_date

blueprint = Blueprint("listing_words", __name__)

LONGEST: Final = 400
NOTHING: Final = "–"
AREAS: Final = frozenset(
    {"area_code", "coverage_areas", "coverage_excluded_areas", "residence_areas"}
)
SHAPES: Final = frozenset({"coverage_geojson", "coverage_excluded_geojson"})
DAYS: Final = DATE_FIELDS | {"doubted_on"}
LANGUAGES: Final = frozenset({"languages", "language"})
COUNTRIES: Final = frozenset({"host_countries", "communities", "country"})
FLAGS: Final = frozenset({"cost_waiver", "is_demonstration"})
DRAWN: Final = N_("A drawn shape")


@blueprint.app_template_filter("in_words")
def in_words(value: Any, field: str) -> str:
    """A value, or its text in the change log, in the reader's words; a dash for nothing.

    ``field`` may name a language (``description:fr``); such texts stay as they are.
    """
    parts = [part for part in _parts(value, field) if part not in (None, "")]
    if not parts:
        return NOTHING
    if field in SHAPES:
        return str(gettext(DRAWN))
    words = joined(_names(parts, field))
    return words if len(words) <= LONGEST else f"{words[:LONGEST]} …"


def _parts(value: Any, field: str) -> Sequence[Any]:
    """The single values of a list, also of one that the change log holds as JSON."""
    if field in LIST_FIELDS and isinstance(value, str) and value.startswith("["):
        try:
            value = orjson.loads(value)
        except orjson.JSONDecodeError:
            return [value]
    return value if isinstance(value, list | tuple) else [value]


def _names(parts: Sequence[Any], field: str) -> list[str]:
    if field == "taxonomy_terms":
        found = taxonomy.term_names(db(), map(str, parts), current_language())
        return [found.get(str(part), str(part)) for part in parts]
    if field in AREAS:
        return _area_names([str(part) for part in parts])
    return [_name(part, field) for part in parts]


def _area_names(codes: Sequence[str]) -> list[str]:
    found = areas.areas_by_codes(db(), codes)
    keys = [area.id for area in found.values()]
    names = areas.names(db(), keys, current_language())
    return [names[found[code].id] if code in found else code for code in codes]


def _name(part: Any, field: str) -> str:
    text = str(part)
    if field in FLAGS and text in {"True", "False"}:
        return str(gettext("Yes") if text == "True" else gettext("No"))
    if text in VALUES.get(field, {}):
        return str(gettext(VALUES[field][text]))
    if field in LANGUAGES:
        return language_name(text)
    if field in COUNTRIES:
        return country_name(text)
    return _day(text) if field in DAYS else text


def _day(text: str) -> str:
    try:
        return show_date(date.fromisoformat(text))
    except ValueError:
        return text
