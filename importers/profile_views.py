"""The page that takes profiles and figures of areas from a file: all of it, or a list of what is wrong."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request
from flask_babel import gettext

from directory.config import Config
from directory.errors import Invalid
from directory.models import Role
from directory.profiles.words import TEXTS
from directory.web import clock
from directory.web.api import translated
from directory.web.identity import current_actor, roles
from directory.web.locale import current_language
from directory.web.session import db
from importers import area_profiles
from importers.area_profiles import Problem, ProfilesRefused

blueprint = Blueprint("import_profiles", __name__)

SHOWN = 100
"""Problems on the page; so many suffice to see what is wrong with a file."""


@blueprint.get("/areas/profiles")
@roles(Role.ADMIN, Role.SUPERVISOR, Role.AUTHORITY)
def form() -> str:
    """Show the form, and which columns a file may have."""
    return _page({}, ())


@blueprint.post("/areas/profiles")
@roles(Role.ADMIN, Role.SUPERVISOR, Role.AUTHORITY)
def upload() -> Any:
    """Take a file at once; an authority's may speak of its own areas only."""
    config: Config = current_app.extensions["homeward"]
    given, language = request.files.get("file"), request.form.get("lang", "")
    if given is None or not given.filename:
        return _page({"file": gettext("Choose a file.")}, ()), 422
    try:
        done = area_profiles.bring(
            db(),
            actor=current_actor(),
            data=given.read(),
            language=language if language in area_profiles.LANGUAGES else current_language(),
            max_bytes=config.max_upload_mb * 1024 * 1024,
            now=clock.now(),
        )  # fmt: skip
    except Invalid as error:
        problems = error.problems if isinstance(error, ProfilesRefused) else ()
        sentence = f"{translated(error.message, error.values)} {translated(error.remedy)}".strip()
        return _page({"file": sentence}, problems), 422
    flash(
        gettext(
            "Profiles: %(created)s new, %(updated)s changed, %(unchanged)s as they were. Figures new or changed: %(figures)s.",
            created=done.created,
            updated=done.updated,
            unchanged=done.unchanged,
            figures=done.figures,
        ),
        "success",
    )
    return redirect("/areas/profiles", 303)


def _page(errors: dict[str, str], problems: Sequence[Problem]) -> str:
    return render_template(
        "profiles/import.html",
        errors=errors,
        problems=[
            (one.line, one.column, translated(one.message, one.values))
            for one in problems[:SHOWN]
        ],
        columns=TEXTS,
        written_in=area_profiles.LANGUAGES,
    )
