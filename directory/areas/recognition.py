"""Finds code, names and parents among the property names of a boundary file.

Known families: COD-AB (``ADM1_PCODE``, ``admin1Pcode``, ``admin1Name_fr``), HXL tags
(``#adm2+code+v_pcode``, ``#adm2+i_es+name``), Who's On First (``wof_id``, ``names``),
geoBoundaries (``shapeISO``, ``shapeName``), GADM (``GID_1``, ``NAME_1``) and our own
(``code``, ``names``).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

LANGUAGE_OF_THREE = {"eng": "en", "fra": "fr", "spa": "es", "ara": "ar", "por": "pt"}
_LANGUAGES = (
    "en|fr|es|ar|pt|so|ku|ckb|am|om|ti|ha|sw|fa|ps|ur|my|my_mm|uk|ru|ht|mg|rn|rw"
)


@dataclass(frozen=True, slots=True)
class Fields:
    """Property names of one file, in order of preference."""

    codes: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    names_by_language: Mapping[str, str] = field(default_factory=dict)
    further_names: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    """Codes of what the area lies in, the nearest level first."""


def recognise(properties: Iterable[str], level: int) -> Fields:
    """Return what the property names mean for areas of a level."""
    known = sorted(properties)
    parents = [
        name
        for above in range(level - 1, -1, -1)
        for name in _matching(known, _code_patterns(above))
    ]
    return Fields(
        codes=_matching(known, [*_code_patterns(level), *_PLAIN_CODES]),
        names=_matching(known, _name_patterns(level)),
        names_by_language=_by_language(known, level),
        further_names=_matching(known, _further_patterns(level)),
        parents=(*parents, *_matching(known, [r"parent_code", r"parent"])),
    )


_PLAIN_CODES = (
    r"iso_3166_2", r"shapeiso", r"hasc", r"wof_id", r"pcode", r"code", r"shapeid",
)  # fmt: skip


def _code_patterns(level: int) -> list[str]:
    tag = r"country" if level == 0 else rf"adm{level}"
    return [
        rf"adm(in)?_?{level}_?p_?code",
        rf"#{tag}(\+\w+)*\+code(\+\w+)*",
        rf"adm(in)?_?{level}_?code",
        rf"(hasc|gid|iso)_{level}",
    ]


def _name_patterns(level: int) -> list[str]:
    tag = r"country" if level == 0 else rf"adm{level}"
    return [
        rf"adm(in)?_?{level}_?name",
        rf"adm(in)?_?{level}(_?name)?_en",
        rf"#{tag}\+name",
        rf"name_{level}",
        r"shapename",
        r"name",
    ]


def _further_patterns(level: int) -> list[str]:
    return [
        rf"adm(in)?_?{level}_?(alt|ref)(_?name)?\d?_?({_LANGUAGES})?",
        rf"varname_{level}",
    ]


def _by_language(known: list[str], level: int) -> dict[str, str]:
    tag = r"country" if level == 0 else rf"adm{level}"
    patterns = [
        rf"adm(in)?_?{level}(_?name)?_?(?P<language>{_LANGUAGES})",
        rf"#{tag}\+i_(?P<language>\w\w)\+name",
        rf"#{tag}\+name\+i_(?P<language>\w\w)",
        r"name[_:](?P<language>en|fr|es|ar|pt)",
    ]
    found: dict[str, str] = {}
    for pattern in patterns:
        for name in known:
            if match := re.fullmatch(pattern, name, re.IGNORECASE):
                found.setdefault(match["language"].lower(), name)
    return found


def _matching(known: list[str], patterns: Iterable[str]) -> tuple[str, ...]:
    """Return the names that fit, by pattern first; each once."""
    return tuple(
        dict.fromkeys(
            name
            for pattern in patterns
            for name in known
            if re.fullmatch(pattern, name, re.IGNORECASE)
        )
    )


def names_in_many_languages(value: object) -> tuple[dict[str, str], list[str]]:
    """Read a ``names`` property: ours (by language) or Who's On First's (lists).

    Returns names by two-letter language, and further spellings.
    """
    if not isinstance(value, Mapping):
        return {}, []
    by_language: dict[str, str] = {}
    further: list[str] = []
    for key, entry in value.items():
        language, _, kind = str(key).partition("_")
        spellings = [str(text) for text in _as_list(entry) if text]
        if not spellings:
            continue
        if not kind and len(language) == 2:
            by_language[language] = spellings[0]
        elif language in LANGUAGE_OF_THREE:
            code = LANGUAGE_OF_THREE[language]
            if kind == "preferred":
                by_language[code] = spellings.pop(0)
            further.extend(spellings)
        elif language == "local":
            further.extend(spellings)
    return by_language, further


def _as_list(value: Any) -> list[Any]:  # Any: a property of a foreign file
    return value if isinstance(value, list) else [value]
