"""`/hsds`: the short address of the Open Referral API, which leads to `/api/v1/hsds`."""

import uuid
from typing import Final
from urllib.parse import urlencode

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from directory.web.identity import public

blueprint = Blueprint("openreferral", __name__, url_prefix="/hsds")

MOVED: Final = 308
"""For good, and asked again in the same way."""
PARAMETERS: Final = (
    "search", "taxonomy_term_id", "organization_id", "modified_after", "page", "per_page",
)  # fmt: skip
"""What the specification lets one ask for."""


@blueprint.get("/")
@public
def index() -> Response:
    """Lead to what says which specification is answered."""
    return redirect(url_for("openreferral_api.index"), MOVED)


@blueprint.get("/services")
@public
def services() -> Response:
    """Lead to the pages of services, with what was asked."""
    asked = [(name, request.args[name]) for name in PARAMETERS if name in request.args]
    query = f"?{urlencode(asked)}" if asked else ""
    return redirect(f"{url_for('openreferral_api.services')}{query}", MOVED)


@blueprint.get("/services/<uuid:service_id>")
@public
def service(service_id: uuid.UUID) -> Response:
    """Lead to one service; whether there is one is said there."""
    return redirect(url_for("openreferral_api.service", service_id=service_id), MOVED)
