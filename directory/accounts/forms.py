"""What a person typed into the account forms, as values the operations understand."""

import re
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from directory.accounts import queries
from directory.accounts.operations import Access
from directory.errors import DomainError, Invalid
from directory.models import Role
from directory.text import N_
from directory.web.api import translated

ROLES: Final = tuple(role for role in Role if role is not Role.VISITOR)

Form = MultiDict[str, str]


def safe_next(target: str | None, *, default: str = "/") -> str:
    """Return the address to go on to if it is a path of this site, else the default.

    Browsers read ``//host`` and ``/\\host`` as another site, and drop tabs and line ends.
    """
    if (
        not target
        or not target.startswith("/")
        or re.search(r"[\x00-\x20\x7f\\]", target)
    ):
        return default
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or target.startswith("//"):
        return default
    return target


def role_of(form: Form) -> Role:
    """Return the chosen role; raises Invalid when none was chosen."""
    chosen = form.get("role", "")
    if chosen not in ROLES:
        message = N_("Choose a role.")
        raise Invalid(message, fields={"role": message})
    return Role(chosen)


def access_of(session: Session, form: Form) -> Access:
    """Return the access chosen for an account; raises Invalid naming what was not found."""
    return Access(
        role=role_of(form),
        is_active=bool(form.get("is_active")),
        can_see_restricted=bool(form.get("can_see_restricted")),
        area_ids=queries.find_area_ids(session, _lines(form.get("areas", ""))),
        organization_ids=queries.find_organization_ids(
            session, _lines(form.get("organizations", ""))
        ),
    )


def _lines(text: str) -> tuple[str, ...]:
    parts = re.split(r"[\r\n;]+", text)
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))


def repeated_password(form: Form) -> str:
    """Return the new password; raises Invalid when it was not typed twice alike."""
    password = form.get("password", "")
    if password != form.get("password_again", ""):
        message = N_("The two passwords are not the same. Type the new password twice.")
        raise Invalid(message, fields={"password_again": message})
    return password


def sentences(error: DomainError, field: str) -> dict[str, str]:
    """Return the sentences of an error by field; one that names no field stands at ``field``."""
    messages = error.fields or {field: error.message}
    return {name: translated(text, error.values) for name, text in messages.items()}
