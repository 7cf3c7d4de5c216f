"""The part of a listing's form that says where it works: areas by name, code or list, shapes as files."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from werkzeug.datastructures import FileStorage, MultiDict

from directory.areas import labels, queries, search
from directory.areas.queries import AreaRow
from directory.errors import Invalid
from directory.listings.shape_field import shape_text
from directory.text import N_, normalise
from directory.web.fields import Form
from directory.web.locale import current_language
from directory.web.session import db

AREA_FIELDS: Final = ("coverage_areas", "coverage_excluded_areas")
SHAPE_FIELDS: Final = ("coverage_geojson", "coverage_excluded_geojson")
MOST_CHOICES: Final = 8
MOST_PARTS: Final = 150
"""Areas of the second level are listed in the form only where there are no more than these."""
_UNKNOWN: Final = N_("There is no area by one of these names. Try another spelling.")
_WHICH: Final = N_("Several areas have this name. Tick the one that is meant.")
_BETWEEN: Final = re.compile(r"[,;\n،؛]")


@dataclass(frozen=True, slots=True)
class Branch:
    """An area of the list, with the areas in it."""

    code: str
    name: str
    parts: tuple["Branch", ...] = ()


@dataclass(frozen=True, slots=True)
class AreasField:
    """A field of areas: (code, label) of those chosen, what is typed, and what it may mean."""

    chosen: Sequence[tuple[str, str]] = ()
    text: str = ""
    choices: Sequence[tuple[str, str]] = ()
    tree: Sequence[Branch] = ()


@dataclass(frozen=True, slots=True)
class CoverageFields:
    """What the template of the coverage reads."""

    areas: Mapping[str, AreasField]
    country: str | None


@dataclass(frozen=True, slots=True)
class Settled:
    """The form with names turned into codes and files into text, and what could not be."""

    form: Form
    problems: dict[str, str] = field(default_factory=dict)

    def done(self) -> None:
        """Raise Invalid with the problems, if any."""
        if self.problems:
            raise Invalid(fields=self.problems)


def settled(
    form: Form, files: Mapping[str, FileStorage], *, country: str | None
) -> Settled:
    """Settle what was typed, ticked, pasted and uploaded about the coverage; never raises.

    A name that means several areas stays as it is until one of them is ticked.
    """
    kept: Form = MultiDict(form)
    result = Settled(kept)
    for name in AREA_FIELDS:
        _settle_areas(result, name, country)
    for name in SHAPE_FIELDS:
        try:
            text = shape_text(form, files, name)
        except Invalid as error:
            result.problems[name] = error.message
        else:
            if text is not None:
                kept[name] = text
    return result


def fields_of(form: Form, *, country: str | None) -> CoverageFields:
    """Return what the template needs to show the form's coverage."""
    tree = _tree(country)
    return CoverageFields(
        areas={name: _field_of(form, name, country, tree) for name in AREA_FIELDS},
        country=country,
    )


def _settle_areas(result: Settled, name: str, country: str | None) -> None:
    form = result.form
    codes = _codes(form, name)
    left: list[str] = []
    for typed in _names(form.get(f"{name}_add", "")):
        found = _meant(typed, country)
        if len(found) == 1:
            codes.append(found[0].code)
        elif not any(area.code in codes for area in found):
            left.append(typed)
            result.problems[name] = _WHICH if found else _UNKNOWN
    if name in form or codes:
        form[name] = ", ".join(dict.fromkeys(codes))
    form[f"{name}_add"] = ", ".join(left)


def _codes(form: Form, name: str) -> list[str]:
    """The ticked codes; a value may also be a list of codes, as files write it."""
    values = " ".join(form.getlist(name))
    return values.replace(",", " ").replace(";", " ").split()


def _names(text: str) -> list[str]:
    return [part.strip() for part in _BETWEEN.split(text) if part.strip()]


def _meant(typed: str, country: str | None) -> list[AreaRow]:
    """The areas that a code or a name may mean, those of the country alone if there are any."""
    by_code = queries.area_by_code(db(), typed) or queries.area_by_code(
        db(), typed.upper()
    )
    if by_code is not None:
        return [by_code]
    hits = search.search_areas(db(), typed, limit=MOST_CHOICES * 3)
    own = [hit for hit in hits if hit.country == country] or hits
    exact = [hit for hit in own if normalise(hit.matched) == normalise(typed)]
    rows = [
        queries.area_by_id(db(), hit.area_id)
        for hit in (exact or own)[:MOST_CHOICES]
        if hit.area_id is not None
    ]
    return [row for row in rows if row is not None]


def _field_of(
    form: Form, name: str, country: str | None, tree: Sequence[Branch]
) -> AreasField:
    codes = list(dict.fromkeys(_codes(form, name)))
    text = form.get(f"{name}_add", "")
    meant = [area for typed in _names(text) for area in _meant(typed, country)]
    offered = {area.code: area for area in meant if area.code not in codes}
    rows = queries.areas_by_codes(db(), codes)
    return AreasField(
        chosen=[(code, _label(rows[code]) if code in rows else code) for code in codes],
        text=text,
        choices=[(code, _label(area)) for code, area in offered.items()],
        tree=tree,
    )


def _label(area: AreaRow) -> str:
    return labels.area_label(db(), area, current_language())


def _tree(country: str | None) -> Sequence[Branch]:
    """The first-level areas of a country, each with its parts where these are not too many."""
    land = queries.area_by_code(db(), country) if country else None
    if land is None:
        return ()
    first = queries.children(db(), land.id)
    counts = queries.count_children(db(), [area.id for area in first])
    shows_parts = sum(counts.values()) <= MOST_PARTS
    below = {
        area.id: queries.children(db(), area.id)
        for area in first
        if shows_parts and counts.get(area.id)
    }
    every = [*first, *(part for parts in below.values() for part in parts)]
    names = queries.names(db(), [area.id for area in every], current_language())

    def branch(area: AreaRow) -> Branch:
        parts = tuple(_sorted(branch(part) for part in below.get(area.id, ())))
        return Branch(area.code, names[area.id], parts)

    return _sorted(branch(area) for area in first)


def _sorted(branches: Iterable[Branch]) -> list[Branch]:
    return sorted(branches, key=lambda one: normalise(one.name))
