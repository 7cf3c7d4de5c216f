"""`GET /api/v1/services/<id>`: one listing as JSON, in the words of the listing file."""

import uuid
from typing import Any

from flask import Blueprint, Response

from directory.listings import freshness, queries
from directory.listings.hours_words import hours_in_words
from directory.listings.record import to_json
from directory.web import clock
from directory.web.api import json_response
from directory.web.identity import current_actor, public
from directory.web.locale import current_language
from directory.web.session import db

blueprint = Blueprint("listings_api", __name__, url_prefix="/api/v1")


@blueprint.get("/services/<uuid:service_id>")
@public
def service(service_id: uuid.UUID) -> Response:
    """One service with its places; texts in other languages as ``field:language``.

    ``opening_hours`` is OSM's text, ``opening_hours_words`` says it in the reader's language.
    """
    listing = queries.get_listing(
        db(), service_id, actor=current_actor(), language=current_language()
    )
    state = freshness.of(listing.facts, clock.today())
    return json_response(
        {
            "service_id": listing.service.id,
            "organization_id": listing.service.organization_id,
            "url": f"/services/{listing.service.id}",
            "sensitivity": listing.service.sensitivity,
            "version": listing.service.version,
            "last_modified": listing.service.last_modified,
            "freshness": state.band,
            "due_date": state.due_date,
            "places": [_place(place) for place in listing.places],
        }
    )


def _place(place: queries.Place) -> dict[str, Any]:
    """What the record states; the address for referrals is for their sender alone."""
    stated = to_json(place.record)
    stated.pop("referral_email", None)
    stated["external_organization_id"] = stated.pop("organization_id", None)
    stated["external_service_id"] = stated.pop("service_id", None)
    return {
        "service_at_location_id": place.key,
        "area_names": place.area_names,
        **stated,
        "opening_hours_words": hours_in_words(
            place.record.opening_hours, clock.today(), current_language()
        ),
    }
