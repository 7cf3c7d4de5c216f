"""Rows of one file that say the same: an id used twice, a listing written twice."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from directory.text import normalise
from geo.distance import great_circle_km
from geo.points import Point
from importers.columns import Layout
from importers.records import Draft

SAME_PLACE_KM: Final = 0.1


@dataclass(frozen=True, slots=True)
class Seen:
    """What is remembered of an earlier row."""

    line: int
    name: str
    service_id: str | None
    place: Point | None
    where: tuple[str, str]


def note(drafts: Sequence[Draft], layout: Layout) -> None:
    """Mark later rows that repeat an earlier one; one service may stand at several places."""
    by_id: dict[tuple[str, str], list[Seen]] = defaultdict(list)
    by_name: dict[tuple[object, ...], list[Seen]] = defaultdict(list)
    id_title = layout.title_of("service_id")
    name_title = layout.title_of("service_name")
    for draft in drafts:
        if draft.is_skipped:
            continue
        seen = _seen(draft)
        if seen.service_id is not None:
            same_id = by_id[draft.values.get("source", ""), seen.service_id]
            if other := _clash(seen, same_id):
                draft.note(
                    "duplicate_id",
                    id_title,
                    value=seen.service_id[:100],
                    other=other.line,
                )
                draft.is_skipped = True
                continue
            same_id.append(seen)
        key = (
            seen.name, normalise(draft.values["organization_name"]), draft.country,
            draft.values["taxonomy_terms"],
        )  # fmt: skip
        if twin := next(
            (one for one in by_name[key] if is_same_place(seen, one)), None
        ):
            _note_twin(draft, seen, twin, name_title)
        by_name[key].append(seen)


def is_same_place(one: Seen, other: Seen) -> bool:
    """Whether two rows mean one place: within 100 m, or both without position in the same words."""
    if one.place is not None and other.place is not None:
        if abs(one.place.latitude - other.place.latitude) > 0.002:
            return False
        return great_circle_km(one.place, other.place) <= SAME_PLACE_KM
    return one.place is None and other.place is None and one.where == other.where


def _seen(draft: Draft) -> Seen:
    found = draft.values
    place = None
    if "latitude" in found:
        place = Point(latitude=found["latitude"], longitude=found["longitude"])
    where = (found.get("area_code", ""), normalise(found.get("address", "")))
    name = normalise(found["service_name"])
    return Seen(draft.line, name, found.get("service_id"), place, where)


def _clash(seen: Seen, same_id: Sequence[Seen]) -> Seen | None:
    """Return the earlier row that used the id otherwise than for the same service elsewhere."""
    return next(
        (one for one in same_id if one.name != seen.name or is_same_place(one, seen)),
        None,
    )


def _note_twin(draft: Draft, seen: Seen, twin: Seen, title: str | None) -> None:
    """Two rows with ids of their own are taken as two services; without ids, the first counts."""
    have_ids = seen.service_id is not None and twin.service_id is not None
    if have_ids:
        draft.note("duplicate_listing", title, "own_ids", other=twin.line)
    else:
        draft.note("duplicate_listing", title, other=twin.line)
        draft.is_skipped = True
