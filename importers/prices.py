"""Prices written with their currency, "99 euros" or "5 000 FCFA", read into amount and ISO 4217 code."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from directory.text import normalise
from importers import values
from importers.columns import Layout
from importers.records import Draft

_CODES: Final = frozenset(
    {"EUR", "USD", "GBP", "CHF", "CAD", "XOF", "XAF", "NGN", "GHS", "ETB", "KES", "UGX", "TZS", "MAD",
     "DZD", "TND", "EGP", "IQD", "AFN", "PKR", "BDT", "GTQ", "HNL", "MXN", "COP", "TRY", "GEL", "ALL",
     "RSD", "GNF", "GMD", "MRU", "SOS", "SDG", "LYD", "LBP", "JOD", "NPR", "LKR", "INR"}
)  # fmt: skip
_WORDS: Final[Mapping[str, str]] = {
    "€": "EUR", "euro": "EUR", "euros": "EUR", "يورو": "EUR", "£": "GBP",
    "us$": "USD", "usd$": "USD", "fcfa": "XOF", "cfa": "XOF", "f cfa": "XOF",
    "quetzal": "GTQ", "quetzales": "GTQ", "cedi": "GHS", "cedis": "GHS", "naira": "NGN",
    "birr": "ETB",
}  # fmt: skip
"""Words that mean one currency; "dollars", "dinars" and "francs" mean several and are not read."""
_CENTRAL_AFRICA: Final = frozenset({"CM", "CF", "CG", "GA", "GQ", "TD"})
"""There CFA francs are those of the other bank."""
_AROUND: Final = re.compile(r"^([^\d+.,-]*)([-+]?\d.*?)([^\d.,]*)$")


@dataclass(frozen=True, slots=True)
class Price:
    """An amount, and its currency where one is written."""

    amount: float
    currency: str | None


def read(text: str, country: str | None = None) -> Price:
    """Return what a cell says a thing costs. Raises values.Unreadable where that is not clear."""
    parts = _AROUND.match(text.strip().translate(values.DIGITS))
    if parts is None:
        raise values.Unreadable("number_invalid", value=text[:100])
    said = " ".join(word for word in (parts[1].strip(), parts[3].strip()) if word)
    currency = _currency(said, country) if said else None
    if said and currency is None:
        raise values.Unreadable("number_invalid", value=text[:100])
    return Price(values.amount(parts[2].strip()), currency)


def settle(draft: Draft, given: Mapping[str, str], layout: Layout) -> None:
    """Take currency and cost from a price that says them; a price in two currencies is left out."""
    for field in ("cost_amount", "cost"):
        try:
            price = read(given.get(field, ""), draft.country)
        except values.Unreadable:
            continue
        if price.currency is None:
            continue
        found = draft.values
        stated = found.setdefault("cost_currency", price.currency)
        if stated != price.currency:
            found.pop("cost_amount", None)
            draft.note(
                "number_invalid", layout.title_of(field), value=given[field][:100]
            )
            continue
        found.setdefault("cost_amount", price.amount)


def _currency(said: str, country: str | None) -> str | None:
    code = said.upper()
    if code not in _CODES:
        code = _WORDS.get(said.lower()) or _WORDS.get(normalise(said)) or ""
    if code == "XOF" and said.upper() != "XOF" and country in _CENTRAL_AFRICA:
        return "XAF"
    return code or None
