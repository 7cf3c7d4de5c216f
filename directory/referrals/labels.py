"""Every coded word that pages about people show, by list; templates read them with ``label``."""

from collections.abc import Mapping
from typing import Final

from directory.cases import checks, consents
from directory.feedback import categories
from directory.referrals import disclosure, effects, states
from directory.taxonomy import codes
from directory.text import N_

STEPS: Final[Mapping[str, str]] = {
    "send": N_("Send referral"),
    "acknowledge": N_("Confirm receipt"),
    "accept": N_("Accept"),
    "waitlist": N_("Put on the waiting list"),
    "decline": N_("Do not accept"),
    "ask": N_("Ask for information"),
    "answer": N_("Answer the question"),
    "begin": N_("Service has begun"),
    "complete": N_("Service was given"),
    "confirm": N_("The person confirms"),
    "dispute": N_("The person says it was not received"),
    "resume": N_("Service goes on"),
    "uphold": N_("The service was received"),
    "close_dispute": N_("Close, person cannot be found"),
    "redirect": N_("Refer to another service"),
    "withdraw": N_("Withdraw at the person's wish"),
    "cancel": N_("Cancel"),
    "lose": N_("Person cannot be found"),
    "refer_again": N_("Refer to another service"),
    "propose_redirect": N_("Propose another service"),
    "attempt": N_("Note an attempt to reach the person"),
    "note": N_("Add a note"),
}
"""What a button says."""

EVENTS: Final[Mapping[str, str]] = {
    "create": N_("Referral prepared"),
    "send": N_("Sent to the provider"),
    "open": N_("The provider opened the link"),
    "acknowledge": N_("The provider confirmed receipt"),
    "accept": N_("The provider accepted"),
    "waitlist": N_("The provider put the person on the waiting list"),
    "decline": N_("The provider did not accept"),
    "ask": N_("The provider asked for information"),
    "answer": N_("The question was answered"),
    "miss_answer": N_("No answer in time"),
    "escalate": N_("The supervisor was told that there is still no answer"),
    "begin": N_("The service began"),
    "complete": N_("The provider reports that the service was given"),
    "confirm": N_("The returnee confirmed the service"),
    "dispute": N_("The returnee says the service was not received"),
    "resume": N_("After review, the service goes on"),
    "uphold": N_("After review, the service counts as received"),
    "close_dispute": N_("After review, closed: the person cannot be found"),
    "redirect": N_("Referred on to another service"),
    "withdraw": N_("Withdrawn at the person's wish"),
    "cancel": N_("Cancelled"),
    "lose": N_("Closed: the person cannot be found"),
    "refer_again": N_("A new referral follows this one"),
    "propose_redirect": N_("The provider proposed another service"),
    "attempt": N_("An attempt to reach the person"),
    "note": N_("A note"),
    "remind": N_("A reminder was sent"),
    "acknowledge_caution": N_("Sent in spite of an advisory that asks for caution"),
}
"""What the timeline says."""

PARTIES: Final[Mapping[str, str]] = {
    "sender": N_("Sender"),
    "receiver": N_("Provider"),
    "supervisor": N_("Supervisor"),
    "system": N_("Homeward"),
    "returnee": N_("Returnee"),
}

LISTS: Final[Mapping[str, Mapping[str, str]]] = {
    "urgency": codes.URGENCIES,
    "sex": codes.SEXES,
    "profile": codes.PROFILES,
    "document": codes.DOCUMENTS,
    "cost": codes.COSTS,
    "modality": codes.RETURN_MODALITIES,
    "stage": codes.STAGES,
    "decision": codes.DECISIONS,
    "access": codes.ACCESS_FLAGS,
    "verification": codes.VERIFICATION_METHODS,
    "provider_type": codes.PROVIDER_TYPES,
    "need_state": checks.NEED_STATES,
    "purpose": consents.PURPOSES,
    "data_item": consents.DATA_ITEMS,
    "consent_form": consents.FORMS,
    "giver": consents.GIVERS,
    "requirement": disclosure.REQUIREMENTS,
    "state": states.STATES,
    "outcome": states.OUTCOMES,
    "reason": {**states.DECLINE_REASONS, **effects.CANCEL_REASONS},
    "decline_reason": states.DECLINE_REASONS,
    "cancel_reason": effects.CANCEL_REASONS,
    "contact_mode": states.CONTACT_MODES,
    "step": STEPS,
    "event": EVENTS,
    "party": PARTIES,
    "feedback": categories.LABELS,
    "feedback_state": categories.STATES,
}


def message_of(code: str, list_name: str) -> str:
    """The message id of a code; an unknown code stands for itself."""
    return LISTS[list_name].get(code, code)
