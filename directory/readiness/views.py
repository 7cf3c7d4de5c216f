"""The page that says whether the directory of a country is ready, for supervisors and administrators."""

from flask import Blueprint, render_template

from directory.areas import queries as areas
from directory.models import Role
from directory.readiness import queries
from directory.readiness.queries import State
from directory.taxonomy import codes
from directory.taxonomy import queries as taxonomy
from directory.web import clock
from directory.web.identity import current_actor, roles
from directory.web.locale import current_language
from directory.web.session import db

blueprint = Blueprint("readiness", __name__)


@blueprint.get("/countries/<country>")
@roles(Role.SUPERVISOR, Role.ADMIN)
def show(country: str) -> str:
    """Show what a country has and what it lacks, the missing first."""
    found = queries.check(
        db(), actor=current_actor(), country=country.upper(), today=clock.today()
    )
    language = current_language()
    order = [State.MISSING, State.PARTLY, State.OK]
    return render_template(
        "countries/show.html",
        readiness=found,
        items=sorted(found.items, key=lambda item: order.index(item.state)),
        name=areas.names(db(), [found.country.id], language)[found.country.id],
        terms=taxonomy.term_names(
            db(), [item.term for item in found.items if item.term], language
        ),
        provider_types=codes.PROVIDER_TYPES,
    )
