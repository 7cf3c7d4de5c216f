"""What makes the facts of a case, a need or a consent impossible; each problem by its field."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Final

from directory.cases import consents
from directory.cases.details import CaseDetails, ConsentDetails, NeedDetails
from directory.errors import Invalid
from directory.taxonomy import codes
from directory.text import N_

OLDEST_AGE: Final = 120
ADULT_AGE: Final = 18
NEED_STATES: Final[Mapping[str, str]] = {
    "open": N_("Open"),
    "met": N_("Met"),
    "gap": N_("Nothing found"),
    "dropped": N_("No longer wanted"),
}
_CHOOSE_ONE: Final = N_("Choose one of the list.")
_CHOOSE: Final = N_("Choose from the list.")


def require_case(details: CaseDetails) -> None:
    """Raise Invalid naming every field of the case that cannot be right."""
    problems = _unknown(
        {
            "decision_status": (details.decision_status, codes.DECISIONS),
            "stage": (details.stage, codes.STAGES),
            "return_modality": (details.return_modality, codes.RETURN_MODALITIES),
            "sex": (details.sex, codes.SEXES),
        }
    )
    if details.age is not None and not 0 <= details.age <= OLDEST_AGE:
        problems["age"] = N_("Enter an age between 0 and 120.")
    if set(details.profiles or ()) - set(codes.PROFILES):
        problems["profiles"] = _CHOOSE
    if set(details.documents or ()) - set(codes.DOCUMENTS):
        problems["documents"] = _CHOOSE
    _raise(problems)


def require_need(details: NeedDetails) -> None:
    """Raise Invalid naming every field of the need that cannot be right."""
    problems = _unknown({"status": (details.status, NEED_STATES)})
    if details.urgency not in codes.URGENCIES:
        problems["urgency"] = N_("Choose how soon help is needed.")
    _raise(problems)


def require_consent(
    details: ConsentDetails, *, age: int | None, expires: date, today: date
) -> None:
    """Raise Invalid naming every field of the consent that cannot be right."""
    problems: dict[str, str] = {}
    if not details.purposes or set(details.purposes) - set(consents.PURPOSES):
        problems["purposes"] = N_("Choose at least one purpose.")
    if not details.recipients:
        problems["recipients"] = N_("Choose who may receive the information.")
    if set(details.data_items) - set(consents.DATA_ITEMS):
        problems["data_items"] = _CHOOSE
    if details.form not in consents.FORMS:
        problems["form"] = N_("Choose how the person agreed.")
    problems |= _giver_problems(details.given_by, age=age)
    problems |= _date_problems(details.given_on, expires=expires, today=today)
    _raise(problems)


def _giver_problems(given_by: str, *, age: int | None) -> dict[str, str]:
    if given_by not in consents.GIVERS:
        return {"given_by": N_("Choose who agreed.")}
    if age is not None and age < ADULT_AGE and given_by == "self":
        return {
            "given_by": N_("For a child, a parent, guardian or representative agrees.")
        }
    return {}


def _date_problems(given_on: date, *, expires: date, today: date) -> dict[str, str]:
    if given_on > today:
        return {"given_on": N_("The date cannot be in the future.")}
    if expires < given_on:
        return {"expires_on": N_("The end comes before the beginning.")}
    return {}


def _unknown(
    choices: Mapping[str, tuple[str | None, Collection[str]]],
) -> dict[str, str]:
    """The fields whose word is not of its list; ``None`` is unknown and allowed."""
    return {
        name: _CHOOSE_ONE
        for name, (value, known) in choices.items()
        if value is not None and value not in known
    }


def _raise(problems: Mapping[str, str]) -> None:
    if problems:
        raise Invalid(fields=problems)
