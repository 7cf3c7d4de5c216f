"""JSON answers and RFC 9457 problems, said once for every API."""

from collections.abc import Mapping
from typing import Any, TypeVar

import orjson
from flask import Response, request
from flask_babel import gettext
from pydantic import BaseModel, ValidationError

from directory.errors import Invalid
from directory.text import N_

Model = TypeVar("Model", bound=BaseModel)


def json_response(
    data: Any, status: int = 200, mimetype: str = "application/json"
) -> Response:
    """A JSON answer; UUIDs, dates and dataclasses are written in their standard forms."""
    body = orjson.dumps(
        data, option=orjson.OPT_NON_STR_KEYS | orjson.OPT_SERIALIZE_NUMPY
    )
    return Response(body, status=status, mimetype=mimetype)


def problem(
    status: int, code: str, title: str, detail: str = "", **members: Any
) -> Response:
    """An RFC 9457 problem; ``code`` is stable, ``title`` and ``detail`` are for people."""
    body = {
        "type": f"urn:homeward:problem:{code}",
        "title": title,
        "status": status,
        "code": code,
    }
    if detail:
        body["detail"] = detail
    return json_response({**body, **members}, status, "application/problem+json")


class BadBody(Invalid):
    """The request's body is not what the description asks for."""

    code = "invalid_body"
    message = N_("The request could not be understood.")
    remedy = N_("Compare it with the description at /api/v1/openapi.json.")


def validated(model: type[Model], data: Any) -> Model:
    """``data`` as a ``model``; raises BadBody with one message per field."""
    try:
        return model.model_validate(data)
    except ValidationError as problem_found:
        fields = {
            ".".join(str(part) for part in error["loc"]) or "body": str(error["msg"])
            for error in problem_found.errors()
        }
        raise BadBody(fields=fields) from None


def json_body() -> Any:
    """The body as JSON; raises BadBody when it is not."""
    try:
        return orjson.loads(request.get_data())
    except orjson.JSONDecodeError as error:
        raise BadBody(fields={"body": str(error)}) from None


def translated(message: str, values: Mapping[str, Any] | None = None) -> str:
    """A message id of the core in the reader's language, with its values filled in."""
    return gettext(message, **(values or {})) if message else ""
