"""A directory goes into one file and out of it again: equal, whole, and never more than it may."""

import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from directory.errors import DomainError
from directory.handover import archive, cli, operations, queries
from directory.handover.operations import Differs, HoldsWhatItMustNot, NotEmpty
from directory.handover.queries import Scope
from directory.handover.tables import PARTS
from directory.listings.record import CreatedIds
from directory.models import (
    Accessibility,
    Agreement,
    Area,
    AreaIndicator,
    AreaProfile,
    Change,
    Contact,
    CountryPack,
    CoverageCell,
    Funding,
    Language,
    Location,
    Offer,
    Organization,
    OrganizationIdentifier,
    Phone,
    Program,
    Service,
    ServiceArea,
    TaxonomyTerm,
    Url,
    Verification,
)
from tests import factories
from tests.directory.listings.test_create_services import FULL, create
from tests.directory.listings.test_export import ODD
from tests.factories import NOW

WHOLE = Scope(with_protected=True, with_history=True)
PUBLIC = Scope()
CANARY = "Kanarienvogel"


def furnish(session: Session) -> None:
    """Listings of every level, and a row in every table that a hand-over keeps."""
    numbers = replace(
        FULL,
        service_id="s4",
        capacity_maximum=9,
        capacity_unit="beds",
        cost="paid",
        cost_amount=12.5,
        cost_currency="EUR",
        funding_source="City",
    )
    ids, *_ = create(session, FULL, ODD, numbers)
    for level in ("L1", "L2", "L3"):
        bare = {"latitude": None, "longitude": None, "address": None, "landmark": None}
        create(
            session,
            replace(
                FULL,
                organization_id=f"o{level}",
                organization_name=f"{CANARY} {level}",
                service_id=level,
                service_name=f"{CANARY} {level}",
                description=f"{CANARY} tells",
                phone="+4912345678",
                coverage_radius_km=None,
                sensitivity=level,
                texts={("service_name", "fr"): f"{CANARY} fr"},
                **(bare if level == "L3" else {"latitude": 3.25}),
            ),
        )
    _furnish_rest(session, ids)
    _furnish_area(session)


def _furnish_rest(session: Session, ids: CreatedIds) -> None:
    organization = ids.organization_id
    child = factories.make_organization(session, "Branch", country="XA")
    session.get_one(Organization, organization).parent_organization_id = child.id
    contact = Contact(service_id=ids.service_id, title="Focal point")
    program = Program(organization_id=organization, name="Start", amount=Decimal(1500))
    session.add_all([contact, program])
    session.flush()
    session.get_one(Service, ids.service_id).program_id = program.id
    session.get_one(Location, ids.location_id).photo = bytes(range(256))
    phone = Phone(contact_id=contact.id, number="+999 77")
    session.add_all(
        [
            phone,
            Agreement(
                organization_id=organization, partner_id=child.id, created_at=NOW
            ),
            OrganizationIdentifier(
                organization_id=organization, identifier_type="number", identifier="7"
            ),
            Accessibility(location_id=ids.location_id, description="Ramp"),
            Url(service_id=ids.service_id, url="https://example.org"),
            Funding(organization_id=organization, source="State"),
            CountryPack(
                country="XA",
                content={"country": "XA", "languages": ["fr"]},
                loaded_at=NOW,
            ),
            Verification(
                service_id=ids.service_id,
                checked_at=NOW,
                role="authority",
                method="visit",
                result="right",
                next_try=date(2027, 1, 1),
            ),
        ]
    )
    session.flush()
    session.add(Language(phone_id=phone.id, code="ar"))
    session.flush()


def _furnish_area(session: Session) -> None:
    area_id = factories.area(session, "XA-NW").id
    session.add_all(
        [
            AreaProfile(
                area_id=area_id,
                language="fr",
                main_sectors="Pêche",
                source="Enquête",
                written_by=factories.make_user(session, role="authority").id,
                last_modified=NOW,
            ),
            AreaIndicator(
                area_id=area_id,
                code="poverty",
                value=41.5,
                measured_on=date(2026, 5, 1),
            ),
        ]
    )
    session.flush()


def handed_over(session: Session, path: Path, scope: Scope) -> zipfile.ZipFile:
    archive.write(session, scope, path, now=NOW)
    return archive.open_archive(path)


def load(engine: Engine, opened: zipfile.ZipFile) -> None:
    with Session(engine) as session, session.begin():
        operations.load(session, opened)


def counted(engine: Engine, model: Any) -> int:
    with Session(engine) as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_an_empty_installation_becomes_equal(
    session: Session, empty: Engine, tmp_path: Path
) -> None:
    furnish(session)
    before = queries.tallies(session, WHOLE)
    assert [name for name, tally in before.items() if not tally.rows] == []
    assert set(before) == {part.name for part in PARTS}
    with handed_over(session, tmp_path / "all.zip", WHOLE) as opened:
        load(empty, opened)
    with Session(empty) as other:
        after = queries.tallies(other, WHOLE)
        assert after == before
        assert queries.checksum(after) == queries.checksum(before)
        derived = (
            Offer.service_at_location_id,
            Offer.terms,
            Offer.facts,
            Offer.area_id,
        )
        here, there = (
            {row[:3] for row in one.execute(select(*derived))}
            for one in (session, other)
        )
        assert here == there
        cells = select(func.count()).select_from(CoverageCell)
        assert session.scalar(cells) == other.scalar(cells) != 0
        again = archive.write(other, WHOLE, tmp_path / "again.zip", now=NOW)
        assert again.checksum == queries.checksum(before)
        assert other.scalars(select(Service.assurer_email)).unique().all() == [None]
    assert (tmp_path / "all.zip").stat().st_mode & 0o077 == 0


def test_without_being_asked_no_byte_tells_of_protected_listings(
    session: Session, empty: Engine, tmp_path: Path
) -> None:
    furnish(session)
    shared = session.scalars(
        select(Organization).where(Organization.name == "Red Door")
    )
    own = shared.one()
    service = session.scalars(select(Service).where(Service.sensitivity == "L2")).one()
    service.organization_id = own.id
    session.add(Phone(service_id=service.id, organization_id=own.id, number=CANARY))
    session.flush()
    with handed_over(session, tmp_path / "public.zip", PUBLIC) as opened:
        text = b"".join(opened.read(name) for name in opened.namelist()).decode()
        assert CANARY not in text
        assert "3.25" not in text
        assert "+4912345678" not in text
        assert str(service.id) not in text
        load(empty, opened)
    assert counted(empty, Service) == 3
    assert counted(empty, Change) == 0
    assert CliRunner().invoke(cli.export, ["--out", "x", "--history"]).exit_code == 2


def test_areas_and_categories_that_are_there_are_known_by_code(
    session: Session, empty: Engine, tmp_path: Path
) -> None:
    furnish(session)
    with Session(empty) as other, other.begin():
        factories.seed_reference_data(other)
        factories.area(other, "XA-N").name = "Old name"
        other.scalars(select(TaxonomyTerm)).all()[3].name = "Old label"
        kept = factories.area(other, "XA-N").id
    with handed_over(session, tmp_path / "all.zip", WHOLE) as opened:
        load(empty, opened)
    with Session(empty) as other:
        assert queries.tallies(other, WHOLE) == queries.tallies(session, WHOLE)
        assert factories.area(other, "XA-N").id == kept
        assert factories.area(other, "XA-N").name == "North"
        assert factories.area(other, "XB").name == "Borderland"


Edit = Callable[[dict[str, list[Any]]], None]


def _drop_parents(tables: dict[str, list[Any]]) -> None:
    tables["organization"].pop()


def _give_sealed_a_place(tables: dict[str, list[Any]]) -> None:
    sealed = next(row["id"] for row in tables["service"] if row["sensitivity"] == "L3")
    place = next(
        row["location_id"]
        for row in tables["service_at_location"]
        if row["service_id"] == sealed
    )
    location = next(row for row in tables["location"] if row["id"] == place)
    location.update(latitude=3.0, longitude=11.0)


def _set(table: str, **values: Any) -> Edit:
    return lambda tables: tables[table][0].update(values)


BROKEN: tuple[tuple[str, Edit | bytes, type[DomainError]], ...] = (
    ("a row too few", lambda tables: tables["address"].pop(), Differs),
    ("an owner missing", _drop_parents, archive.Damaged),
    ("a row twice", lambda t: t["service"].append(t["service"][0]), archive.Damaged),
    ("an area twice", lambda t: t["area"].append(t["area"][0]), archive.Damaged),
    ("a foreign column", _set("service", password="x"), archive.Damaged),
    ("a key that is none", _set("service", id="17"), archive.Damaged),
    ("a number that is a text", _set("service", minimum_age="5"), archive.Damaged),
    ("an unknown area", _set("location", area_id="ZZ:1:Q:"), archive.Damaged),
    ("a shape that is none", _set("area", geometry="AAAA"), archive.Damaged),
    ("another word", _set("service", name="Changed"), Differs),
    ("a pack that is none", _set("country_pack", content={"x": 1}), archive.Damaged),
    ("a sealed place", _give_sealed_a_place, HoldsWhatItMustNot),
    ("half a line", b'{"id": "', archive.Damaged),
    ("a list for a row", b"[1]\n", archive.Damaged),
    ("no text", b"\xff\xfe\x00", archive.Damaged),
)


def test_what_is_broken_is_refused_and_leaves_nothing(
    session: Session, empty: Engine, tmp_path: Path
) -> None:
    furnish(session)
    archive.write(session, WHOLE, tmp_path / "all.zip", now=NOW)
    with zipfile.ZipFile(tmp_path / "all.zip") as opened:
        parts = {name: opened.read(name) for name in opened.namelist()}
    for name, broken, error in BROKEN:
        texts = dict(parts)
        if isinstance(broken, bytes):
            texts["tables/service.jsonl"] = broken
        else:
            tables = {
                part.name: [
                    json.loads(line)
                    for line in texts[f"tables/{part.name}.jsonl"].splitlines()
                ]
                for part in PARTS
            }
            broken(tables)
            for table, rows in tables.items():
                texts[f"tables/{table}.jsonl"] = "\n".join(
                    json.dumps(row) for row in rows
                ).encode()
        path = tmp_path / "broken.zip"
        with zipfile.ZipFile(path, "w") as written:
            for part, text in texts.items():
                written.writestr(part, text)
        with archive.open_archive(path) as opened, pytest.raises(error):
            load(empty, opened)
        assert counted(empty, Service) == 0, name
    assert counted(empty, Service) == counted(empty, Area) == 0
    (tmp_path / "text.zip").write_text("not a zip")
    with pytest.raises(archive.NotAHandover):
        archive.open_archive(tmp_path / "text.zip")
    with pytest.raises(NotEmpty), archive.open_archive(tmp_path / "all.zip") as opened:
        operations.load(session, opened)


def test_the_commands_do_it(
    session: Session,
    empty: Engine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    furnish(session)
    manifest = archive.write(session, WHOLE, tmp_path / "all.zip", now=NOW)
    monkeypatch.setenv("DATABASE_URL", empty.url.render_as_string(hide_password=False))
    monkeypatch.setenv("INSTANCE_DIR", str(tmp_path))
    monkeypatch.setenv("SECRET_KEY", "0123456789abcdef-test")
    run = CliRunner().invoke
    done = run(cli.import_command, [str(tmp_path / "all.zip")])
    assert done.exit_code == 0, done.output
    assert "equal to the file" in done.output
    said = run(cli.checksum, ["--protected", "--history", "--json"])
    assert json.loads(said.output)["checksum"] == manifest.checksum
    written = run(cli.export, ["--out", str(tmp_path / "public.zip")])
    assert "Public listings only" in written.output
    refused = run(cli.import_command, [str(tmp_path / "public.zip")])
    assert refused.exit_code == 1
    assert "empty installation only" in refused.output
    assert counted(empty, ServiceArea) > 0
