"""The directory's list: search, filters with counts, cards, help where nothing is found."""

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlencode

from flask import Blueprint, current_app, render_template, request
from flask_babel import gettext, ngettext

from directory.areas import queries as areas
from directory.areas.forms import read_place
from directory.listings.filters import Filters, Sort
from directory.search import cards, forms, queries
from directory.taxonomy import codes
from directory.taxonomy import queries as taxonomy
from directory.web import clock
from directory.web.identity import current_actor, public
from directory.web.locale import current_language
from directory.web.pagination import Page, page_number
from directory.web.session import db

blueprint = Blueprint("search", __name__)

PAGE_SIZE: Final = 20


@blueprint.get("/services")
@public
def index() -> Any:
    """Show the listings that fit what the address asks."""
    filters, number = forms.filters_of(request.args), page_number()
    place = read_place(request.args, "place", country=filters.country)
    filters = forms.placed(filters, place.place)
    reader = queries.Reader(current_actor(), clock.today())
    language = current_language()
    found = queries.find(
        db(),
        forms.engine(),
        filters,
        reader=reader,
        start=(number - 1) * PAGE_SIZE,
        limit=PAGE_SIZE,
    )
    shown = cards.make_cards(
        db(), found.offers, language=language, now=clock.now(), near=filters.near
    )
    return render_template(
        "search/index.html",
        place=place,
        filters=filters,
        page=Page(shown, found.total, number, PAGE_SIZE),
        found=found,
        facets=found.facets,
        categories=taxonomy.categories(db()),
        countries=queries.list_countries(db(), reader=reader),
        area_name=_area_name(filters.area, language),
        active=_active(),
        url_for_page=_page_address,
        map_url=f"/maps/services?{_query(page=None)}",
        without=lambda name: f"/services?{_query(**{name: None, 'page': None})}",
        instead=lambda text: f"/services?{_query(q=text, page=None)}",
        heading=_heading(found.total),
        codes=codes,
        sorts=_sorts(filters),
        office_phone=current_app.extensions["homeward"].office_phone,
    )


def _area_name(code: str | None, language: str) -> str | None:
    area = areas.area_by_code(db(), code) if code else None
    return areas.names(db(), [area.id], language)[area.id] if area else None


def _active() -> list[str]:
    """The names of the filters that are set, in the order of the form."""
    arguments = request.args
    names = (
        "q",
        "term",
        "place",
        "area",
        "lat",
        "covers",
        "country",
        "language",
        "cost",
    )
    more = ("status", "freshness", "open_to", "mine")
    return [name for name in (*names, *more) if arguments.get(name)]


def _heading(total: int) -> str:
    if not total:
        return str(gettext("No service found"))
    return str(ngettext("%(num)s service", "%(num)s services", total))


def _sorts(filters: Filters) -> list[tuple[str, str]]:
    offered: list[tuple[Sort, Callable[[], str]]] = [
        (Sort.NAME, lambda: gettext("Name")),
        (Sort.VERIFIED, lambda: gettext("Last verified")),
    ]
    if filters.near is not None:
        offered.insert(0, (Sort.DISTANCE, lambda: gettext("Distance")))
    if filters.q:
        offered.insert(0, (Sort.RELEVANCE, lambda: gettext("Best match")))
    return [(sort.value, label()) for sort, label in offered]


def _page_address(number: int) -> str:
    return f"/services?{_query(page=str(number))}"


def _query(**changed: str | None) -> str:
    """The address's own arguments with some changed or left out."""
    kept = [
        (name, value)
        for name, value in request.args.items(multi=True)
        if value and name not in {*changed, "lang"}
    ]
    return urlencode(
        [*kept, *((name, value) for name, value in changed.items() if value)]
    )
