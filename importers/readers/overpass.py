"""Answers of the Overpass API: tagged nodes, ways and relations as rows, their tags as columns."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from importers.readers import osm
from importers.records import Table
from importers.refusals import FileRefused

Json = dict[
    str, Any
]  # JSON of a foreign service: its members have no narrower common type.
COLUMNS: Final = ("@type", "@id", "@lat", "@lon")


def is_answer(document: object) -> bool:
    """Whether a JSON document is an Overpass answer."""
    return isinstance(document, dict) and isinstance(document.get("elements"), list)


def read(document: Json) -> list[Table]:
    """Return one table of the tagged elements; corners of ways are not rows of it."""
    elements = [one for one in document["elements"] if isinstance(one, dict)]
    nodes = _by_number(elements, "node")
    ways = _by_number(elements, "way")
    kept: list[tuple[list[str], dict[str, str]]] = []
    withheld = 0
    for element in elements:
        tags = _tags(element)
        if not osm.is_element(tags):
            continue
        if osm.is_protected_shelter(tags):
            withheld += 1
            continue
        latitude, longitude = _position(element, nodes, ways)
        kind, number = str(element.get("type", "")), str(element.get("id", ""))
        kept.append(([kind, f"{kind}/{number}", latitude, longitude], tags))
    if not kept and not withheld:
        raise FileRefused("no_rows")
    keys = list(dict.fromkeys(key for _, tags in kept for key in tags))
    return [
        Table(
            headers=(*COLUMNS, *keys),
            rows=[
                [*first, *(tags.get(key, "") for key in keys)] for first, tags in kept
            ],
            lines=range(1, len(kept) + 1),
            withheld=withheld,
        )
    ]


def _by_number(elements: Iterable[Json], kind: str) -> dict[int, Json]:
    return {
        one["id"]: one
        for one in elements
        if one.get("type") == kind and isinstance(one.get("id"), int)
    }


def _tags(element: Json) -> dict[str, str]:
    tags = element.get("tags")
    if not isinstance(tags, dict):
        return {}
    return {str(key): value for key, value in tags.items() if isinstance(value, str)}


def _position(
    element: Json, nodes: Mapping[int, Json], ways: Mapping[int, Json], depth: int = 0
) -> tuple[str, str]:
    """Return latitude and longitude as text: the element's own, its centre, or that of its parts."""
    for place in (element, element.get("center")):
        if isinstance(place, dict) and _is_number(place.get("lat")):
            return str(place["lat"]), str(place.get("lon", ""))
    if isinstance(box := element.get("bounds"), dict):
        low = (box.get("minlat"), box.get("minlon"))
        return _middle([low, (box.get("maxlat"), box.get("maxlon"))])
    if isinstance(outline := element.get("geometry"), list):
        corners = [one for one in outline if isinstance(one, dict)]
        return _middle((one.get("lat"), one.get("lon")) for one in corners)
    if element.get("type") == "way":
        turns = [nodes[one] for one in _list(element.get("nodes")) if one in nodes]
        return _middle((one.get("lat"), one.get("lon")) for one in turns)
    if depth == 0 and isinstance(parts := element.get("members"), list):
        members = [one for one in parts if isinstance(one, dict)]
        places = [_member_position(one, nodes, ways) for one in members]
        return _middle((float(lat), float(lon)) for lat, lon in places if lat and lon)
    return "", ""


def _member_position(
    member: Json, nodes: Mapping[int, Json], ways: Mapping[int, Json]
) -> tuple[str, str]:
    table = nodes if member.get("type") == "node" else ways
    number = member.get("ref")
    found = table.get(number, {}) if isinstance(number, int) else {}
    return _position(found, nodes, ways, depth=1)


def _middle(corners: Iterable[tuple[Any, Any]]) -> tuple[str, str]:
    """Return the middle of the box around the corners, as Overpass's own ``center`` is."""
    known = [(lat, lon) for lat, lon in corners if _is_number(lat) and _is_number(lon)]
    if not known:
        return "", ""
    latitudes, longitudes = [lat for lat, _ in known], [lon for _, lon in known]
    latitude = (min(latitudes) + max(latitudes)) / 2
    longitude = (min(longitudes) + max(longitudes)) / 2
    return f"{latitude:.7f}", f"{longitude:.7f}"


def _list(value: object) -> list[Any]:
    """Return a list of whole numbers, empty where the file has something else."""
    if not isinstance(value, list):
        return []
    return [one for one in value if isinstance(one, int)]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
