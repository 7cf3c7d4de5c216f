"""The first page."""

from typing import NamedTuple

from flask import Blueprint, render_template
from sqlalchemy import select

from directory.models import TaxonomyTerm
from directory.web.identity import public
from directory.web.locale import current_language
from directory.web.session import db

blueprint = Blueprint("home", __name__)


class Category(NamedTuple):
    """A category of needs in the reader's language."""

    code: str
    label: str


@blueprint.get("/")
@public
def index() -> str:
    """What this is, a search box, the categories, and the way to sign in."""
    terms = db().scalars(
        select(TaxonomyTerm)
        .where(TaxonomyTerm.parent_id.is_(None))
        .order_by(TaxonomyTerm.position, TaxonomyTerm.code)
    )
    language = current_language()
    categories = [
        Category(term.code, term.names.get(language, term.name)) for term in terms
    ]
    return render_template("home.html", categories=categories)
