"""What a program may ask of the FHIR interface, understood."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from geo.points import Point

LIST_OF_REGISTERS: Final = "http://org-id.guide/list/"
"""Before the code of a register: the system of its numbers."""
URIS: Final = "urn:ietf:rfc:3986"
"""The system of identifiers that are URIs."""
URN: Final = "urn:uuid:"


class Fit(StrEnum):
    """How a name has to fit: any word of it begins so, it has these letters, or it is this."""

    STARTS = "starts"
    CONTAINS = "contains"
    EXACT = "exact"


class LocationStatus(StrEnum):
    """FHIR ``Location.status``: that of the best of what is offered there."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    INACTIVE = "inactive"


@dataclass(frozen=True, slots=True)
class Name:
    """A name that is looked for."""

    text: str
    fit: Fit = Fit.STARTS


@dataclass(frozen=True, slots=True)
class Identifier:
    """A number that is looked for: of a system, of none (empty), or of whichever (None)."""

    system: str | None
    value: str


@dataclass(frozen=True, slots=True)
class Changed:
    """When something was changed: ``prefix`` as FHIR has it, against the span of what was written.

    A day is the span from its first moment to that of the next day, which does not belong to it.
    """

    prefix: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Around:
    """The surroundings of a point."""

    point: Point
    radius_km: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The search parameters, understood. ``None`` was not asked; of several values one is enough."""

    keys: Sequence[uuid.UUID] | None = None
    changed: Sequence[Changed] = ()
    names: Sequence[Name] | None = None
    identifiers: Sequence[Identifier] | None = None
    is_active: bool | None = None
    organizations: Sequence[uuid.UUID] | None = None
    locations: Sequence[uuid.UUID] | None = None
    parents: Sequence[uuid.UUID] | None = None
    terms: Sequence[str] | None = None
    provider_types: Sequence[str] | None = None
    statuses: Sequence[str] | None = None
    near: Around | None = None
