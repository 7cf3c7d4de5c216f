"""Makes the entries that are compared: of stored listings in bulk, and of a record before it is stored."""

import re
import uuid
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final
from urllib.parse import urlsplit

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from directory import authz
from directory.authz import Actor
from directory.database import among, fetch
from directory.duplicates import names
from directory.duplicates.comparison import Entry
from directory.listings.record import ListingRecord, to_json
from directory.listings.sealing import PROTECTED
from directory.models import (
    Address,
    Area,
    Location,
    Offer,
    Organization,
    Phone,
    Service,
    ServiceAtLocation,
    Translation,
)
from directory.text import normalise
from geo.points import Point

_NOT_DIGIT: Final = re.compile(r"\D+")
_PHONE_DIGITS: Final = 9
"""A number is told by its last nine digits: with or without country code, it is the same."""
_FEWEST_DIGITS: Final = 6
TEXT: Final = 400
"""Letters of a description that are compared."""
SHARED_HOSTS: Final = frozenset(
    {"facebook.com", "instagram.com", "x.com", "twitter.com", "linkedin.com", "youtube.com",
     "t.me", "wa.me", "sites.google.com", "google.com", "linktr.ee"}
)  # fmt: skip
"""Sites that many share: there the address tells, not the host."""

Groups = dict[uuid.UUID, list[str]]
ReadName = Callable[[str], names.Name]
_OTHER_LANGUAGE: Final = "service_name:"
_NOTHING: Final[frozenset[str]] = frozenset()


def read(
    session: Session,
    *,
    actor: Actor | None = None,
    countries: Collection[str] | None = None,
    services: Sequence[uuid.UUID] | None = None,
    read_name: ReadName = names.read,
) -> list[Entry]:
    """Return an entry for each place of each listing, or of these services only.

    ``countries``: only listings there, or nobody knows where. With ``actor`` only what that actor may know of. ``Entry.key`` is the service at a location.
    Protected listings have no place and no address here: nobody is told their distance. ``read_name``
    may remember names for longer than ``names.read`` does.
    """
    session.flush()
    query = _offers()
    if actor is not None:
        query = query.where(authz.visible_offers(actor))
    if countries is not None:
        there = Offer.country.in_(sorted(countries))
        query = query.where(or_(there, Offer.country.is_(None)))
    if services is not None:
        query = query.where(among(session, Offer.service_id, services))
    rows = fetch(session, query)
    chosen = {row.service_id for row in rows} if services is not None else None
    phones = _phones(session, chosen)
    translated = _translations(session, chosen)
    regions = _regions(session)
    return [
        _entry(row, phones, translated.get(row[1], ()), regions, read_name)
        for row in rows
    ]


def of_record(record: ListingRecord) -> Entry:
    """Return the entry of a record that is not stored."""
    return of_values(to_json(record))


def of_values(values: Mapping[str, Any], read_name: ReadName = names.read) -> Entry:
    """Return the entry of a record as JSON (``listings.record.to_json``)."""
    name = values["service_name"]
    is_open = values.get("sensitivity") not in PROTECTED
    place = None
    if is_open and "latitude" in values and "longitude" in values:
        place = Point(latitude=values["latitude"], longitude=values["longitude"])
    others = [text for key, text in values.items() if key.startswith(_OTHER_LANGUAGE)]
    return Entry(
        key=None,
        names=_names((name, *others)) if others else (read_name(name),),
        organization=_organization(values.get("organization_name"), read_name),
        place=place,
        precision_km=(values.get("precision_m") or 0.0) / 1000,
        country=values.get("country"),
        address=normalise(values.get("address") or "") if is_open else "",
        phones=phone_keys(values["phone"].split(";"))
        if "phone" in values
        else _NOTHING,
        hosts=hosts([values["website"]]) if "website" in values else _NOTHING,
        terms=_together(";".join(values.get("taxonomy_terms", ())), ";"),
        sexes=frozenset(values["sexes"]) if "sexes" in values else _NOTHING,
        text=(values.get("description") or "")[:TEXT],
        source=values.get("source"),
        label=name,
    )


def phone_keys(numbers: Iterable[str]) -> frozenset[str]:
    """Return what tells telephone numbers from each other, however they are written."""
    digits = (_NOT_DIGIT.sub("", number) for number in numbers)
    return frozenset(
        each.lstrip("0")[-_PHONE_DIGITS:]
        for each in digits
        if len(each) >= _FEWEST_DIGITS
    )


def hosts(addresses: Iterable[str | None]) -> frozenset[str]:
    """Return the hosts of web addresses; of sites that many share the whole address."""
    found = set()
    for address in addresses:
        if not address:
            continue
        try:
            parts = urlsplit(address if "//" in address else f"//{address}")
        except ValueError:
            continue
        host = (parts.hostname or "").removeprefix("www.").removeprefix("m.")
        if host in SHARED_HOSTS:
            host += parts.path.rstrip("/").casefold()
        if host:
            found.add(host)
    return frozenset(found)


def _offers() -> Any:
    return (
        select(
            Offer.service_at_location_id,
            Offer.service_id,
            Offer.name,
            Offer.country,
            Offer.area_id,
            Offer.sensitivity,
            Offer.latitude,
            Offer.longitude,
            Offer.terms,
            Service.alternate_name,
            Service.url,
            Service.sexes,
            Service.source,
            func.substr(Service.description, 1, TEXT).label("description"),
            Organization.name.label("organization"),
            Location.precision_m,
            Address.address_1,
        )
        .join(Service, Service.id == Offer.service_id)
        .join(Organization, Organization.id == Offer.organization_id)
        .join(ServiceAtLocation, ServiceAtLocation.id == Offer.service_at_location_id)
        .join(Location, Location.id == ServiceAtLocation.location_id)
        .outerjoin(Address, Address.location_id == Location.id)
    )


def _entry(
    row: Any,
    phones: Groups,
    translated: Sequence[str],
    regions: dict[uuid.UUID, str],
    read_name: ReadName,
) -> Entry:
    (key, service, name, country, area_id, sensitivity, latitude, longitude, terms, others,
     url, sexes, source, description, organization, precision_m, address) = row  # fmt: skip
    is_open = sensitivity not in PROTECTED
    place = None
    if is_open and latitude is not None and longitude is not None:
        place = Point(latitude=latitude, longitude=longitude)
    numbers = phones.get(service)
    return Entry(
        key=key,
        names=_names((name, *(others or "").split(";"), *translated))
        if others or translated
        else (read_name(name),),
        organization=_organization(organization, read_name),
        place=place,
        precision_km=(precision_m or 0.0) / 1000,
        country=country,
        area=regions.get(area_id) if area_id else None,
        address=normalise(address) if is_open and address else "",
        phones=phone_keys(numbers) if numbers else _NOTHING,
        hosts=hosts([url]) if url else _NOTHING,
        terms=_together(terms or ""),
        sexes=frozenset(sexes) if sexes else _NOTHING,
        text=description or "",
        source=source,
        label=name,
        service=service,
    )


@lru_cache(maxsize=4_096)
def _together(text: str, between: str = " ") -> frozenset[str]:
    """The words of a text as one set; listings with equal ones share it."""
    return frozenset(text.split(between)) if text else _NOTHING


def _organization(name: str | None, read_name: ReadName) -> names.Name | None:
    return read_name(name) if name else None


def _names(texts: Iterable[str]) -> tuple[names.Name, ...]:
    read_names = (names.read(text) for text in texts if text.strip())
    return tuple(dict.fromkeys(read_names)) or (names.read(""),)


def _phones(session: Session, services: set[uuid.UUID] | None) -> Groups:
    query = select(Phone.service_id, Phone.number).where(Phone.service_id.is_not(None))
    if services is not None:
        query = query.where(among(session, Phone.service_id, list(services)))
    return _grouped(fetch(session, query))


def _translations(session: Session, services: set[uuid.UUID] | None) -> Groups:
    query = select(Translation.entity_id, Translation.text).where(
        Translation.entity == "service", Translation.field == "name"
    )
    if services is not None:
        query = query.where(among(session, Translation.entity_id, list(services)))
    return _grouped(fetch(session, query))


def _grouped(rows: Iterable[Any]) -> Groups:
    found: Groups = defaultdict(list)
    for owner, text in rows:
        found[owner].append(text)
    return found


def _regions(session: Session) -> dict[uuid.UUID, str]:
    """The code of the first-level area that each area lies in, itself included."""
    rows = fetch(session, select(Area.id, Area.parent_id, Area.level, Area.code))
    known = {row.id: row for row in rows}
    found = {}
    for row in rows:
        above: Any = row
        while above is not None and above.level > 1:
            above = known.get(above.parent_id)
        if above is not None and above.level == 1:
            found[row.id] = above.code
    return found
