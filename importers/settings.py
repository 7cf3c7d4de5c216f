"""What the rows of one file are read with: what the person said, and what the directory knows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from importers.readers import osm


def nobody_known(_text: str) -> str | None:
    """Know nothing: what is asked where there is nothing to look in."""
    return None


@dataclass(frozen=True, slots=True)
class Setting:
    """What the person who imports has said, and the taxonomy."""

    language: str
    country: str | None
    default_term: str | None
    levels: Mapping[str, str]
    """Default sensitivity by taxonomy code."""
    labels: Mapping[str, str]
    """Taxonomy codes by folded label, in every language."""
    tag_rules: osm.TagRules
    likely_country: str | None = None
    """Where most positions lie, when no country is stated for the whole file."""
    kind_words: Mapping[str, str] = field(default_factory=dict)
    """The person's own words for kinds, folded, to codes; empty for "leave the row out"."""
    propose: Callable[[str], str | None] = nobody_known
    """The category that an unknown word of a kind may mean."""
    find_organization: Callable[[str], str | None] = nobody_known
    """The name of an organization by the source's id, where the directory knows it."""
