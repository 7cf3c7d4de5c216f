"""HSDS feeds: tables joined, references followed, every row that points at nothing named."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.listings import stored
from directory.listings.record import ListingRecord
from directory.models import ImportIssue, ImportRun, Service, ServiceAtLocation
from importers import headers, registry
from importers.readers import hsds_hours
from importers.readers.hsds_package import Entry
from importers.refusals import FileRefused
from tests.importers import feeds
from tests.importers.conftest import gzipped

LIMIT = 64_000_000
Run = Callable[..., ImportRun]


def rows_of(data: bytes) -> list[dict[str, str]]:
    table = headers.choose(registry.read(data, max_bytes=LIMIT).tables)
    return [dict(zip(table.headers, row, strict=True)) for row in table.rows]


def records(session: Session) -> dict[str, ListingRecord]:
    keys = session.scalars(select(ServiceAtLocation.id)).all()
    found = stored.read_records(session, keys)
    return {one.service_name: one for one in found.values()}


def test_a_tabular_feed_comes_in_joined(applied: Run, session: Session) -> None:
    run = applied(feeds.zipped(), "feed.zip")
    assert run.counts is not None
    assert (
        run.format,
        run.counts["rows"],
        run.counts["create"],
        run.counts["skip"],
    ) == ("hsds", 3, 2, 1)
    found = records(session)
    clinic = found["Clinic"]
    assert clinic.service_id == "12345678901234567"
    assert clinic.opening_hours == "Mo-We 09:00-17:00; Sa 09:00-12:30"
    assert (clinic.latitude, clinic.longitude) == (3.12345, 11.12345)
    assert clinic.address == "Market Road 5, Half Town, 0001"
    assert clinic.taxonomy_terms == ("health.primary",)
    assert clinic.languages == ("en", "fr")
    assert clinic.cost == "free"
    assert clinic.required_documents == ("passport",)
    assert clinic.eligibility_description == "Everybody"
    assert clinic.website == "https://example.org"
    assert found["Food bank"].taxonomy_terms == ("basic_needs.food",)
    assert found["Food bank"].latitude is None


def test_every_row_that_points_at_nothing_is_counted_and_named(
    planned: Run, session: Session
) -> None:
    run = planned(feeds.zipped(), "feed.zip")
    assert run.understood is not None
    tables = run.understood["tables"]
    assert tables["service_at_location"]["reference_dangling"] == 1
    assert tables["phone"]["reference_dangling"] == 1
    assert tables["attribute"]["reference_dangling"] == 1
    assert tables["schedule"]["id_missing"] == 4
    assert tables["location"] == {"rows": 2, "link_dangling": 1, "without_position": 1}
    assert tables["organization"]["record_unused"] == 1
    assert tables["eligibility"]["reference_empty"] == 1
    assert tables["taxonomy_term"]["parents_cyclic"] == 1
    phone = session.scalars(
        select(ImportIssue).where(ImportIssue.column == "phone.location_id")
    ).one()
    assert phone.values == {
        "table": "phone",
        "row": "3",
        "id": "p2",
        "value": "missing",
        "target": "location",
    }
    lost = session.scalars(
        select(ImportIssue).where(
            ImportIssue.code == "reference_dangling", ImportIssue.line == 3
        )
    ).one()
    assert lost.values == {"value": "nobody"}


def test_a_service_that_was_held_back_comes_in_once_its_organization_is_there(
    applied: Run, session: Session
) -> None:
    applied(feeds.zipped(), "feed.zip")
    mended = {
        **feeds.TABLES,
        "organizations.csv": [*feeds.TABLES["organizations.csv"], "nobody,Found,,,"],
    }
    run = applied(feeds.zipped(mended), "feed.zip")
    assert run.counts is not None
    assert (run.counts["create"], run.counts["unchanged"]) == (1, 2)
    assert set(session.scalars(select(Service.name))) == {"Clinic", "Food bank", "Lost"}


@pytest.mark.parametrize(
    "document",
    [
        feeds.SERVICE,
        [feeds.SERVICE],
        {"contents": [feeds.SERVICE], "total_items": 1},
        [{"contents": [feeds.SERVICE]}, {"contents": []}],
        [{**feeds.SERVICE["organization"], "services": [{k: v for k, v in feeds.SERVICE.items() if k != "organization"}]}],
    ],
)  # fmt: skip
def test_json_of_an_api_comes_in_alike(document: Any) -> None:
    (row,) = rows_of(gzipped(json.dumps(document).encode()))
    said = {name: text for name, text in row.items() if text}
    assert said == {
        "service_id": "s1", "service_name": "Clinic", "organization_id": "o1", "organization_name": "Red Door",
        "kind": "health.primary", "latitude": "3.12345", "longitude": "11.12345", "location_name": "Main house",
        "address": "Market Road 5, Half Town", "coverage": "remote", "minimum_age": "18", "sexes": "female",
        "eligibility_description": "Everybody", "opening_hours": "Mo,Tu,Fr 09:00-17:00", "phone": "+233302223333",
        "website": "https://example.org", "status": "active",
    }  # fmt: skip


def test_any_subset_of_tables_is_enough_but_services() -> None:
    few = {name: feeds.TABLES[name] for name in ("organizations.csv", "services.csv")}
    assert [row["service_name"] for row in rows_of(feeds.zipped(few, folder=""))] == [
        "Clinic",
        "Food bank",
        "Lost",
    ]
    none = {name: feeds.TABLES[name] for name in ("organizations.csv", "locations.csv")}
    with pytest.raises(FileRefused) as refused:
        rows_of(feeds.zipped(none))
    assert refused.value.code == "services_missing"


def test_a_feed_whose_every_reference_dangles_is_reported_and_nothing_is_taken(
    planned: Run,
) -> None:
    without = {name: lines[:1] if name in {"organizations.csv", "locations.csv", "taxonomy.csv"} else lines for name, lines in feeds.TABLES.items()}  # fmt: skip
    run = planned(feeds.zipped(without), "feed.zip")
    assert run.counts is not None
    assert (run.counts["create"], run.counts["skip"]) == (0, 3)
    assert run.counts["issues"]["by_code"]["reference_dangling"] >= 3


def test_records_nested_too_deep_are_refused() -> None:
    record: dict[str, Any] = {"name": "x", "services": []}
    for _ in range(200):
        record = {"name": "x", "services": [{"name": "y", "organization": record}]}
    with pytest.raises(FileRefused) as refused:
        rows_of(json.dumps(record).encode())
    assert refused.value.code == "json_too_deep"


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ([{"weekday": "Monday", "opens_at": "9:00am", "closes_at": "5:00pm"}], "Mo 09:00-17:00"),
        ([{"weekday": "Mon - Tue & Thur - Fri", "opens_at": "8AM", "closes_at": "noon"}], "Mo,Tu,Th,Fr 08:00-12:00"),
        ([{"weekday": "Sunday-Saturday", "dtstart": "24 hours"}], "24/7"),
        ([{"byday": "MO,WE", "freq": "WEEKLY", "opens_at": "09:00", "closes_at": "17:30:00+01:00"}], "Mo,We 09:00-17:30"),
        ([{"byday": "1MO", "freq": "MONTHLY", "opens_at": "10:00", "closes_at": "12:00"}], "Mo[1] 10:00-12:00"),
        ([{"weekday": "Friday", "opens_at": "6:00pm", "closes_at": "12:00am"}], "Fr 18:00-24:00"),
        ([{"weekday": "3", "opens_at": "9:00", "closes_at": "10:00"}], "We 09:00-10:00"),
        ([{"weekday": "9" * 5000, "opens_at": "9:00", "closes_at": "10:00"}], "Mo-Su 09:00-10:00"),
        ([{"original_text": "By appointment"}], "By appointment"),
        ([{"byday": day, "opens_at": "08:00", "closes_at": "16:00", "description": "PH off; Mo,Tu 08:00-16:00"}
          for day in ("MO", "TU")], "PH off; Mo,Tu 08:00-16:00"),
        ([{"byday": "MO", "opens_at": "08:00", "closes_at": "16:00", "description": "Mondays, ask Ana"}], "Mo 08:00-16:00"),
        ([{"weekday": "Monday", "opens_at": "25:00", "closes_at": "9"}], ""),
        ([], ""),
    ],
)  # fmt: skip
def test_schedules_become_opening_hours(
    cells: list[dict[str, str]], expected: str
) -> None:
    assert hsds_hours.of([Entry(1, one) for one in cells]) == expected


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("name", "rows", "held", "schedules", "without_position"),
    [
        ("miami211_hsds2_tabular.zip", 4089, 447, 11350, 1829),
        ("dc_directory_hsds_2022_clean.zip", 1664, 41, 2225, 31),
    ],
)
def test_real_feeds_are_counted_to_the_row(
    real_data: Path,
    name: str,
    rows: int,
    held: int,
    schedules: int,
    without_position: int,
) -> None:
    data = (real_data / "hsds_feeds" / name).read_bytes()
    (table,) = registry.read(data, max_bytes=LIMIT).tables
    listings = [dict(zip(table.headers, row, strict=True)) for row in table.rows]
    assert len(listings) == rows
    without = {one["service_id"] for one in listings if not one["organization_name"]}
    assert len(without) == held
    assert all(one["organization_id"] for one in listings)
    assert table.tally["location"]["without_position"] == without_position
    lost = table.tally["schedule"].get("reference_dangling", 0)
    assert table.tally["schedule"]["rows"] - lost == schedules
    if "miami" in name:
        assert table.tally["schedule"] == {"rows": 11350, "id_missing": 11350}
    else:
        assert {len(one["service_id"]) for one in listings} >= {15, 16}


@pytest.mark.drill  # a quarter of a minute
@pytest.mark.real_data
def test_the_feed_of_miami_is_usable_at_once_and_says_what_it_lacks(
    planned: Run, real_data: Path
) -> None:
    data = (real_data / "hsds_feeds" / "miami211_hsds2_tabular.zip").read_bytes()
    run = planned(data, "miami211_hsds2_tabular.zip")
    assert run.counts is not None
    assert run.counts["rows"] == 4089
    assert run.counts["issues"]["by_code"]["reference_dangling"] == 447
    assert run.counts["issues"]["by_code"]["id_missing"] == 11350
    assert run.counts["create"] > 2700


def test_places_and_terms_right_in_a_service_are_its_own() -> None:
    document = [{
        "id": "s1", "name": "Pantry", "organization": {"id": "o", "name": "Org"},
        "locations": [{"id": "l1", "name": "Hall", "latitude": 3.12345, "longitude": 11.12345}],
        "taxonomy": [{"id": "bd", "name": "Food Pantries"}],
    }]  # fmt: skip
    (row,) = rows_of(json.dumps(document).encode())
    assert (row["latitude"], row["location_name"]) == ("3.12345", "Hall")
    assert row["kind"] == "Food Pantries"  # the id "bd" only looks like a code of ours


def test_a_change_is_no_verification_and_a_place_stays_of_its_kind() -> None:
    changed = {"id": "s", "name": "Clinic", "last_modified": "2026-01-02T03:04:05Z"}
    verified = {"id": "t", "name": "School", "assured_date": "2026-05-06"}
    place = {"id": "p", "name": "Behind the mill", "location_type": "physical"}
    linked = {"id": "l", "service_id": "s", "location_id": "p"}
    tables = {
        "service": [changed, verified],
        "location": [place],
        "service_at_location": [linked],
    }
    rows = {row["service_id"]: row for row in rows_of(json.dumps(tables).encode())}
    assert (rows["s"]["assured_date"], rows["t"]["assured_date"]) == ("", "2026-05-06")
    assert rows["s"]["location_type"] == "physical"
