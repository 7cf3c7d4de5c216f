"""Single cells made into typed values; what cannot be read raises Unreadable with a catalogue code."""

import math
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final

import phonenumbers
from opening_hours import OpeningHours

from directory.listings import rules
from geo.travel import LONGEST_MINUTES
from importers import words

MAX_AGE: Final = 130
MAX_RADIUS_KM: Final = 2000.0
_LIST: Final = re.compile(r"[;|]")
_CODE_LIST: Final = re.compile(r"[;|,]")
_NUMBER: Final = re.compile(r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
_EMAIL: Final = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s.,;]+")
_HOST: Final = re.compile(r"[\w-]+(\.[\w-]+)+(:\d+)?([/?#]\S*)?", re.IGNORECASE)
DIGITS: Final = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹٫−", "01234567890123456789.-")
_DATE_FORMATS: Final = ("%Y-%m-%d", "%Y/%m/%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y%m%d", "%d %B %Y", "%d %b %Y", "%Y-%m", "%m/%Y")  # fmt: skip


class Unreadable(ValueError):
    """A cell says nothing usable: the catalogue's code and the values its message names."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


def number(text: str) -> float:
    """Return a number written with a decimal point or comma, in Western or Arabic digits."""
    if _NUMBER.fullmatch(text):
        return _finite(text, text)
    plain = (
        text.strip()
        .translate(DIGITS)
        .replace("\xa0", "")
        .replace(" ", "")
        .replace("\u202f", "")
    )
    if "," in plain:
        # "1,234.5" groups by commas; a single comma without a point is a decimal comma.
        if "." in plain or plain.count(",") > 1:
            plain = plain.replace(",", "")
        else:
            plain = plain.replace(",", ".")
    if not _NUMBER.fullmatch(plain):
        raise Unreadable("number_invalid", value=text)
    return _finite(plain, text)


def _finite(plain: str, text: str) -> float:
    value = float(plain)
    if not math.isfinite(value):
        raise Unreadable("number_invalid", value=text[:100])
    return value


def whole(text: str) -> int:
    """Return a whole number; "18.0" is one, "18.5" is not."""
    value = number(text)
    if not value.is_integer():
        raise Unreadable("number_invalid", value=text)
    return int(value)


def age(text: str) -> int:
    """Return an age in years."""
    value = whole(text)
    if not 0 <= value <= MAX_AGE:
        raise Unreadable("range_invalid", value=text, allowed=f"0–{MAX_AGE}")
    return value


def count(text: str) -> int:
    """Return a number of things or days, not below zero."""
    value = whole(text)
    if not 0 <= value <= 10_000_000:
        raise Unreadable("number_invalid", value=text)
    return value


def days(text: str) -> int:
    """Return a waiting time in days, at most ten years."""
    value = count(text)
    if value > 3660:
        raise Unreadable("number_invalid", value=text)
    return value


def months(text: str) -> int:
    """Return a number of months since a return, at most a hundred years."""
    value = count(text)
    if value > rules.MOST_MONTHS:
        allowed = f"0–{rules.MOST_MONTHS}"
        raise Unreadable("range_invalid", value=text, allowed=allowed)
    return value


def hours(text: str) -> int:
    """Return within how many hours somebody answers; "48 h" is read too."""
    value = whole(re.sub(r"\s*(h|hours?|heures?|horas?)\.?\s*$", "", text.strip()))
    if not 1 <= value <= 8760:
        raise Unreadable("range_invalid", value=text, allowed="1–8760")
    return value


def amount(text: str) -> float:
    """Return a price, rounded to hundredths."""
    value = number(text)
    if value < 0:
        raise Unreadable("number_invalid", value=text)
    return round(value, 2)


def currency(text: str) -> str:
    """Return the three letters of a currency (ISO 4217)."""
    code = text.strip().upper()
    if not re.fullmatch(r"[A-Z]{3}", code):
        raise Unreadable("value_unknown", value=text, allowed="EUR, USD, XOF, …")
    return code


def yes_or_no(text: str) -> bool:
    """Return whether a cell says yes, in one of five languages."""
    word = words.yes_or_no(text)
    if word is None:
        raise Unreadable("value_unknown", value=text, allowed="yes, no")
    return word


def texts(text: str) -> tuple[str, ...]:
    """Return the parts of a list of names, in order, without repetition; a comma may be in a name."""
    parts = (" ".join(part.split()) for part in _LIST.split(text))
    return tuple(dict.fromkeys(part for part in parts if part))


def facts(text: str) -> tuple[str, ...]:
    """Return facts written as "name: value"; what has no colon is left out."""
    return tuple(part for part in texts(text) if ":" in part)


def radius(text: str) -> float:
    """Return a radius in kilometres; "5 km" is read too."""
    value = number(
        re.sub(
            r"\s*(km|kms|kilom[eè]tres?|كم)\s*$", "", text.strip(), flags=re.IGNORECASE
        )
    )
    if not 0 < value <= MAX_RADIUS_KM:
        raise Unreadable(
            "range_invalid", value=text, allowed=f"0–{MAX_RADIUS_KM:.0f} km"
        )
    return value


def minutes(text: str) -> int:
    """Return the minutes of a journey; "45 min" is read too."""
    unit = r"\s*(min|mins|minutes?|minutos?|دقيقه|دقيقة|دقائق)\.?\s*$"
    value = whole(re.sub(unit, "", text.strip(), flags=re.IGNORECASE))
    if not 1 <= value <= LONGEST_MINUTES:
        raise Unreadable("range_invalid", value=text, allowed=f"1–{LONGEST_MINUTES}")
    return value


@lru_cache(maxsize=4096)
def day(text: str) -> date:
    """Return a date: ISO first, then day before month, as most of the world writes."""
    plain = text.strip().translate(DIGITS)
    for candidate in (plain, plain.replace("T", " ").partition(" ")[0]):
        for pattern in _DATE_FORMATS:
            try:
                # A day has no zone; the time of day is not read.
                return datetime.strptime(candidate, pattern).date()  # noqa: DTZ007
            except ValueError:
                continue
    raise Unreadable("date_invalid", value=text)


def one_of(field: str) -> Callable[[str], str | None]:
    """Return a parser for a field that holds one word of a closed list."""

    def parse(text: str) -> str | None:
        code = words.code_of(field, text.strip())
        if code is None:
            raise Unreadable("value_unknown", value=text, allowed=_allowed(field))
        return code

    return parse


def some_of(field: str) -> Callable[[str], tuple[str, ...]]:
    """Return a parser for a field that holds several words of a closed list."""

    def parse(text: str) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for word in _CODE_LIST.split(text):
            if not word.strip():
                continue
            code = words.code_of(field, word.strip())
            if code is None:
                raise Unreadable(
                    "value_unknown", value=word.strip(), allowed=_allowed(field)
                )
            if code == "all":
                return ()
            if code != "none":
                found[code] = None
        return tuple(found)

    return parse


def _allowed(field: str) -> str:
    return ", ".join(words.CODES[field])


def languages(text: str) -> tuple[str, ...]:
    """Return language codes from codes or names."""
    found: dict[str, None] = {}
    for word in re.split(r"[;|,/]| and | et | y ", text):
        if not word.strip():
            continue
        code = words.language_of(word)
        if code is None:
            raise Unreadable(
                "value_unknown", value=word.strip(), allowed="en, fr, es, ar, …"
            )
        found[code] = None
    return tuple(found)


def documents(text: str) -> tuple[str, ...]:
    """Return documents to bring: codes where they are known, other text as it is."""
    found: dict[str, None] = {}
    for word in _LIST.split(text):
        if plain := " ".join(word.split()):
            found[words.code_of("required_documents", plain) or plain] = None
    return tuple(found)


def codes(text: str) -> tuple[str, ...]:
    """Return the parts of a list of codes, in order, without repetition."""
    parts = (part.strip() for part in _CODE_LIST.split(text))
    return tuple(dict.fromkeys(part for part in parts if part))


def email(text: str) -> str:
    """Return an e-mail address; of several, the first."""
    for part in re.split(r"[;,\s]+", text.strip().removeprefix("mailto:")):
        if _EMAIL.fullmatch(part):
            return part
    raise Unreadable("email_invalid", value=text)


def website(text: str) -> str:
    """Return a web address, with https:// where the file left it out."""
    plain = re.split(r"[;\s]+", text.strip())[0]
    lowered = plain.lower()
    if lowered.startswith(("http://", "https://")):
        if _HOST.fullmatch(plain.split("://", 1)[1]):
            return plain
    elif _HOST.fullmatch(plain) and "@" not in plain:
        return f"https://{plain}"
    raise Unreadable("website_invalid", value=text)


@lru_cache(maxsize=8192)
def phone(text: str, country: str | None) -> str:
    """Return a telephone number in international form; raises Unreadable where it is none.

    Of several numbers in one cell the first that is possible counts.
    """
    for part in re.split(r"[;/|]|,(?=\s*\+?\d{5,})", text):
        try:
            parsed = phonenumbers.parse(part.strip().translate(DIGITS), country)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_possible_number(parsed):
            form = phonenumbers.PhoneNumberFormat.INTERNATIONAL
            return phonenumbers.format_number(parsed, form)
    raise Unreadable("phone_invalid", value=text)


@lru_cache(maxsize=4096)
def is_hours(text: str) -> bool:
    """Whether a text is opening hours in the syntax of OpenStreetMap."""
    try:
        OpeningHours(text)
    except Exception as error:
        # The library's own error is not part of its declared names.
        if type(error).__name__ != "ParserError":
            raise
        return False
    return True


PARSERS: Final[Mapping[str, Callable[[str], Any]]] = {
    "coverage_radius_km": radius,
    "coverage_travel_minutes": minutes,
    "coverage_travel_mode": one_of("coverage_travel_mode"),
    "minimum_age": age,
    "maximum_age": age,
    "capacity_available": count,
    "capacity_maximum": count,
    "capacity_updated": day,
    "minimum_months_since_return": months,
    "maximum_months_since_return": months,
    "residence_areas": codes,
    "programmes": texts,
    "further_facts": facts,
    "help_level": one_of("help_level"),
    "intake": one_of("intake"),
    "intake_until": day,
    "referral_channel": one_of("referral_channel"),
    "response_hours": hours,
    "cost_amount": amount,
    "cost_currency": currency,
    "cost_waiver": yes_or_no,
    "alert_until": day,
    "valid_from": day,
    "valid_to": day,
    "funding_until": day,
    "location_type": one_of("location_type"),
    "wait_time_days": days,
    "assured_date": day,
    "status_until": day,
    "sexes": some_of("sexes"),
    "profiles": some_of("profiles"),
    "access_flags": some_of("access_flags"),
    "return_modalities": some_of("return_modalities"),
    "host_countries": codes,
    "communities": codes,
    "required_documents": documents,
    "languages": languages,
    "coverage": one_of("coverage"),
    "cost": one_of("cost"),
    "status": one_of("status"),
    "sensitivity": one_of("sensitivity"),
    "open_to": one_of("open_to"),
    "provider_type": one_of("provider_type"),
    "verification_method": one_of("verification_method"),
    "email": email,
    "website": website,
    "precision_m": number,
}
"""How each field that is not plain text is read."""
