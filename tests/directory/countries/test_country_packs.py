"""A country pack: what it may say, what is refused, and where it takes effect."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.cases import queries as cases
from directory.config import ROOT
from directory.countries import holidays, operations, packs, queries
from directory.countries.packs import InvalidPack
from directory.listings import hours, offers, rules
from directory.listings import operations as listings
from directory.listings.record import FILE_COLUMNS, FURTHER_COLUMNS, ListingRecord
from directory.models import CountryPack, Offer, Organization, User
from directory.readiness import cli
from directory.readiness import queries as readiness
from directory.referrals import clocks
from directory.search import lexicon
from directory.search.analyzers import mark
from directory.taxonomy import queries as taxonomy
from tests.directory.listings.test_create_services import ADMIN
from tests.factories import NOW, TODAY, make_service_at_location

FIELDS = frozenset({*FILE_COLUMNS, *FURTHER_COLUMNS})
TERMS = frozenset({"health", "health.primary", "legal"})
XA = """
country = "XA"
version = "1"
languages = ["fr"]
[week]
first_day = "sunday"
weekend = ["friday"]
[holidays]
add = ["11-24", 2026-11-26]
[mandatory]
provider_types = ["un", "private"]
fields = ["phone"]
[review_days]
"health" = 30
default = 200
critical = 20
[labels.en]
"health.primary" = "Dispensary"
"""


def pack(text: str = XA) -> packs.Pack:
    return packs.read(packs.parse(text), fields=FIELDS, terms=TERMS)


def load(session: Session, text: str = XA) -> None:
    operations.load_pack(session, pack=pack(text), now=NOW)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ('country = "senegal"', "country"),
        ("", "country"),
        ('country = "XA"\nlanguages = ["klingon!"]', "languages.klingon!"),
        ('country = "XA"\nlanguages = "fr"', "languages"),
        ('country = "XA"\n[week]\nweekend = ["caturday"]', "week.weekend"),
        ('country = "XA"\n[week]\nends = "x"', "week.ends"),
        ('country = "XA"\nweek = 3', "week"),
        ('country = "XA"\n[holidays]\nadd = ["02-31"]', "holidays.add"),
        ('country = "XA"\n[holidays]\nadd = "12-25"', "holidays.add"),
        (
            'country = "XA"\n[mandatory]\nprovider_types = ["shop"]',
            "mandatory.provider_types",
        ),
        ('country = "XA"\n[mandatory]\nfields = ["shoe_size"]', "mandatory.fields"),
        ('country = "XA"\n[review_days]\nhealth = 0', "review_days.health"),
        ('country = "XA"\n[review_days]\nhealth = true', "review_days.health"),
        ('country = "XA"\n[review_days]\nwealth = 5', "review_days.wealth"),
        ('country = "XA"\n[labels.fr]\nwealth = "x"', "labels.fr.wealth"),
        ('country = "XA"\n[labels]\nfr = "x"', "labels"),
        ('country = "XA"\nversion = 3', "version"),
        ('country = "XA"\nkolour = "red"', "kolour"),
        ("country = ", "file"),
    ],
)
def test_what_is_wrong_is_named_by_its_place_in_the_file(text: str, part: str) -> None:
    with pytest.raises(InvalidPack) as raised:
        pack(text)
    assert part in raised.value.fields
    assert part in str(raised.value)


def test_the_packs_that_come_along_are_sound(session: Session) -> None:
    files = sorted((ROOT / "data" / "countries").glob("*.toml"))
    assert len(files) >= 3
    terms = {term.code for term in taxonomy.terms(session)}
    for file in files:
        read = packs.read(packs.parse(file.read_text()), fields=FIELDS, terms=terms)
        assert read.country == file.stem


def test_week_and_holidays_are_those_of_the_pack(session: Session) -> None:
    load(session)
    known = queries.packs(session)
    assert holidays.is_holiday("XA", date(2027, 11, 24), known)
    assert holidays.is_holiday("XA", date(2026, 11, 26), known)
    assert not holidays.is_holiday("XA", date(2027, 11, 26), known)
    week = hours.week("Mo-Su 08:00-16:00; PH off", TODAY, "XA", known)
    assert [bool(day.spans) for day in week[:5]] == [True, False, True, False, True]
    friday = datetime(2026, 11, 27, 9, tzinfo=UTC)
    rest = queries.weekend(session, "XA")
    due = clocks.acknowledge_due("medium", sent_at=friday, country="XA", rest=rest)
    assert due == datetime(2026, 11, 30, 9, tzinfo=UTC)


def test_review_intervals_are_those_of_the_pack(session: Session) -> None:
    before = make_service_at_location(session)
    load(session)
    after = make_service_at_location(session, service_name="Later")
    first, second = (
        session.get_one(Offer, ids.service_at_location_id) for ids in (before, after)
    )
    assert second.due_on == date(2026, 12, 23)
    assert first.due_on != second.due_on
    offers.rebuild(session)
    session.expire_all()
    found = session.scalars(select(Offer.due_on))
    assert set(found) == {date(2026, 12, 23)}


def test_a_form_asks_for_what_the_country_wants_and_a_file_does_not(
    session: Session,
) -> None:
    load(session)
    record = ListingRecord(
        organization_name="Red Door",
        service_name="Silent",
        taxonomy_terms=("health.primary",),
        latitude=3.0,
        longitude=11.0,
    )

    def create(origin: str, record: ListingRecord = record) -> Any:
        return listings.create_services(
            session, actor=ADMIN, records=[record], now=NOW, origin=origin
        )[0]

    with pytest.raises(rules.InvalidListing) as raised:
        create("form")
    assert set(raised.value.fields) == {"phone"}
    ids = create("import")
    with pytest.raises(rules.InvalidListing) as raised:
        listings.edit_service(
            session,
            actor=ADMIN,
            service_at_location_id=ids.service_at_location_id,
            record=replace(record, description="Now with words"),
            expected_version=1,
            now=NOW,
        )
    assert set(raised.value.fields) == {"phone"}
    protected = replace(record, service_name="Other", sensitivity="L2")
    assert rules.missing_fields(protected, ("address", "phone")).keys() == {"phone"}


def test_a_listing_speaks_the_words_of_its_country(
    session: Session, client: FlaskClient
) -> None:
    load(session)
    ids = make_service_at_location(session)
    session.commit()
    assert "Dispensary" in client.get(f"/services/{ids.service_id}").text
    assert "Dispensary" in client.get("/services?country=XA").text
    assert "Dispensary" not in client.get("/services?country=XA&lang=fr").text


def test_filters_forms_and_searches_use_the_words_of_the_country(
    session: Session, supervisor: User, client: FlaskClient,
    client_of: Callable[[User], FlaskClient], page: Callable[..., Any],
) -> None:  # fmt: skip
    before = [term.label("en") for term in queries.terms(session, "XA")]
    assert "Dispensary" not in before
    load(session)
    ids = make_service_at_location(session)
    session.commit()
    staff = client_of(supervisor)
    for address in ("/services?country=XA&q=zzz", "/services?area=XA-N&q=zzz"):
        shown = page(address)
        assert "Dispensary" in shown.words
    assert "Dispensary" not in page("/services?q=zzz").words
    edit = page(f"/services/{ids.service_id}/edit", by=staff)
    assert "Dispensary" in edit.words
    question = client.post("/match", data={"place": "3.0, 11.0", "edit": "1"})
    assert "Dispensary" in question.text
    found = client.get("/api/v1/suggest?q=dispe&country=XA").get_json()
    assert "Dispensary" in str(found)
    assert "Dispensary" not in str(client.get("/api/v1/suggest?q=dispe").get_json())
    words = lexicon.read_lexicon(session)
    assert words.marks("dispensary", "XA") == {mark("term", "health.primary")}
    assert words.marks("dispensary", "XB") == frozenset()
    needs = dict(pair for _, group in cases.term_choices(session, language="en", country="XA") for pair in group)  # fmt: skip
    assert needs["health.primary"] == "Dispensary"


def test_readiness_names_what_is_missing(
    session: Session,
    supervisor: User,
    authority: User,
    client: FlaskClient,
    client_of: Callable[[User], FlaskClient],
    page: Callable[..., Any],
) -> None:
    ids = make_service_at_location(session, phone="+1", language="fr")
    session.get_one(Organization, ids.organization_id).provider_type = "un"
    make_service_at_location(
        session, service_name="Hidden", sensitivity="L2", taxonomy_terms=("legal.aid",),
        organization_name="Quiet", provider_type="private",
    )  # fmt: skip
    session.flush()
    shown = page("/countries/XA", by=client_of(supervisor))
    assert "There is no country pack yet." in shown.words
    load(session)
    session.commit()
    found = readiness.check(session, actor=ADMIN, country="XA", today=TODAY)
    states = {item.provider_type or item.term: item.state for item in found.items}
    assert (states["un"], states["private"]) == ("ok", "missing")
    assert states["legal.asylum"] == "partly"
    assert states["legal.aid"] == "missing", "a protected service is not counted"
    assert not found.is_ready
    shown = page("/countries/xa", by=client_of(supervisor))
    assert "Private provider: Services of such providers: 0" in shown.words
    assert "1 of 1 services can be read in French." in shown.words
    assert "0 of 2 regions have a profile of life and work there." in shown.words
    assert client_of(authority).get("/countries/XA").status_code == 403
    assert client.get("/countries/XA").status_code == 302
    assert client_of(supervisor).get("/countries/ZZ").status_code == 404


def test_the_command_loads_a_pack_or_says_why_not(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "XA.toml"
    file.write_text(XA)
    assert cli._load(session, file) == (True, "XA")
    assert cli._load(session, file) == (False, "XA")
    assert session.get_one(CountryPack, "XA").version == "1"
    file.write_text('country = "ZZ"')
    with pytest.raises(InvalidPack, match="not known here"):
        cli._load(session, file)
    monkeypatch.setenv("SECRET_KEY", "0123456789abcdef-test")
    file.write_text("country = 7")
    refused = CliRunner().invoke(cli.load, [str(tmp_path / "absent.toml")])
    assert refused.exit_code == 2
