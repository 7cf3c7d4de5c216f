"""What a person's consent allows: purposes, recipients, data items and time (IOM data protection)."""

import uuid
from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from typing import Final

from directory.models import Consent
from directory.text import N_

ANY_PROVIDER: Final = "any_provider"
DEFAULT_VALID_FOR: Final = timedelta(days=365)

PURPOSES: Final[Mapping[str, str]] = {
    "referral": N_("To refer me to services"),
    "host_country_exchange": N_("To exchange information with the country I leave"),
    "tracing": N_("To look for my family"),
    "follow_up": N_("To ask me later how I am doing"),
    "reporting": N_("To count me in reports without my name"),
    "future_contact": N_("To contact me about new offers"),
}
DATA_ITEMS: Final[Mapping[str, str]] = {
    "age_band": N_("Age group"),
    "sex": N_("Sex"),
    "need": N_("The need"),
    "need_note": N_("What was written about the need"),
    "languages": N_("Languages spoken"),
    "place_of_return": N_("Area of return"),
    "arrival_date": N_("Date of arrival"),
    "documents": N_("Documents the person has"),
    "requirements": N_("What the person needs from the service"),
    "name": N_("Name"),
    "phone": N_("Phone number"),
}
MINIMUM_ITEMS: Final = ("age_band", "need")
"""What a referral tells a provider unless the sender chooses otherwise, beside the code."""
AFTER_ACCEPTANCE_ITEMS: Final = frozenset({"name", "phone"})
"""Shown to a provider only once it has accepted, however early the consent allowed them."""

FORMS: Final[Mapping[str, str]] = {
    "written": N_("In writing"),
    "oral_witness": N_("Spoken, with a witness"),
    "fingerprint": N_("Fingerprint"),
    "remote": N_("By phone or online"),
}
GIVERS: Final[Mapping[str, str]] = {
    "self": N_("The person"),
    "guardian": N_("Parent or guardian"),
    "legal_representative": N_("Legal representative"),
}


def is_in_force(consent: Consent, *, today: date) -> bool:
    """Whether the consent has begun, has not expired and was not withdrawn."""
    return (
        consent.withdrawn_at is None and consent.given_on <= today <= consent.expires_on
    )


def reaches(consent: Consent, *, organization_id: uuid.UUID, today: date) -> bool:
    """Whether it allows a referral to this organization today."""
    named = {ANY_PROVIDER, str(organization_id)} & set(consent.recipients)
    return (
        bool(named)
        and "referral" in consent.purposes
        and is_in_force(consent, today=today)
    )


def covers(consent: Consent, items: Collection[str]) -> bool:
    """Whether every data item may be disclosed."""
    return set(items) <= set(consent.data_items)


def for_referral(
    consents: Iterable[Consent],
    *,
    organization_id: uuid.UUID,
    items: Collection[str],
    today: date,
) -> Consent | None:
    """The newest consent that reaches the organization; one that covers the items comes first."""
    reaching = [
        one
        for one in consents
        if reaches(one, organization_id=organization_id, today=today)
    ]
    reaching.sort(key=lambda one: (covers(one, items), one.version), reverse=True)
    return reaching[0] if reaching else None


def current(consents: Iterable[Consent], *, today: date) -> Consent | None:
    """The newest consent in force, whatever it allows."""
    valid = [one for one in consents if is_in_force(one, today=today)]
    return max(valid, key=lambda one: one.version, default=None)
