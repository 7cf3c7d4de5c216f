"""The words of a profile: what it speaks of, and how each part is called."""

from collections.abc import Mapping
from typing import Final

from directory.listings.labels import ACTIONS, ORIGINS
from directory.text import N_

TEXTS: Final[Mapping[str, str]] = {
    "labour_demand": N_("Labour demand"),
    "main_sectors": N_("Main sectors"),
    "market_access": N_("Access to markets"),
    "road_season": N_("Roads by season"),
    "network": N_("Mobile network"),
    "risks": N_("Risks"),
    "participants": N_("Who took part"),
}
"""The texts of a profile, each in several languages, in the order of the page."""

QUESTIONS: Final[Mapping[str, str]] = {
    "labour_demand": N_(
        "Which work is sought, which skills are short, when in the year?"
    ),
    "main_sectors": N_("What do most people here live on?"),
    "market_access": N_(
        "How far is the next market, on which days, and what sells there?"
    ),
    "road_season": N_("In which months can the area be reached, and how?"),
    "network": N_("Which networks reach the area, and where do they not?"),
    "risks": N_("Floods, drought, conflict, prices: what can undo a new start?"),
    "participants": N_(
        "Which groups of the community took part. Never the name of a person."
    ),
}

FIELDS: Final[Mapping[str, str]] = {
    **TEXTS,
    "language": N_("Language"),
    "source": N_("Source"),
    "source_date": N_("Date of the source"),
    "value": N_("Figure"),
    "text_state": N_("State of the translation"),
}
"""Every field that the change log names."""

__all__ = ["ACTIONS", "FIELDS", "ORIGINS", "QUESTIONS", "TEXTS"]
