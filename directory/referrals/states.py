"""The words of a referral: its states, outcomes and reasons, with their labels (DOMAIN 12)."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from directory.text import N_


class State(StrEnum):
    """Where a referral stands."""

    DRAFT = "draft"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    INFO_REQUESTED = "info_requested"
    WAITLISTED = "waitlisted"
    ACCEPTED = "accepted"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    VERIFIED = "verified"
    DISPUTED = "disputed"
    DECLINED = "declined"
    NO_RESPONSE = "no_response"
    REDIRECTED = "redirected"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    LOST_TO_FOLLOW_UP = "lost_to_follow_up"


STATES: Final[Mapping[str, str]] = {
    State.DRAFT: N_("Draft"),
    State.SENT: N_("Sent"),
    State.ACKNOWLEDGED: N_("Received, under review"),
    State.INFO_REQUESTED: N_("More information requested"),
    State.WAITLISTED: N_("Accepted, waiting list"),
    State.ACCEPTED: N_("Accepted"),
    State.IN_PROGRESS: N_("Service under way"),
    State.COMPLETED: N_("Provider reports service given"),
    State.VERIFIED: N_("Confirmed by the returnee"),
    State.DISPUTED: N_("Returnee says not received"),
    State.DECLINED: N_("Not accepted"),
    State.NO_RESPONSE: N_("No answer in time"),
    State.REDIRECTED: N_("Referred on to another service"),
    State.WITHDRAWN: N_("Withdrawn by the returnee"),
    State.CANCELLED: N_("Cancelled by the sender"),
    State.LOST_TO_FOLLOW_UP: N_("Lost to follow-up"),
}

TERMINAL: Final[frozenset[State]] = frozenset(
    {
        State.VERIFIED,
        State.DECLINED,
        State.REDIRECTED,
        State.WITHDRAWN,
        State.CANCELLED,
        State.LOST_TO_FOLLOW_UP,
    }
)
OPEN: Final[frozenset[State]] = frozenset(State) - TERMINAL
WITH_PROVIDER: Final[frozenset[State]] = OPEN - {State.DRAFT}
"""Sent and not ended: the provider's link works."""
AFTER_ACCEPTANCE: Final[frozenset[State]] = frozenset(
    {State.ACCEPTED, State.IN_PROGRESS, State.COMPLETED, State.DISPUTED}
)
"""Only here may the provider read a name or a phone number."""

OUTCOMES: Final[Mapping[str, str]] = {
    "received_full": N_("Service received in full"),
    "received_partial": N_("Service received in part"),
    "received_elsewhere": N_("Need met by another provider"),
    "resolved_itself": N_("Need no longer exists"),
    "refused_by_person": N_("Person declined the service"),
    "did_not_attend": N_("Did not attend"),
    "barrier_cost": N_("Could not pay"),
    "barrier_distance": N_("Too far or no transport"),
    "barrier_documents": N_("Documents missing"),
    "barrier_safety": N_("Unsafe to attend"),
    "barrier_language_culture": N_("Language or cultural barrier"),
    "poor_quality": N_("Service of poor quality or harmful"),
    "not_provided": N_("Provider did not deliver"),
    "moved_area": N_("Moved to another area"),
    "remigrated": N_("Migrated again"),
    "return_cancelled": N_("Return did not take place"),
    "unreachable": N_("Could not be reached"),
    "deceased": N_("Deceased"),
    "unknown": N_("Unknown"),
}

DECLINE_REASONS: Final[Mapping[str, str]] = {
    "out_of_area": N_("Outside coverage area"),
    "not_eligible_age_sex": N_("Age or sex criteria not met"),
    "not_eligible_profile": N_("Profile or status not covered"),
    "not_eligible_other": N_("Other criteria not met"),
    "wrong_service": N_("Need does not match the service"),
    "no_capacity": N_("No capacity now"),
    "temporarily_closed": N_("Temporarily closed"),
    "discontinued": N_("Service ended"),
    "no_funding": N_("No funding for this case"),
    "documents_missing": N_("Required documents missing"),
    "info_insufficient": N_("Not enough information"),
    "consent_missing": N_("Consent missing or unclear"),
    "duplicate": N_("Already served or referred"),
    "security": N_("Security or access problem"),
    "conflict_of_interest": N_("Conflict of interest or risk to person"),
    "no_staff_language": N_("No suitable staff or language"),
    "other": N_("Other"),
}

CONTACT_MODES: Final[Mapping[str, str]] = {
    "in_person": N_("In person"),
    "phone": N_("Telephone call"),
    "message": N_("Message"),
    "visit": N_("Visit"),
    "code": N_("With the code on the sheet"),
}
