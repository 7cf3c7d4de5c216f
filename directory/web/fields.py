"""Reads typed fields one by one and collects what could not be understood, by field."""

import re
import uuid
from collections.abc import Mapping
from datetime import date
from typing import Final

from werkzeug.datastructures import MultiDict

from directory.errors import DomainError, Invalid
from directory.text import N_
from directory.web.api import translated

Form = MultiDict[str, str]
_ISO_DATE: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_LOCAL_DATE: Final = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})")
LONGEST: Final = 2000


class Fields:
    """The fields of one form; ``None`` is empty, and ``done`` raises what went wrong."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.problems: dict[str, str] = {}

    def text(self, name: str, *, longest: int = LONGEST) -> str | None:
        """Typed text without surrounding space."""
        value = self.form.get(name, "").replace("\x00", "").strip()
        if len(value) > longest:
            self.problems[name] = N_("This text is too long.")
        return value or None

    def whole(self, name: str) -> int | None:
        """A whole number, in any script's digits."""
        value = self.text(name, longest=40)
        if value is None:
            return None
        if not value.isdecimal() or len(value) > 9:
            self.problems[name] = N_("Enter a whole number.")
            return None
        return int(value)

    def decimal(self, name: str) -> float | None:
        """A number with a decimal point or comma."""
        value = self.text(name, longest=40)
        if value is None:
            return None
        try:
            number = float(value.replace(",", "."))
        except ValueError:
            self.problems[name] = N_("Enter a number.")
            return None
        if number - number != 0:  # infinite, or not a number at all
            self.problems[name] = N_("Enter a number.")
            return None
        return number

    def day(self, name: str) -> date | None:
        """A date as the browser sends it (2026-11-23) or as people write it (23/11/2026)."""
        value = self.text(name, longest=40)
        if value is None:
            return None
        iso, local = _ISO_DATE.fullmatch(value), _LOCAL_DATE.fullmatch(value)
        try:
            if iso:
                return date(*(int(part) for part in iso.groups()))
            if local:
                day, month, year = (int(part) for part in local.groups())
                return date(year, month, day)
        except ValueError:
            pass
        self.problems[name] = N_("Enter a date such as 2026-11-23.")
        return None

    def key(self, name: str) -> uuid.UUID | None:
        """The key of a row."""
        value = self.text(name, longest=40)
        if value is None:
            return None
        try:
            return uuid.UUID(value)
        except ValueError:
            self.problems[name] = N_("Choose from the list.")
            return None

    def choices(self, name: str) -> list[str]:
        """Every ticked value, each once."""
        return list(dict.fromkeys(value for value in self.form.getlist(name) if value))

    def names(self, name: str, *, none: str) -> list[str] | None:
        """Names with semicolons or lines between them; ``none``: the box that says there are none."""
        text = (self.text(name) or "").replace("\r", "").replace("\n", ";")
        found = [part.strip() for part in text.split(";") if part.strip()]
        return list(dict.fromkeys(found)) or ([] if self.ticked(none) else None)

    def ticked(self, name: str) -> bool:
        """Whether a box was ticked."""
        return bool(self.form.get(name))

    def done(self) -> None:
        """Raise Invalid with the problems found so far, if any."""
        if self.problems:
            raise Invalid(fields=self.problems)


def sentences(error: DomainError) -> Mapping[str, str]:
    """The problems of a form in the reader's language, by field; ``page`` for one without a field."""
    if not error.fields:
        return {"page": translated(error.message, error.values)}
    return {
        name: translated(message, error.values)
        for name, message in error.fields.items()
    }
