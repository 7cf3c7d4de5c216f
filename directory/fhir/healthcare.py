"""A service at a place as a FHIR R4 HealthcareService."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from directory.fhir.asked import URIS, URN
from directory.fhir.queries import ServiceRow
from directory.fhir.resources import (
    Site,
    concept,
    head,
    meta,
    reference,
    source_identifier,
    telecoms,
    without_empty,
    words,
)
from directory.listings import hsds_words, texts
from directory.listings.hsds_schedules import plain_week
from directory.listings.hsds_tables import Json
from directory.listings.record import ListingRecord
from directory.taxonomy import codes

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LANGUAGES: Final = "urn:ietf:bcp:47"
PROVISION: Final = "http://terminology.hl7.org/CodeSystem/service-provision-conditions"
PROVISIONS: Final[Mapping[str, str]] = {
    "free": "free",
    "subsidised": "disc",
    "paid": "cost",
}
REFERRAL: Final = "http://terminology.hl7.org/CodeSystem/service-referral-method"
REFERRALS: Final[Mapping[str, str]] = {
    "phone": "phone",
    "electronic": "elec",
    "letter": "mail",
}
_SPAN: Final = re.compile(
    r"([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|24:00)"
)


def service(found: ServiceRow, site: Site) -> Json:
    """Return a HealthcareService: one for each place of a service, which R4 means by it.

    Hours, telephone and reach belong to the place. The identifier of the service itself, the same at
    all its places, is that of the Open Referral API.
    """
    ids, record = found.ids, found.record
    name = _text(record, "service_name", site) or record.service_name
    return without_empty(
        {
            **head("HealthcareService", ids.service_at_location_id, site),
            "meta": meta(found.last_modified, is_demonstration=record.is_demonstration),
            "identifier": [
                {"use": "usual", "system": URIS, "value": f"{URN}{ids.service_id}"},
                *source_identifier(record.service_id, record.source),
            ],
            "active": found.is_active,
            "providedBy": reference(
                "Organization", ids.organization_id, _text(record, "organization_name", site)
            ),
            "category": _concepts(found, site, {code.partition(".")[0] for code in record.taxonomy_terms}),
            "type": _concepts(found, site, record.taxonomy_terms),
            "location": [reference("Location", ids.location_id)],
            "name": name,
            "comment": _text(record, "description", site),
            "extraDetails": _details(record, site),
            "telecom": telecoms(record.phone, record.email, record.website),
            "coverageArea": [
                {
                    "type": "Location",
                    "identifier": {"system": site.areas, "value": area.code},
                    "display": area.name,
                }
                for area in found.areas
            ],
            "serviceProvisionCode": _provision(record, site),
            "eligibility": _eligibility(record, site),
            "program": [{"text": name} for name in record.programmes],
            "characteristic": _characteristics(record, site),
            "communication": [
                {"coding": [{"system": LANGUAGES, "code": code}]} for code in record.languages
            ],
            "referralMethod": _referral(record, site),
            "appointmentRequired": True if record.intake == "by_appointment" else None,
            **_hours(record.opening_hours),
        }
    )  # fmt: skip


def available_times(text: str | None) -> list[Json] | None:
    """Return the hours of a plain week (OSM text); None where FHIR's fields cannot say them.

    Public holidays are not among the hours of a week.
    """
    week = plain_week(text or "")
    if not week:
        return None
    days_of: dict[str, list[int]] = defaultdict(list)
    for day, spans in sorted(week.items()):
        for span in spans:
            days_of[span].append(day)
    found = []
    for span, days in days_of.items():
        read = _SPAN.fullmatch(span)
        if read is None:
            return None
        found.append(_available(span, days))
    return found


def _available(span: str, days: list[int]) -> Json:
    opens, _, closes = span.partition("-")
    named: Json = {"daysOfWeek": [DAYS[day] for day in days]}
    if (opens, closes) == ("00:00", "24:00"):
        return named | {"allDay": True}
    # FHIR has no 24:00, and 00:00 would be the beginning of the day.
    end = "23:59:59" if closes == "24:00" else f"{closes}:00"
    return named | {"availableStartTime": f"{opens}:00", "availableEndTime": end}


def _hours(text: str | None) -> Json:
    """The hours, and what of them stands in words alone: their text where it says more."""
    times = available_times(text)
    if times is None:
        return {"availabilityExceptions": text}
    says_more = "PH" in (text or "") or "SH" in (text or "")
    return {"availableTime": times, "availabilityExceptions": text if says_more else None}  # fmt: skip


def _text(record: ListingRecord, column: str, site: Site) -> str | None:
    chosen = texts.choose(record, column, site.language)
    return chosen.text if chosen else None


def _details(record: ListingRecord, site: Site) -> str:
    columns = (
        "alert", "application_process", "fees_description", "interpretation_services",
        "complaint_channel",
    )  # fmt: skip
    said = [_text(record, column, site) for column in columns]
    documents = [
        site.say(codes.DOCUMENTS.get(document, document))
        for document in record.required_documents
    ]
    if documents:
        said.append(f"{site.say('Documents to bring')}: {', '.join(documents)}")
    return "\n\n".join(filter(None, said))


def _concepts(found: ServiceRow, site: Site, terms: set[str] | tuple[str, ...]) -> list[Json]:  # fmt: skip
    return [
        concept(code, found.terms.get(code, code), site.taxonomy)
        for code in sorted(terms)
    ]


def _provision(record: ListingRecord, site: Site) -> list[Json]:
    cost = record.cost
    if cost is None or cost not in PROVISIONS:
        return []
    return [concept(PROVISIONS[cost], "", PROVISION, text=site.say(codes.COSTS[cost]))]


def _referral(record: ListingRecord, site: Site) -> list[Json]:
    channel = record.referral_channel
    if not channel:
        return []
    label = site.say(codes.REFERRAL_CHANNELS.get(channel, channel))
    if channel in REFERRALS:
        return [concept(REFERRALS[channel], "", REFERRAL, text=label)]
    return [concept(channel, label, words("referral-channel"))]


def _characteristics(record: ListingRecord, site: Site) -> list[Json]:
    return [
        concept(flag, site.say(codes.ACCESS_FLAGS.get(flag, flag)), words("access"))
        for flag in record.access_flags
    ]  # fmt: skip


def _eligibility(record: ListingRecord, site: Site) -> list[Json]:
    """The conditions in words, each as the Open Referral API has it."""
    own = _text(record, "eligibility_description", site)
    told = hsds_words.eligibility(replace(record, eligibility_description=own))
    said = " ".join(filter(None, (told, *_ages(record))))
    return [{"comment": said}] if said else []


def _ages(record: ListingRecord) -> Iterator[str]:
    if record.minimum_age is not None:
        yield f"From {record.minimum_age} years on."
    if record.maximum_age is not None:
        yield f"Until {record.maximum_age} years."
