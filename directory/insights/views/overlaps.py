"""The page of overlaps and of what ends, and the file of overlaps."""

import uuid
from typing import Final

from flask import Blueprint, render_template, request
from flask_babel import format_date
from werkzeug.wrappers import Response

from directory import authz
from directory.areas.queries import AreaRow
from directory.authz import Action
from directory.insights import endings, gaps, ground, overlaps
from directory.insights.ground import Ground
from directory.insights.views import asking
from directory.models import Role
from directory.web import clock
from directory.web.identity import current_actor, roles
from directory.web.locale import current_language
from directory.web.pagination import Page, page_number, page_url
from directory.web.session import db

blueprint = Blueprint("overlaps", __name__, url_prefix="/insights")

READERS: Final = (Role.SUPERVISOR, Role.ADMIN, Role.AUTHORITY)
PAGE_SIZE: Final = 25
MOST_NAMED: Final = 10
"""How many providers of an overlap, and services of each, are named on the page; the file names all."""


@blueprint.get("/overlaps")
@roles(*READERS)
def show() -> str:
    """Show which kinds of service several providers offer in one area, and what ends when."""
    countries, country, seen = _asked()
    found, number = overlaps.find(db(), seen), page_number()
    shown = found[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    language, today = current_language(), clock.today()
    return render_template(
        "insights/overlaps.html",
        countries=[(one.code, name) for one, name in asking.named(countries)],
        country=country,
        area=request.args.get("area", ""),
        choices=[(one.code, name) for one, name in asking.named(seen.choices)],
        names=_names(seen),
        language=language,
        page=Page(shown, len(found), number, PAGE_SIZE),
        page_url=page_url,
        providers=overlaps.providers(db(), shown),
        endings=endings.find(db(), seen, actor=current_actor(), today=today),
        last_month=endings.last_month(today),
        sees_agreements=authz.may(current_actor(), Action.SEE_AGREEMENTS),
        most=MOST_NAMED,
        month_name=lambda day: format_date(day, "LLLL y"),
    )


@blueprint.get("/overlaps.csv")
@roles(*READERS)
def file() -> Response:
    """Return the whole table of overlaps as a file."""
    _, country, seen = _asked()
    rows = overlaps.rows(
        db(),
        overlaps.find(db(), seen),
        language=current_language(),
        names=_names(seen),
    )
    return asking.file(rows, f"overlaps-{country.code}.csv")


def _asked() -> tuple[list[AreaRow], AreaRow, Ground]:
    """The countries to choose from, the one asked for, and its areas; raises NotFound."""
    actor, today = current_actor(), clock.today()
    countries = gaps.countries(db(), actor=actor, today=today)
    country = asking.country(countries)
    seen = ground.survey(
        db(),
        actor=actor,
        country=country.code,
        area=request.args.get("area") or None,
        today=today,
    )
    return countries, country, seen


def _names(seen: Ground) -> dict[uuid.UUID, str]:
    return {one.id: name for one, name in asking.named(seen.areas)}
