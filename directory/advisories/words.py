"""The words of an advisory: how strong it is, and why it was issued."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from directory.text import N_


class Level(StrEnum):
    """How strong an advisory is, the strongest first."""

    SUSPEND = "suspend"
    CAUTION = "caution"
    INFORMATION = "information"


LEVELS: Final[Mapping[str, str]] = {
    Level.SUSPEND: N_("Suspended: no new referrals"),
    Level.CAUTION: N_("Caution: referrals only after a second look"),
    Level.INFORMATION: N_("For information"),
}

REASON_CLASSES: Final[Mapping[str, str]] = {
    "security": N_("Security"),
    "access": N_("Access: roads, permits"),
    "health": N_("Health: an outbreak"),
    "disaster": N_("Disaster"),
    "other": N_("Something else"),
}
