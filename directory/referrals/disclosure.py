"""What a provider may read of a person: the items the sender chose, as far as the state allows."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from directory.cases import consents
from directory.models import Case, Need
from directory.referrals.states import AFTER_ACCEPTANCE, OPEN, State
from directory.taxonomy import codes
from directory.text import N_

AGE_BANDS: Final = ((0, 4), (5, 11), (12, 17), (18, 24), (25, 39), (40, 59), (60, 120))
NOTHING: Final = N_("Not known")
REQUIREMENTS: Final[Mapping[str, str]] = {
    "female_staff": N_("Female staff"),
    "male_staff": N_("Male staff"),
    "private_room": N_("Private room"),
    "step_free": N_("Step-free access"),
    "sign_language": N_("Sign language"),
    "interpreter": N_("Interpreter"),
}
"""Said instead of the reason for them: the need is shared, never the label (DOMAIN 6)."""


def age_band(age: int | None) -> str | None:
    """The age group of an age, ``"60+"`` for the oldest; ``None`` is unknown.

    >>> age_band(31)
    '25–39'
    """
    if age is None:
        return None
    for lowest, highest in AGE_BANDS:
        if lowest <= age <= highest:
            return f"{lowest}+" if lowest == AGE_BANDS[-1][0] else f"{lowest}–{highest}"
    return None


def items_now(disclosed: Iterable[str], state: State) -> list[str]:
    """The items readable in this state: none before sending or after the end, name and phone late."""
    if state not in OPEN or state is State.DRAFT:
        return []
    late = consents.AFTER_ACCEPTANCE_ITEMS
    may_read = [item for item in consents.DATA_ITEMS if item in set(disclosed)]
    return [item for item in may_read if item not in late or state in AFTER_ACCEPTANCE]


def later_items(disclosed: Iterable[str], state: State) -> list[str]:
    """The items that the provider will read once it has accepted."""
    now = items_now(disclosed, state)
    return [
        item
        for item in consents.DATA_ITEMS
        if item in set(disclosed) and item not in now
    ]


def values(
    items: Iterable[str], *, case: Case, need: Need, area: str | None, term: str
) -> dict[str, str | date | list[str] | None]:
    """The values of ``items``; codes stay codes for the edge to translate.

    ``area`` and ``term`` are names in the reader's language. ``None`` is unknown.
    """
    readable: dict[str, str | date | list[str] | None] = {
        "age_band": age_band(case.age),
        "sex": case.sex,
        "need": term,
        "need_note": need.note,
        "languages": case.languages,
        "place_of_return": area or case.return_country,
        "arrival_date": case.arrival_date,
        "documents": case.documents,
        "requirements": _requirements(case),
        "name": " ".join(filter(None, (case.given_name, case.family_name))) or None,
        "phone": case.phone,
    }
    return {item: readable[item] for item in items if item in readable}


def _requirements(case: Case) -> list[str]:
    wishes = case.preferences or {}
    asked = [name for name in REQUIREMENTS if wishes.get(name)]
    if "disability" in (case.profiles or ()) and "step_free" not in asked:
        asked.append("step_free")
    return asked


CODED_ITEMS: Final[Mapping[str, Mapping[str, str]]] = {
    "sex": codes.SEXES,
    "documents": codes.DOCUMENTS,
    "requirements": REQUIREMENTS,
}
"""Items whose values are codes, and the list each belongs to."""
