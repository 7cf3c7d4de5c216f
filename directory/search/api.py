"""`GET /api/v1/services` and `/api/v1/suggest`: the directory's list and type-ahead as JSON."""

from datetime import date
from typing import Any, Final, Literal

from flask import Blueprint, Response, request
from pydantic import BaseModel

from directory.listings.hours_words import hours_in_words
from directory.search import cards, forms, queries, suggesting
from directory.search.cards import Card
from directory.web import clock
from directory.web.api import json_response
from directory.web.identity import current_actor, public
from directory.web.locale import current_language
from directory.web.openapi import described
from directory.web.pagination import page_number
from directory.web.session import db

blueprint = Blueprint("search_api", __name__, url_prefix="/api/v1")

USUAL: Final = 20
MOST: Final = 100


class ListQuery(BaseModel):
    """The filters of /services; what cannot be understood counts as not asked."""

    q: str | None = None
    as_words: Literal["1"] | None = None
    any_words: Literal["1"] | None = None
    term: str | None = None
    place: str | None = None
    place_token: str | None = None
    area: str | None = None
    country: str | None = None
    lat: float | None = None
    lon: float | None = None
    radius_km: float | None = None
    covers: str | None = None
    language: str | None = None
    cost: Literal["free", "subsidised", "paid", "unknown"] | None = None
    status: str | None = None
    freshness: Literal["fresh", "due", "stale", "unknown"] | None = None
    open_to: str | None = None
    community: str | None = None
    open_now: Literal["1"] | None = None
    sort: Literal["relevance", "name", "distance", "verified"] | None = None
    page: int = 1
    limit: int = USUAL
    lang: str | None = None


class ListedService(BaseModel):
    """One service at one place, as the list shows it.

    ``opening_hours`` is OSM's text, ``opening_hours_words`` says it in the reader's language.
    """

    service_id: str
    service_at_location_id: str
    url: str
    name: str
    organization_id: str
    organization: str
    taxonomy_terms: list[str]
    summary: str
    place: list[str]
    country: str | None
    latitude: float | None
    longitude: float | None
    distance_km: float | None
    cost: str | None
    languages: list[str]
    opening_hours: str | None
    opening_hours_words: str | None
    status: str
    assured_date: date | None
    freshness: str
    is_demonstration: bool


class CountAnswer(BaseModel):
    """How many listings one value of a filter would leave."""

    value: str
    count: int


class PlaceMeant(BaseModel):
    """The place that was typed, or named in the text."""

    token: str
    label: str


class ListAnswer(BaseModel):
    """One page of listings, counts beside the filters, and what became of the text.

    ``partial``: nothing has all the words of the text; these have some of them, most first. ``place``:
    where the list is about; a place that the text named is not looked for as words.
    """

    services: list[ListedService]
    total: int
    page: int
    pages: int
    corrected: str | None
    suggestion: str | None
    partial: bool
    place: PlaceMeant | None
    facets: dict[str, list[CountAnswer]]


class SuggestQuery(BaseModel):
    """What was typed so far."""

    q: str
    country: str | None = None
    lang: str | None = None


class Suggested(BaseModel):
    """A category, an area or a listing that may be meant."""

    kind: Literal["term", "area", "service"]
    label: str
    url: str


class SuggestAnswer(BaseModel):
    """What may be meant, the likeliest first."""

    suggestions: list[Suggested]


@blueprint.get("/services")
@public
@described(query=ListQuery, answer=ListAnswer)
def services() -> Response:
    """List the services that fit the filters."""
    number, size = page_number(), _limit()
    reader = queries.Reader(current_actor(), clock.today())
    answer = forms.answer(
        request.args, reader=reader, start=(number - 1) * size, limit=size
    )
    found, place = answer.found, answer.place.place
    shown = cards.make_cards(
        db(),
        found.offers,
        language=current_language(),
        now=clock.now(),
        near=answer.filters.near,
    )
    return json_response(
        {
            "services": [_as_json(card) for card in shown],
            "total": found.total,
            "page": number,
            "pages": max(1, -(-found.total // size)),
            "corrected": found.corrected,
            "suggestion": found.suggestion,
            "partial": found.is_partial,
            "place": {"token": place.token, "label": place.label} if place else None,
            "facets": found.facets,
        }
    )


@blueprint.get("/suggest")
@public
@described(query=SuggestQuery, answer=SuggestAnswer)
def suggest() -> Response:
    """Suggest categories, areas and public listings for the beginning of a text."""
    found = suggesting.suggest(
        db(),
        request.args.get("q", "")[:100],
        country=forms.filters_of(request.args).country,
        language=current_language(),
    )
    return json_response({"suggestions": found})


def _limit() -> int:
    text = request.args.get("limit", "")
    return min(max(int(text), 1), MOST) if text.isdecimal() and len(text) < 6 else USUAL


def _as_json(card: Card) -> dict[str, Any]:
    distance = card.distance_km
    return {
        "service_id": card.service_id,
        "service_at_location_id": card.service_at_location_id,
        "url": f"/services/{card.service_id}",
        "name": card.name,
        "organization_id": card.organization_id,
        "organization": card.organization,
        "taxonomy_terms": card.terms,
        "summary": card.summary,
        "place": card.place,
        "country": card.country,
        "latitude": card.latitude,
        "longitude": card.longitude,
        "distance_km": None if distance is None else round(distance, 3),
        "cost": card.cost,
        "languages": card.languages,
        "opening_hours": card.hours,
        "opening_hours_words": hours_in_words(
            card.hours, clock.today(), current_language()
        ),
        "status": card.status,
        "assured_date": card.freshness.assured_date,
        "freshness": card.freshness.band,
        "is_demonstration": card.is_demonstration,
    }
