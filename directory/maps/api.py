"""Points and borders for the directory's own map, as GeoJSON."""

from typing import Any, Final, Literal

from flask import Blueprint, Response, request
from flask_babel import gettext
from pydantic import BaseModel

from directory.areas import queries as areas
from directory.maps import forms, outlines, queries
from directory.web import clock
from directory.web.api import json_response
from directory.web.identity import current_actor, public
from directory.web.locale import current_language
from directory.web.openapi import described
from directory.web.session import db
from directory.web.templating import show_date
from geo.geojson import write_collection

blueprint = Blueprint("maps_api", __name__, url_prefix="/api/v1")

MOST_POINTS: Final = 2_000
"""Above this the server gathers points into squares (STACK section 0)."""
SQUARES_IN_TILE: Final = 4
"""Squares along the side of a map tile of 256 points: one for each 64 points of the screen."""
GEOJSON: Final = "application/geo+json"


class PointsQuery(BaseModel):
    """The box and zoom of a map; every filter of `/api/v1/services` may stand beside them."""

    bbox: str | None = None
    zoom: int | None = None


class BordersQuery(BaseModel):
    """Up to three countries, ISO 3166-1 alpha-2."""

    country: list[str] = []


class FeatureCollection(BaseModel):
    """GeoJSON (RFC 7946); ``total`` counts the listings behind the features."""

    type: Literal["FeatureCollection"]
    features: list[dict[str, Any]]
    total: int | None = None


@blueprint.get("/map")
@public
@described(query=PointsQuery, answer=FeatureCollection, mimetype=GEOJSON)
def points() -> Response:
    """Return the listings in a box as points, or counted in squares where they are many."""
    actor, language = current_actor(), current_language()
    box = forms.box_of(request.args)
    conditions = [
        queries.pinned(actor),
        *forms.conditions(db(), request.args, actor=actor, today=clock.today()),
        *([queries.inside(box)] if box else []),
    ]
    total = queries.count_spots(db(), *conditions)
    if total > MOST_POINTS:
        side = 360 / 2 ** forms.zoom_of(request.args, box) / SQUARES_IN_TILE
        squares = queries.list_squares(db(), *conditions, side=side)
        features = queries.squares_as_geojson(squares)
    else:
        spots = queries.list_spots(
            db(), *conditions, language=language, limit=MOST_POINTS
        )
        features = queries.points_as_geojson(spots, _described(spots, language))
    collection: dict[str, Any] = {**write_collection(features), "total": total}
    return json_response(collection, mimetype=GEOJSON)


@blueprint.get("/map/outlines")
@public
@described(query=BordersQuery, answer=FeatureCollection, mimetype=GEOJSON)
def borders() -> Response:
    """Return the first-level areas of up to three countries, else all countries' borders."""
    countries = {code.upper() for code in request.args.getlist("country") if code}
    features = [
        {"type": "Feature", "geometry": outline, "properties": {}}
        for outline in outlines.base_map(db(), countries)
    ]
    response = json_response(write_collection(features), mimetype=GEOJSON)
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


def _described(spots: list[queries.Spot], language: str) -> list[dict[str, Any]]:
    terms = queries.term_names(db(), {spot.term for spot in spots}, language)
    places = areas.names(
        db(), {spot.area_id for spot in spots if spot.area_id}, language
    )
    return [
        {
            "id": spot.service_at_location_id,
            "name": spot.name,
            "term": spot.term,
            "category": terms.get(spot.term, ""),
            "url": f"/services/{spot.service_id}",
            "place": places.get(spot.area_id, "") if spot.area_id else "",
            "verified": gettext("Verified on %(day)s", day=show_date(spot.assured_date))
            if spot.assured_date
            else gettext("Never verified"),
        }
        for spot in spots
    ]
