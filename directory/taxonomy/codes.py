"""The closed lists of words about a person and a need, with their labels (DOMAIN 10).

Listings, matching, cases and referrals all speak them; the labels are message ids for the edge.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from directory.text import N_


class Urgency(StrEnum):
    """How soon a need must be met; the limits are in ``referrals.clocks``."""

    EMERGENCY = "emergency"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


URGENCIES: Final[Mapping[str, str]] = {
    Urgency.EMERGENCY: N_("Emergency"),
    Urgency.HIGH: N_("Urgent"),
    Urgency.MEDIUM: N_("Normal"),
    Urgency.LOW: N_("Planned"),
}

SEXES: Final[Mapping[str, str]] = {
    "female": N_("Female"),
    "male": N_("Male"),
    "other": N_("Other"),
}

PROFILES: Final[Mapping[str, str]] = {
    "uac": N_("Unaccompanied child"),
    "sc": N_("Separated child"),
    "child_at_risk": N_("Child at risk"),
    "single_parent": N_("Single parent or caregiver"),
    "pregnant": N_("Pregnant or breastfeeding"),
    "older": N_("Older person"),
    "disability": N_("Person with disability"),
    "chronic": N_("Needs continuous treatment"),
    "acute_medical": N_("Serious or urgent medical condition"),
    "mental_health": N_("Mental health condition or severe distress"),
    "substance": N_("Substance dependency"),
    "vot": N_("Victim of trafficking (presumed or identified)"),
    "vea": N_("Experience of violence, exploitation or abuse"),
    "gbv": N_("Survivor or at risk of gender-based violence"),
    "torture": N_("Survivor of torture"),
    "sogiesc": N_("Diverse SOGIESC at risk"),
    "detained": N_("Detained now or recently"),
    "stranded": N_("Stranded or destitute"),
    "no_documents": N_("No identity documents or stateless"),
    "debt": N_("Migration debt or threatened by creditors"),
    "homeless": N_("No place to live on return"),
    "family_rejection": N_("Family rejection or violence"),
    "cannot_return_home_area": N_("Cannot return to home area"),
    "stigma": N_("Stigma or discrimination expected"),
    "minority": N_("Minority facing risk"),
    "long_absence": N_("Long absence or never lived there"),
    "low_literacy": N_("Cannot read or write"),
    "insecure_area": N_("Insecure or hard-to-reach area"),
    "no_services": N_("Essential service absent in area"),
}

RESTRICTED_PROFILES: Final[frozenset[str]] = frozenset(
    {
        "uac", "sc", "child_at_risk", "chronic", "acute_medical", "mental_health", "substance",
        "vot", "vea", "gbv", "torture", "sogiesc", "detained", "debt", "family_rejection",
        "cannot_return_home_area", "minority",
    }
)  # fmt: skip
"""Profiles that say something a stranger must not learn; never named in a message or on a sheet."""

DOCUMENTS: Final[Mapping[str, str]] = {
    "national_id": N_("National identity card"),
    "passport": N_("Passport"),
    "birth_certificate": N_("Birth certificate"),
    "residence_certificate": N_("Certificate of residence"),
    "referral_letter": N_("Referral letter"),
    "medical_record": N_("Medical record"),
    "school_record": N_("School record"),
    "proof_of_return": N_("Proof of return"),
    "photo": N_("Photograph"),
}

COSTS: Final[Mapping[str, str]] = {
    "free": N_("Free"),
    "subsidised": N_("Reduced price"),
    "paid": N_("To be paid"),
}

RETURN_MODALITIES: Final[Mapping[str, str]] = {
    "assisted_voluntary": N_("Assisted voluntary return"),
    "voluntary_own_means": N_("Voluntary return by own means"),
    "forced": N_("Forced return"),
    "other": N_("Other way of return"),
    "unknown": N_("Not known"),
}

STAGES: Final[Mapping[str, str]] = {
    "pre_departure": N_("Before departure"),
    "travel": N_("Travelling"),
    "arrival": N_("Arrival"),
    "reintegration": N_("Reintegration"),
}

DECISIONS: Final[Mapping[str, str]] = {
    "exploring": N_("Exploring whether to return"),
    "intends_return": N_("Intends to return"),
    "confirmed": N_("Return confirmed"),
    "withdrawn": N_("No longer returning"),
    "decided_to_stay": N_("Decided to stay"),
    "returned": N_("Has returned"),
}

ACCESS_FLAGS: Final[Mapping[str, str]] = {
    "step_free": N_("Step-free access"),
    "accessible_toilet": N_("Accessible toilet"),
    "sign_language": N_("Sign language"),
    "female_staff": N_("Female staff"),
    "male_staff": N_("Male staff"),
    "private_room": N_("Private room"),
    "childcare_on_site": N_("Childcare on site"),
    "outreach_visits": N_("Visits at home"),
    "remote_phone": N_("By phone"),
    "remote_online": N_("Online"),
    "walk_in": N_("Walk in without appointment"),
    "appointment_only": N_("By appointment only"),
    "referral_only": N_("By referral only"),
}

VERIFICATION_METHODS: Final[Mapping[str, str]] = {
    "visit": N_("Visit"),
    "phone": N_("Telephone call"),
    "email": N_("E-mail"),
    "self_declared": N_("Stated by the provider"),
    "authority_certificate": N_("Certificate of an authority"),
    "import_unverified": N_("Imported, not verified"),
    "returnee_feedback": N_("Told by a returnee"),
}

PROVIDER_TYPES: Final[Mapping[str, str]] = {
    "national_authority": N_("National authority"),
    "local_authority": N_("Local authority"),
    "un": N_("United Nations agency"),
    "red_cross": N_("Red Cross or Red Crescent"),
    "ingo": N_("International organisation"),
    "nngo_cso": N_("National organisation of civil society"),
    "community_based": N_("Community-based organisation"),
    "private": N_("Private provider"),
    "faith": N_("Faith organisation"),
    "academic": N_("University or research body"),
    "consular": N_("Consular service"),
}

STATUSES: Final[Mapping[str, str]] = {
    "active": N_("Active"),
    "inactive": N_("Not active"),
    "defunct": N_("No longer exists"),
    "temporarily closed": N_("Closed for a time"),
}
"""HSDS ``service.status``; only ``active`` matches."""

INTAKES: Final[Mapping[str, str]] = {
    "open": N_("Takes new people"),
    "waiting_list": N_("Waiting list"),
    "by_appointment": N_("By appointment"),
    "closed": N_("Takes nobody new"),
}
"""Whether a service that works takes new people."""

REFERRAL_CHANNELS: Final[Mapping[str, str]] = {
    "phone": N_("By telephone"),
    "email": N_("By e-mail"),
    "electronic": N_("Through this directory"),
    "in_person": N_("By going there together"),
    "letter": N_("With a letter"),
}

HELP_LEVELS: Final[Mapping[str, str]] = {
    "individual": N_("Help for a person or family"),
    "community": N_("Help for a community"),
    "structural": N_("Help for institutions and systems"),
}

LOCATION_TYPES: Final[Mapping[str, str]] = {
    "physical": N_("A place to go to"),
    "postal": N_("An address for letters only"),
    "virtual": N_("No place: by phone or online"),
}
"""HSDS ``location.location_type``."""

COVERAGES: Final[Mapping[str, str]] = {
    "national": N_("The whole country"),
    "remote": N_("Remote: by phone or online"),
}
"""What the column ``coverage`` of the listing file may say."""

TRAVEL_MODES: Final[Mapping[str, str]] = {
    "walk": N_("On foot"),
    "public_transport": N_("By bus or shared taxi"),
    "car": N_("By car"),
}
"""How people travel where coverage is stated in minutes (``geo.travel.Mode``)."""

SENSITIVITIES: Final[Mapping[str, str]] = {
    "L0": N_("Public"),
    "L1": N_("Staff only"),
    "L2": N_("Restricted to trained staff"),
    "L3": N_("Sealed: no place is stored"),
}

OPEN_TO: Final[Mapping[str, str]] = {
    "returnees": N_("Returnees only"),
    "returnees_and_residents": N_("Returnees and residents"),
    "residents": N_("Residents of the place"),
}
