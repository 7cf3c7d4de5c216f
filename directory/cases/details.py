"""What a person types about a case, a need or a consent, as values the operations understand."""

import uuid
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from directory.taxonomy.codes import Urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDetails:
    """Facts of a case; ``None`` is unknown. Field names are those of the model.

    ``profiles``, ``documents`` and ``programmes``, when not ``None``, are complete: an empty list means none;
    ``profiles_unknown`` lists the profiles that were not asked.
    """

    decision_status: str = "exploring"
    stage: str = "pre_departure"
    return_modality: str | None = None
    host_country: str | None = None
    return_country: str | None = None
    area_id: uuid.UUID | None = None
    latitude: float | None = None
    longitude: float | None = None
    precision_m: float | None = None
    place_label: str | None = None
    arrival_date: date | None = None
    age: int | None = None
    sex: str | None = None
    languages: list[str] | None = None
    profiles: list[str] | None = None
    profiles_unknown: list[str] | None = None
    documents: list[str] | None = None
    programmes: list[str] | None = None
    preferences: dict[str, Any] | None = None
    fears_return: bool = False
    is_restricted: bool = False
    given_name: str | None = None
    family_name: str | None = None
    phone: str | None = None
    best_interests_reference: str | None = None
    best_interests_on: date | None = None
    risk_assessed_on: date | None = None
    sheet_language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedDetails:
    """One need: a taxonomy code, how soon, who looks after it and the next date."""

    term: str
    urgency: str = Urgency.MEDIUM
    importance_to_person: int | None = None
    note: str | None = None
    owner_id: uuid.UUID | None = None
    next_date: date | None = None
    status: str = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentDetails:
    """What the person allows; ``recipients`` are organization ids or ``any_provider``."""

    purposes: list[str] = field(default_factory=lambda: ["referral"])
    recipients: list[str]
    data_items: list[str]
    form: str
    language: str
    given_by: str = "self"
    interpreter: str | None = None
    explained_by: str | None = None
    child_assent: bool | None = None
    given_on: date
    expires_on: date | None = None
