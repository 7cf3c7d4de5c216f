"""The form of a pair: which listing stays, whose values; and reasons in the reader's words."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from werkzeug.datastructures import MultiDict

from directory.duplicates import merging
from directory.duplicates.comparison import WORDS
from directory.duplicates.merges import Decision
from directory.errors import DomainError
from directory.listings.record import ListingRecord
from directory.text import N_
from directory.web.api import translated
from directory.web.fields import sentences

FIELD: Final = "field-"
NAMES: Final[Mapping[str, str]] = {
    "position": N_("Position"),
    "coverage": N_("Where it may be used"),
    "valid_from": N_("Offered from"),
    "funding_source": N_("Paid by"),
    "minimum_age": N_("Age"),
    "minimum_months_since_return": N_("Months since the return"),
}
"""What people call fields that are chosen together, where it is not the first one's name."""


def decision_of(form: MultiDict[str, str]) -> Decision:
    """Return what was decided; a version that cannot be read is one that nobody saw."""
    versions = [form.get(name, "") for name in ("first_version", "second_version")]
    first, second = (int(text) if text.isdecimal() else -1 for text in versions)
    return Decision(
        keeps_first=form.get("keep") != merging.Choice.SECOND,
        choices={
            name.removeprefix(FIELD): value
            for name, value in form.items()
            if name.startswith(FIELD)
        },
        versions=(first, second),
    )


def keeps_first(
    form: MultiDict[str, str], first: ListingRecord, second: ListingRecord
) -> bool:
    """Whether the first listing stays: as chosen, else the one that says more."""
    if chosen := form.get("keep"):
        return chosen != merging.Choice.SECOND
    return merging.completeness(first) >= merging.completeness(second)


def reasons(stored: Sequence[Mapping[str, Any]]) -> list[tuple[str, bool]]:
    """Return what speaks for and against a pair: sentences, and whether each speaks for it."""
    return [
        (translated(WORDS[each["code"]], each["values"]), each["bits"] > 0)
        for each in stored
        if each["code"] in WORDS and each["bits"]
    ]


def problems(error: DomainError) -> Mapping[str, str]:
    """Return the problems of a merge, by the name that the page gives the field."""
    found = sentences(error)
    if remedy := translated(error.remedy, error.values):
        found = {**found, "remedy": remedy}
    return {"keep": " ".join(found.values())}
