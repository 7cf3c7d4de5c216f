"""Finds the taxonomy terms of a row, and how much protection they ask for."""

from collections.abc import Mapping

from directory.listings import rules
from directory.text import normalise
from importers import cells, kinds, values
from importers.columns import Column, Layout
from importers.readers import osm
from importers.records import Draft
from importers.settings import Setting

_OSM_PLACE = ("addr:", "contact:street", "contact:city")

Tags = Mapping[str, str] | None


def split_kinds(text: str) -> list[str]:
    """Return the words of a cell of kinds: one, or several with semicolons between them."""
    return [word for part in text.split(";") if (word := part.strip())]


class Categories:
    """Codes first, then OpenStreetMap tags, the words of the kind, and what the file implies."""

    def __init__(self, layout: Layout, setting: Setting) -> None:
        self._layout = layout
        self._setting = setting
        self._columns: dict[str, Column] = {
            c.field: c for c in layout.columns if c.language is None
        }

    def settle(self, draft: Draft, given: Mapping[str, str], tags: Tags) -> None:
        """Set the terms of a draft; a row without any is skipped, and the reason is noted."""
        found: dict[str, None] = {}
        is_explained = False
        if text := given.get("taxonomy_terms"):
            is_explained = self._from_codes(draft, text, found)
        elif tags is not None:
            is_explained = self._from_tags(draft, tags, found)
        elif text := given.get("kind"):
            is_explained = self._from_kind(draft, text, found)
        if not found and not is_explained:
            self._from_file(draft, found)
        draft.is_skipped |= not found
        draft.values["taxonomy_terms"] = tuple(found)

    def protect(self, draft: Draft, given: Mapping[str, str], tags: Tags) -> bool:
        """Set how sensitive a draft is; returns whether it is sealed, and notes what is refused."""
        stated = None
        column = self._columns.get("sensitivity")
        if column is not None and (text := given.get("sensitivity")):
            cells.read_value(draft, column, text)
            stated = draft.stated_level = draft.values.get("sensitivity")
        terms = draft.values["taxonomy_terms"]
        draft.level = rules.level_of(terms, stated, self._setting.levels)
        if column is not None and stated is not None and draft.level > stated:
            draft.note(
                "sensitivity_raised", column.title, value=stated, level=draft.level
            )
        if draft.level != "L3":
            return False
        if refused := self._refused(given, tags):
            # The title only: what stood in the cell is stored nowhere.
            draft.note("position_refused", refused)
        return True

    def _refused(self, given: Mapping[str, str], tags: Tags) -> str | None:
        for column in self._layout.columns:
            if cells.is_place(column.field) and column.field in given:
                return column.title
        if tags is not None and any(key.startswith(_OSM_PLACE) for key in tags):
            return "addr"
        return None

    def _from_codes(self, draft: Draft, text: str, found: dict[str, None]) -> bool:
        words = text.split(";") if ";" in text else values.codes(text)
        is_explained = False
        for word in words:
            if not word.strip():
                continue
            if (term := self._term_of(word)) is not None:
                found[term] = None
            else:
                is_explained = True
                proposed = kinds.term_of(word) or self._setting.propose(word)
                self._note(draft, "taxonomy_terms", word, proposed)
        return is_explained

    def _from_tags(
        self, draft: Draft, tags: Mapping[str, str], found: dict[str, None]
    ) -> bool:
        terms, undecided = self._setting.tag_rules.terms_of(tags)
        found.update(dict.fromkeys(terms))
        if terms or self._setting.default_term:
            return False
        said = next((f"{key}={tags[key]}" for key in osm.MAIN_KEYS if key in tags), "–")
        proposal = ", ".join(undecided) or "–"
        draft.note("term_unknown", None, value=said[:100], proposal=proposal)
        return True

    def _from_kind(self, draft: Draft, text: str, found: dict[str, None]) -> bool:
        """Read one word, or several with semicolons; those that nobody knows are noted together."""
        unknown: list[str] = []
        is_left_out = False
        for word in split_kinds(text):
            chosen = self._setting.kind_words.get(normalise(word))
            if chosen == "":
                is_left_out = True
                continue
            term = chosen or self._term_of(word) or kinds.term_of(word)
            if term is not None and term in self._setting.levels:
                found[term] = None
            else:
                unknown.append(word)
        default = self._setting.default_term
        if unknown and not found and default and default in self._setting.levels:
            found[default] = None
        elif unknown:
            proposed = filter(None, map(self._setting.propose, unknown))
            self._note(
                draft, "kind", "; ".join(unknown), ", ".join(dict.fromkeys(proposed))
            )
        return is_left_out or bool(unknown)

    def _from_file(self, draft: Draft, found: dict[str, None]) -> None:
        if implied := self._setting.default_term or self._layout.implied_term:
            found[implied] = None
            return
        column = self._columns.get("taxonomy_terms") or self._columns.get("kind")
        title = column.title if column else "taxonomy_terms"
        draft.note("required_missing", title, field="taxonomy_terms")

    def _term_of(self, word: str) -> str | None:
        plain = word.strip()
        if plain in self._setting.levels:
            return plain
        return self._setting.labels.get(normalise(plain))

    def _note(self, draft: Draft, name: str, word: str, proposal: str | None) -> None:
        title = self._columns[name].title
        value = word.strip()[:100]
        draft.note("term_unknown", title, value=value, proposal=proposal or "–")
