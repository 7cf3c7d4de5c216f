"""Maps of figures: areas shaded by what became of referrals, and by the needs that wait."""

import uuid
from typing import Final

from flask import Blueprint, Response, current_app, request
from flask_babel import gettext, ngettext

from directory.areas import queries as areas
from directory.config import Config
from directory.errors import NotFound
from directory.maps import layers, queries
from directory.maps.views.documents import document
from directory.models import Role
from directory.referrals import outcomes, unmet
from directory.referrals.unmet import AreaNeeds
from directory.web import clock
from directory.web.identity import current_actor, roles
from directory.web.locale import current_language
from directory.web.period import asked_period
from directory.web.session import db
from geo.layers import Words

blueprint = Blueprint("figure_maps", __name__, url_prefix="/maps")

READERS: Final = (Role.SUPERVISOR, Role.ADMIN, Role.AUTHORITY)


@blueprint.get("/referrals")
@roles(*READERS)
def referrals() -> Response:
    """Shade areas by how many referrals were confirmed; counts under five are hidden."""
    period = asked_period()
    counts = outcomes.confirmed_by_area(
        db(), actor=current_actor(), sent_from=period.since, sent_before=period.before
    )
    names = areas.names(db(), counts, current_language())

    def say(area_id: uuid.UUID, count: outcomes.AreaCount) -> Words:
        return Words(names[area_id], (_sent(count.sent), _confirmed(count.confirmed)))

    shaded = layers.of_counts(db(), counts, say=say)
    countries = queries.countries_of(db(), counts)
    return document(
        gettext("Map of referrals confirmed by returnees"), [shaded], countries
    )


@blueprint.get("/unmet")
@roles(*READERS)
def unmet_needs() -> Response:
    """Shade districts by needs without an accepted referral for each arrival; small counts are hidden."""
    country = areas.area_by_code(db(), request.args.get("country", "").upper())
    if country is None or country.level != 0:
        raise NotFound
    period = asked_period()
    config: Config = current_app.extensions["homeward"]
    found = unmet.by_area(
        db(),
        actor=current_actor(),
        country=country.code,
        since=period.since.date(),
        before=period.before.date(),
        today=clock.today(),
        below=config.suppress_below,
    )
    names = areas.names(db(), found.areas, current_language())

    def say(area_id: uuid.UUID, one: AreaNeeds) -> Words:
        return Words(names[area_id], _needs(one))

    shaded = layers.of_needs(db(), found.on_map, say=say)
    return document(
        gettext("Map of needs without an accepted referral"), [shaded], {country.code}
    )


def _needs(one: AreaNeeds) -> tuple[str, ...]:
    if one.arrivals is None:
        return (gettext("Hidden, to protect people in small groups"),)
    arrived = ngettext("%(num)s arrival", "%(num)s arrivals", one.arrivals)
    if one.needs is None:
        return arrived, gettext("Needs: hidden, to protect people in small groups")
    waiting = ngettext(
        "%(num)s need without an accepted referral",
        "%(num)s needs without an accepted referral",
        one.needs,
    )
    return arrived, waiting


def _sent(count: int | None) -> str:
    if count is None:
        return str(gettext("Fewer than 5 referrals sent, or hidden to protect others"))
    return str(ngettext("%(num)s referral sent", "%(num)s referrals sent", count))


def _confirmed(count: int | None) -> str:
    if count is None:
        return str(gettext("Confirmed: hidden, to protect people in small groups"))
    return str(
        ngettext(
            "%(num)s confirmed by the returnee", "%(num)s confirmed by returnees", count
        )
    )
