"""What OpenStreetMap tags say about a service: the rules shared by Overpass answers and GeoJSON."""

from collections.abc import Collection, Mapping
from typing import Final

MAIN_KEYS: Final = (
    "amenity", "healthcare", "social_facility", "office", "emergency", "shop", "tourism",
    "building", "leisure", "government", "diplomatic", "community_centre", "craft",
)  # fmt: skip
"""An element with one of these is a thing that may offer a service; others are only geometry."""

_PROTECTED_FOR: Final = frozenset({"abused", "victim", "woman", "women", "violence"})
_SHELTERS: Final = frozenset({"shelter", "group_home"})
_SAFE_HOUSES: Final = frozenset({"womens_shelter", "women_shelter", "safe_house"})
_UNSAID: Final = frozenset({"shelter", "social_facility"})
_SPECIFIC: Final = frozenset(MAIN_KEYS) - {"building"}


def is_protected_shelter(tags: Mapping[str, str]) -> bool:
    """Whether the tags show a shelter whose position protects the people in it.

    Such elements are refused at the door: OpenStreetMap knows the place, we must not spread it.
    """
    kind = tags.get("social_facility", "")
    if not _SAFE_HOUSES.isdisjoint(tags.get(key, "") for key in MAIN_KEYS):
        return True
    if kind not in _SHELTERS and not (kind == "" and tags.get("amenity") in _UNSAID):
        return False
    served: set[str] = set()
    for key in ("social_facility:for", "social_facility_for", "shelter:for"):
        served |= {word.strip() for word in tags.get(key, "").lower().split(";")}
    return not served.isdisjoint(_PROTECTED_FOR)


def is_element(tags: Mapping[str, str]) -> bool:
    """Whether the element stands for a thing, not for a corner of one."""
    if any(key in tags for key in _SPECIFIC):
        return True
    return "building" in tags and any(key.startswith("name") for key in tags)


def looks_like_tags(titles: Collection[str]) -> bool:
    """Whether the properties of features, or the columns of a table, are OpenStreetMap tags."""
    if "@id" in titles or "osm_id" in titles or "osm_type" in titles:
        return True
    return "name" in titles and not {
        "amenity",
        "healthcare",
        "social_facility",
    }.isdisjoint(titles)


class TagRules:
    """The ``osm_tags`` of the taxonomy: which leaves a set of tags stands for.

    ``a=b+c=d`` asks for both tags, ``|`` separates alternatives. A rule that several leaves share
    says no more than their common category; where they have none, it says nothing.
    """

    def __init__(self, tags_by_term: Mapping[str, str]) -> None:
        self._rules: dict[frozenset[tuple[str, str]], list[str]] = {}
        for term, text in tags_by_term.items():
            for alternative in text.split("|"):
                pairs = [
                    part.partition("=")
                    for part in alternative.strip().split("+")
                    if part
                ]
                rule = frozenset((key, value) for key, _, value in pairs)
                if rule:
                    self._rules.setdefault(rule, []).append(term)

    def terms_of(
        self, tags: Mapping[str, str]
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the terms that the tags stand for, and the candidates that they cannot decide."""
        held = {
            (key, one.strip())
            for key, value in tags.items()
            for one in value.split(";")
        }
        found: dict[str, None] = {}
        undecided: dict[str, None] = {}
        for rule, terms in self._rules.items():
            if not rule <= held:
                continue
            categories = {term.partition(".")[0] for term in terms}
            if len(terms) == 1:
                found[terms[0]] = None
            elif len(categories) == 1:
                found[categories.pop()] = None
            else:
                undecided.update(dict.fromkeys(terms))
        return tuple(found), () if found else tuple(undecided)
