"""`/api/v1/hsds`: what the Human Services Data Specification 3.1 asks an API to answer."""

import uuid
from datetime import UTC, datetime
from typing import Any, Final

from flask import Blueprint, Response, request
from pydantic import BaseModel

from directory.listings import hsds
from directory.openreferral import queries
from directory.openreferral.queries import Asked
from directory.search.forms import engine
from directory.web import clock
from directory.web.api import json_response
from directory.web.identity import public
from directory.web.openapi import described
from directory.web.pagination import page_number
from directory.web.session import db

blueprint = Blueprint("openreferral_api", __name__, url_prefix="/api/v1/hsds")

USUAL: Final = 20
MOST: Final = 100
PROFILE: Final = "https://docs.openreferral.org/en/3.1/"


class ApiInformation(BaseModel):
    """Which specification this answers, and where it is described."""

    version: str
    profile: str
    openapi_url: str


class PageQuery(BaseModel):
    """What the specification lets one ask for; what cannot be understood counts as not asked."""

    search: str | None = None
    taxonomy_term_id: uuid.UUID | None = None
    organization_id: uuid.UUID | None = None
    modified_after: str | None = None
    page: int = 1
    per_page: int = USUAL


class ServicePage(BaseModel):
    """A page of services, each with its organization, places and all that belongs to it."""

    total_items: int
    total_pages: int
    page_number: int
    size: int
    first_page: bool
    last_page: bool
    empty: bool
    contents: list[dict[str, Any]]


@blueprint.get("/")
@public
@described(answer=ApiInformation)
def index() -> Response:
    """Say which specification this answers."""
    return json_response(
        {
            "version": hsds.VERSION,
            "profile": PROFILE,
            "openapi_url": f"{request.url_root}api/v1/openapi.json",
        }
    )


@blueprint.get("/services")
@public
@described(query=PageQuery, answer=ServicePage)
def services() -> Response:
    """List public services as HSDS 3.1, whole."""
    number, size = page_number(), _size()
    found, total = queries.list_services(
        db(),
        engine(),
        _asked(),
        today=clock.today(),
        start=(number - 1) * size,
        limit=size,
    )
    pages = max(1, -(-total // size))
    return json_response(
        {
            "total_items": total,
            "total_pages": pages,
            "page_number": number,
            "size": len(found),
            "first_page": number == 1,
            "last_page": number >= pages,
            "empty": not found,
            "contents": found,
        }
    )


@blueprint.get("/services/<uuid:service_id>")
@public
def service(service_id: uuid.UUID) -> Response:
    """One public service as HSDS 3.1."""
    return json_response(queries.get_service(db(), service_id, today=clock.today()))


def _asked() -> Asked:
    given = request.args
    return Asked(
        search=" ".join(given.get("search", "").replace("\x00", " ").split())[:200],
        taxonomy_term_id=_key(given.get("taxonomy_term_id")),
        organization_id=_key(given.get("organization_id")),
        modified_after=_moment(given.get("modified_after")),
    )


def _key(text: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return None


def _moment(text: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _size() -> int:
    text = request.args.get("per_page", "")
    return min(max(int(text), 1), MOST) if text.isascii() and text.isdigit() else USUAL
