"""Categories and conditions of a service in an HSDS feed: its terms, attributes and eligibility."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from importers import kinds
from importers.columns import FIELDS
from importers.readers.hsds_links import Links
from importers.readers.hsds_package import Entry

_LABELLED: Final[Mapping[str, str]] = {
    # Attributes with a value instead of a term, as our own exports write them.
    "profile": "profiles", "sex": "sexes", "access": "access_flags",
    "return_modality": "return_modalities", "host_country": "host_countries", "programme": "programmes",
    "residence": "residence_areas", "community": "communities",
}  # fmt: skip
_OWN_SENTENCES: Final = re.compile(
    r"\s*(Sexes|Ways of return|Return from|Open to|For people (of whom|in the programme|who live in)|"
    r"(From|Until) \d+ months after the return)\b.*",
    re.DOTALL,
)
"""What our own exports write behind the text of eligibility; the attributes say it exactly."""
_NEVER_LABELLED: Final = frozenset(
    {"source", "taxonomy_terms", "service_id", "organization_id", "required_documents"}
)
_OF_PEOPLE: Final = re.compile(r"eligib|target pop|population", re.IGNORECASE)
_CODE_OF_PEOPLE: Final = re.compile(r"^Y[A-Z]?(-|$)")
_AGES: Final = re.compile(
    r"ages?\s+(\d{1,3})\s*(\+|-|–|to)\s*(\d{1,3})?", re.IGNORECASE
)


def of(
    links: Links, terms: "Terms", service: Entry, eligibility: Sequence[Entry]
) -> dict[str, str]:
    """Return categories, and for whom the service is: terms of people are no categories."""
    kinds_found: list[str] = []
    people = [service.get("eligibility_description")]
    people += [one.get("eligibility", "eligibility_description") for one in eligibility]
    named: list[str] = []
    attributes = links.rows("attribute", "service_id", service.get("id"))
    cells = labelled(attributes)
    if cells:
        people = [_OWN_SENTENCES.sub("", text) for text in people]
    for entry in attributes:
        if term := links.ids["taxonomy_term"].get(entry.get("taxonomy_term_id")):
            if terms.is_of_people(term):
                named.append(term.get("name"))
            else:
                kinds_found.append(terms.word_of(term))
    told = [*people, "; ".join(dict.fromkeys(named))]
    return {
        **_ages(service, eligibility, named),
        **cells,
        "kind": joined(kinds_found),
        "eligibility_description": "\n".join(filter(None, dict.fromkeys(told))),
    }


def labelled(attributes: Iterable[Entry]) -> dict[str, str]:
    """Return what attributes with a value say, where their label is a column of the listing file."""
    found: dict[str, list[str]] = {}
    for entry in attributes:
        label = entry.get("label")
        name = _LABELLED.get(label) or label
        if name.partition(":")[0] in FIELDS and name not in _NEVER_LABELLED:
            found.setdefault(name, []).append(entry.get("value"))
    return {
        name: texts[0] if len(texts) == 1 else joined(texts)
        for name, texts in found.items()
    }


def _ages(
    service: Entry, eligibility: Sequence[Entry], named: Sequence[str]
) -> dict[str, str]:
    entries = [service, *eligibility]
    low = next(filter(None, (one.get("minimum_age") for one in entries)), "")
    high = next(filter(None, (one.get("maximum_age") for one in entries)), "")
    ranges = [found for name in named if (found := _AGES.fullmatch(name))]
    if not low and not high and len(ranges) == 1:
        low, high = ranges[0][1], ranges[0][3] or ""
    return {"minimum_age": low, "maximum_age": high}


class Terms:
    """The feed's own categories as words that the import may know."""

    def __init__(self, links: Links) -> None:
        self._terms = links.ids["taxonomy_term"]
        self._taxonomies = links.ids["taxonomy"]
        self._words: dict[str, str] = {}

    def is_of_people(self, term: Entry) -> bool:
        """Whether a term says for whom a service is, not what it is."""
        vocabulary = term.get("taxonomy_id")
        if named := self._taxonomies.get(vocabulary):
            vocabulary = named.get("name")
        told = f"{vocabulary} {term.get('taxonomy')} {term.get('taxonomy_facet')}"
        return bool(_OF_PEOPLE.search(told) or _CODE_OF_PEOPLE.match(_code(term)))

    def word_of(self, term: Entry) -> str:
        """Return the code or name of a term, or of the nearest ancestor whose name is known."""
        number = term.get("id")
        if number not in self._words:
            self._words[number] = self._find(term)
        return self._words[number]

    def _find(self, term: Entry) -> str:
        current: Entry | None = term
        passed: set[str] = set()
        while current is not None and current.get("id") not in passed:
            passed.add(current.get("id"))
            code, name = _code(current), current.get("name").replace(";", ",")
            if _is_ours(code):
                return code
            if kinds.term_of(name):
                return name
            current = self._terms.get(current.get("parent_id"))
        name = term.get("name").replace(";", ",")
        return kinds.term_of_code(_code(term)) or name or _code(term)


def _code(term: Entry) -> str:
    return term.get("code", "id")


def _is_ours(code: str) -> bool:
    """Whether a code has the form of our own: ``health.primary``, or one of our categories."""
    return code in kinds.CATEGORIES or bool(re.fullmatch(r"[a-z_]+\.[a-z_]+", code))


def joined(values: Iterable[str]) -> str:
    """Return values as one cell of a list; a semicolon inside a value becomes a comma."""
    plain = (" ".join(value.replace(";", ",").split()) for value in values)
    return "; ".join(dict.fromkeys(filter(None, plain)))
