"""Pages of a profile: writing it, and its history; the page of the area shows it."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext

from directory import authz
from directory.areas import queries as areas
from directory.areas.queries import AreaRow
from directory.areas.views import AreaUnknown
from directory.errors import Conflict, Invalid
from directory.listings.translations import STATES
from directory.profiles import forms, operations, queries, words
from directory.profiles.queries import Figure, Key, Profile
from directory.web import clock
from directory.web.fields import Form, sentences
from directory.web.identity import current_actor, signed_in
from directory.web.locale import current_language
from directory.web.session import db

blueprint = Blueprint("profiles", __name__, url_prefix="/areas/<code>/profile")


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page of an area tells of life there; ``around``: of an area that it lies in."""

    profile: Profile | None
    around: Profile | None
    around_name: str
    figures: list[Figure]
    may_edit: bool


@blueprint.app_template_global("profile_of")
def profile_of(area: AreaRow) -> Shown:
    """Return what is known of life in an area, for the template of its page."""
    language, today = current_language(), clock.today()
    nearest = queries.nearest(db(), area.id, language=language, today=today)
    is_own = nearest is not None and nearest.area.id == area.id
    around = None if is_own else nearest
    return Shown(
        nearest if is_own else None,
        around,
        _name(around.area) if around else "",
        queries.figures(db(), area.id),
        operations.may_edit(db(), current_actor(), area),
    )


@dataclass(frozen=True, slots=True)
class Near:
    """The profile that holds where somebody goes; ``is_around``: of a wider area than is known."""

    profile: Profile
    name: str
    is_around: bool


@blueprint.app_template_global("profile_near")
def profile_near(
    area_id: uuid.UUID | None, latitude: float | None, longitude: float | None
) -> Near | None:
    """Return the profile of a place, for templates: of its stated area, else of its position."""
    if area_id is None and latitude is not None and longitude is not None:
        area_id = areas.locate_points(db(), [(latitude, longitude)])[0][2]
    if area_id is None:
        return None
    found = queries.nearest(
        db(), area_id, language=current_language(), today=clock.today()
    )
    if found is None:
        return None
    return Near(found, _name(found.area), found.area.id != area_id)


@blueprint.app_template_global("profile_words")
def profile_words() -> Mapping[str, str]:
    """Return how the parts of a profile are called, in the order of the page."""
    return words.TEXTS


@blueprint.route("/edit", methods=["GET", "POST"])
@signed_in
def edit(code: str) -> Any:
    """Show the form of an area's profile, and save it."""
    area = _area(code)
    operations.require_editor(db(), current_actor(), area)
    if request.method == "GET":
        return _form_page(area, _values(area))
    try:
        operations.save(
            db(),
            actor=current_actor(),
            area=area,
            details=forms.details(request.form, _states(area)),
            expected_version=forms.version(request.form),
            now=clock.now(),
        )
    except Invalid as error:
        return _form_page(area, request.form, sentences(error)), 422
    except Conflict as error:
        return _form_page(area, request.form, sentences(error)), 409
    flash(gettext("The profile is saved."), "success")
    return redirect(f"/areas/{area.code}#profile", 303)


@blueprint.get("/history")
@signed_in
def history(code: str) -> str:
    """Show who changed what of a profile and of the figures."""
    area, actor = _area(code), current_actor()
    authz.require(actor, authz.Action.SEE_HISTORY, area)
    return render_template(
        "listings/history.html",
        name=_name(area),
        back=f"/areas/{area.code}",
        changes=queries.history(db(), area.id),
        labels=words,
        names_people=authz.sees_everything(actor),
    )


def _area(code: str) -> AreaRow:
    area = areas.area_by_code(db(), code)
    if area is None:
        raise AreaUnknown
    return area


def _name(area: AreaRow) -> str:
    return areas.names(db(), [area.id], current_language())[area.id]


def _values(area: AreaRow) -> Form:
    profile = queries.stored(db(), area.id)
    if profile is None:
        return forms.first_values(current_language())
    return forms.values_of(profile, queries.translations(db(), profile.id))


def _states(area: AreaRow) -> dict[Key, str]:
    profile = queries.stored(db(), area.id)
    others = queries.translations(db(), profile.id) if profile else {}
    return {key: row.state for key, row in others.items()}


def _form_page(
    area: AreaRow, form: Form, errors: Mapping[str, str] | None = None
) -> str:
    profile = queries.stored(db(), area.id)
    conflict = errors is not None and "page" in errors
    return render_template(
        "profiles/form.html",
        area=area,
        name=_name(area),
        form=form,
        # After a conflict the next save is one over what is shown beside the fields.
        version=profile.version if conflict and profile else form.get("version", "0"),
        now_there=_values(area) if conflict else None,
        states=_states(area),
        text_states=STATES,
        written_in=forms.WRITTEN_IN,
        texts=words.TEXTS,
        questions=words.QUESTIONS,
        longest=operations.LONGEST,
        errors=errors or {},
    )
