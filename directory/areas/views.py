"""The tree of areas: `/areas`, `/areas/<code>`, each with its listings counted."""

import uuid
from collections.abc import Mapping

from flask import Blueprint, render_template

from directory.areas import counts, queries
from directory.areas.inhabited import is_empty
from directory.areas.queries import AreaRow
from directory.errors import NotFound
from directory.text import N_, normalise
from directory.web.identity import current_actor, public
from directory.web.locale import current_language
from directory.web.session import db

blueprint = Blueprint("areas", __name__)


class AreaUnknown(NotFound):
    """There is no area in force with this code."""

    code = "area_unknown"
    message = N_("There is no area with this code.")
    remedy = N_("Official codes change; look for the area by its country.")


@blueprint.get("/areas")
@public
def index() -> str:
    """All countries, those with listings first and counted."""
    numbers = counts.by_country(db(), actor=current_actor())
    rows = _named(queries.countries(db()))
    return render_template(
        "areas/index.html",
        with_listings=[
            (row, numbers[row[0].code]) for row in rows if row[0].code in numbers
        ],
        others=[
            row
            for row in rows
            if row[0].code not in numbers and not is_empty(row[0].code)
        ],
    )


@blueprint.get("/areas/<code>")
@public
def show(code: str) -> str:
    """One area: what it lies in, what lies in it, how many listings each has."""
    area = queries.area_by_code(db(), code)
    if area is None:
        raise AreaUnknown
    above = queries.ancestors(db(), area.id)
    below = queries.children(db(), area.id)
    numbers = counts.by_area(db(), area.country, actor=current_actor())
    names = queries.names(
        db(), [part.id for part in (area, *above, *below)], current_language()
    )
    return render_template(
        "areas/show.html",
        area=area,
        name=names[area.id],
        above=[(names[part.id], f"/areas/{part.code}") for part in above],
        below=[(part, name, numbers[part.id]) for part, name in _sorted(below, names)],
        number=_number_in(area, numbers),
        is_watched=queries.is_watched(db(), area.id, actor=current_actor()),
    )


def _named(rows: list[AreaRow]) -> list[tuple[AreaRow, str]]:
    names = queries.names(db(), [row.id for row in rows], current_language())
    return _sorted(rows, names)


def _sorted(
    rows: list[AreaRow], names: dict[uuid.UUID, str]
) -> list[tuple[AreaRow, str]]:
    named = [(row, names[row.id]) for row in rows]
    return sorted(named, key=lambda pair: normalise(pair[1]))


def _number_in(area: AreaRow, numbers: Mapping[uuid.UUID, int]) -> int:
    """The listings of an area; of a country also those that lie in none of its areas."""
    if area.level == 0:
        in_countries = counts.by_country(db(), actor=current_actor())
        return in_countries.get(area.code, 0)
    return numbers.get(area.id, 0)
