"""The directory's list: search, filters with counts, cards, help where nothing is found."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any, Final
from urllib.parse import urlencode

from flask import Blueprint, current_app, render_template, request
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from directory import authz
from directory.areas import queries as areas
from directory.areas.forms import read_place
from directory.countries import queries as countries
from directory.errors import Invalid, NotFound
from directory.listings import exporting, extracts
from directory.listings import queries as listings
from directory.listings.filters import Filters, Sort
from directory.search import cards, forms, queries
from directory.taxonomy import codes
from directory.text import N_
from directory.web import clock
from directory.web.identity import current_actor, public
from directory.web.locale import current_language
from directory.web.pagination import Page, page_number
from directory.web.session import db

blueprint = Blueprint("search", __name__)

PAGE_SIZE: Final = 20
VISITOR_LIMIT: Final = 10_000
STAFF_LIMIT: Final = 200_000
"""So many listings in one download; the whole directory is `flask listings export`."""
WITH_COMMUNITIES: Final = frozenset({"community", "information"})
"""Categories of associations and of consulates, which serve people from somewhere."""
PIECE: Final = 64 * 1024


class TooMany(Invalid):
    """More listings than one download may hold."""

    code = "export_too_large"
    message = N_("This list has %(count)s services; a download holds %(limit)s.")
    remedy = N_("Choose a country, an area or a category first.")


@blueprint.get("/services")
@public
def index() -> Any:
    """Show the listings that fit what the address asks."""
    number, language = page_number(), current_language()
    reader = queries.Reader(current_actor(), clock.today())
    answer = forms.answer(
        request.args, reader=reader, start=(number - 1) * PAGE_SIZE, limit=PAGE_SIZE
    )
    filters, found = answer.filters, answer.found
    query = partial(_query, answer.arguments)
    shown = cards.make_cards(
        db(), found.offers, language=language, now=clock.now(), near=filters.near
    )
    return render_template(
        "search/index.html",
        answer=answer,
        place=answer.place,
        filters=filters,
        page=Page(shown, found.total, number, PAGE_SIZE),
        found=found,
        facets=found.facets,
        categories=countries.categories(db(), _country(filters)),
        countries=queries.list_countries(db(), reader=reader),
        communities=_communities(filters),
        area_name=_area_name(filters.area, language),
        active=_active(answer.arguments),
        url_for_page=lambda number: f"/services?{query(page=str(number))}",
        map_url=f"/maps/services?{query(page=None)}",
        export_urls=[
            (name, f"/services/export?{query(page=None, sort=None, format=name)}")
            for name in exporting.WRITERS
        ],
        export_labels=exporting.LABELS,
        without=lambda name: f"/services?{query(**_away(name), page=None)}",
        instead=lambda text: f"/services?{query(q=text, page=None)}",
        as_words=f"/services?{_query(request.args, as_words='1', page=None)}",
        heading=_heading(found.total),
        codes=codes,
        sorts=_sorts(filters),
        office_phone=current_app.extensions["homeward"].office_phone,
    )


@blueprint.get("/services/export")
@public
def export() -> Response:
    """Return the listings that fit the same filters as a file: public ones, for staff L1 too.

    ``changed_since=2026-01-31``: those edited from that day on.
    """
    kind = request.args.get("format", "csv")
    if kind not in exporting.WRITERS:
        raise NotFound
    actor = current_actor()
    filters = forms.filters_of(request.args)
    place = read_place(request.args, "place", country=filters.country)
    filters = forms.placed(filters, place.place)
    hits = queries.search_text(db(), forms.engine(), filters, actor=actor)
    conditions = queries.conditions(
        db(), filters, hits, actor=actor, today=clock.today()
    )
    extract = extracts.prepare(
        db(),
        with_staff_level=authz.sees_staff_level(actor),
        changed_since=forms.day_of(request.args.get("changed_since")),
        conditions=conditions,
    )
    limit = STAFF_LIMIT if actor.is_signed_in else VISITOR_LIMIT
    if (count := extracts.count(db(), extract)) > limit:
        raise TooMany(values={"count": count, "limit": limit})
    return _file(extract, kind)


def _file(extract: extracts.Extract, kind: str) -> Response:
    """Write the file aside, so that it is sent in pieces and never held whole."""
    folder = Path(mkdtemp())
    path = folder / "services"
    try:
        exporting.WRITERS[kind](db(), extract, path)
    except BaseException:
        _forget(folder)
        raise
    name = f"services-{clock.today()}.{exporting.SUFFIXES.get(kind, kind)}"
    response = Response(_pieces(path), mimetype=exporting.TYPES[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Content-Length"] = str(path.stat().st_size)
    response.headers["Cache-Control"] = "no-store"
    response.call_on_close(lambda: _forget(folder))
    return response


def _pieces(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as stream:
            while piece := stream.read(PIECE):
                yield piece
    finally:
        _forget(path.parent)


def _forget(folder: Path) -> None:
    rmtree(folder, ignore_errors=True)


def _area_name(code: str | None, language: str) -> str | None:
    area = areas.area_by_code(db(), code) if code else None
    return areas.names(db(), [area.id], language)[area.id] if area else None


def _country(filters: Filters) -> str | None:
    """The country that the list is about, if it is one."""
    if filters.country or not filters.area:
        return filters.country
    area = areas.area_by_code(db(), filters.area)
    return area.country if area else None


def _communities(filters: Filters) -> list[str]:
    """The communities to choose from, where the list is about what has them."""
    category = (filters.term or "").partition(".")[0]
    if not filters.community and category not in WITH_COMMUNITIES:
        return []
    found = listings.list_communities(db(), category, actor=current_actor())
    asked = [filters.community] if filters.community else []
    return sorted({*found, *asked})


def _active(arguments: forms.Arguments) -> list[str]:
    """The names of the filters that are set, in the order of the form."""
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
    more = ("status", "freshness", "open_to", "community", "open_now", "mine")
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


def _away(name: str) -> dict[str, None]:
    """The arguments that go with a filter when it is taken away."""
    parts = ("place_token", "place_picked") if name == "place" else ()
    return dict.fromkeys((name, *parts))


def _query(arguments: forms.Arguments, /, **changed: str | None) -> str:
    """Arguments of an address with some changed or left out."""
    kept = [
        (name, value)
        for name, value in arguments.items(multi=True)
        if value and name not in {*changed, "lang"}
    ]
    return urlencode(
        [*kept, *((name, value) for name, value in changed.items() if value)]
    )
