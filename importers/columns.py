"""Which column holds which field: titles in many languages, a person's own mapping, or the cells."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from rapidfuzz import fuzz, process

from directory.listings.record import FILE_COLUMNS, FURTHER_COLUMNS, TEXT_FIELDS
from directory.text import normalise
from importers import kinds, words
from importers.column_names import HXL, IMPLIED_TERMS, NAMES, OSM, ROLES

LANGUAGES: Final = frozenset(
    [
        "en",
        "fr",
        "es",
        "ar",
        "pt",
        "am",
        "so",
        "sw",
        "ha",
        "yo",
        "ig",
        "om",
        "ti",
        "ff",
        "wo",
        "bm",
        "ku",
        "fa",
        "ps",
        "ur",
        "bn",
        "ne",
        "hi",
        "ta",
        "si",
        "my",
        "th",
        "vi",
        "zh",
        "ru",
        "uk",
        "tr",
        "sq",
        "sr",
        "ka",
        "hy",
        "az",
        "de",
        "it",
        "nl",
        "pl",
        "ro",
        "ht",
        "qu",
        "rw",
        "rn",
        "ln",
        "lg",
        "ny",
        "sn",
        "mg",
    ]
)
"""Language codes that a title's ending may name; others are taken for part of the title."""

FIELDS: Final = (*FILE_COLUMNS, *FURTHER_COLUMNS, *ROLES)
_KNOWN: Final = frozenset(FIELDS)
_BRACKETS: Final = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_SUFFIX: Final = re.compile(
    r"^(.+?)(?:::?|[ _]|\s*[\(\[])\s*([a-z]{2})\s*[\)\]]?$", re.IGNORECASE
)
_XLSFORM: Final = re.compile(r"^(.+?)::?.*\(([a-z]{2})\)\s*$", re.IGNORECASE)
_PAIR: Final = re.compile(
    r"^\s*\(?\s*-?\d{1,3}[.,]\d+\s*[,;\s]\s*-?\d{1,3}[.,]\d+\s*\)?\s*$"
)


def _by_title() -> dict[str, str]:
    table = {normalise(name): name for name in FIELDS}
    for field, titles in NAMES.items():
        for title in titles.split("|"):
            table.setdefault(normalise(title), field)
    return table


_TITLES: Final[Mapping[str, str]] = _by_title()
_NAME_OF: Final = re.compile(
    r"(?:name of(?: the)?|nom (?:du|de la|de l|des|de)|nombre (?:del|de la|de)|nome (?:do|da|de)|اسم) (.+)"
)
_TYPE_OF: Final = re.compile(
    r"(?:(?:type|kind|category) of|(?:type|categorie) (?:du|de la|de l|des|de)|(?:tipo|categoria) (?:del|de la|de|do|da)|نوع|تصنيف) (.+)"
)
_PEOPLE: Final = re.compile(
    r"doctor|head|director|manager|in charge|contact|owner|person|staff|medecin|directeur|responsable|gerant|chef|proprietaire"
    r"|medico|director|encargad|jefe|propietari|طبيب|مدير|مسؤول|مسوول|مالك"
)
_LONG_ENOUGH: Final = 8
_NEAR_ENOUGH: Final = 92
_LONG_TITLES: Final = [title for title in _TITLES if len(title) >= _LONG_ENOUGH]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file that is used, and for what; ``language`` for texts in a further one."""

    index: int
    title: str
    field: str
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """The used columns of a table, the titles left over, and what the titles imply."""

    columns: tuple[Column, ...]
    unused: tuple[str, ...] = ()
    is_osm: bool = False
    implied_term: str | None = None
    is_presence: bool = False
    """Whether the table says who does what where: each row an activity in an area, not a place."""

    def has(self, field: str) -> bool:
        """Whether a column for the field was found."""
        return any(column.field == field for column in self.columns)

    def title_of(self, field: str) -> str | None:
        """The file's own title of a field's column."""
        return next((c.title for c in self.columns if c.field == field), None)


def target_of(title: str) -> tuple[str, str | None] | None:
    """Return the field, and the language where the title names one, that a title stands for."""
    plain = title.strip().lower().replace(" ", "_")
    if plain in _KNOWN:
        return plain, None
    for pattern in (_XLSFORM, _SUFFIX):
        if (found := pattern.match(title.strip())) and found.group(
            2
        ).lower() in LANGUAGES:
            field = _field_of(found.group(1))
            if field in TEXT_FIELDS:
                return str(field), found.group(2).lower()
    field = _field_of(title)
    return (field, None) if field else None


def recognise(
    titles: Sequence[str],
    *,
    hashtags: Sequence[str] = (),
    mapping: Mapping[str, str] | None = None,
    samples: Sequence[Sequence[str]] = (),
    is_osm: bool = False,
) -> Layout:
    """Return which columns are used for what.

    ``mapping`` (title to field, ``field:language`` or empty for "leave out") goes before what is
    recognised. A field that two columns claim is read from the better title, then from the first.
    Cells decide only where no title tells of a position: "(-0.52, 37.02)".
    """
    chosen = {normalise(title): field for title, field in (mapping or {}).items()}
    claims: list[tuple[int, int, str, str | None]] = []
    for index, title in enumerate(titles):
        claim = _claim(
            title, hashtags[index] if index < len(hashtags) else "", chosen, is_osm
        )
        if claim is not None:
            rank, field, language = claim
            if field:
                claims.append((rank, index, field, language))
    _find_positions(claims, titles, samples)
    if any(field == "position" for _, _, field, _ in claims):
        # One of the two numbers alone is no position; the pair holds both.
        claims = [c for c in claims if c[2] not in {"latitude", "longitude"}]
    _tell_languages_apart(claims, titles)
    believed = (_believed(one, samples) for one in claims)
    claims = [one for one in believed if one is not None]
    taken: dict[tuple[str, str | None], Column] = {}
    for _rank, index, field, language in sorted(claims):
        if (field, language) not in taken or (field == "phone" and is_osm):
            taken.setdefault(
                (field, language), Column(index, titles[index], field, language)
            )
    columns = tuple(sorted(taken.values(), key=lambda column: column.index))
    is_presence = not is_osm and _is_presence(columns, hashtags)
    if is_presence:
        columns = tuple(c for c in columns if not _numbers_reports(c, hashtags))
    used = {column.index for column in columns}
    return Layout(
        columns=columns,
        unused=tuple(t for i, t in enumerate(titles) if i not in used and t.strip()),
        is_osm=is_osm,
        implied_term=_implied_term(columns),
        is_presence=is_presence,
    )


def count_recognised(titles: Sequence[str]) -> int:
    """Return how many different fields the titles name; the measure of a header row."""
    return len(
        {target for title in titles if title.strip() and (target := target_of(title))}
    )


def _claim(
    title: str, hashtag: str, chosen: Mapping[str, str], is_osm: bool
) -> tuple[int, str, str | None] | None:
    """Return how good the claim is (0 is best), the field and the language."""
    key = normalise(title)
    if key in chosen:
        field, _, language = chosen[key].partition(":")
        return 0, field, language or None
    if is_osm and (claim := _osm_claim(title)) is not None:
        return claim
    tagged = _hxl_field(hashtag) if hashtag else None
    if tagged in _TOLD_BY_TAG:
        return 1, str(tagged), None
    if (target := target_of(title)) is not None:
        exact = key == normalise(target[0]) or target[1] is not None
        return (1 if exact else 2 + _alias_rank(target[0], key)), *target
    return (200, tagged, None) if tagged else None


def _osm_claim(title: str) -> tuple[int, str, str | None] | None:
    if title in OSM:
        return 1 + list(OSM).index(title), OSM[title], None
    key, _, language = title.partition(":")
    if key in {"name", "description"} and language in LANGUAGES:
        return 1, OSM[key], language
    if title in NAMES or title in _KNOWN:
        return 2, title, None
    # Other tags keep their OpenStreetMap meaning and are not guessed from their words.
    return 1, "", None


def _alias_rank(field: str, key: str) -> int:
    """Return how far down a field's list the title stands: earlier ones are more telling."""
    names = [normalise(title) for title in NAMES.get(field, "").split("|")]
    return names.index(key) if key in names else len(names)


def _field_of(title: str) -> str | None:
    if found := _TITLES.get(normalise(title)):
        return found
    bare = normalise(_BRACKETS.sub(" ", title))
    # Forms of KoboToolbox put the group before the question: "facility/name".
    last = normalise(title.rpartition("/")[2])
    return _TITLES.get(bare) or _TITLES.get(last) or _of_places(bare) or _nearest(bare)


def _of_places(title: str) -> str | None:
    """Return the field of a title that names a kind of place: "name of the health post"."""
    for pattern, field in ((_NAME_OF, "service_name"), (_TYPE_OF, "kind")):
        if (found := pattern.fullmatch(title)) and not _PEOPLE.search(found[1]):
            return field if kinds.term_of(found[1]) else None
    return None


@lru_cache(maxsize=4096)
def _nearest(title: str) -> str | None:
    """Return the field of the title that this one misspells, if it is long enough to tell."""
    if len(title) < _LONG_ENOUGH:
        return None
    found = process.extractOne(
        title, _LONG_TITLES, scorer=fuzz.ratio, score_cutoff=_NEAR_ENOUGH
    )
    return _TITLES[found[0]] if found else None


def _hxl_field(hashtag: str) -> str | None:
    parts = hashtag.lower().replace(" ", "").lstrip("#").split("+")
    for attribute in parts[1:]:
        if field := HXL.get(f"{parts[0]}+{attribute}"):
            return field
    return HXL.get(parts[0])


def _find_positions(
    claims: list[tuple[int, int, str, str | None]],
    titles: Sequence[str],
    samples: Sequence[Sequence[str]],
) -> None:
    """Claim a column for positions when its cells look like pairs and no title named one."""
    fields = {field for _, _, field, _ in claims}
    if "latitude" in fields and "longitude" in fields:
        claims[:] = [claim for claim in claims if claim[2] != "position"]
        return
    for index, _title in enumerate(titles):
        cells = [
            row[index] for row in samples if index < len(row) and row[index].strip()
        ]
        if cells and sum(bool(_PAIR.match(cell)) for cell in cells) > len(cells) / 2:
            claims[:] = [c for c in claims if c[1] != index and c[2] != "position"]
            claims.append((0, index, "position", None))
            return


def _tell_languages_apart(
    claims: list[tuple[int, int, str, str | None]], titles: Sequence[str]
) -> None:
    """Beside ``languages`` (spoken), a column ``language`` is the one that the texts are written in."""
    plain = [title.strip().lower() for title in titles]
    if "language" in plain and "languages" in plain:
        index = plain.index("language")
        claims[:] = [claim for claim in claims if claim[1] != index]
        claims.append((1, index, "language", None))


def _believed(
    claim: tuple[int, int, str, str | None], samples: Sequence[Sequence[str]]
) -> tuple[int, int, str, str | None] | None:
    """Return a claim unless its cells speak against it.

    "Statut" is often the owner ("public", "privé"), and a "type of place" seldom whether it is
    physical or virtual. Where the field knows none of the words, the one column is the owner's if most
    of them name owners, and the other is left over.
    """
    rank, index, field, language = claim
    if rank == 0 or field not in {"status", "location_type"}:
        return claim
    cells = {row[index].strip() for row in samples if index < len(row)} - {""}
    if not cells or any(words.code_of(field, cell) for cell in cells):
        return claim
    if field == "location_type":
        return None
    owners = sum(kinds.provider_type_of(cell) is not None for cell in cells)
    return (rank, index, "ownership", language) if 2 * owners > len(cells) else claim


_AREAS: Final = frozenset(
    {"region", "district", "subdistrict", "region_code", "district_code", "subdistrict_code", "area_code"}
)  # fmt: skip
_TOLD_BY_TAG: Final = _AREAS | {"latitude", "longitude", "position", "country"}
"""Where a row lies is told better by its HXL tag than by a title such as "Code"."""
_OF_PLACES: Final = frozenset(
    {"latitude", "longitude", "position", "address", "opening_hours", "shape", "coverage", "coverage_areas", "coverage_radius_km", "coverage_geojson", "taxonomy_terms"}
)  # fmt: skip
_SECTOR: Final = re.compile(r"\b(sectors?|clusters?|secteurs?|sectores)\b|قطاع")


def _is_presence(columns: Sequence[Column], hashtags: Sequence[str]) -> bool:
    """Whether columns are those of a 3W table (who does what where), and of nothing finer."""
    fields = {column.field for column in columns}
    if "organization_name" not in fields or not fields & _AREAS or fields & _OF_PLACES:
        return False
    if any(
        tag.strip().lower().startswith(("#sector", "#activity")) for tag in hashtags
    ):
        return True
    kind = next((column.title for column in columns if column.field == "kind"), "")
    return bool(_SECTOR.search(normalise(kind)))


def _numbers_reports(column: Column, hashtags: Sequence[str]) -> bool:
    """Whether a column numbers the reports of a 3W table, not what is reported again and again."""
    if column.field != "service_id" or normalise(column.title) == "service id":
        return False
    tag = hashtags[column.index] if column.index < len(hashtags) else ""
    return not tag.strip()


def _implied_term(columns: Sequence[Column]) -> str | None:
    title = next(
        (c.title for c in columns if c.field == "service_name" and not c.language), ""
    )
    words = f" {normalise(title)} "
    return next(
        (term for name, term in IMPLIED_TERMS.items() if f" {name} " in words), None
    )
