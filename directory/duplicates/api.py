"""`GET /api/v1/similar`: listings that look like one that is being written down."""

import uuid

from flask import Blueprint, Response, request
from pydantic import BaseModel, Field

from directory.duplicates import asking
from directory.listings.record import ListingRecord
from directory.models import Role
from directory.web.api import json_response, validated
from directory.web.identity import current_actor, roles
from directory.web.openapi import described
from directory.web.session import db

blueprint = Blueprint("duplicates_api", __name__, url_prefix="/api/v1")


class Asked(BaseModel):
    """What is known of the listing so far."""

    name: str = Field(min_length=2, max_length=300, description="The listing's name.")
    lat: float | None = Field(None, ge=-90, le=90, description="Degrees.")
    lon: float | None = Field(None, ge=-180, le=180, description="Degrees.")
    phone: str | None = Field(None, max_length=300)
    country: str | None = Field(None, max_length=2, description="ISO 3166-1 alpha-2.")


class Similar(BaseModel):
    """One listing that looks like the one asked about."""

    service_id: uuid.UUID
    name: str
    organization_name: str
    address: str | None
    score: float = Field(description="From 0.5, perhaps, to 1, surely.")
    url: str


class Answer(BaseModel):
    """At most five listings, the likest first."""

    similar: list[Similar]


@blueprint.get("/similar")
@roles(Role.ADMIN, Role.SUPERVISOR, Role.AUTHORITY, Role.PROVIDER)
@described(query=Asked, answer=Answer)
def similar() -> Response:
    """Listings that look like one that is being written down, for those who may write."""
    asked = validated(Asked, {key: text for key, text in request.args.items() if text})
    has_place = asked.lat is not None and asked.lon is not None
    record = ListingRecord(
        organization_name="",
        service_name=asked.name,
        taxonomy_terms=(),
        latitude=asked.lat if has_place else None,
        longitude=asked.lon if has_place else None,
        phone=asked.phone,
        country=asked.country.upper() if asked.country else None,
    )
    found = asking.lookalikes(db(), current_actor(), record)
    return json_response(
        {
            "similar": [
                {
                    "service_id": each.service_id,
                    "name": each.name,
                    "organization_name": each.organization_name,
                    "address": each.address,
                    "score": each.score,
                    "url": f"/services/{each.service_id}",
                }
                for each in found
            ]
        }
    )
