"""The four families of errors that a person can cause; the edge translates and numbers them."""

from collections.abc import Mapping
from typing import Any

from directory.text import N_


class DomainError(Exception):
    """A refusal with a code for programs, a message id for people and the values it names.

    ``message`` is an English message id with named placeholders, marked with ``N_`` where it is
    written; ``remedy`` says what to do next, in the same form. Neither is ever a finished sentence.
    """

    code: str = "error"
    message: str = N_("Something is not right.")
    remedy: str = ""

    def __init__(
        self,
        message: str | None = None,
        *,
        code: str | None = None,
        remedy: str | None = None,
        values: Mapping[str, Any] | None = None,
        fields: Mapping[str, str] | None = None,
    ) -> None:
        self.message = message or type(self).message
        self.code = code or type(self).code
        self.remedy = type(self).remedy if remedy is None else remedy
        self.values: dict[str, Any] = dict(values or {})
        self.fields: dict[str, str] = dict(fields or {})
        """Message ids by field name, for the error beside the field."""
        super().__init__(self.message % self.values if self.values else self.message)


class NotFound(DomainError):
    """There is no such thing, or this actor may not know that there is."""

    code = "not_found"
    message = N_("We could not find this page or record.")


class NotAllowed(DomainError):
    """The actor may see the thing but may not do this with it."""

    code = "not_allowed"
    message = N_("You are not allowed to do this.")


class Invalid(DomainError):
    """What was given cannot be right."""

    code = "invalid"
    message = N_("Some of what you entered needs a correction.")


class Conflict(DomainError):
    """What was given was right, but the thing has changed since."""

    code = "conflict"
    message = N_("Someone else changed this in the meantime.")
