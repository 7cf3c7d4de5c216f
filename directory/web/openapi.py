"""`/api/v1/openapi.json`: the description of the JSON interface, made from the code that answers it.

A view under `/api/v1` says what it takes and gives with ``described``; its docstring is the summary.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Blueprint, Flask, Response, current_app
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from werkzeug.routing import Rule

from directory.web.api import json_response
from directory.web.identity import public

blueprint = Blueprint("openapi", __name__)

PREFIX = "/api/v1/"
VERSION = "1.0.0"
View = TypeVar("View", bound=Callable[..., Any])
Model = type[BaseModel]
_PLACEHOLDER = re.compile(r"<(?:(?P<kind>\w+)(?:\([^)]*\))?:)?(?P<name>\w+)>")
_KINDS: dict[str | None, dict[str, str]] = {
    "uuid": {"type": "string", "format": "uuid"},
    "int": {"type": "integer"},
    "float": {"type": "number"},
}


class Problem(BaseModel):
    """A refusal (RFC 9457). ``code`` is stable; the sentences are for people."""

    type: str
    title: str
    status: int
    code: str
    detail: str | None = None
    remedy: str | None = None
    fields: dict[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Described:
    """What an operation takes in its address and body, and what it answers."""

    query: Model | None = None
    body: Model | None = None
    answer: Model | None = None
    mimetype: str = "application/json"


def described(
    *,
    query: Model | None = None,
    body: Model | None = None,
    answer: Model | None = None,
    mimetype: str = "application/json",
) -> Callable[[View], View]:
    """Say what a view takes and gives."""

    def mark(view: View) -> View:
        view.described = Described(query, body, answer, mimetype)  # type: ignore[attr-defined]  # read by ``document``
        return view

    return mark


@blueprint.get("/api/v1/openapi.json")
@public
def openapi() -> Response:
    """This description (OpenAPI 3.1)."""
    return json_response(document(current_app))


def document(app: Flask) -> dict[str, Any]:
    """The description of everything under `/api/v1`."""
    rules = sorted(
        (rule for rule in app.url_map.iter_rules() if rule.rule.startswith(PREFIX)),
        key=lambda rule: rule.rule,
    )
    paths: dict[str, dict[str, Any]] = {}
    models: dict[Model, None] = {Problem: None}
    for rule in rules:
        view = app.view_functions[rule.endpoint]
        what: Described = getattr(view, "described", Described())
        models.update(dict.fromkeys(each for each in (what.body, what.answer) if each))
        path = paths.setdefault(_PLACEHOLDER.sub(r"{\g<name>}", rule.rule), {})
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            path[method.lower()] = _operation(rule, view, what)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Homeward",
            "version": VERSION,
            "summary": "Services for people who return home: find them, match them.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {"schemas": _schemas(models)},
    }


def _operation(rule: Rule, view: Callable[..., Any], what: Described) -> dict[str, Any]:
    answer: dict[str, Any] = {"type": "object"}
    if what.answer is not None:
        answer = _reference(what.answer)
    problem = {"application/problem+json": {"schema": _reference(Problem)}}
    operation: dict[str, Any] = {
        "operationId": rule.endpoint.replace(".", "_"),
        "summary": (view.__doc__ or rule.endpoint).strip().splitlines()[0],
        "parameters": [*_of_path(rule), *_of_query(what.query)],
        "responses": {
            "200": {
                "description": "The answer.",
                "content": {what.mimetype: {"schema": answer}},
            },
            "default": {"description": "A refusal, and why.", "content": problem},
        },
    }
    if what.body is not None:
        content = {"application/json": {"schema": _reference(what.body)}}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _of_path(rule: Rule) -> Iterable[dict[str, Any]]:
    for found in _PLACEHOLDER.finditer(rule.rule):
        schema = _KINDS.get(found["kind"], {"type": "string"})
        yield {"name": found["name"], "in": "path", "required": True, "schema": schema}


def _of_query(model: Model | None) -> Iterable[dict[str, Any]]:
    if model is None:
        return
    schema = model.model_json_schema(by_alias=True)
    needed = schema.get("required", [])
    for name, each in schema["properties"].items():
        parameter = {
            "name": name,
            "in": "query",
            "required": name in needed,
            "schema": each,
        }
        if text := each.get("description"):
            parameter["description"] = text
        yield parameter


def _schemas(models: Iterable[Model]) -> dict[str, Any]:
    _, schemas = models_json_schema(
        [(model, "validation") for model in models],
        ref_template="#/components/schemas/{model}",
    )
    return dict(sorted(schemas["$defs"].items()))


def _reference(model: Model) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{model.__name__}"}
