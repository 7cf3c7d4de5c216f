"""Names of countries as files write them, to ISO 3166-1 alpha-2."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from babel import Locale
from babel.core import get_global

from directory.text import normalise

_SMALL_WORDS: Final = frozenset(
    [
        "the",
        "of",
        "and",
        "et",
        "y",
        "e",
        "la",
        "le",
        "les",
        "el",
        "los",
        "de",
        "du",
        "des",
        "del",
        "da",
        "do",
        "dos",
        "l",
        "d",
        "republic",
        "republique",
        "republica",
    ]
)
# What the Unicode names do not have: short forms, former names, the United Nations' long forms.
_ALIASES: Final[Mapping[str, str]] = {
    "drc": "CD", "rdc": "CD", "dr congo": "CD", "rd congo": "CD", "congo kinshasa": "CD", "congo dem rep": "CD",
    "democratic republic of the congo": "CD", "republique democratique du congo": "CD", "congo democratic republic": "CD",
    "republica democratica del congo": "CD", "zaire": "CD", "جمهوريه الكونغو الديمقراطيه": "CD",
    "congo": "CG", "congo brazzaville": "CG", "republic of the congo": "CG", "congo rep": "CG", "republique du congo": "CG",
    "cote divoire": "CI", "ivory coast": "CI", "costa de marfil": "CI", "cape verde": "CV", "cabo verde": "CV",
    "swaziland": "SZ", "eswatini": "SZ", "the gambia": "GM", "gambia": "GM", "burma": "MM", "myanmar": "MM", "czech republic": "CZ",
    "turkey": "TR", "turquie": "TR", "turquia": "TR", "syria": "SY", "syrian arab republic": "SY", "palestine": "PS", "occupied palestinian territory": "PS",
    "state of palestine": "PS", "bolivia plurinational state of": "BO", "venezuela bolivarian republic of": "VE", "venezuela": "VE",
    "iran islamic republic of": "IR", "lao pdr": "LA", "lao people s democratic republic": "LA", "viet nam": "VN",
    "moldova": "MD", "republic of moldova": "MD", "north macedonia": "MK", "macedonia": "MK", "usa": "US", "united states of america": "US", "uk": "GB",
    "united republic of tanzania": "TZ", "tanzania united republic of": "TZ", "tanzania": "TZ", "guinea bissau": "GW", "guinee bissau": "GW", "guinea conakry": "GN",
    "guinee conakry": "GN", "car": "CF", "rca": "CF", "central african republic": "CF", "republique centrafricaine": "CF", "centrafrique": "CF",
    "sao tome and principe": "ST", "sao tome": "ST", "russian federation": "RU", "republic of korea": "KR", "south korea": "KR", "north korea": "KP",
    "dprk": "KP", "timor leste": "TL", "east timor": "TL", "micronesia": "FM", "brunei darussalam": "BN", "somaliland": "SO", "south sudan": "SS", "sudan": "SD",
    "kosovo": "XK", "libyan arab jamahiriya": "LY", "pakistan": "PK", "afghanistan": "AF", "dominican republic": "DO", "republica dominicana": "DO",
    "salvador": "SV", "el salvador": "SV", "holland": "NL", "hong kong": "HK",
}  # fmt: skip


@lru_cache(maxsize=4096)
def country_of(text: str) -> str | None:
    """Return the country of a name in five languages, an alias, or a code of two or three letters."""
    plain = text.strip()
    if len(plain) in {2, 3} and plain.isascii() and plain.isalpha():
        if len(plain) == 2 and plain.upper() in Locale("en").territories:
            return plain.upper()
        found = get_global("territory_aliases").get(plain.upper())
        if found:
            return str(found[0])
    folded = normalise(plain)
    return _ALIASES.get(folded) or _names().get(folded) or _names().get(_key(folded))


@lru_cache(maxsize=1)
def _names() -> Mapping[str, str]:
    table: dict[str, str] = {}
    for language in ("pt", "ar", "es", "fr", "en"):
        for code, name in Locale(language).territories.items():
            if (
                len(code) == 2
                and code.isalpha()
                and code not in {"EU", "UN", "EZ", "ZZ", "XA", "XB"}
            ):
                folded = normalise(name)
                table[folded] = code
                table.setdefault(_key(folded), code)
    return table


def _key(folded: str) -> str:
    words = [word for word in folded.split() if word not in _SMALL_WORDS]
    return " ".join(words) or folded
