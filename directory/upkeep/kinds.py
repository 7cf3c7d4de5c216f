"""What has to be looked at: the kinds of upkeep tasks, and how long they may wait."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from directory.text import N_

DUE_AFTER: Final = timedelta(days=7)
"""Within how many days the keepers of a listing look at a task (DOMAIN section 13)."""
CLAIM: Final = "claim"
DEAD_LINK: Final = "dead_link"
KINDS: Final[Mapping[str, str]] = {
    "closed": N_("Said to be closed"),
    "moved": N_("Said to have moved"),
    "phone": N_("The phone number is said not to work"),
    "unreachable": N_("Nobody has answered three times"),
    "unsure": N_("A check left a doubt"),
    "changed": N_("The provider says that something has changed"),
    "feedback": N_("A person says that the listing is wrong"),
    "area": N_("Check the area served"),
    "conditions": N_("Check who it is for"),
    "category": N_("Check the categories"),
    "capacity": N_("Check the free places"),
    "documents": N_("Check the documents to bring"),
    "languages": N_("Check the languages spoken"),
    "funding": N_("Check the funding"),
    "safety": N_("Check whether the area is safe to reach"),
    DEAD_LINK: N_("The website does not answer"),
    CLAIM: N_("An organization says that the listing is its own"),
}
AFTER_DECLINE: Final[Mapping[str, str]] = {
    "out_of_area": "area",
    "not_eligible_age_sex": "conditions",
    "not_eligible_profile": "conditions",
    "not_eligible_other": "conditions",
    "wrong_service": "category",
    "no_capacity": "capacity",
    "temporarily_closed": "closed",
    "discontinued": "closed",
    "no_funding": "funding",
    "documents_missing": "documents",
    "security": "safety",
    "no_staff_language": "languages",
}
"""Reasons for not accepting a referral, and the task that each opens (DOMAIN 12.2)."""
DOUBTING: Final = frozenset({"discontinued"})
"""Reasons that turn a listing red at once. A closure for a time is told by the status instead."""
