"""What the pages of figures share: the country asked for, names in order, and files."""

from collections.abc import Sequence

from flask import request
from werkzeug.wrappers import Response

from directory.areas import queries as areas
from directory.errors import NotFound
from directory.insights import tables
from directory.text import normalise
from directory.web.locale import current_language
from directory.web.session import db


def country(countries: Sequence[areas.AreaRow]) -> areas.AreaRow:
    """The country asked for, else the first with first-level areas; raises NotFound."""
    asked = request.args.get("country", "").upper()
    chosen = [one for one in countries if one.code == asked or not asked]
    if not chosen:
        raise NotFound
    return chosen[0]


def named(found: Sequence[areas.AreaRow]) -> list[tuple[areas.AreaRow, str]]:
    """Areas with their names in the reader's language, by name."""
    names = areas.names(db(), [one.id for one in found], current_language())
    pairs = ((one, names[one.id]) for one in found)
    return sorted(pairs, key=lambda pair: normalise(pair[1]))


def file(rows: Sequence[tables.Row], name: str) -> Response:
    """Rows as a CSV file to download."""
    response = Response(tables.as_csv(rows), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
