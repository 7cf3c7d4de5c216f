"""Which country the rows of a file lie in, where the file does not say so itself."""

from collections import Counter
from dataclasses import dataclass
from typing import Final

from importers import cells, positions
from importers.columns import Layout
from importers.geography import Geography
from importers.records import Draft, Table

_LOOKED_AT: Final = 2_000
_SURE: Final = 0.8
_MOST: Final = 0.5
_POSITION: Final = frozenset({"latitude", "longitude", "position"})


@dataclass(frozen=True, slots=True)
class Likely:
    """The country that more positions lie in than in any other, and whether nearly all do."""

    country: str | None
    is_sure: bool


def names_countries(table: Table, layout: Layout) -> bool:
    """Whether most rows say themselves which country they are in."""
    said = [c.index for c in layout.columns if c.field in {"country", "area_code"}]
    looked_at = table.rows[:: _step(table)]
    named = sum(any(cells.clean(row[index]) for index in said) for row in looked_at)
    return named > _MOST * len(looked_at)


def most_lie_in(table: Table, layout: Layout, geography: Geography) -> Likely:
    """Return where most positions lie. Those that lie there once exchanged speak for it as well.

    Exchanged ones may not be more than the others: then nothing is likely.
    """
    places = _places(table, layout)
    located = [country for country, _, _ in geography.locate(places)]
    ranked = Counter(country for country in located if country).most_common(2)
    if not ranked or (len(ranked) == 2 and ranked[0][1] == ranked[1][1]):
        return Likely(None, is_sure=False)
    country, times = ranked[0]
    others = [
        (place, found)
        for place, found in zip(places, located, strict=True)
        if found != country
    ]
    turned = positions.exchanged([place for place, _ in others], country, geography)
    mended = sum(turned)
    elsewhere = sum(
        found is not None and not is_turned
        for (_, found), is_turned in zip(others, turned, strict=True)
    )
    speaking = times + mended
    is_sure = (
        times > mended
        and speaking >= _SURE * (speaking + elsewhere)
        and speaking >= _MOST * len(places)
    )
    return Likely(country, is_sure)


def _places(table: Table, layout: Layout) -> list[tuple[float, float]]:
    """Return the positions of a sample of the rows, as far as they can be read."""
    by_field = {c.field: c for c in layout.columns if c.language is None}
    readers = [(c, cells.reader_of(f)) for f, c in by_field.items() if f in _POSITION]
    places = []
    for row in table.rows[:: _step(table)]:
        draft = Draft(0, {})
        for column, reader in readers:
            if reader is not None and (text := cells.clean(row[column.index])):
                reader(draft, column, text)
        latitude = draft.values.get("latitude")
        longitude = draft.values.get("longitude")
        if (
            isinstance(latitude, float)
            and isinstance(longitude, float)
            and (latitude or longitude)
            and abs(latitude) <= 90
            and abs(longitude) <= 180
        ):
            places.append((latitude, longitude))
    return places


def _step(table: Table) -> int:
    return max(1, len(table.rows) // _LOOKED_AT)
