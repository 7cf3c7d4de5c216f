"""Rows of a file made into drafts of listings, each cell checked; the areas are given to it."""

from collections.abc import Mapping, Sequence
from typing import Final

from directory.listings import rules
from directory.text import normalise
from importers import cells, kinds, positions, prices, values
from importers.categories import Categories, Tags
from importers.columns import LANGUAGES, Layout
from importers.geography import Geography
from importers.records import Draft
from importers.settings import Setting
from importers.stated_areas import StatedAreas

_ADDRESS_TAGS: Final = (
    "addr:housename", "addr:housenumber", "addr:street", "addr:place", "addr:subcity",
    "addr:kebele", "addr:suburb", "addr:district",
)  # fmt: skip
_ADDRESS_ROLES: Final = ("town", "subdistrict", "district")
_SETTLED_BEFORE: Final = frozenset({"sensitivity"})


class RowReader:
    """Reads the rows of one table; keeps what later rows need to know of earlier ones."""

    def __init__(self, layout: Layout, setting: Setting, geography: Geography) -> None:
        self._layout = layout
        self._setting = setting
        self._areas = StatedAreas(layout, geography)
        self._categories = Categories(layout, setting)
        self._by_field = {c.field: c for c in layout.columns if c.language is None}
        self._plain = tuple((c.field, c.index) for c in self._by_field.values())
        self._steps = [
            (column, reader)
            for column in layout.columns
            if (reader := cells.reader_of(column.field))
            and column.field not in _SETTLED_BEFORE
        ]
        self.titles = positions.Titles(
            self._title("latitude"), self._title("longitude")
        )
        self._organizations: dict[str, str] = {}
        self._states_precision = layout.has("precision_m")
        self._lists_facilities = layout.is_osm or not (
            layout.has("organization_name") or layout.has("organization_id")
        )

    def draft(self, line: int, row: Sequence[str], tags: Tags = None) -> Draft:
        """Return the draft of one row. ``tags`` are the OpenStreetMap tags where it has any."""
        given = {
            field: text
            for field, index in self._plain
            if (text := cells.clean(row[index]))
        }
        draft = Draft(line, {})
        self._areas.settle_country(draft, given, self._setting.country)
        self._categories.settle(draft, given, tags)
        is_sealed = self._categories.protect(draft, given, tags)
        for column, reader in self._steps:
            text = cells.clean(row[column.index])
            if text and not (is_sealed and cells.is_place(column.field)):
                reader(draft, column, text)
        self._areas.settle(draft, given)
        if not is_sealed:
            self._settle_position(draft, given)
            self._settle_address(draft, given, tags)
        self._settle_names(draft, given)
        self._settle_ages(draft)
        prices.settle(draft, given, self._layout)
        return draft

    def _title(self, name: str) -> str | None:
        column = self._by_field.get(name) or self._by_field.get("position")
        return column.title if column else None

    def _settle_position(self, draft: Draft, given: Mapping[str, str]) -> None:
        cells.settle_position(draft, given, self.titles)
        if "latitude" in draft.values and not self._states_precision:
            stated = positions.precision_m(
                given.get("latitude", ""), given.get("longitude", "")
            )
            draft.values.setdefault("precision_m", stated)
        title = self.titles.latitude
        if "latitude" not in draft.values:
            is_explained = any(
                one.code.startswith("coordinates") or one.column == title
                for one in draft.issues
                if title is not None
            )
            if not is_explained and draft.values.get("coverage") != "remote":
                draft.note("coordinates_missing", title)
        elif draft.values.get("precision_m", 0.0) >= positions.IMPRECISE_M and (
            draft.values["latitude"],
            draft.values["longitude"],
        ) != (0, 0):
            kilometres = round(draft.values["precision_m"] / 1000, 1)
            place = f"{draft.values['latitude']}, {draft.values['longitude']}"
            draft.note(
                "coordinates_imprecise", title, value=place, kilometres=kilometres
            )

    def _settle_address(
        self, draft: Draft, given: Mapping[str, str], tags: Tags
    ) -> None:
        """Make one address of the parts that lists of facilities spread over columns."""
        roles = [given[role] for role in _ADDRESS_ROLES if role in given]
        if tags is None and not roles:
            return
        parts = [draft.values.get("address", "")]
        if tags is not None:
            parts += [tags.get(tag, "") for tag in _ADDRESS_TAGS]
        if address := ", ".join(_distinct([*parts, *roles])):
            draft.values["address"] = address[: rules.TEXT_LENGTH]

    def _settle_names(self, draft: Draft, given: Mapping[str, str]) -> None:
        """Settle the names of service and organization, and what a kind and an owner say."""
        found = draft.values
        owner = given.get("ownership", "")
        if kind := given.get("kind"):
            found.setdefault("description", " · ".join(_distinct((kind, owner))))
            if "service_name" not in self._by_field:
                name = " ".join(kind.split())
                found.setdefault("service_name", name[: rules.NAME_LENGTH])
        if owner and (provider := kinds.provider_type_of(owner)):
            found["provider_type"] = provider
        self._settle_language(draft)
        self._settle_organization(draft, given)
        told = {one.code for one in draft.issues}
        for name in ("organization_name", "service_name"):
            if (
                found.get(name)
                or "text_too_long" in told
                or "reference_dangling" in told
            ):
                continue
            column = self._by_field.get(name)
            draft.note("required_missing", column.title if column else name, field=name)
            draft.is_skipped = True

    def _settle_language(self, draft: Draft) -> None:
        """Say which language the plain texts are in, and take a plain name from a further one."""
        stated = draft.values.get("language", "")
        language = stated if stated in LANGUAGES else self._setting.language
        name = draft.values.get("service_name")
        if draft.texts:
            named = {
                lang: t
                for (what, lang), t in draft.texts.items()
                if what == "service_name"
            }
            if name is None and named:
                language = language if language in named else next(iter(named))
            elif name is not None:
                same = (lang for lang, text in named.items() if text == name)
                language = next(same, language)
            for key in [key for key in draft.texts if key[1] == language]:
                text = draft.texts.pop(key)
                draft.values.setdefault(key[0], text)
        draft.values["language"] = language

    def _settle_organization(self, draft: Draft, given: Mapping[str, str]) -> None:
        found = draft.values
        number, name = found.get("organization_id"), found.get("organization_name")
        if name:
            if number:
                self._organizations.setdefault(number, name)
        elif number:
            known = self._organizations.get(number)
            known = known or self._setting.find_organization(number)
            if known is None:
                title = self._by_field["organization_id"].title
                draft.note("reference_dangling", title, value=number[:100])
                draft.is_skipped = True
            else:
                found["organization_name"] = known
        elif self._lists_facilities and (facility := found.get("service_name")):
            # A list of facilities: each is an organization of its own, told apart by its place.
            found["organization_name"] = facility
            found["organization_id"] = given.get("service_id") or _identity(draft)

    def _settle_ages(self, draft: Draft) -> None:
        low, high = draft.values.get("minimum_age"), draft.values.get("maximum_age")
        if low is not None and high is not None and low > high:
            allowed = f"0–{values.MAX_AGE}"
            title = self._by_field["minimum_age"].title
            draft.note("range_invalid", title, value=f"{low} > {high}", allowed=allowed)
            draft.is_skipped = True


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
