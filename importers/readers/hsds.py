"""HSDS feeds (2 and 3, tabular or JSON) joined to one row per service at a place."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from importers import kinds, words
from importers.readers import hsds_hours, hsds_json, hsds_links
from importers.readers.csv import MAX_ROWS
from importers.readers.hsds_links import Links
from importers.readers.hsds_package import Entry, Package
from importers.records import Table
from importers.refusals import FileRefused

COLUMNS: Final = (
    "service_id", "service_name", "organization_id", "organization_name", "kind", "description",
    "latitude", "longitude", "location_name", "address", "region", "country", "landmark",
    "coverage", "coverage_areas", "coverage_excluded_areas", "coverage_radius_km", "coverage_geojson",
    "minimum_age", "maximum_age", "sexes", "profiles", "return_modalities", "host_countries",
    "eligibility_description", "required_documents", "languages", "cost", "fees_description",
    "opening_hours", "phone", "email", "website", "status", "application_process",
    "wait_time_days", "assured_date", "access_flags",
)  # fmt: skip

_LABELLED: Final[Mapping[str, str]] = {
    # Attributes with a value instead of a term, as our own exports write them.
    "profile": "profiles", "sex": "sexes", "access": "access_flags", "document": "required_documents",
    "return_modality": "return_modalities", "host_country": "host_countries",
}  # fmt: skip
_OF_PEOPLE: Final = re.compile(r"eligib|target pop|population", re.IGNORECASE)
_CODE_OF_PEOPLE: Final = re.compile(r"^Y[A-Z]?(-|$)")
_RADIUS: Final = re.compile(r"radius ([\d.]+) km")
_DAYS: Final = re.compile(r"(\d+)\s*(day|jour|d[ií]a|يوم)", re.IGNORECASE)
_AGES: Final = re.compile(
    r"ages?\s+(\d{1,3})\s*(\+|-|–|to)\s*(\d{1,3})?", re.IGNORECASE
)
_FREE: Final = re.compile(
    r"\s*(free|free of charge|no (fee|cost|charge)s?|none)\.?\s*", re.IGNORECASE
)
_WHEELCHAIR: Final = re.compile(
    r"wheel ?chair|handicap|step.?free|ramp|\bada\b", re.IGNORECASE
)


def read(package: Package) -> list[Table]:
    """Return one table with a row for each service at each of its places.

    A service without a place is a row as well. Rows of other tables that point at nothing are
    notes of the file as a whole (line 0); a service whose organization is not in the feed keeps
    the organization's id without a name, so that the check of rows holds it back. Raises
    FileRefused where the feed has no services.
    """
    services = package.rows("service")
    if not services:
        raise FileRefused("services_missing")
    links = hsds_links.follow(package)
    terms = _Terms(links)
    rows: list[list[str]] = []
    used: set[str] = set()
    seen: set[str] = set()
    for service in services:
        number = service.get("id")
        if number and number in seen:
            continue  # Noted as repeated.
        seen.add(number)
        rows_of = links.rows("service_at_location", "service_id", number)
        places = {place.get("location_id"): place for place in reversed(rows_of)}
        used |= places.keys()
        for place in reversed(places.values()) if places else (None,):
            cells = _listing(links, terms, service, place)
            rows.append([cells.get(name, "") for name in COLUMNS])
        if len(rows) > MAX_ROWS:
            raise FileRefused("too_many_rows", limit=MAX_ROWS)
    _note_unused(links, services, used)
    return [
        Table(
            headers=COLUMNS,
            rows=rows,
            lines=range(1, len(rows) + 1),
            notes=tuple(links.notes),
            tally={table: dict(numbers) for table, numbers in links.tally.items()},
        )
    ]


def _note_unused(links: Links, services: Sequence[Entry], used: set[str]) -> None:
    """Name the organizations and places that no service leads to, and count what places lack."""
    organizations = {service.get("organization_id") for service in services}
    for number, entry in links.ids["organization"].items():
        if number not in organizations:
            links.note("record_unused", "organization", entry, "id")
    for number, entry in links.ids["location"].items():
        if number not in used:
            links.note("record_unused", "location", entry, "id")
        if not (entry.get("latitude") and entry.get("longitude")):
            links.count("location", "without_position")


def _listing(
    links: Links, terms: "_Terms", service: Entry, place: Entry | None
) -> dict[str, str]:
    """Return the cells of one service at one place, by column of the listing file."""
    number = service.get("id")
    location = links.ids["location"].get(place.get("location_id")) if place else None
    organization = links.ids["organization"].get(service.get("organization_id"))
    parts = _Parts(links, number, place)
    described = [service.get("description"), place.get("description") if place else ""]
    cells = {
        "service_id": _own(number),
        "service_name": service.get("name", "alternate_name"),
        "organization_id": _own(service.get("organization_id")),
        "organization_name": organization.get("name", "alternate_name") if organization else "",
        "description": "\n\n".join(filter(None, dict.fromkeys(described))),
        "email": service.get("email") or (organization.get("email") if organization else ""),
        "website": _website(service, organization),
        "status": service.get("status"),
        "application_process": service.get("application_process"),
        "wait_time_days": _days(service.get("wait_time")),
        "assured_date": service.get("assured_date", "last_modified").partition("T")[0],
        "opening_hours": hsds_hours.of(parts.of("schedule")),
        "phone": _phones(parts, service),
        "languages": _languages(parts),
        "required_documents": _joined(one.get("document") for one in parts.of("required_document")),
    }  # fmt: skip
    cells |= _place(links, location)
    cells |= _price(service, parts)
    cells |= _coverage(parts)
    cells |= _attributes(links, terms, service, parts)
    return cells


class _Parts:
    """The rows that say something of one service at one place, the nearest first."""

    def __init__(self, links: Links, service: str, place: Entry | None) -> None:
        self._links = links
        self._service = service
        self._place = place.get("id") if place else ""
        self._location = place.get("location_id") if place else ""

    def of(self, table: str) -> list[Entry]:
        """Return the rows at this very place, else those of the service, else those of the place."""
        links = self._links
        if self._place and (
            own := links.rows(table, "service_at_location_id", self._place)
        ):
            return own
        rows = links.rows(table, "service_id", self._service) if self._service else []
        here = [
            one
            for one in rows
            if self._location and one.get("location_id") == self._location
        ]
        general = [one for one in rows if not self._is_elsewhere(one)]
        if found := here or general:
            return found
        at_place = (
            links.rows(table, "location_id", self._location) if self._location else []
        )
        return [one for one in at_place if one.get("service_id") in {"", self._service}]

    def of_organization(self, table: str, number: str) -> list[Entry]:
        """Return the rows that belong to the organization and to nothing narrower."""
        rows = self._links.rows(table, "organization_id", number) if number else []
        return [
            one
            for one in rows
            if not one.get("service_id", "location_id", "contact_id")
        ]

    def _is_elsewhere(self, entry: Entry) -> bool:
        location = entry.get("location_id")
        place = entry.get("service_at_location_id")
        is_other = (
            location in self._links.ids["location"] and location != self._location
        )
        return is_other or bool(place and place != self._place)


def _own(number: str) -> str:
    """Return an id of the feed's own; those that we made up for nested records say nothing."""
    return "" if number.startswith(hsds_json.MADE_UP) else number


def _place(links: Links, location: Entry | None) -> dict[str, str]:
    if location is None:
        return {}
    addresses = links.rows("address", "location_id", location.get("id"))
    physical = [one for one in addresses if one.get("address_type", "type") != "postal"]
    address = (physical or addresses or [Entry(0, {})])[0]
    lines = [address.get(f"address_{number}") for number in range(1, 5)]
    town = [address.get("city"), address.get("region"), address.get("postal_code")]
    flags = " ".join(
        one.get("accessibility", "description", "details")
        for one in links.rows("accessibility", "location_id", location.get("id"))
    )
    return {
        "latitude": location.get("latitude"),
        "longitude": location.get("longitude"),
        "location_name": location.get("name", "alternate_name"),
        "landmark": location.get("transportation"),
        "address": ", ".join(filter(None, dict.fromkeys([*lines, *town]))),
        "region": address.get("state_province"),
        "country": address.get("country"),
        "access_flags": "step_free" if _WHEELCHAIR.search(flags) else "",
    }


def _website(service: Entry, organization: Entry | None) -> str:
    return service.get("url") or (
        organization.get("website", "url") if organization else ""
    )


def _phones(parts: _Parts, service: Entry) -> str:
    entries = parts.of("phone")
    entries = entries or parts.of_organization("phone", service.get("organization_id"))
    voice = [
        one for one in entries if one.get("type").lower() not in {"fax", "tty", "pager"}
    ]
    numbers = [_phone(one) for one in voice or entries]
    return "; ".join(dict.fromkeys(filter(None, numbers)))


def _phone(entry: Entry) -> str:
    number = entry.get("number", "phone_number")
    extension = entry.get("extension")
    return f"{number} ext. {extension}" if number and extension else number


def _languages(parts: _Parts) -> str:
    """Return the languages as codes, and what is no language ("others on request") not at all."""
    names: list[str] = []
    for entry in parts.of("language"):
        names += re.split(r"[;,]", entry.get("code", "language", "name"))
    codes = [words.language_of(name) for name in names if name.strip()]
    return "; ".join(dict.fromkeys(filter(None, codes)))


def _price(service: Entry, parts: _Parts) -> dict[str, str]:
    stated = service.get("fees_description", "fees")
    options = [
        " ".join(filter(None, (
            one.get("option", "fee"), one.get("amount"), one.get("currency").upper(), one.get("amount_description"),
        )))
        for one in parts.of("cost_option")
    ]  # fmt: skip
    text = "; ".join(filter(None, dict.fromkeys([stated, *options])))
    if _FREE.fullmatch(text):
        return {"cost": "free"}
    return (
        {"cost": text, "fees_description": ""}
        if text in {"subsidised", "paid"}
        else {"fees_description": text}
    )


def _coverage(parts: _Parts) -> dict[str, str]:
    """Return where a service may be used; also as our own exports word it."""
    cells: dict[str, str] = {}
    included: list[str] = []
    excluded: list[str] = []
    for entry in parts.of("service_area"):
        name, extent = (
            entry.get("name", "service_area", "description"),
            entry.get("extent"),
        )
        kind = name.partition(":")[0].strip().lower()
        if entry.get("extent_type") == "geojson" and extent:
            cells["coverage_geojson"] = extent
        elif kind in {"national", "nationwide", "remote"}:
            cells["coverage"] = kind
        elif radius := _RADIUS.fullmatch(name):
            cells["coverage_radius_km"] = radius[1]
        elif name.startswith("not ") and extent:
            excluded.append(extent)
        elif text := (extent if entry.get("extent_type") == "text" else "") or name:
            included.append(text)
    return {
        **cells,
        "coverage_areas": _joined(included),
        "coverage_excluded_areas": _joined(excluded),
    }


def _attributes(
    links: Links, terms: "_Terms", service: Entry, parts: _Parts
) -> dict[str, str]:
    """Return categories, and for whom the service is: terms of people are no categories."""
    kinds_found: list[str] = []
    people = [service.get("eligibility_description")]
    people += [
        one.get("eligibility", "eligibility_description")
        for one in parts.of("eligibility")
    ]
    labelled: dict[str, list[str]] = {}
    named: list[str] = []
    for entry in links.rows("attribute", "service_id", service.get("id")):
        if field := _LABELLED.get(entry.get("label")):
            labelled.setdefault(field, []).append(entry.get("value"))
        elif term := links.ids["taxonomy_term"].get(entry.get("taxonomy_term_id")):
            if terms.is_of_people(term):
                named.append(term.get("name"))
            else:
                kinds_found.append(terms.word_of(term))
    cells = {field: _joined(values) for field, values in labelled.items()}
    told = [*people, "; ".join(dict.fromkeys(named))]
    return {
        **_ages(service, parts, named),
        **cells,
        "kind": _joined(kinds_found),
        "eligibility_description": "\n".join(filter(None, dict.fromkeys(told))),
    }


def _ages(service: Entry, parts: _Parts, named: Sequence[str]) -> dict[str, str]:
    entries = [service, *parts.of("eligibility")]
    low = next(filter(None, (one.get("minimum_age") for one in entries)), "")
    high = next(filter(None, (one.get("maximum_age") for one in entries)), "")
    ranges = [found for name in named if (found := _AGES.fullmatch(name))]
    if not low and not high and len(ranges) == 1:
        low, high = ranges[0][1], ranges[0][3] or ""
    return {"minimum_age": low, "maximum_age": high}


class _Terms:
    """The feed's own categories as words that the import may know."""

    def __init__(self, links: Links) -> None:
        self._terms = links.ids["taxonomy_term"]
        self._taxonomies = links.ids["taxonomy"]
        self._words: dict[str, str] = {}

    def is_of_people(self, term: Entry) -> bool:
        """Whether a term says for whom a service is, not what it is."""
        vocabulary = term.get("taxonomy_id")
        if named := self._taxonomies.get(vocabulary):
            vocabulary = named.get("name")
        told = f"{vocabulary} {term.get('taxonomy')} {term.get('taxonomy_facet')}"
        return bool(_OF_PEOPLE.search(told) or _CODE_OF_PEOPLE.match(_code(term)))

    def word_of(self, term: Entry) -> str:
        """Return the code or name of a term, or of the nearest ancestor whose name is known."""
        number = term.get("id")
        if number not in self._words:
            self._words[number] = self._find(term)
        return self._words[number]

    def _find(self, term: Entry) -> str:
        current: Entry | None = term
        passed: set[str] = set()
        while current is not None and current.get("id") not in passed:
            passed.add(current.get("id"))
            code, name = _code(current), current.get("name").replace(";", ",")
            if _is_ours(code):
                return code
            if kinds.term_of(name):
                return name
            current = self._terms.get(current.get("parent_id"))
        name = term.get("name").replace(";", ",")
        return kinds.term_of_code(_code(term)) or name or _code(term)


def _code(term: Entry) -> str:
    return term.get("code", "id")


def _is_ours(code: str) -> bool:
    """Whether a code has the form of our own: ``health`` or ``health.primary``."""
    return bool(re.fullmatch(r"[a-z_]+(\.[a-z_]+)?", code))


def _days(text: str) -> str:
    if text.isdigit():
        return text
    found = _DAYS.search(text)
    return found[1] if found else ""


def _joined(values: Iterable[str]) -> str:
    plain = (" ".join(value.replace(";", ",").split()) for value in values)
    return "; ".join(dict.fromkeys(filter(None, plain)))
