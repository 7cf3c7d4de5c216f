"""The form of a listing: what a person typed becomes a record, and a record becomes a form again."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from werkzeug.datastructures import MultiDict

from directory.listings.record import TEXT_FIELDS, ListingRecord
from directory.text import N_
from directory.web.fields import Fields

Form = MultiDict[str, str]

TEXTS: Final = (
    "service_name", "description", "address", "landmark", "location_name", "fees_description",
    "opening_hours", "application_process", "eligibility_description", "phone", "email",
    "website", "referral_email", "area_code", "coverage_geojson",
    "coverage_excluded_geojson",
)  # fmt: skip
CHOICES: Final = (
    "cost",
    "status",
    "sensitivity",
    "open_to",
    "coverage",
    "language",
    "coverage_travel_mode",
)
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
    "coverage_areas",
    "coverage_excluded_areas",
)
"""Lists of codes that are typed, separated by commas, semicolons or spaces."""
WHOLE: Final = ("minimum_age", "maximum_age", "capacity_available", "wait_time_days",
    "coverage_travel_minutes")  # fmt: skip
DECIMAL: Final = ("latitude", "longitude", "precision_m", "coverage_radius_km")
DAYS: Final = ("status_until",)
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
    for name in (*TICKED, "required_documents"):
        form.setlist(name, list(getattr(record, name)))
    for (name, language), text in record.texts.items():
        form.add(f"{name}:{language}", text)
    return form


def _documents(typed: Fields, name: str) -> tuple[str, ...]:
    """Ticked documents, and one more for each line of text."""
    lines = (typed.text(OTHER_DOCUMENTS) or "").replace("\r", "").split("\n")
    every = (*typed.choices(name), *(line.strip() for line in lines))
    return tuple(dict.fromkeys(filter(None, every)))


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
    "required_documents": _documents,
}
ALL_FIELDS: Final = frozenset(_READERS)
"""Every field that the form of a listing shows."""
