"""HSDS feeds (2 and 3, tabular or JSON) joined to one row per service at a place."""

import re
from collections.abc import Sequence
from typing import Final

from directory.taxonomy.codes import COSTS
from importers import words
from importers.readers import hsds_conditions, hsds_hours, hsds_json, hsds_links
from importers.readers.csv import MAX_ROWS
from importers.readers.hsds_conditions import Terms, joined, labelled
from importers.readers.hsds_links import Links
from importers.readers.hsds_package import Entry, Package
from importers.records import Table
from importers.refusals import FileRefused

COLUMNS: Final = (
    "service_id", "service_name", "organization_id", "organization_name", "kind", "description",
    "latitude", "longitude", "location_name", "address", "region", "country", "landmark",
    "coverage", "coverage_areas", "coverage_excluded_areas", "coverage_radius_km", "coverage_geojson",
    "minimum_age", "maximum_age", "sexes", "profiles", "return_modalities", "host_countries",
    "communities",
    "eligibility_description", "required_documents", "languages", "cost", "fees_description",
    "opening_hours", "phone", "email", "website", "status", "application_process",
    "wait_time_days", "assured_date", "access_flags",
)  # fmt: skip

_ALWAYS: Final = frozenset(
    {"service_name", "organization_id", "organization_name", "kind"}
)
"""Columns that a feed has even if nothing is said in them; the others would say that all is empty."""
_OF_PRICE: Final = ("option", "fee", "amount", "currency", "amount_description")
_RADIUS: Final = re.compile(r"radius ([\d.]+) km")
_JOURNEY: Final = re.compile(r"travel (\d+) minutes, (.*)")
_DAYS: Final = re.compile(r"(\d+)\s*(day|jour|d[ií]a|يوم)", re.IGNORECASE)
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
    terms = Terms(links)
    listings: list[dict[str, str]] = []
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
        listings += [
            _listing(links, terms, service, place)
            for place in (reversed(places.values()) if places else (None,))
        ]
        if len(listings) > MAX_ROWS:
            raise FileRefused("too_many_rows", limit=MAX_ROWS)
    _note_unused(links, services, used)
    said = {name for one in listings for name, text in one.items() if text}
    titles = tuple(
        name
        for name in dict.fromkeys((*COLUMNS, *sorted(said)))
        if name in said or name in _ALWAYS
    )
    return [
        Table(
            headers=titles,
            rows=[[one.get(name, "") for name in titles] for one in listings],
            lines=range(1, len(listings) + 1),
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
    links: Links, terms: Terms, service: Entry, place: Entry | None
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
        "alternate_name": service.get("alternate_name") if service.get("name") else "",
        "organization_description": organization.get("description") if organization else "",
        "alert": service.get("alert"),
        "interpretation_services": service.get("interpretation_services"),
        "accreditations": service.get("accreditations"),
        "licenses": service.get("licenses"),
        "funding_source": joined(one.get("source") for one in parts.of("funding")),
        "application_process": service.get("application_process"),
        "wait_time_days": _days(service.get("wait_time")),
        # Not ``last_modified``: who changed a row has not verified what it says.
        "assured_date": service.get("assured_date").partition("T")[0],
        "opening_hours": hsds_hours.of(parts.of("schedule")),
        "phone": _phones(parts, service),
        "languages": _languages(parts),
        "required_documents": joined(one.get("document") for one in parts.of("required_document")),
    }  # fmt: skip
    cells |= _place(links, location)
    cells |= _capacity(links, parts)
    cells |= _price(service, parts)
    cells |= _coverage(parts)
    cells |= hsds_conditions.of(links, terms, service, parts.of("eligibility"))
    for table, row in (("organization", organization), ("location", location)):
        if row is not None:
            attributes = links.rows("attribute", f"{table}_id", row.get("id"))
            cells |= {name: text for name, text in labelled(attributes).items() if text}
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
    street = ", ".join(filter(None, dict.fromkeys([*lines, *town])))
    kind = location.get("location_type")
    says_so_itself = kind == "physical" and (street or location.get("latitude"))
    return {
        "latitude": location.get("latitude"),
        "longitude": location.get("longitude"),
        "location_name": location.get("name", "alternate_name"),
        "transportation": location.get("transportation"),
        "location_type": "" if says_so_itself else kind,
        "address": street,
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


def _capacity(links: Links, parts: _Parts) -> dict[str, str]:
    """Return the latest report of free places."""
    reports = parts.of("service_capacity")
    if not reports:
        return {}
    latest = max(reports, key=lambda one: one.get("updated"))
    unit = links.ids["unit"].get(latest.get("unit_id"))
    return {
        "capacity_available": latest.get("available"),
        "capacity_maximum": latest.get("maximum"),
        "capacity_updated": latest.get("updated").partition("T")[0],
        "capacity_unit": unit.get("name") if unit else "",
    }


def _price(service: Entry, parts: _Parts) -> dict[str, str]:
    """Return what a service costs: one amount as a number, several as text."""
    stated = service.get("fees_description", "fees")
    options = parts.of("cost_option")
    told = [stated]
    cells: dict[str, str] = {}
    if len(options) == 1 and options[0].get("amount"):
        (only,) = options
        cells = {
            "cost_amount": only.get("amount"),
            "cost_currency": only.get("currency").upper(),
        }
        told += [only.get("option", "fee"), only.get("amount_description")]
    else:
        told += [" ".join(filter(None, map(one.get, _OF_PRICE))) for one in options]
    text = "; ".join(filter(None, dict.fromkeys(told)))
    if _FREE.fullmatch(text):
        return {**cells, "cost": "free"}
    if text in COSTS:
        return {**cells, "cost": text}
    return {**cells, "fees_description": text}


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
            name = (
                "coverage_excluded_geojson"
                if name == "not shape"
                else "coverage_geojson"
            )
            cells[name] = extent
        elif journey := _JOURNEY.fullmatch(name):
            cells["coverage_travel_minutes"] = journey[1]
            cells["coverage_travel_mode"] = journey[2].strip().replace("unstated", "")
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
        "coverage_areas": joined(included),
        "coverage_excluded_areas": joined(excluded),
    }


def _days(text: str) -> str:
    if text.isdigit():
        return text
    found = _DAYS.search(text)
    return found[1] if found else ""
