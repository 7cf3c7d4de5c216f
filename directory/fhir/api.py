"""`/api/v1/fhir`: public organizations, places and services as FHIR R4 resources, after IHE mCSD."""

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlencode

from flask import Blueprint, Response, request
from pydantic import BaseModel, Field, create_model

from directory.errors import DomainError, NotFound
from directory.fhir import capability, forms, healthcare, queries, resources
from directory.fhir.asked import Asked
from directory.fhir.capability import LOCATION, ORGANIZATION, SERVICE
from directory.fhir.resources import Site
from directory.listings.hsds_tables import Json
from directory.web import clock
from directory.web.api import json_response, translated
from directory.web.errors import status_of
from directory.web.identity import public
from directory.web.locale import current_language
from directory.web.openapi import described
from directory.web.session import db

blueprint = Blueprint("fhir_api", __name__, url_prefix="/api/v1/fhir")

MIMETYPE: Final = "application/fhir+json"
BAD_REQUEST: Final = 400
NOT_ACCEPTABLE: Final = 406

READERS: Final[dict[str, tuple[Callable[..., Any], Callable[[Any, Site], Json]]]] = {
    ORGANIZATION: (queries.organizations, resources.organization),
    LOCATION: (queries.locations, resources.location),
    SERVICE: (queries.services, healthcare.service),
}
"""How resources of a type are found, and how each is written."""


class FhirResource(BaseModel):
    """A resource of FHIR R4; hl7.org/fhir/R4 says what it holds."""

    resourceType: str  # noqa: N815  # FHIR's own name
    id: str


class FhirBundle(BaseModel):
    """A page of what was found: ``total`` in all, ``link`` to the next page, ``entry`` with resources."""

    resourceType: str  # noqa: N815  # FHIR's own name
    type: str
    total: int
    link: list[dict[str, str]]
    entry: list[dict[str, Any]] | None = None


class FhirCapabilities(BaseModel):
    """The CapabilityStatement."""

    resourceType: str  # noqa: N815  # FHIR's own name
    fhirVersion: str  # noqa: N815  # FHIR's own name
    rest: list[dict[str, Any]]


def _query_model(kind: str) -> type[BaseModel]:
    fields: dict[str, Any] = {
        f"parameter_{number}": (
            str | None,
            Field(default=None, alias=name, description=meaning),
        )
        for number, (name, (_, meaning)) in enumerate(
            capability.PARAMETERS[kind].items()
        )
    }
    fields["count"] = (int, Field(default=forms.USUAL, alias=capability.COUNT))
    fields[forms.PAGE] = (int, 1)
    made: type[BaseModel] = create_model(f"{kind}Query", **fields)
    return made


@blueprint.get("/metadata")
@public
@described(answer=FhirCapabilities, mimetype=MIMETYPE)
def metadata() -> Response:
    """Say what can be asked here: the CapabilityStatement."""
    forms.require_json(request.args)
    return _answer(capability.statement(request.url_root))


@blueprint.get("/Organization")
@public
@described(query=_query_model(ORGANIZATION), answer=FhirBundle, mimetype=MIMETYPE)
def organizations() -> Response:
    """Search organizations that have public listings."""
    return _search(ORGANIZATION)


@blueprint.get("/Organization/<organization_id>")
@public
@described(answer=FhirResource, mimetype=MIMETYPE)
def organization(organization_id: str) -> Response:
    """One organization that has public listings."""
    return _read(ORGANIZATION, organization_id)


@blueprint.get("/Location")
@public
@described(query=_query_model(LOCATION), answer=FhirBundle, mimetype=MIMETYPE)
def locations() -> Response:
    """Search the places of public listings."""
    return _search(LOCATION)


@blueprint.get("/Location/<location_id>")
@public
@described(answer=FhirResource, mimetype=MIMETYPE)
def location(location_id: str) -> Response:
    """One place of public listings."""
    return _read(LOCATION, location_id)


@blueprint.get("/HealthcareService")
@public
@described(query=_query_model(SERVICE), answer=FhirBundle, mimetype=MIMETYPE)
def services() -> Response:
    """Search public services, each at one place."""
    return _search(SERVICE)


@blueprint.get("/HealthcareService/<service_at_location_id>")
@public
@described(answer=FhirResource, mimetype=MIMETYPE)
def service(service_at_location_id: str) -> Response:
    """One public service at one place."""
    return _read(SERVICE, service_at_location_id)


@blueprint.errorhandler(DomainError)
def refuse(error: DomainError) -> Response:
    """Answer a refusal as FHIR wants it: an OperationOutcome."""
    status = status_of(error)
    code = "not-found"
    if isinstance(error, forms.UnknownFormat):
        status, code = NOT_ACCEPTABLE, error.code
    elif not isinstance(error, NotFound):
        status, code = BAD_REQUEST, error.code
    issue = {
        "severity": "error",
        "code": code,
        "details": {"text": translated(error.message, error.values)},
    }
    return _answer({"resourceType": "OperationOutcome", "issue": [issue]}, status)


def _search(kind: str) -> Response:
    forms.require_json(request.args)
    site = _site()
    wanted = forms.read(
        kind,
        request.args,
        taxonomy=site.taxonomy,
        is_strict="handling=strict" in request.headers.get("Prefer", ""),
    )
    number, size = wanted.page, wanted.count
    find, write = READERS[kind]
    start = (number - 1) * size
    found, total = find(
        db(), wanted.asked, reader=_reader(site), start=start, limit=size
    )
    links = [_link("self", kind, wanted, number, site)]
    if size and number * size < total:
        links.append(_link("next", kind, wanted, number + 1, site))
    if size and number > 1:
        links.append(_link("previous", kind, wanted, number - 1, site))
    entries = [_entry(write(row, site), site) for row in found]
    bundle: Json = {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": total,
        "link": links,
    }
    return _answer(bundle | ({"entry": entries} if entries else {}))


def _read(kind: str, text: str) -> Response:
    forms.require_json(request.args)
    key = forms.key_of(text)
    if key is None:
        raise NotFound
    site = _site()
    find, write = READERS[kind]
    found, _ = find(db(), Asked(keys=[key]), reader=_reader(site), start=0, limit=1)
    if not found:
        raise NotFound
    return _answer(write(found[0], site))


def _entry(resource: Json, site: Site) -> Json:
    address = f"{site.base}/{resource['resourceType']}/{resource['id']}"
    return {"fullUrl": address, "resource": resource, "search": {"mode": "match"}}


def _link(
    relation: str, kind: str, wanted: forms.Search, number: int, site: Site
) -> Json:
    pairs = [*wanted.understood, *([(forms.PAGE, str(number))] if number > 1 else [])]
    query = f"?{urlencode(pairs)}" if pairs else ""
    return {"relation": relation, "url": f"{site.base}/{kind}{query}"}


def _site() -> Site:
    return Site(request.url_root, current_language())


def _reader(site: Site) -> queries.Reader:
    return queries.Reader(clock.today(), site.language)


def _answer(resource: Json, status: int = 200) -> Response:
    return json_response(resource, status, MIMETYPE)
