"""Kinds of feedback and complaint, who handles each, and how soon (DOMAIN 13)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from directory.text import N_


class Kind(StrEnum):
    """How carefully a category is handled."""

    OPEN = "open"
    COMPLAINT = "complaint"
    SENSITIVE = "sensitive"


@dataclass(frozen=True, slots=True)
class Category:
    """One category; ``hours`` is how soon it must be looked at."""

    label: str
    kind: Kind
    hours: int


CATEGORIES: Final[Mapping[str, Category]] = {
    "thanks": Category(N_("Thanks or praise"), Kind.OPEN, 30 * 24),
    "suggestion": Category(N_("Suggestion"), Kind.OPEN, 30 * 24),
    "question": Category(N_("Question"), Kind.OPEN, 3 * 24),
    "help_request": Category(N_("Request for help"), Kind.OPEN, 24),
    "listing_error": Category(N_("Wrong or outdated listing"), Kind.OPEN, 7 * 24),
    "missing_service": Category(
        N_("Service missing from the list"), Kind.OPEN, 30 * 24
    ),
    "delay": Category(N_("Delay or no answer"), Kind.COMPLAINT, 5 * 24),
    "quality": Category(N_("Poor service or disrespect"), Kind.COMPLAINT, 10 * 24),
    "denied": Category(N_("Service refused unfairly"), Kind.COMPLAINT, 5 * 24),
    "discrimination": Category(N_("Discrimination"), Kind.SENSITIVE, 3 * 24),
    "fee_bribe": Category(N_("Money or favour asked, fraud"), Kind.SENSITIVE, 3 * 24),
    "pressure": Category(N_("Pressure to return or to join"), Kind.SENSITIVE, 24),
    "privacy": Category(N_("Breach of confidentiality"), Kind.SENSITIVE, 24),
    "safety": Category(N_("Threat or danger"), Kind.SENSITIVE, 24),
    "sea": Category(
        N_("Sexual exploitation, abuse or harassment by staff"), Kind.SENSITIVE, 24
    ),
    "child_safeguarding": Category(N_("Harm to a child by staff"), Kind.SENSITIVE, 24),
}
SENSITIVE: Final[frozenset[str]] = frozenset(
    code for code, category in CATEGORIES.items() if category.kind is Kind.SENSITIVE
)
LABELS: Final[Mapping[str, str]] = {code: one.label for code, one in CATEGORIES.items()}

STATES: Final[Mapping[str, str]] = {
    "received": N_("Received"),
    "acknowledged": N_("Acknowledged"),
    "in_review": N_("Being looked into"),
    "action_taken": N_("Something was done"),
    "closed_informed": N_("Closed, with an answer"),
    "closed_unreachable": N_("Closed, nobody could be reached"),
    "appealed": N_("Looked at again on request"),
}
NEXT: Final[Mapping[str, tuple[str, ...]]] = {
    "received": ("acknowledged", "in_review", "closed_informed"),
    "acknowledged": ("in_review", "action_taken", "closed_informed"),
    "in_review": ("action_taken", "closed_informed", "closed_unreachable"),
    "action_taken": ("closed_informed", "closed_unreachable"),
    "closed_informed": ("appealed",),
    "closed_unreachable": ("appealed",),
    "appealed": ("closed_informed",),
}
"""The steps a handler may take; only the person appeals, and once."""
