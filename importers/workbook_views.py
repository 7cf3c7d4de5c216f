"""Workbooks of imports to download: the empty list, and a plan's rows with their faults marked."""

import uuid
from typing import Any, cast

from flask import Blueprint, Response, current_app, request
from flask_babel import force_locale

from directory.config import Config
from directory.errors import NotFound
from directory.models import Role
from directory.taxonomy import queries as taxonomy
from directory.web.api import translated
from directory.web.identity import current_actor, roles
from directory.web.locale import current_language, direction, own_language
from directory.web.session import db
from importers import drafting, preview, queries, tasks, uploads, workbooks
from importers.preview import ShownIssue

blueprint = Blueprint("import_workbooks", __name__)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/imports/template.xlsx")
@roles(Role.ADMIN, Role.SUPERVISOR)
@own_language
def template() -> Response:
    """Offer an empty list with drop-downs, in the language of ``?lang=`` or of the page."""
    asked = request.args.get("lang", "")
    language = asked if asked in current_app.config["LOCALES"] else current_language()
    with force_locale(language):
        body = workbooks.template(
            translated, _terms(language), is_rtl=direction(language) == "rtl"
        )
    return _download(body, f"listings-{language}.xlsx")


@blueprint.get("/imports/<uuid:run_id>/marked.xlsx")
@roles(Role.ADMIN, Role.SUPERVISOR)
def marked(run_id: uuid.UUID) -> Response:
    """Return the file to the person who uploaded it, its faulty cells coloured and explained."""
    actor = current_actor()
    run = queries.get_run(db(), run_id, actor)
    if run.created_by is None or run.created_by != actor.user_id:
        raise NotFound
    config = cast("Config", current_app.extensions["homeward"])
    data = uploads.read(config, run.id)
    if data is None or run.state == "reading":
        raise tasks.UploadGone
    _format, table, _layout = drafting.inspect(data, tasks.options_of(run, config))
    found = [preview.issue(one) for one in queries.seen_issues(db(), run, actor)]
    return _download(workbooks.marked(table, found, _sentence), "marked.xlsx")


def _sentence(issue: ShownIssue) -> str:
    problem = translated(issue.message, issue.values)
    return f"{problem} {translated(issue.remedy, issue.values)}".strip()


def _terms(language: str) -> list[tuple[str, str]]:
    """Categories and their leaves; a leaf's label names its category, so that no two are alike."""
    found = []
    for category in taxonomy.categories(db()):
        top = category.term.label(language)
        found.append((top, category.term.code))
        found += [
            (f"{top} – {leaf.label(language)}", leaf.code) for leaf in category.leaves
        ]
    return found


def _download(body: bytes, name: str) -> Response:
    headers: dict[str, Any] = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
    }
    return Response(body, mimetype=XLSX, headers=headers)
