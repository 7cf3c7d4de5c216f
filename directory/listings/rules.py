"""What a listing may not say: pure checks of one record, and how sensitive it is."""

import re
from collections.abc import Container, Iterable, Mapping
from operator import attrgetter
from typing import Any, Final

from directory.errors import Invalid
from directory.listings.record import ListingRecord
from directory.taxonomy import codes
from directory.text import N_
from geo.travel import LONGEST_MINUTES

NAME_LENGTH: Final = 300
TEXT_LENGTH: Final = 9_999
MAXIMUM_AGE: Final = 130
MOST_MONEY: Final = 9_999_999_999
MOST_MONTHS: Final = 1200
MAXIMUM_RADIUS_KM: Final = 2000
LEVELS: Final = ("L0", "L1", "L2", "L3")

_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}")
_CHOICES: Final[Mapping[str, Container[str]]] = {
    "cost": codes.COSTS,
    "status": codes.STATUSES,
    "coverage": codes.COVERAGES,
    "coverage_travel_mode": codes.TRAVEL_MODES,
    "sensitivity": codes.SENSITIVITIES,
    "open_to": codes.OPEN_TO,
    "provider_type": codes.PROVIDER_TYPES,
    "help_level": codes.HELP_LEVELS,
    "intake": codes.INTAKES,
    "referral_channel": codes.REFERRAL_CHANNELS,
    "location_type": codes.LOCATION_TYPES,
    "verification_method": codes.VERIFICATION_METHODS,
}
_LISTS: Final[Mapping[str, Container[str]]] = {
    "sexes": codes.SEXES,
    "profiles": codes.PROFILES,
    "access_flags": codes.ACCESS_FLAGS,
    "return_modalities": codes.RETURN_MODALITIES,
}
_RANGES: Final[Mapping[str, tuple[float, float]]] = {
    "minimum_age": (0, MAXIMUM_AGE),
    "maximum_age": (0, MAXIMUM_AGE),
    "latitude": (-90, 90),
    "longitude": (-180, 180),
    "coverage_radius_km": (0.001, MAXIMUM_RADIUS_KM),
    "coverage_travel_minutes": (1, LONGEST_MINUTES),
    "capacity_available": (0, 10_000_000),
    "wait_time_days": (0, 3660),
    "precision_m": (0, 10_000_000),
    "minimum_months_since_return": (0, MOST_MONTHS),
    "maximum_months_since_return": (0, MOST_MONTHS),
    "response_hours": (1, 8760),
    "capacity_maximum": (0, 10_000_000),
}
_SHORT: Final = (
    "organization_name",
    "service_name",
    "location_name",
    "email",
    "website",
    "phone",
    "alternate_name",
    "referral_role",
    "capacity_unit",
    "funding_source",
)
_LONG: Final = (
    "description", "address", "fees_description", "application_process",
    "eligibility_description", "opening_hours", "landmark", "transportation", "alert",
    "organization_description", "interpretation_services", "accreditations", "licenses",
    "complaint_channel",
)  # fmt: skip
_PLACE_FIELDS: Final = frozenset(
    {"latitude", "longitude", "precision_m", "address", "landmark", "location_name", "transportation"}
)  # fmt: skip
_PLACE_TEXTS: Final = ("address", "landmark", "location_name", "transportation")
_ORDERED: Final = (
    ("minimum_age", "maximum_age", N_("The highest age must not be below the lowest age.")),
    (
        "minimum_months_since_return",
        "maximum_months_since_return",
        N_("The highest number of months must not be below the lowest."),
    ),
    ("valid_from", "valid_to", N_("The last day must not be before the first.")),
    (
        "capacity_available",
        "capacity_maximum",
        N_("There cannot be more places free than there are."),
    ),
)  # fmt: skip
"""Pairs of fields of which the second must not be less."""


# All values of a group in one call: a file has a hundred thousand records to check.
_CHOICE_VALUES: Final = attrgetter(*_CHOICES)
_LIST_VALUES: Final = attrgetter(*_LISTS)
_RANGE_VALUES: Final = attrgetter(*_RANGES)
_SHORT_TEXTS: Final = attrgetter(*_SHORT)
_LONG_TEXTS: Final = attrgetter(*_LONG)


class InvalidListing(Invalid):
    """A record that breaks a rule; ``fields`` names each column and what is wrong with it."""

    code = "invalid_listing"


def check(record: ListingRecord, levels: Mapping[str, str]) -> dict[str, str]:
    """Return message ids by field for everything the record may not say; empty when it may stand.

    ``levels`` maps every known taxonomy code to its default sensitivity.
    """
    problems = _required(record) | _choices(record)
    for (name, (lowest, highest)), value in zip(
        _RANGES.items(), _RANGE_VALUES(record), strict=True
    ):
        if value is not None and not lowest <= value <= highest:
            problems[name] = N_("This number is outside of what is possible.")
    if any(term not in levels for term in record.taxonomy_terms):
        problems["taxonomy_terms"] = N_("One of these categories does not exist.")
    if any(not _LANGUAGE.fullmatch(code) for code in record.languages):
        problems["languages"] = N_("Write languages as codes of two or three letters.")
    problems |= (
        _lengths(record)
        | _ranges(record)
        | _further(record)
        | check_contact(
            {"email": record.email, "referral_email": record.referral_email},
            website=record.website,
        )
    )
    if "taxonomy_terms" not in problems:
        problems |= _place(record, levels)
    return problems


def missing_fields(record: ListingRecord, wanted: Iterable[str]) -> dict[str, str]:
    """Return message ids by field for what a country asks of every listing and this one leaves out.

    The place of a protected listing (L2, L3) is never asked for.
    """
    is_protected = record.sensitivity in {"L2", "L3"}
    return {
        name: N_("In this country every listing says this.")
        for name in wanted
        if getattr(record, name) in (None, "", ())
        and not (is_protected and name in _PLACE_FIELDS)
    }


def require_valid(record: ListingRecord, levels: Mapping[str, str]) -> None:
    """Raise InvalidListing naming the fields when the record breaks a rule."""
    if problems := check(record, levels):
        raise InvalidListing(fields=problems)


def level_of(
    terms: Iterable[str], stated: str | None, levels: Mapping[str, str]
) -> str:
    """Return the sensitivity of a listing from its terms and what is stated.

    The terms' highest default holds. A statement may raise it, and lower L1 to L0, never L2 or L3.
    """
    default = max((levels.get(term, "L0") for term in terms), default="L0")
    if stated is None:
        return default
    return max(stated, default) if default >= "L2" else stated


def _required(record: ListingRecord) -> dict[str, str]:
    problems: dict[str, str] = {}
    if not record.organization_name.strip():
        problems["organization_name"] = N_("Enter the name of the organization.")
    if not record.service_name.strip():
        problems["service_name"] = N_("Enter the name of the service.")
    if not record.taxonomy_terms:
        problems["taxonomy_terms"] = N_("Choose at least one category.")
    return problems


def _choices(record: ListingRecord) -> dict[str, str]:
    problems: dict[str, str] = {}
    chosen = zip(_CHOICES.items(), _CHOICE_VALUES(record), strict=True)
    for (name, allowed), value in chosen:
        if value is not None and value not in allowed:
            problems[name] = N_("Choose one of the answers in the list.")
    lists = zip(_LISTS.items(), _LIST_VALUES(record), strict=True)
    for (name, allowed), values in lists:
        if values and any(value not in allowed for value in values):
            problems[name] = N_("Choose only answers that are in the list.")
    return problems


def _lengths(record: ListingRecord) -> dict[str, str]:
    problems: dict[str, str] = {}
    for names, texts_of, longest in (
        (_SHORT, _SHORT_TEXTS, NAME_LENGTH),
        (_LONG, _LONG_TEXTS, TEXT_LENGTH),
    ):
        for name, text in zip(names, texts_of(record), strict=True):
            if text is None:
                continue
            if len(text) > longest:
                problems[name] = N_("This text is too long.")
            elif "\x00" in text:
                problems[name] = N_("This text holds characters that cannot be shown.")
    for (name, language), text in record.texts.items():
        if len(text) > TEXT_LENGTH:
            problems[f"{name}:{language}"] = N_("This text is too long.")
    return problems


def _ranges(record: ListingRecord) -> dict[str, str]:
    problems: dict[str, str] = {}
    for lower, upper, message in _ORDERED:
        low, high = getattr(record, lower), getattr(record, upper)
        if low is not None and high is not None and low > high:
            problems[upper] = message
    return problems


def _further(record: ListingRecord) -> dict[str, str]:
    money = check_money(record.cost_amount, record.cost_currency)
    problems = {f"cost_{name}": message for name, message in money.items()}
    if record.cost == "free" and record.cost_amount:
        problems["cost_amount"] = N_("What is free has no price.")
    if any(":" not in each for each in record.further_facts):
        problems["further_facts"] = N_("Write each as a name, a colon and a value.")
    for name in ("programmes", "residence_areas", "further_facts"):
        if any(len(each) > NAME_LENGTH for each in getattr(record, name)):
            problems[name] = N_("This text is too long.")
    return problems


def check_money(amount: float | None, currency: str | None) -> dict[str, str]:
    """Return message ids by field (amount, currency) for a price that cannot be."""
    problems: dict[str, str] = {}
    if amount is not None and not 0 <= amount <= MOST_MONEY:
        problems["amount"] = N_("This number is outside of what is possible.")
    if currency is not None and not _CURRENCY.fullmatch(currency):
        problems["currency"] = N_("Write the currency as three letters, like EUR.")
    return problems


def check_contact(
    emails: Mapping[str, str | None], *, website: str | None
) -> dict[str, str]:
    """Return message ids by field for addresses that cannot be used; empty ones are left alone."""
    problems: dict[str, str] = {}
    for name, value in emails.items():
        if value and not _EMAIL.fullmatch(value):
            problems[name] = N_("Write an e-mail address like name@example.org.")
    if website and not website.startswith(("https://", "http://")):
        problems["website"] = N_(
            "Write a web address that begins with https:// or http://."
        )
    return problems


def _place(record: ListingRecord, levels: Mapping[str, str]) -> dict[str, Any]:
    has_position = record.latitude is not None and record.longitude is not None
    if (record.latitude is None) != (record.longitude is None):
        return {"latitude": N_("Enter both latitude and longitude, or neither.")}
    if record.coverage_radius_km is not None and not has_position:
        return {
            "coverage_radius_km": N_("A radius needs a position to be measured from.")
        }
    if record.coverage_travel_minutes is not None and not has_position:
        return {
            "coverage_travel_minutes": N_(
                "A journey needs a position to be measured from."
            )
        }
    level = level_of(record.taxonomy_terms, record.sensitivity, levels)
    if level == "L3" and (
        has_position or any(getattr(record, name) for name in _PLACE_TEXTS)
    ):
        message = N_("A sealed listing must not hold a position or an address.")
        return {"address" if record.address else "latitude": message}
    return {}
