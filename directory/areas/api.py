"""Areas and places as JSON: `/api/v1/areas` and `/api/v1/places`."""

from typing import Any

from flask import Blueprint, Response, request

from directory.areas import labels, places, queries, search
from directory.areas.places import Ambiguous, Given, PlaceError, ResolvedPlace
from directory.areas.queries import AreaRow
from directory.errors import Invalid, NotFound
from directory.text import N_, normalise
from directory.web.api import json_response, translated
from directory.web.identity import public
from directory.web.locale import current_language
from directory.web.session import db
from geo.coordinates import looks_like_coordinates
from geo.points import OutOfRange, Point

blueprint = Blueprint("areas_api", __name__, url_prefix="/api/v1")
_MOST = 50
_USUAL = 8


class BadParameters(Invalid):
    """The parameters of the address cannot be used."""

    code = "invalid_parameters"
    message = N_("The request could not be understood.")
    remedy = N_("Give q, or lat and lon, or parent, or nothing for all countries.")


@blueprint.get("/areas")
@public
def areas() -> Response:
    """Areas by name (``q``), holding a position (``lat``, ``lon``), or below ``parent``."""
    args = request.args
    if "lat" in args or "lon" in args:
        point = _point()
        found = queries.areas_containing(db(), point.latitude, point.longitude)
    elif args.get("parent"):
        parent = queries.area_by_code(db(), args["parent"])
        if parent is None:
            raise NotFound(fields={"parent": N_("There is no area with this code.")})
        found = queries.children(db(), parent.id)
    elif "q" in args:
        found = _named(args["q"])
    else:
        found = queries.countries(db())
    return json_response({"areas": _areas_as_json(found)})


@blueprint.get("/places")
@public
def list_places() -> Response:
    """Towns and areas that a text may mean (``q``), best first; also coordinates."""
    text = request.args.get("q", "").strip()[:200]
    country = request.args.get("country", "").upper() or None
    if looks_like_coordinates(text):
        return json_response(_coordinates(text, country))
    found = search.search(db(), text, country=country, limit=_limit())
    names = labels.labels_of(db(), found, current_language())
    rows = [
        {
            "token": places.token_of(hit),
            "kind": places.kind_of(hit),
            "name": hit.name,
            "label": label,
            "matched": hit.matched,
            "spelling": _spelling(hit.matched, label),
            "country": hit.country,
            "code": hit.code,
            "lat": round(hit.point.latitude, 5),
            "lon": round(hit.point.longitude, 5),
            "population": hit.population or None,
            "likeness": round(hit.likeness),
        }
        for hit, label in zip(found, names, strict=True)
    ]
    return json_response({"places": rows})


def _spelling(matched: str, label: str) -> str | None:
    """Return the spelling that fits, if the label would not show why it does."""
    return None if normalise(matched) in normalise(label) else matched


def _coordinates(text: str, country: str | None) -> dict[str, Any]:
    """Return what a position means: one place, choices, or why it is none (as JSON)."""
    language = current_language()
    try:
        given = Given(text=text)
        found = places.resolve_place(db(), given, country=country, language=language)
    except PlaceError as error:
        return {
            "places": [],
            "problem": {
                "code": error.code,
                "detail": translated(error.message, error.values),
            },
        }
    if isinstance(found, Ambiguous):
        choices = [
            {"token": choice.token, "kind": choice.kind, "label": choice.label}
            for choice in found.choices
        ]
        return {"places": choices}
    return {"places": [_resolved(found)]}


def _resolved(place: ResolvedPlace) -> dict[str, Any]:
    return {
        "token": place.token,
        "kind": place.kind,
        "name": str(place.point),
        "label": place.label,
        "country": place.country,
        "code": place.area.code if place.area else None,
        "lat": place.point.latitude,
        "lon": place.point.longitude,
        "precision_m": place.precision_m,
    }


def _named(text: str) -> list[AreaRow]:
    found = search.search_areas(db(), text, limit=_limit())
    chains = queries.chains(db(), [hit.area_id for hit in found if hit.area_id])
    return [chains[hit.area_id][-1] for hit in found if hit.area_id in chains]


def _areas_as_json(found: list[AreaRow]) -> list[dict[str, Any]]:
    chains = queries.chains(db(), [area.id for area in found])
    parts = [part.id for chain in chains.values() for part in chain]
    names = queries.names(db(), parts, current_language())
    return [
        {
            "code": area.code,
            "name": names[area.id],
            "own_name": area.name,
            "level": area.level,
            "country": area.country,
            "parent": chains[area.id][-2].code if len(chains[area.id]) > 1 else None,
            "path": [names[part.id] for part in chains[area.id]],
            "lat": area.latitude,
            "lon": area.longitude,
        }
        for area in found
    ]


def _point() -> Point:
    try:
        return Point(
            latitude=float(request.args.get("lat", "")),
            longitude=float(request.args.get("lon", "")),
        )
    except (OutOfRange, ValueError):
        fields = {
            name: N_("Write degrees with a decimal point.") for name in ("lat", "lon")
        }
        raise BadParameters(fields=fields) from None


def _limit() -> int:
    asked = request.args.get("limit", "")
    return min(max(int(asked), 1), _MOST) if asked.isdecimal() else _USUAL
