"""The form of `/match`: what a person typed, turned into Needs."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from directory.areas.places import (
    Ambiguous,
    Choice,
    Given,
    PlaceKind,
    ResolvedPlace,
    resolve_place,
)
from directory.errors import Invalid
from directory.matching.needs import MOST_MATCHES, Needs, Person, Preferences
from directory.taxonomy.codes import ACCESS_FLAGS, DOCUMENTS, PROFILES, SEXES
from directory.text import N_
from directory.web.fields import Fields, Form

OLDEST: Final = 130


PLACE, CHOICE = "place", "place_choice"
EACH, EACH_MORE = 6, 40
"""How many results of each need a page shows, and how many after "Show more"."""
WEIGHT_SCALE = 20.0
"""People weigh from 0 to 10; 4 is the usual weight of the distance."""
WEIGHTS_SHOWN = ("distance", "cost", "documents", "language", "freshness", "capacity")


@dataclass(frozen=True, slots=True)
class Typed:
    """The page's form, understood: the needs, and the place by its name."""

    needs: Needs
    place: ResolvedPlace


class SeveralPlaces(Invalid):
    """More than one place may be meant; the form shows them."""

    code = "place_ambiguous"
    message = N_("Choose the place that you mean.")

    def __init__(self, choices: tuple[Choice, ...]) -> None:
        super().__init__(fields={CHOICE: self.message})
        self.choices = choices


def read(session: Session, form: Form, *, language: str) -> Typed:
    """The page's form as needs; raises Invalid by field, SeveralPlaces where a name is not plain."""
    fields = Fields(form)
    terms = tuple(fields.choices("term"))
    if not terms:
        fields.problems["term"] = N_("Choose at least one need.")
    person = _person(fields)
    preferences = Preferences(
        max_distance_km=_limit(fields),
        free_only=fields.ticked("free_only"),
        female_staff=fields.ticked("female_staff"),
        access=frozenset(fields.choices("access")) & ACCESS_FLAGS.keys(),
    )
    weights = _weights(fields)
    place = _place(session, fields, language)
    is_area = place.kind is PlaceKind.AREA and place.area is not None
    needs = Needs(
        terms=terms,
        point=None if is_area else place.point,
        area_code=place.area.code if is_area and place.area else None,
        person=person,
        preferences=preferences,
        weights=weights,
        language=language,
        limit=MOST_MATCHES,
        limit_each=EACH_MORE if fields.ticked("more") else EACH,
    )
    return Typed(needs, place)


def _person(fields: Fields) -> Person:
    age = fields.whole("age")
    if age is not None and age > OLDEST:
        fields.problems["age"] = N_("Enter an age between 0 and 130.")
    profiles = frozenset(fields.choices("profiles")) & PROFILES.keys()
    documents = frozenset(fields.choices("documents")) & DOCUMENTS.keys()
    all_asked = fields.ticked("profiles_asked")
    sex = fields.text("sex")
    return Person(
        age=age,
        sex=sex if sex in SEXES else None,
        languages=frozenset(fields.choices("languages")) or None,
        profiles=profiles if profiles or all_asked else None,
        profiles_unknown=frozenset() if all_asked else frozenset(PROFILES) - profiles,
        documents=documents if documents or fields.ticked("documents_asked") else None,
    )


def _limit(fields: Fields) -> float | None:
    limit = fields.decimal("max_distance_km")
    if limit is not None and limit < 0:
        fields.problems["max_distance_km"] = N_(
            "Enter a number of kilometres, 0 or more."
        )
    return limit


def _weights(fields: Fields) -> dict[str, float]:
    """The weights that were changed, on the scale of the criteria."""
    weights: dict[str, float] = {}
    for code in WEIGHTS_SHOWN:
        typed = fields.decimal(f"weight_{code}")
        if typed is None:
            continue
        if not 0 <= typed <= 10:
            fields.problems[f"weight_{code}"] = N_("Enter a number from 0 to 10.")
        weights[code] = typed / WEIGHT_SCALE
    return weights


def _place(session: Session, fields: Fields, language: str) -> ResolvedPlace:
    """The place that is meant; raises Invalid with all problems of the form found so far."""
    text, token = fields.text(PLACE, longest=200), fields.text(CHOICE, longest=80)
    if not text:
        fields.problems[PLACE] = N_("Enter the place where the person goes to live.")
        raise Invalid(fields=fields.problems)
    is_same = text == fields.text("place_asked", longest=200)
    try:
        given = Given(text=text, token=(token or "") if is_same else "")
        found = resolve_place(session, given, language=language)
    except Invalid as error:
        problems = {**fields.problems, PLACE: error.message}
        raise Invalid(fields=problems, values=error.values) from None
    fields.done()
    if isinstance(found, Ambiguous):
        raise SeveralPlaces(found.choices)
    return found
