"""Pages and files of figures: what became of referrals, and where services are missing."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, current_app, render_template
from flask_babel import gettext
from werkzeug.wrappers import Response

from directory import authz
from directory.areas import queries as areas
from directory.authz import Action
from directory.config import Config
from directory.countries import queries as packs
from directory.insights import dimensions, gaps, indicators, load, openness, tables
from directory.insights.gaps import Grid
from directory.insights.indicators import Share, Totals
from directory.insights.views import asking
from directory.models import Role
from directory.referrals import outcomes
from directory.referrals.outcomes import Outcome
from directory.taxonomy import codes
from directory.taxonomy import queries as taxonomy
from directory.web import clock
from directory.web.identity import current_actor, roles
from directory.web.locale import current_language
from directory.web.period import Period, asked_period
from directory.web.session import db

blueprint = Blueprint("insights", __name__, url_prefix="/insights")

READERS = (Role.SUPERVISOR, Role.ADMIN, Role.AUTHORITY)


@blueprint.get("")
@roles(*READERS)
def index() -> str:
    """Show the indicators of the referrals of a time, by area and by category."""
    period = asked_period()
    found = _outcomes(period)
    by_area, by_category = _by_area(found), _by_category(found)
    return render_template(
        "insights/outcomes.html",
        period=period,
        by_year=not authz.counts_by_month(current_actor()),
        totals=indicators.totals(found, now=clock.now(), below=_below()),
        waits=indicators.waits(found),
        by_area=by_area,
        by_category=by_category,
        by_month=_by_month(found),
        bars_of=_bars_of,
        urgencies=codes.URGENCIES,
        below=_below(),
    )


@blueprint.get("/outcomes.csv")
@roles(*READERS)
def outcomes_file() -> Response:
    """Return the same figures as a file."""
    period = asked_period()
    found = _outcomes(period)
    rows = tables.of_totals(
        [
            (
                gettext("All"),
                [("", indicators.totals(found, now=clock.now(), below=_below()))],
            ),
            (gettext("Area"), list(_by_area(found).items())),
            (gettext("Category"), list(_by_category(found).items())),
            (gettext("Month"), list(_by_month(found).items())),
        ]
    )
    name = f"outcomes-{period.first_month}-{period.last_month}.csv"
    return asking.file(rows, name)


@blueprint.get("/gaps")
@roles(*READERS)
def show_gaps() -> str:
    """Show how many services of each category reach each area, and where there are none."""
    countries = gaps.countries(db(), actor=current_actor(), today=clock.today())
    country = asking.country(countries)
    grid = _grid(country)
    language = current_language()
    levels = dimensions.grid(
        db(), actor=current_actor(), country=country.code, today=clock.today()
    )
    return render_template(
        "insights/gaps.html",
        levels=levels,
        can_see_readiness=authz.may(current_actor(), Action.SEE_READINESS),
        level_labels=codes.HELP_LEVELS,
        dimension_labels=dimensions.LABELS,
        countries=[(one.code, name) for one, name in asking.named(countries)],
        country=country,
        grid=grid,
        names=areas.names(db(), [area.id for area in grid.areas], language),
        labels={
            each.term.code: each.term.label(language)
            for each in packs.categories(db(), country.code)
        },
        loads=_loads(country),
        below=_below(),
        verified=_verified(grid, language),
        **_openness(country, grid),
    )


@blueprint.get("/gaps.csv")
@roles(*READERS)
def gaps_file() -> Response:
    """Return the grid as a file."""
    country = asking.country(
        gaps.countries(db(), actor=current_actor(), today=clock.today())
    )
    grid = _grid(country)
    names = areas.names(db(), [area.id for area in grid.areas], current_language())
    rows = tables.of_grid(grid, names, _loads(country))
    return asking.file(rows, f"gaps-{country.code}.csv")


def _outcomes(period: Period) -> list[Outcome]:
    return outcomes.list_outcomes(
        db(), actor=current_actor(), sent_from=period.since, sent_before=period.before
    )


def _by_area(found: Sequence[Outcome]) -> Mapping[str, Totals]:
    groups = indicators.by(
        found, key=lambda one: one.area_id, now=clock.now(), below=_below()
    )
    known = [area_id for area_id in groups if area_id is not None]
    names = areas.names(db(), known, current_language())
    unknown = gettext("Area not known")
    return _largest_first(
        {names[key] if key else unknown: group for key, group in groups.items()}
    )


def _by_category(found: Sequence[Outcome]) -> Mapping[str, Totals]:
    groups = indicators.by(
        found, key=lambda one: one.category, now=clock.now(), below=_below()
    )
    language = current_language()
    labels = {term.code: term.label(language) for term in taxonomy.terms(db())}
    return _largest_first(
        {labels.get(key, key): group for key, group in groups.items()}
    )


def _by_month(found: Sequence[Outcome]) -> Mapping[str, Totals]:
    groups = indicators.by(
        found,
        key=lambda one: one.sent_at.strftime("%Y-%m"),
        now=clock.now(),
        below=_below(),
    )
    return dict(sorted(groups.items()))


def _largest_first(groups: Mapping[str, Totals]) -> Mapping[str, Totals]:
    ranked = sorted(groups.items(), key=lambda pair: (-(pair[1].sent or 0), pair[0]))
    return dict(ranked)


def _bars_of(groups: Mapping[str, Totals], name: str) -> list[tuple[str, Share]]:
    """One indicator of every group, for a chart."""
    return [(label, getattr(group, name)) for label, group in groups.items()]


def _verified(grid: Grid, language: str) -> list[tuple[str, Share]]:
    names = areas.names(db(), [area.id for area in grid.areas], language)
    return [
        (names[area.id], Share(grid.fresh.get(area.id, 0), grid.located[area.id]))
        for area in grid.areas
        if grid.located.get(area.id)
    ]


def _openness(country: areas.AreaRow, grid: Grid) -> dict[str, Any]:
    """How many of the services that say whom they are for are open to residents too, by area."""
    found = openness.count(
        db(), actor=current_actor(), country=country.code, today=clock.today()
    )
    names = areas.names(db(), list(found.stated), current_language())
    return {
        "open_to_residents": [
            (names[area.id], Share(found.to_residents.get(area.id, 0), number))
            for area in grid.areas
            if (number := found.stated.get(area.id))
        ],
        "openness_unstated": found.unstated,
    }


def _grid(country: areas.AreaRow) -> Grid:
    return gaps.grid(
        db(), actor=current_actor(), country=country.code, today=clock.today()
    )


def _loads(country: areas.AreaRow) -> load.Loads:
    return load.loads(
        db(),
        actor=current_actor(),
        country=country.code,
        today=clock.today(),
        below=_below(),
    )


def _below() -> int:
    config: Config = current_app.extensions["homeward"]
    return config.suppress_below
