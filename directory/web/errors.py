"""Every refusal and failure as a page or as problem+json, in the reader's language, once for all."""

import logging
import secrets
from typing import Any

from flask import Flask, Response, make_response, redirect, render_template, request
from flask_babel import gettext
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from directory.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound
from directory.web.api import problem, translated
from directory.web.identity import SignInNeeded

logger = logging.getLogger("homeward")

STATUS: tuple[tuple[type[DomainError], int], ...] = (
    (SignInNeeded, 401),
    (NotFound, 404),
    (NotAllowed, 403),
    (Invalid, 422),
    (Conflict, 409),
)


def install(app: Flask) -> None:
    """Let ``app`` answer every error in words."""
    app.register_error_handler(DomainError, answer)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _bug)


def status_of(error: DomainError) -> int:
    """The HTTP status of a domain error; only this module knows the numbers."""
    return next((status for family, status in STATUS if isinstance(error, family)), 400)


def answer(error: DomainError) -> AnyResponse:
    """The page, or for programs the problem, of a refusal."""
    status = status_of(error)
    if isinstance(error, SignInNeeded) and not wants_json():
        return redirect("/sign-in")
    what = translated(error.message, error.values)
    remedy = translated(error.remedy, error.values)
    if wants_json():
        fields = {name: translated(message) for name, message in error.fields.items()}
        members: dict[str, Any] = {"remedy": remedy} if remedy else {}
        if fields:
            members["fields"] = fields
        return problem(status, error.code, what, **members)
    return _page(status, what=what, remedy=remedy)


def _http_error(error: HTTPException) -> AnyResponse:
    if isinstance(error.code, int) and error.code < 400:
        return error.get_response()
    status = error.code or 500
    if wants_json():
        return problem(status, f"http_{status}", error.name)
    response = _page(status)
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            response.headers[name] = value
    return response


def _bug(error: Exception) -> AnyResponse:
    reference = secrets.token_hex(4)
    # The path is logged without its query: a query may say what a person looks for.
    logger.error(
        "Unexpected failure %s at endpoint %s",
        reference,
        request.endpoint,
        exc_info=error,
    )
    if wants_json():
        return problem(
            500,
            "failure",
            gettext("Something failed on our side."),
            reference=reference,
        )
    return _page(500, reference=reference)


def _page(
    status: int, *, what: str = "", remedy: str = "", reference: str = ""
) -> Response:
    return make_response(
        render_template(
            "errors/error.html",
            status=status,
            what=what,
            remedy=remedy,
            reference=reference,
        ),
        status,
    )


def wants_json() -> bool:
    """Whether this request is a program's."""
    return request.path.startswith(("/api/", "/hsds/", "/ogc/"))
