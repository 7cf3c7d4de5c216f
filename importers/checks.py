"""Rows of a file made into drafts of listings, each cell checked; pure but for the areas it is given."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from directory.listings import rules
from directory.text import normalise
from importers import cells, kinds, positions, values
from importers.columns import Column, Layout
from importers.geography import Geography, KnownArea
from importers.issues import CATALOGUE
from importers.readers import osm
from importers.records import Draft

_LEVEL_OF: Final = {"region": 1, "district": 2, "subdistrict": 3}
_SEALED_ROLES: Final = frozenset({"town"})
_ADDRESS_TAGS: Final = ("addr:housename", "addr:housenumber", "addr:street", "addr:place", "addr:subcity", "addr:kebele", "addr:suburb", "addr:district")  # fmt: skip
_OSM_PLACE: Final = frozenset(
    {*_ADDRESS_TAGS, "addr:city", "addr:full", "addr:village"}
)


@dataclass(frozen=True, slots=True)
class Setting:
    """What the person who imports has said, and what the directory knows."""

    language: str
    country: str | None
    default_term: str | None
    levels: Mapping[str, str]
    """Default sensitivity by taxonomy code."""
    labels: Mapping[str, str]
    """Taxonomy codes by folded label, in every language."""
    tag_rules: osm.TagRules
    kind_words: Mapping[str, str] = field(default_factory=dict)
    """The person's own words for kinds, folded, to codes; empty for "leave the row out"."""
    find_organization: Callable[[str], str | None] = lambda _number: None
    """The name of an organization by the source's id, where the directory knows it."""


class RowReader:
    """Reads the rows of one table; keeps what later rows need to know of earlier ones."""

    def __init__(self, layout: Layout, setting: Setting, geography: Geography) -> None:
        self._layout = layout
        self._setting = setting
        self._geography = geography
        self._by_field = {c.field: c for c in layout.columns if c.language is None}
        self._steps = [
            (c, reader) for c in layout.columns if (reader := cells.reader_of(c.field))
        ]
        self.titles = positions.Titles(
            self._title("latitude"), self._title("longitude")
        )
        self._organizations: dict[str, str] = {}
        self._has_organizations = layout.has("organization_name") or layout.has(
            "organization_id"
        )

    def draft(
        self, line: int, row: Sequence[str], tags: Mapping[str, str] | None = None
    ) -> Draft:
        """Return the draft of one row. ``tags`` are the OpenStreetMap tags where it has any."""
        given = {
            c.field: text
            for c in self._layout.columns
            if c.language is None and (text := cells.clean(row[c.index]))
        }
        draft = Draft(line, {})
        self._settle_country(draft, given)
        self._settle_terms(draft, given, tags)
        is_sealed = self._settle_sensitivity(draft, given, tags)
        for column, reader in self._steps:
            text = cells.clean(row[column.index])
            if text and not (is_sealed and cells.refused_for(column.field)):
                reader(draft, column, text)
        self._settle_areas(draft, given)
        if not is_sealed:
            self._settle_place(draft, given, tags)
        self._settle_names(draft, given)
        self._settle_ages(draft)
        return draft

    def _title(self, name: str) -> str | None:
        column = self._by_field.get(name) or self._by_field.get("position")
        return column.title if column else None

    def _settle_country(self, draft: Draft, given: Mapping[str, str]) -> None:
        draft.country = self._setting.country
        if text := given.get("country"):
            if (stated := self._geography.country(text)) is not None:
                draft.country = stated
            else:
                draft.note(
                    "country_unknown", self._by_field["country"].title, value=text[:100]
                )

    def _settle_terms(
        self, draft: Draft, given: Mapping[str, str], tags: Mapping[str, str] | None
    ) -> None:
        """Find the categories: codes, else the kind's words, else tags, else what the file implies."""
        found: dict[str, None] = {}
        unknown = 0
        if text := given.get("taxonomy_terms"):
            for word in values.codes(text) if ";" not in text else _split(text):
                if (term := self._term_of(word)) is not None:
                    found[term] = None
                else:
                    unknown += 1
                    self._note_term(draft, "taxonomy_terms", word)
        elif tags is not None:
            unknown = self._settle_tags(draft, tags, found)
        elif text := given.get("kind"):
            unknown = self._settle_kind(draft, text, found)
        if not found and not unknown:
            implied = self._setting.default_term or self._layout.implied_term
            if implied:
                found[implied] = None
            else:
                title = self._title_for("taxonomy_terms", "kind")
                draft.note("required_missing", title, field="taxonomy_terms")
        if not found:
            draft.is_skipped = True
        draft.values["taxonomy_terms"] = tuple(found)

    def _settle_tags(
        self, draft: Draft, tags: Mapping[str, str], found: dict[str, None]
    ) -> int:
        terms, undecided = self._setting.tag_rules.terms_of(tags)
        found.update(dict.fromkeys(terms))
        if terms or self._setting.default_term:
            return 0
        said = next((f"{key}={tags[key]}" for key in osm.MAIN_KEYS if key in tags), "–")
        draft.note(
            "term_unknown", None, value=said, proposal=", ".join(undecided) or "–"
        )
        return 1

    def _settle_kind(self, draft: Draft, text: str, found: dict[str, None]) -> int:
        chosen = self._setting.kind_words.get(normalise(text))
        if chosen == "":
            draft.is_skipped = True
            return 1
        term = (
            chosen
            or self._term_of(text)
            or kinds.term_of(text)
            or self._setting.default_term
        )
        if term is None or term not in self._setting.levels:
            self._note_term(draft, "kind", text)
            return 1
        found[term] = None
        return 0

    def _term_of(self, word: str) -> str | None:
        plain = word.strip()
        if plain in self._setting.levels:
            return plain
        return self._setting.labels.get(normalise(plain))

    def _note_term(self, draft: Draft, field_name: str, word: str) -> None:
        proposal = kinds.term_of(word) if field_name == "taxonomy_terms" else None
        title = self._by_field[field_name].title
        draft.note(
            "term_unknown", title, value=word.strip()[:100], proposal=proposal or "–"
        )

    def _settle_sensitivity(
        self, draft: Draft, given: Mapping[str, str], tags: Mapping[str, str] | None
    ) -> bool:
        """Find the level of protection; returns whether the listing is sealed, and says so."""
        stated = None
        if (text := given.get("sensitivity")) is not None:
            cells.read_value(draft, self._by_field["sensitivity"], text)
            stated = draft.values.get("sensitivity")
        level = rules.level_of(
            draft.values["taxonomy_terms"], stated, self._setting.levels
        )
        if stated is not None and level > stated:
            title = self._by_field["sensitivity"].title
            draft.note("sensitivity_raised", title, value=stated, level=level)
        draft.level = level
        if level != "L3":
            return False
        refused = [
            c.title
            for c in self._layout.columns
            if cells.refused_for(c.field) and c.field in given
        ]
        if tags is not None and _OSM_PLACE & tags.keys():
            refused.append("addr")
        if refused:
            # The title only: what stood in the cell is stored nowhere.
            draft.note("position_refused", refused[0])
        return True

    def _settle_areas(self, draft: Draft, given: Mapping[str, str]) -> None:
        """Find the stated areas: official codes before names, the deepest that is known."""
        deepest: KnownArea | None = None
        if code := given.get("area_code"):
            deepest = self._area_of_code(draft, "area_code", code)
        for role, level in _LEVEL_OF.items():
            known = None
            if code := given.get(f"{role}_code"):
                known = self._geography.by_code(code)
            if known is None and (name := given.get(role)):
                known = self._area_of_name(draft, role, name, level, deepest)
            if known is not None:
                deepest = (
                    known
                    if deepest is None or known.level >= deepest.level
                    else deepest
                )
                draft.area_code = known.code if known.level == 1 else draft.area_code
        if deepest is not None:
            draft.values["area_code"] = deepest.code
            draft.country = draft.country or deepest.country
            if deepest.level == 1:
                draft.area_code = deepest.code
        for name in ("coverage_areas", "coverage_excluded_areas"):
            if text := given.get(name):
                known_codes = [
                    known.code
                    for code in values.codes(text)
                    if (known := self._area_of_code(draft, name, code)) is not None
                ]
                draft.values[name] = tuple(dict.fromkeys(known_codes))

    def _area_of_code(self, draft: Draft, name: str, code: str) -> KnownArea | None:
        known = self._geography.by_code(code)
        if known is None and draft.country is not None:
            known = self._geography.named(
                draft.country, code, 1
            ) or self._geography.named(draft.country, code, 2)
        if known is None and (country := self._geography.country(code)) is not None:
            known = self._geography.by_code(country)
        if known is None:
            self._note_area(draft, name, code, 1)
        return known

    def _area_of_name(
        self, draft: Draft, role: str, name: str, level: int, above: KnownArea | None
    ) -> KnownArea | None:
        if draft.country is None:
            return None
        known = self._geography.named(
            draft.country, name, level, above.id if above else None
        )
        if known is None and level == 1:
            self._note_area(draft, role, name, level)
        return known

    def _note_area(self, draft: Draft, name: str, text: str, level: int) -> None:
        country = draft.country
        proposal = self._geography.proposal(country, text, level) if country else None
        draft.note(
            "area_unknown", self._by_field[name].title, value=text[:100],
            country=self._geography.country_name(country) if country else "–", proposal=proposal or "–",
        )  # fmt: skip

    def _settle_place(
        self, draft: Draft, given: Mapping[str, str], tags: Mapping[str, str] | None
    ) -> None:
        """Settle the position, and an address from the parts that lists of facilities have."""
        cells.settle_position(draft, given, self.titles)
        if "latitude" not in draft.values and draft.values.get("coverage") != "remote":
            if not any(
                one.code.startswith(("coordinates", "number")) for one in draft.issues
            ):
                draft.note("coordinates_missing", self.titles.latitude)
        if draft.values.get("precision_m", 0.0) >= positions.IMPRECISE_M:
            draft.note(
                "coordinates_imprecise", self.titles.latitude,
                value=f"{draft.values['latitude']}, {draft.values['longitude']}",
                kilometres=round(draft.values["precision_m"] / 1000, 1),
            )  # fmt: skip
        parts = [draft.values.get("address", "")]
        if tags is not None:
            parts += [tags.get(tag, "") for tag in _ADDRESS_TAGS]
        parts += [given.get(role, "") for role in ("town", "subdistrict", "district")]
        is_facility_list = tags is not None or any(
            role in given for role in ("town", "subdistrict", "district")
        )
        if is_facility_list and (address := _joined(parts)):
            draft.values["address"] = address[: rules.TEXT_LENGTH]

    def _settle_names(self, draft: Draft, given: Mapping[str, str]) -> None:
        found = draft.values
        if kind := given.get("kind"):
            found.setdefault(
                "description", " · ".join(_distinct((kind, given.get("ownership", ""))))
            )
            if "service_name" not in self._by_field:
                found.setdefault(
                    "service_name", " ".join(kind.split())[: rules.NAME_LENGTH]
                )
        if (owner := given.get("ownership")) and (
            provider := kinds.provider_type_of(owner)
        ):
            found["provider_type"] = provider
        self._settle_language(draft)
        self._settle_organization(draft, given)
        for name in ("organization_name", "service_name"):
            if not found.get(name) and not any(
                one.code == "text_too_long" for one in draft.issues
            ):
                if not any(one.code == "reference_dangling" for one in draft.issues):
                    draft.note("required_missing", self._title_for(name), field=name)
                draft.is_skipped = True

    def _settle_language(self, draft: Draft) -> None:
        """Say which language the plain texts are in, and take a plain name from a further one."""
        language = self._setting.language
        name = draft.values.get("service_name")
        translated = {
            lang: text
            for (name_, lang), text in draft.texts.items()
            if name_ == "service_name"
        }
        if name is None and translated and not draft.is_skipped:
            language = language if language in translated else next(iter(translated))
            draft.values["service_name"] = draft.texts.pop(("service_name", language))
        elif name is not None:
            language = next(
                (lang for lang, text in translated.items() if text == name), language
            )
        draft.values["language"] = language
        for key in [key for key in draft.texts if key[1] == language]:
            text = draft.texts.pop(key)
            draft.values.setdefault(key[0], text)

    def _settle_organization(self, draft: Draft, given: Mapping[str, str]) -> None:
        found = draft.values
        number = found.get("organization_id")
        if found.get("organization_name"):
            if number:
                self._organizations.setdefault(number, found["organization_name"])
            return
        if number:
            name = self._organizations.get(number) or self._setting.find_organization(
                number
            )
            if name is None:
                title = self._title_for("organization_id")
                draft.note("reference_dangling", title, value=number[:100])
                draft.is_skipped = True
            else:
                found["organization_name"] = name
        elif not self._has_organizations or self._layout.is_osm:
            # A list of facilities: each one is its own organization, told apart by its place.
            if name := found.get("service_name"):
                found["organization_name"] = name
                found["organization_id"] = given.get("service_id") or _identity(draft)

    def _settle_ages(self, draft: Draft) -> None:
        low, high = draft.values.get("minimum_age"), draft.values.get("maximum_age")
        if low is not None and high is not None and low > high:
            title = self._title_for("minimum_age")
            draft.note(
                "range_invalid",
                title,
                value=f"{low} > {high}",
                allowed=f"0–{values.MAX_AGE}",
            )
            draft.is_skipped = True

    def _title_for(self, *names: str) -> str | None:
        return next(
            (self._by_field[name].title for name in names if name in self._by_field),
            names[0],
        )


def is_blocking(code: str) -> bool:
    """Whether a problem of this kind keeps its row out of the directory."""
    return CATALOGUE[code].skips


def _split(text: str) -> list[str]:
    return [part for part in text.split(";") if part.strip()]


def _joined(parts: Sequence[str]) -> str:
    return ", ".join(_distinct(parts))


def _distinct(parts: Sequence[str]) -> list[str]:
    kept: dict[str, str] = {}
    for part in parts:
        plain = " ".join(part.split())
        if plain:
            kept.setdefault(normalise(plain), plain)
    return list(kept.values())


def _identity(draft: Draft) -> str:
    """Return an id for a facility that has none: its name and where it is."""
    where = draft.values.get("area_code") or draft.country or ""
    latitude, longitude = draft.values.get("latitude"), draft.values.get("longitude")
    if isinstance(latitude, float) and isinstance(longitude, float):
        where = f"{latitude:.5f},{longitude:.5f}"
    return f"{normalise(draft.values['service_name'])}@{where}"
