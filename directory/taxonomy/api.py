"""The taxonomy as JSON: `/api/v1/taxonomy`."""

from typing import Any

from flask import Blueprint, Response

from directory.taxonomy import queries
from directory.taxonomy.queries import Term
from directory.web.api import json_response
from directory.web.identity import public
from directory.web.locale import current_language
from directory.web.session import db

blueprint = Blueprint("taxonomy_api", __name__, url_prefix="/api/v1")


@blueprint.get("/taxonomy")
@public
def taxonomy() -> Response:
    """All categories with their leaves; ``name`` in the reader's language, ``names`` in all."""
    language = current_language()
    tree = [
        {
            **_as_json(category.term, language),
            "leaves": [_as_json(leaf, language) for leaf in category.leaves],
        }
        for category in queries.categories(db())
    ]
    return json_response({"categories": tree})


def _as_json(term: Term, language: str) -> dict[str, Any]:
    return {
        "code": term.code,
        "name": term.label(language),
        "names": term.names,
        "dimension": term.dimension,
    }
