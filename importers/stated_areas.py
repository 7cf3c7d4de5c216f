"""Finds the areas that a row states, by official code or by name in any language."""

from collections.abc import Mapping
from typing import Final

from importers import values
from importers.columns import Layout
from importers.geography import Geography, KnownArea
from importers.records import Draft

_LEVELS: Final = {"region": 1, "district": 2, "subdistrict": 3}
_DEEPEST: Final = 3
_LONGEST_CODE: Final = 3


class StatedAreas:
    """Codes go before names; the deepest area that is known counts."""

    def __init__(self, layout: Layout, geography: Geography) -> None:
        self._geography = geography
        self._covers_area = layout.is_presence
        self._titles = {c.field: c.title for c in layout.columns if c.language is None}

    def settle_country(
        self, draft: Draft, given: Mapping[str, str], default: str | None
    ) -> None:
        """Set the country of a draft: the row's own, else the file's."""
        draft.country = default
        if text := given.get("country"):
            if (stated := self._geography.country(text)) is not None:
                draft.country = stated
            else:
                title = self._titles["country"]
                draft.note("country_unknown", title, value=text[:100])

    def settle(self, draft: Draft, given: Mapping[str, str]) -> None:
        """Set the area of a draft, its first-level area, and the areas it covers."""
        deepest = None
        if code := given.get("area_code"):
            deepest = self._of_code(draft, "area_code", code)
        for role, level in _LEVELS.items():
            known = self._of_role(draft, given, role, level, deepest)
            if known is not None and (deepest is None or known.level >= deepest.level):
                deepest = known
        if deepest is not None:
            self._take(draft, given, deepest)
        for name in ("coverage_areas", "coverage_excluded_areas"):
            if text := given.get(name):
                draft.values[name] = self._covered(draft, name, text)

    def _take(self, draft: Draft, given: Mapping[str, str], area: KnownArea) -> None:
        draft.values["area_code"] = area.code
        if draft.country is None or not given.get("country"):
            draft.country = area.country
        draft.area_code = self._first_level(area)
        if self._covers_area:
            draft.values["coverage_areas"] = (area.code,)

    def _covered(self, draft: Draft, name: str, text: str) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for code in values.codes(text):
            if (known := self._of_code(draft, name, code)) is not None:
                found[known.code] = None
        return tuple(found)

    def _of_code(self, draft: Draft, name: str, code: str) -> KnownArea | None:
        """Return the area of a code, or of a name where people wrote one into a column of codes."""
        found = self._geography.by_code(code)
        if found is None and draft.country is not None:
            for level in range(1, _DEEPEST + 1):
                found = found or self._geography.named(draft.country, code, level)
        if found is None and (country := self._geography.country(code)) is not None:
            found = self._geography.by_code(country)
        if found is None:
            self._note(draft, name, code, 1)
        return found

    def _of_role(
        self, draft: Draft, given: Mapping[str, str], role: str, level: int,
        above: KnownArea | None,
    ) -> KnownArea | None:  # fmt: skip
        known = None
        if code := given.get(f"{role}_code"):
            known = self._geography.by_code(code)
        name = given.get(role)
        if known is not None or not name or draft.country is None:
            return known
        # Federal states are often written as the second half of their ISO 3166-2 code.
        if level == 1 and len(name) <= _LONGEST_CODE:
            known = self._geography.by_code(f"{draft.country}-{name.upper()}")
            if known is not None:
                return known
        within = above.id if above else None
        known = self._geography.named(draft.country, name, level, within)
        if known is None and level == 1:
            # Below the first level few countries are loaded: silence says nothing there.
            self._note(draft, role, name, level)
        return known

    def _first_level(self, area: KnownArea) -> str | None:
        current: KnownArea | None = area
        while current is not None and current.level > 1:
            parent = current.parent_id
            current = self._geography.by_id(parent) if parent else None
        return current.code if current is not None and current.level == 1 else None

    def _note(self, draft: Draft, name: str, text: str, level: int) -> None:
        country = draft.country
        proposal = self._geography.proposal(country, text, level) if country else None
        draft.note(
            "area_unknown",
            self._titles[name],
            None if proposal else "unlike",
            value=text[:100],
            country=self._geography.country_name(country) if country else "–",
            proposal=proposal or "–",
        )
