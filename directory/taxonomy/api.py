"""The taxonomy as JSON: `/api/v1/taxonomy`."""

from flask import Blueprint, Response
from pydantic import BaseModel

from directory.taxonomy import queries
from directory.taxonomy.queries import Term
from directory.web.api import json_response
from directory.web.identity import public
from directory.web.locale import current_language
from directory.web.openapi import described
from directory.web.session import db

blueprint = Blueprint("taxonomy_api", __name__, url_prefix="/api/v1")


class LeafAnswer(BaseModel):
    """A term: ``name`` in the reader's language, ``names`` in all."""

    code: str
    name: str
    names: dict[str, str]
    dimension: str | None


class CategoryAnswer(LeafAnswer):
    """A category with its leaves."""

    leaves: list[LeafAnswer]


class TaxonomyAnswer(BaseModel):
    """All categories, in the taxonomy's own order."""

    categories: list[CategoryAnswer]


@blueprint.get("/taxonomy")
@public
@described(answer=TaxonomyAnswer)
def taxonomy() -> Response:
    """All categories with their leaves."""
    language = current_language()
    tree = [
        CategoryAnswer(
            **_leaf(category.term, language).model_dump(),
            leaves=[_leaf(leaf, language) for leaf in category.leaves],
        )
        for category in queries.categories(db())
    ]
    return json_response(TaxonomyAnswer(categories=tree).model_dump())


def _leaf(term: Term, language: str) -> LeafAnswer:
    return LeafAnswer(
        code=term.code,
        name=term.label(language),
        names=term.names,
        dimension=term.dimension,
    )
