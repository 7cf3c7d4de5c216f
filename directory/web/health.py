"""Is the process alive, and can it serve?"""

from flask import Blueprint, Response, current_app
from sqlalchemy import text

from directory.web.api import json_response
from directory.web.identity import public
from directory.web.security import csrf, limiter
from directory.web.session import db

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@public
@limiter.exempt
def alive() -> Response:
    """The process answers."""
    return json_response({"status": "alive"})


@blueprint.get("/readyz")
@public
@limiter.exempt
def ready() -> Response:
    """The database answers and the search index is there; 503 otherwise, naming what is missing."""
    missing = []
    try:
        db().execute(text("SELECT count(*) FROM area WHERE level = 0")).scalar_one()
    except Exception:
        missing.append("database")
    check = current_app.extensions.get("homeward_search_ready")
    if check is not None and not check():
        missing.append("search index")
    return json_response(
        {"status": "ready" if not missing else "not ready", "missing": missing},
        200 if not missing else 503,
    )


csrf.exempt(blueprint)
