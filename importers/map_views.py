"""The map beside the rows of an import: the same rows as the list, where the file puts them."""

import uuid
from collections.abc import Iterator, Sequence
from typing import Final

from flask import Blueprint, Response, request
from flask_babel import gettext

from directory.listings.sealing import PROTECTED
from directory.maps.views.documents import document
from directory.models import Role
from directory.web.api import translated
from directory.web.identity import current_actor, roles
from directory.web.pagination import page_number
from directory.web.session import db
from geo.layers import Layer, Pin, Words
from geo.points import Point
from importers import labels, queries, row_filters
from importers.queries import RowView

blueprint = Blueprint("import_map", __name__)

ON_A_PAGE: Final = 50
"""As many as the list shows: map and list hold the same rows."""


@blueprint.get("/maps/imports/<uuid:run_id>")
@roles(Role.ADMIN, Role.SUPERVISOR)
def rows(run_id: uuid.UUID) -> Response:
    """Draw the rows of one page of an import's list by their numbers; protected places never."""
    actor = current_actor()
    run = queries.get_run(db(), run_id, actor)
    found, _total = queries.list_rows(
        db(), run, row_filters.wanted(run, request.args), actor=actor,
        offset=(page_number() - 1) * ON_A_PAGE, limit=ON_A_PAGE,
    )  # fmt: skip
    drawn = Layer(pins=tuple(_pins(found)), is_clustered=True)
    title = gettext("Map of these rows")
    return document(title, [drawn], set(run.countries or ()))


def _pins(found: Sequence[RowView]) -> Iterator[Pin]:
    for one in found:
        latitude, longitude = one.record.get("latitude"), one.record.get("longitude")
        is_open = one.record.get("sensitivity") not in PROTECTED
        if latitude is None or longitude is None or not is_open:
            continue
        lines = [translated(labels.ACTIONS[one.row.action])]
        lines += [
            translated(labels.ISSUES[code])
            for code in dict.fromkeys(issue.code for issue in one.issues)
        ]
        yield Pin(
            Point(latitude=latitude, longitude=longitude),
            Words(one.row.name or "–", tuple(lines)),
            look=next(iter(one.record.get("taxonomy_terms") or ()), "").partition(".")[
                0
            ],
            label=str(one.row.line),
        )
