"""The form of `/match`: what a person typed, turned into Needs."""

from datetime import date
from typing import Final

from directory.areas.places import PlaceKind, ResolvedPlace
from directory.errors import Invalid
from directory.matching.case_needs import months_since
from directory.matching.needs import MOST_MATCHES, Needs, Person, Preferences
from directory.taxonomy.codes import (
    ACCESS_FLAGS,
    DOCUMENTS,
    PROFILES,
    RETURN_MODALITIES,
    SEXES,
)
from directory.text import N_
from directory.web.fields import Fields, Form

OLDEST: Final = 130


EACH, EACH_MORE = 6, 40
"""How many results of each need a page shows, and how many after "Show more"."""
WEIGHT_SCALE = 20.0
"""People weigh from 0 to 10; 5 is the usual weight of the distance."""
WEIGHTS_SHOWN = ("distance", "cost", "documents", "language", "freshness", "capacity")


def read(
    form: Form, place: ResolvedPlace | None, *, language: str, today: date
) -> Needs:
    """The page's form as needs; raises Invalid by field, also where the place is not known yet.

    The place is where the person goes to live: a condition on the residence is held against it.
    """
    fields = Fields(form)
    terms = tuple(fields.choices("term"))
    if not terms:
        fields.problems["term"] = N_("Choose at least one need.")
    person = _person(fields, today)
    preferences = Preferences(
        max_distance_km=_limit(fields),
        free_only=fields.ticked("free_only"),
        female_staff=fields.ticked("female_staff"),
        access=frozenset(fields.choices("access")) & ACCESS_FLAGS.keys(),
    )
    weights = _weights(fields)
    fields.done()
    if place is None:
        raise Invalid
    area = place.area if place.kind is PlaceKind.AREA else None
    return Needs(
        terms=terms,
        point=None if area else place.point,
        area_code=area.code if area else None,
        person=person,
        preferences=preferences,
        weights=weights,
        language=language,
        limit=MOST_MATCHES,
        limit_each=EACH_MORE if fields.ticked("more") else EACH,
    )


def _person(fields: Fields, today: date) -> Person:
    age = fields.whole("age")
    if age is not None and age > OLDEST:
        fields.problems["age"] = N_("Enter an age between 0 and 130.")
    profiles = frozenset(fields.choices("profiles")) & PROFILES.keys()
    documents = frozenset(fields.choices("documents")) & DOCUMENTS.keys()
    all_asked = fields.ticked("profiles_asked")
    sex = fields.text("sex")
    modality = fields.text("return_modality")
    host = (fields.text("host_country", longest=2) or "").upper()
    programmes = fields.names("programmes", none="programmes_none")
    return Person(
        age=age,
        sex=sex if sex in SEXES else None,
        languages=frozenset(fields.choices("languages")) or None,
        profiles=profiles if profiles or all_asked else None,
        profiles_unknown=frozenset() if all_asked else frozenset(PROFILES) - profiles,
        documents=documents if documents or fields.ticked("documents_asked") else None,
        return_modality=modality if modality in RETURN_MODALITIES else None,
        host_country=host if len(host) == 2 and host.isalpha() else None,
        programmes=None if programmes is None else frozenset(programmes),
        months_since_return=months_since(fields.day("arrival_date"), today),
        lives_at_place=True,
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
