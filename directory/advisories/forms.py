"""The form of an advisory: what a supervisor typed, chose or drew, as values the operations understand."""

from collections.abc import Mapping
from datetime import date

import shapely
from shapely.geometry.base import BaseGeometry
from werkzeug.datastructures import FileStorage

from directory.advisories.operations import LONGEST_REASON, Details
from directory.advisories.reach import Standing
from directory.areas import forms as place_forms
from directory.areas import queries as areas
from directory.areas.forms import PlaceField
from directory.areas.places import PlaceKind
from directory.errors import Invalid
from directory.listings import shapes
from directory.listings.shape_field import shape_text
from directory.text import N_
from directory.web.fields import Fields, Form
from directory.web.session import db

OUTLINE = "outline"


def place_of(form: Form) -> PlaceField:
    """The field of the area, with the lists of areas under it."""
    return place_forms.read_place(form, tree=True)


def details(form: Form, files: Mapping[str, FileStorage], place: PlaceField) -> Details:
    """Return what the advisory says; raises Invalid by field."""
    fields = Fields(form)
    if place.place is not None and place.place.kind is not PlaceKind.AREA:
        fields.problems["place"] = N_("Choose an area: a town has no outline.")
    area = place.place.area if place.place is not None else None
    outline = _outline(fields, form, files)
    found = Details(
        level=fields.text("level", longest=20) or "",
        reason_class=fields.text("reason_class", longest=20) or "other",
        reason=fields.text("reason", longest=LONGEST_REASON) or "",
        area_id=area.id if area else None,
        outline=outline,
        country=area.country if area else _country(outline),
        valid_from=fields.day("valid_from"),
        valid_to=fields.day("valid_to"),
        review_on=fields.day("review_on"),
    )
    if place.error:
        # The field says it in its own words; the form only must not go on.
        fields.problems["place"] = place.error
    fields.done()
    return found


def first_values(today: date) -> Form:
    """The form of a new advisory: the strongest level is never chosen by default."""
    return Form({"level": "caution", "valid_from": today.isoformat()})


def values_of(advisory: Standing) -> Form:
    """An advisory as its form shows it."""
    form = Form(
        {
            "level": str(advisory.level),
            "reason_class": advisory.reason_class,
            "reason": advisory.reason,
        }
    )
    for name in ("valid_from", "valid_to", "review_on"):
        day: date | None = getattr(advisory, name)
        form[name] = day.isoformat() if day else ""
    if advisory.outline is not None:
        form[OUTLINE] = shapes.written(advisory.outline)
    return form


def place_of_advisory(advisory: Standing) -> PlaceField:
    """The field of the area as it stands."""
    area = areas.area_by_id(db(), advisory.area_id) if advisory.area_id else None
    token = {"place": "", "place_token": f"area:{area.code}"} if area else {}
    return place_forms.read_place(token, tree=True)


def _outline(
    fields: Fields, form: Form, files: Mapping[str, FileStorage]
) -> BaseGeometry | None:
    try:
        text = shape_text(form, files, OUTLINE)
    except Invalid as error:
        fields.problems[OUTLINE] = error.message
        return None
    return shapes.read_shape(text) if text else None


def _country(outline: BaseGeometry | None) -> str | None:
    if outline is None:
        return None
    middle = shapely.point_on_surface(outline)
    return areas.country_of(db(), middle.y, middle.x)
