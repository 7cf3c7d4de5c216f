"""The page and the file of needs without an accepted referral, for each arrival, by district (O4.1)."""

import uuid
from dataclasses import dataclass
from typing import Final

from flask import Blueprint, current_app, render_template
from flask_babel import gettext
from werkzeug.wrappers import Response

from directory import authz
from directory.areas import queries as areas
from directory.areas.queries import AreaRow
from directory.config import Config
from directory.insights import gaps, tables
from directory.insights.views import asking
from directory.models import Role
from directory.referrals import unmet
from directory.referrals.unmet import STEPS, AreaNeeds
from directory.text import normalise
from directory.web import clock
from directory.web.identity import current_actor, roles
from directory.web.locale import current_language
from directory.web.period import Period, asked_period
from directory.web.session import db

blueprint = Blueprint("unmet", __name__, url_prefix="/insights")

READERS: Final = (Role.SUPERVISOR, Role.ADMIN, Role.AUTHORITY)


@dataclass(frozen=True, slots=True)
class Line:
    """One district, or a region whose people's district is not known (``is_region``)."""

    area: AreaRow
    name: str
    region: str
    is_region: bool
    needs: AreaNeeds


@blueprint.get("/unmet")
@roles(*READERS)
def show() -> str:
    """Show how many needs of those who arrived nobody has accepted, as a map and a table."""
    countries = gaps.countries(db(), actor=current_actor(), today=clock.today())
    country, period = asking.country(countries), asked_period()
    lines = _lines(country, period)
    return render_template(
        "insights/unmet.html",
        countries=[(one.code, name) for one, name in asking.named(countries)],
        country=country,
        period=period,
        by_year=not authz.counts_by_month(current_actor()),
        lines=lines,
        has_districts=any(line.area.level > 1 for line in lines),
        has_hidden=any(line.needs.shade is None for line in lines),
        steps=STEPS,
        below=_below(),
    )


@blueprint.get("/unmet.csv")
@roles(*READERS)
def file() -> Response:
    """Return the same figures as a file; a hidden figure is an empty cell."""
    countries = gaps.countries(db(), actor=current_actor(), today=clock.today())
    country, period = asking.country(countries), asked_period()
    rows: list[tables.Row] = [
        ["area_code", "area", "region", "arrivals", "unmet_needs", "needs_for_each_arrival"]
    ]  # fmt: skip
    for line in _lines(country, period):
        one, ratio = line.needs, line.needs.per_arrival
        told = None if ratio is None else f"{ratio:.2f}"
        name = _said(line)
        rows.append([line.area.code, name, line.region, one.arrivals, one.needs, told])
    return asking.file(
        rows, f"unmet-{country.code}-{period.first_month}-{period.last_month}.csv"
    )


def _lines(country: AreaRow, period: Period) -> list[Line]:
    """One line for each district where somebody arrived, by region and name."""
    found = unmet.by_area(
        db(),
        actor=current_actor(),
        country=country.code,
        since=period.since.date(),
        before=period.before.date(),
        today=clock.today(),
        below=_below(),
    )
    keys: set[uuid.UUID] = {*found.areas, *found.regions.values()}
    names = areas.names(db(), keys, current_language())
    lines = []
    for key, needs in found.areas.items():
        area, region = areas.area_by_id(db(), key), found.regions[key]
        if area is not None:
            is_region = key == region
            lines.append(Line(area, names[key], names[region], is_region, needs))
    return sorted(lines, key=lambda one: (normalise(one.region), normalise(one.name)))


def _said(line: Line) -> str:
    if not line.is_region:
        return line.name
    return str(gettext("%(region)s, district not known", region=line.name))


def _below() -> int:
    config: Config = current_app.extensions["homeward"]
    return config.suppress_below
