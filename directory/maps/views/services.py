"""Maps of listings: what was found, one service with its coverage, the services of a match."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from flask import Blueprint, Response, request
from flask_babel import gettext, ngettext
from sqlalchemy import ColumnElement

from directory.advisories import queries as advisories
from directory.advisories.reach import Standing
from directory.advisories.words import LEVELS
from directory.areas import queries as areas
from directory.maps import forms, layers, outlines, queries
from directory.maps.queries import Coverage, Spot, Square
from directory.maps.views.documents import document
from directory.models import CoverageKind, Offer, Sensitivity
from directory.web import clock
from directory.web.identity import current_actor, public
from directory.web.locale import current_language
from directory.web.session import db
from directory.web.templating import show_date
from geo.layers import Layer, Words

blueprint = Blueprint("maps", __name__, url_prefix="/maps")

DRAWN: Final = (*queries.WITH_PIN, Sensitivity.L2)
MOST_PINS: Final = 800
"""More than this are counted in squares; the rest of a document's features are areas."""


@blueprint.get("/services")
@public
def services() -> Response:
    """Draw the listings that the same filters of /services find."""
    actor = current_actor()
    found = forms.conditions(db(), request.args, actor=actor, today=clock.today())
    # Where only sealed services lie, not even the country is drawn.
    countries = queries.countries_found(db(), Offer.sensitivity.in_(DRAWN), *found)
    withheld = queries.list_withheld(db(), *found, actor=actor)
    drawn = [
        _advisory_layer(),
        layers.of_withheld(db(), withheld, say=_withheld),
        _found_layer([queries.pinned(actor), *found], countries),
    ]
    return document(gettext("Map of services"), drawn, countries)


@blueprint.get("/services/<uuid:service_id>")
@public
def service(service_id: uuid.UUID) -> Response:
    """Draw one listing with its coverage."""
    offers = queries.get_offers(db(), service_id, actor=current_actor())
    return _offers_document(
        gettext("Map of the service and where it may be used"), offers
    )


@blueprint.get("/match")
@public
def match() -> Response:
    """Draw the place that was asked about, rounded, and the services of a match by number."""
    asked = forms.matched(request.args)
    known = queries.list_offers(db(), asked.ids, actor=current_actor())
    # Numbers are those of the list, also where a service has no pin.
    labels = {key: str(place) for place, key in enumerate(asked.ids, 1)}
    further = []
    if asked.place is not None:
        words = Words(gettext("The place you asked about, to about a kilometre"))
        further.append(layers.of_place(asked.place, words))
    title = gettext("Map of the services that match")
    return _offers_document(title, list(known.values()), labels, further)


def _found_layer(found: list[ColumnElement[bool]], countries: set[str]) -> Layer:
    """Pins for all that was found, or how many there are around each place."""
    if queries.count_spots(db(), *found) > MOST_PINS:
        box = outlines.extent_of(db(), countries)
        side = max(box.east - box.west, box.north - box.south) / 24 if box else 5
        return layers.of_squares(
            queries.list_squares(db(), *found, side=side), say=_square
        )
    spots = queries.list_spots(
        db(), *found, language=current_language(), limit=MOST_PINS
    )
    return layers.of_spots(spots, say=_say(spots), is_clustered=True)


def _offers_document(
    title: str,
    offers: Sequence[Offer],
    labels: Mapping[uuid.UUID, str] | None = None,
    further: Sequence[Layer] = (),
) -> Response:
    actor = current_actor()
    ids = [offer.service_at_location_id for offer in offers]
    spots = queries.list_spots(
        db(),
        queries.pinned(actor),
        Offer.service_at_location_id.in_(ids),
        language=current_language(),
        limit=MOST_PINS,
    )
    drawn = [
        _advisory_layer(),
        layers.of_coverage(db(), offers, say=_covered),
        layers.of_withheld(db(), offers, say=_withheld),
        *further,
        layers.of_spots(spots, say=_say(spots), labels=labels),
    ]
    return document(title, drawn, {offer.country for offer in offers if offer.country})


def _advisory_layer() -> Layer:
    """The advisories in force, on the maps of staff; an empty layer for everybody else."""
    standing = advisories.overlay(db(), actor=current_actor(), today=clock.today())
    return layers.of_advisories(db(), standing, say=_advised)


def _say(spots: Sequence[Spot]) -> Callable[[Spot], Words]:
    """Words for listings: name with its link, category, area, when verified."""
    language = current_language()
    terms = queries.term_names(db(), {spot.term for spot in spots}, language)
    places = areas.names(
        db(), {spot.area_id for spot in spots if spot.area_id}, language
    )

    def say(spot: Spot) -> Words:
        known = (
            terms.get(spot.term),
            places.get(spot.area_id) if spot.area_id else None,
        )
        lines = (*filter(None, known), _verified(spot))
        return Words(spot.name, lines, f"/services/{spot.service_id}")

    return say


def _verified(spot: Spot) -> str:
    if spot.assured_date is None:
        return str(gettext("Never verified"))
    return str(gettext("Verified on %(day)s", day=show_date(spot.assured_date)))


def _square(square: Square) -> Words:
    number = ngettext("%(num)s service here", "%(num)s services here", square.count)
    return Words(number, (gettext("Choose filters to see them one by one."),))


def _covered(stated: Coverage, area: str) -> Words:
    if stated.is_exclusion:
        return Words(
            gettext("Does not serve %(area)s", area=area or gettext("this area"))
        )
    minutes, radius = stated.minutes, f"{stated.radius_km or 0:g}"
    if minutes:
        said = gettext("Serves places within about %(num)s minutes", num=minutes)
        return Words(said)
    if stated.kind is CoverageKind.RADIUS:
        return Words(gettext("Serves places within %(radius)s km", radius=radius))
    return Words(gettext("Serves %(area)s", area=area or gettext("this area")))


def _advised(advisory: Standing, area: str) -> Words:
    return Words(
        gettext(LEVELS[advisory.level]),
        tuple(filter(None, (area, advisory.reason))),
        f"/advisories/{advisory.id}",
    )


def _withheld(count: int, area: str) -> Words:
    number = ngettext("%(num)s protected service", "%(num)s protected services", count)
    return Words(
        area, (number, gettext("The place is not shown, to protect those who use it."))
    )
