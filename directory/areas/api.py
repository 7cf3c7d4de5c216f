"""Areas and places as JSON: `/api/v1/areas` and `/api/v1/places`."""

from flask import Blueprint, Response, request
from pydantic import BaseModel

from directory.areas import labels, places, queries, search
from directory.areas.answers import (
    AreaAnswer,
    AreasAnswer,
    AreasQuery,
    PlaceAnswer,
    PlaceProblem,
    PlacesAnswer,
    PlacesQuery,
)
from directory.areas.places import Ambiguous, Given, PlaceError, ResolvedPlace
from directory.areas.queries import AreaRow
from directory.errors import Invalid, NotFound
from directory.text import N_, normalise
from directory.web.api import json_response, translated
from directory.web.identity import public
from directory.web.locale import current_language
from directory.web.openapi import described
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
@described(query=AreasQuery, answer=AreasAnswer)
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
    return _json(_answer(found))


@blueprint.get("/places")
@public
@described(query=PlacesQuery, answer=PlacesAnswer)
def list_places() -> Response:
    """Towns and areas that a text may mean (``q``), best first; also coordinates."""
    text = request.args.get("q", "").strip()[:200]
    country = request.args.get("country", "").upper() or None
    if looks_like_coordinates(text):
        return _json(_coordinates(text, country))
    found = search.search(db(), text, country=country, limit=_limit())
    names = labels.labels_of(db(), found, current_language())
    rows = [
        PlaceAnswer(
            token=places.token_of(hit),
            kind=places.kind_of(hit),
            label=label,
            what=translated(hit.what),
            name=hit.name,
            matched=hit.matched,
            spelling=_spelling(hit.matched, label),
            country=hit.country,
            code=hit.code,
            lat=round(hit.point.latitude, 5),
            lon=round(hit.point.longitude, 5),
            precision_m=places.town_precision_m(hit.population)
            if hit.place_id
            else None,
            population=hit.population or None,
            likeness=round(hit.likeness),
        )
        for hit, label in zip(found, names, strict=True)
    ]
    return _json(PlacesAnswer(places=rows))


def _spelling(matched: str, label: str) -> str | None:
    """Return the spelling that fits, if the label would not show why it does."""
    return None if normalise(matched) in normalise(label) else matched


def _coordinates(text: str, country: str | None) -> PlacesAnswer:
    """Return what a position means: one place, choices, or why it is none."""
    language = current_language()
    try:
        given = Given(text=text)
        found = places.resolve_place(db(), given, country=country, language=language)
    except PlaceError as error:
        detail = translated(error.message, error.values)
        problem = PlaceProblem(code=error.code, detail=detail)
        return PlacesAnswer(places=[], problem=problem)
    if isinstance(found, Ambiguous):
        choices = [
            PlaceAnswer(token=choice.token, kind=choice.kind, label=choice.label)
            for choice in found.choices
        ]
        return PlacesAnswer(places=choices)
    return PlacesAnswer(places=[_resolved(found)])


def _resolved(place: ResolvedPlace) -> PlaceAnswer:
    return PlaceAnswer(
        token=place.token,
        kind=place.kind,
        label=place.label,
        name=str(place.point),
        country=place.country,
        code=place.area.code if place.area else None,
        lat=place.point.latitude,
        lon=place.point.longitude,
        precision_m=place.precision_m,
    )


def _named(text: str) -> list[AreaRow]:
    found = search.search_areas(db(), text, limit=_limit())
    chains = queries.chains(db(), [hit.area_id for hit in found if hit.area_id])
    return [chains[hit.area_id][-1] for hit in found if hit.area_id in chains]


def _answer(found: list[AreaRow]) -> AreasAnswer:
    chains = queries.chains(db(), [area.id for area in found])
    parts = [part.id for chain in chains.values() for part in chain]
    names = queries.names(db(), parts, current_language())
    return AreasAnswer(
        areas=[
            AreaAnswer(
                code=area.code,
                name=names[area.id],
                own_name=area.name,
                level=area.level,
                country=area.country,
                parent=chains[area.id][-2].code if len(chains[area.id]) > 1 else None,
                path=[names[part.id] for part in chains[area.id]],
                lat=area.latitude,
                lon=area.longitude,
            )
            for area in found
        ]
    )


def _json(answer: BaseModel) -> Response:
    return json_response(answer.model_dump(mode="json", exclude_unset=True))


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
