"""The place field of a form: what came in, and what the page needs to show it again.

A view reads it with :func:`read_place` and passes the field to the macro
``components/place_input.html``. Names of the inputs, for a field called ``place``:
``place`` (text), ``place_token`` (a choice), ``place_picked`` (what was typed when the choice was
made), ``place_lat``, ``place_lon``, ``place_accuracy`` (pin or own position).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

from babel import Locale

from directory.areas import inhabited, places, queries
from directory.areas.places import Ambiguous, Choice, Given, PlaceError, ResolvedPlace
from directory.text import N_, normalise
from directory.web.api import translated
from directory.web.locale import current_language
from directory.web.session import db
from directory.web.templating import by_name, country_name

LONGEST = 200
_DEEPEST = 5


@dataclass(frozen=True, slots=True)
class Branch:
    """One list of areas: (code, name) pairs, and the code that is chosen."""

    options: tuple[tuple[str, str], ...]
    chosen: str = ""


@dataclass(frozen=True, slots=True)
class PlaceField:
    """A place field and its state. ``place`` is set when the place is known.

    ``error`` is a sentence in the reader's language. ``choices`` are shown as radio
    buttons; then there is no place yet, and ``error`` asks to choose. ``tree`` are the
    lists of areas to choose from, one under the other.
    """

    name: str = "place"
    text: str = ""
    token: str = ""
    place: ResolvedPlace | None = None
    choices: tuple[Choice, ...] = ()
    error: str = ""
    tree: tuple[Branch, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing was given."""
        return not (self.text or self.token or self.place)

    @property
    def errors(self) -> dict[str, str]:
        """The error as form pages pass errors: by field name."""
        return {self.name: self.error} if self.error else {}


_CHOOSE = N_("Choose the place that is meant.")
_NEEDED = N_("Say where: a town, an area or coordinates.")


def read_place(
    form: Mapping[str, str],
    name: str = "place",
    *,
    country: str | None = None,
    needed: bool = False,
    tree: bool = False,
) -> PlaceField:
    """Read the field ``name`` of a form or of the address; never raises.

    ``tree`` offers lists of areas too: a person may go down them with the button
    ``<name>_open``, which brings the form back with the next list and no place yet.
    """
    if not tree:
        return _read(form, name, country, needed)
    chosen = _chosen_codes(form, name)
    if chosen and (form.get(f"{name}_open") or not form.get(name, "").strip()):
        is_opening = bool(form.get(f"{name}_open"))
        area = {} if is_opening else {f"{name}_token": f"area:{chosen[-1]}"}
        field = _read({name: "", **area}, name, country, needed=False)
    else:
        field = _read(form, name, country, needed)
    return replace(field, tree=_tree(country, chosen))


def _read(
    form: Mapping[str, str], name: str, country: str | None, needed: bool
) -> PlaceField:
    text = " ".join(form.get(name, "").split())[:LONGEST]
    token = form.get(f"{name}_token", "")[:LONGEST]
    picked = " ".join(form.get(f"{name}_picked", text).split())
    # Who types something new after choosing means the new text.
    given = Given(
        text=text,
        token=token if token and picked == text else "",
        latitude=_number(form, f"{name}_lat"),
        longitude=_number(form, f"{name}_lon"),
        precision_m=_number(form, f"{name}_accuracy"),
    )
    if not text and not given.token and given.latitude is None:
        error = translated(_NEEDED) if needed else ""
        return PlaceField(name=name, error=error)
    return _resolved(name, given, country)


def place_field(
    place: ResolvedPlace | None = None, name: str = "place", *, tree: bool = False
) -> PlaceField:
    """The field of a form that already has a place, or an empty one."""
    branches = _tree(None, []) if tree else ()
    if place is None:
        return PlaceField(name=name, tree=branches)
    return PlaceField(name, place.label, place.token, place, tree=branches)


def country_options(kept: str | None = None) -> list[tuple[str, str]]:
    """Countries to choose from, by name in the reader's language, and the code that is ``kept``."""
    options = _countries(current_language())
    if kept is None or len(kept) != 2 or any(code == kept for code, _ in options):
        return options
    return by_name([*options, (kept, country_name(kept))])


@cache
def _countries(language: str) -> list[tuple[str, str]]:
    names = Locale.parse(language).territories
    return by_name((code, str(names.get(code, code))) for code in inhabited.codes())


def _chosen_codes(form: Mapping[str, str], name: str) -> list[str]:
    """The codes chosen in the lists, from the country down, as far as they hang together."""
    codes: list[str] = []
    for depth in range(_DEEPEST):
        code = form.get(f"{name}_area_{depth}", "")
        area = queries.area_by_code(db(), code) if code else None
        if area is None:
            break
        above = queries.ancestors(db(), area.id)
        if [one.code for one in above][-len(codes) :] != codes and codes:
            break
        codes.append(code)
    return codes


def _tree(country: str | None, chosen: list[str]) -> tuple[Branch, ...]:
    """The lists to show: the countries, then the areas below each choice."""
    path = chosen or ([country] if country else [])
    lists = [
        [land for land in queries.countries(db()) if not inhabited.is_empty(land.code)]
    ]
    for code in path:
        area = queries.area_by_code(db(), code)
        below = queries.children(db(), area.id) if area else []
        if below:
            lists.append(below)
    ids = [area.id for rows in lists for area in rows]
    names = queries.names(db(), ids, current_language())
    branches = []
    for depth, rows in enumerate(lists):
        options = sorted(
            ((area.code, names[area.id]) for area in rows),
            key=lambda option: normalise(option[1]),
        )
        branches.append(
            Branch(tuple(options), path[depth] if depth < len(path) else "")
        )
    return tuple(branches)


def field_of(token: str, name: str = "place") -> PlaceField:
    """The field for a stored token, or an empty one where it no longer names a place."""
    return (
        read_place({name: "", f"{name}_token": token}, name)
        if token
        else PlaceField(name)
    )


def _resolved(name: str, given: Given, country: str | None) -> PlaceField:
    try:
        found = places.resolve_place(
            db(), given, country=country, language=current_language()
        )
    except PlaceError as error:
        sentences = (error.message, error.remedy)
        words = [translated(part, error.values) for part in sentences if part]
        return PlaceField(name=name, text=given.text, error=" ".join(words))
    if isinstance(found, Ambiguous):
        return PlaceField(
            name=name,
            text=given.text,
            choices=found.choices,
            error=translated(_CHOOSE),
        )
    return PlaceField(
        name=name, text=given.text or found.label, token=found.token, place=found
    )


def _number(form: Mapping[str, str], name: str) -> float | None:
    try:
        number = float(form.get(name, ""))
    except ValueError:
        return None
    return number if math.isfinite(number) else None
