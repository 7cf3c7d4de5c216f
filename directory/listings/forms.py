"""The form of a listing: what a person typed becomes a record, and a record becomes a form again."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from werkzeug.datastructures import MultiDict

from directory.listings import translations
from directory.listings.record import TEXT_FIELDS, ListingRecord
from directory.text import N_
from directory.web.fields import Fields

Form = MultiDict[str, str]

TEXTS: Final = (
    "service_name", "alternate_name", "description", "address", "landmark", "transportation",
    "location_name", "fees_description", "opening_hours", "application_process",
    "eligibility_description", "phone", "email", "website", "referral_email", "referral_role",
    "area_code", "coverage_geojson", "coverage_excluded_geojson", "alert",
    "interpretation_services", "accreditations", "licenses", "complaint_channel", "funding_source", "capacity_unit",
    "cost_currency",
)  # fmt: skip
CHOICES: Final = (
    "cost", "status", "sensitivity", "open_to", "coverage", "language", "coverage_travel_mode",
    "help_level", "intake", "referral_channel", "location_type",
)  # fmt: skip
TICKED: Final = (
    "taxonomy_terms",
    "sexes",
    "profiles",
    "access_flags",
    "return_modalities",
)
WORDS: Final = (
    "languages",
    "host_countries",
    "communities",
    "coverage_areas",
    "coverage_excluded_areas",
    "residence_areas",
)
"""Lists of codes that are typed, separated by commas, semicolons or spaces."""
LINES: Final = ("programmes", "further_facts")
"""Lists of names that are typed, one on each line."""
WHOLE: Final = (
    "minimum_age", "maximum_age", "minimum_months_since_return", "maximum_months_since_return",
    "capacity_available", "capacity_maximum", "wait_time_days", "response_hours",
    "coverage_travel_minutes",
)  # fmt: skip
DECIMAL: Final = (
    "latitude", "longitude", "precision_m", "coverage_radius_km", "cost_amount",
)  # fmt: skip
DAYS: Final = (
    "status_until", "intake_until", "capacity_updated", "alert_until", "valid_from", "valid_to",
    "funding_until",
)  # fmt: skip
YES_OR_NO: Final = ("cost_waiver",)
OTHER_DOCUMENTS: Final = "other_documents"
LONGEST: Final = 20_000


def record_of(
    form: Form, kept: ListingRecord, *, fields: Iterable[str]
) -> ListingRecord:
    """Return ``kept`` with what was typed in these fields; raises Invalid naming what is wrong.

    Fields that the form did not show keep their value.
    """
    typed = Fields(form)
    values = {name: _READERS[name](typed, name) for name in sorted(fields)}
    if "service_name" in values and not values["service_name"]:
        typed.problems["service_name"] = N_("Enter the name of the service.")
    typed.done()
    values["language"] = values.get("language") or kept.language
    return replace(kept, **values, texts=_translated(form, kept, fields=fields))


def as_form(record: ListingRecord) -> Form:
    """Return the record as the form would send it."""
    form: Form = MultiDict()
    for name in (*TEXTS, *CHOICES, *WHOLE, *DECIMAL, *DAYS):
        value = getattr(record, name)
        if value is not None:
            form.add(name, str(value))
    for name in WORDS:
        form.add(name, ", ".join(getattr(record, name)))
    for name in LINES:
        form.add(name, "\n".join(getattr(record, name)))
    for name in YES_OR_NO:
        answer = getattr(record, name)
        form.add(name, {True: "yes", False: "no"}.get(answer, ""))
    for name in (*TICKED, "required_documents"):
        form.setlist(name, list(getattr(record, name)))
    for (name, language), text in record.texts.items():
        form.add(f"{name}:{language}", text)
    return form


def states_of(
    form: Form, before: Mapping[tuple[str, str], str]
) -> dict[tuple[str, str], str]:
    """Return what was ticked of the translations that the form shows, by column and language.

    ``before``: their states as stored, those of texts just changed included.
    """
    states = {}
    for (column, language), state in before.items():
        name = f"{column}:{language}"
        if name not in form:
            continue
        if form.get(f"checked:{name}"):
            states[column, language] = translations.HUMAN
        elif form.get(f"machine:{name}"):
            states[column, language] = translations.MACHINE
        elif state == translations.MACHINE:
            states[column, language] = translations.HUMAN
    return states


def _documents(typed: Fields, name: str) -> tuple[str, ...]:
    """Ticked documents, and one more for each line of text."""
    every = (*typed.choices(name), *_lines(typed, OTHER_DOCUMENTS))
    return tuple(dict.fromkeys(every))


def _lines(typed: Fields, name: str) -> tuple[str, ...]:
    text = typed.text(name, longest=LONGEST) or ""
    lines = (" ".join(line.split()) for line in text.splitlines())
    return tuple(dict.fromkeys(filter(None, lines)))


def _yes_or_no(typed: Fields, name: str) -> bool | None:
    return {"yes": True, "no": False}.get(typed.text(name) or "")


def _currency(typed: Fields, name: str) -> str | None:
    text = typed.text(name)
    return text.upper() if text else None


def _words(typed: Fields, name: str) -> tuple[str, ...]:
    text = typed.text(name, longest=LONGEST) or ""
    words = text.replace(",", " ").replace(";", " ").split()
    # Codes of languages are small letters, codes of areas and countries are capitals.
    folded = (word.lower() if name == "languages" else word.upper() for word in words)
    return tuple(dict.fromkeys(folded))


def _translated(
    form: Form, kept: ListingRecord, *, fields: Iterable[str]
) -> Mapping[tuple[str, str], str]:
    """The texts in other languages: those that the form shows are replaced, the others stay."""
    withheld = ALL_FIELDS.difference(fields)
    texts = dict(kept.texts)
    for name in form:
        column, _, language = name.partition(":")
        if column not in TEXT_FIELDS or column in withheld:
            continue
        if 2 <= len(language) <= 3 and language.isalpha():
            text = form[name].replace("\x00", "").strip()
            if text:
                texts[column, language] = text
            else:
                texts.pop((column, language), None)
    return texts


def _ticked(typed: Fields, name: str) -> tuple[str, ...]:
    return tuple(typed.choices(name))


def _text(typed: Fields, name: str) -> str | None:
    return typed.text(name, longest=LONGEST)


_READERS: Final[Mapping[str, Callable[[Fields, str], Any]]] = {
    **dict.fromkeys((*TEXTS, *CHOICES), _text),
    **dict.fromkeys(TICKED, _ticked),
    **dict.fromkeys(WORDS, _words),
    **dict.fromkeys(WHOLE, Fields.whole),
    **dict.fromkeys(DECIMAL, Fields.decimal),
    **dict.fromkeys(DAYS, Fields.day),
    **dict.fromkeys(LINES, _lines),
    **dict.fromkeys(YES_OR_NO, _yes_or_no),
    "cost_currency": _currency,
    "required_documents": _documents,
}
ALL_FIELDS: Final = frozenset(_READERS)
"""Every field that the form of a listing shows."""
