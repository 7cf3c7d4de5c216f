"""Every problem of a row that the catalogue knows, from a file to the draft."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from importers.drafting import Drafted
from importers.records import Draft
from importers.refusals import FileRefused
from tests.importers.conftest import csv_bytes

Read = Callable[..., Drafted]
BASE = {
    "organization_name": "Red Door", "service_name": "Post", "taxonomy_terms": "health.primary",
    "latitude": "3.12345", "longitude": "11.12345", "area_code": "XA-N",
}  # fmt: skip


def quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def draft_of(read: Read, **cells: str) -> Draft:
    row = {**BASE, **cells}
    data = csv_bytes(",".join(map(quoted, row)), ",".join(map(quoted, row.values())))
    return read(data).drafts[0]


def codes_of(draft: Draft) -> list[str]:
    return [issue.code for issue in draft.issues]


def test_a_good_row_has_no_problem(read: Read) -> None:
    draft = draft_of(read)
    assert codes_of(draft) == []
    assert not draft.is_skipped
    assert draft.country == "XA"


@pytest.mark.parametrize(
    ("cells", "code", "column", "is_skipped"),
    [
        ({"latitude": "", "longitude": ""}, "coordinates_missing", "latitude", False),
        ({"longitude": ""}, "coordinates_missing", "longitude", False),
        ({"latitude": "91"}, "coordinates_range", "latitude", False),
        ({"latitude": "91", "longitude": "11"}, "coordinates_range", "latitude", False),
        ({"latitude": "11.1", "longitude": "3.1"}, "coordinates_exchanged", "latitude", False),
        ({"longitude": "181.5"}, "coordinates_range", "longitude", False),
        ({"latitude": "0", "longitude": "0"}, "coordinates_zero", "latitude", False),
        ({"latitude": "11.12345", "longitude": "3.12345"}, "coordinates_exchanged", "latitude", False),
        ({"latitude": "3.12345", "longitude": "15.12345"}, "coordinates_other_country", "latitude", False),
        ({"latitude": "-23.1234", "longitude": "5.12345"}, "coordinates_nowhere", "latitude", False),
        ({"latitude": "3.1", "longitude": "11.1"}, "coordinates_imprecise", "latitude", False),
        ({"latitude": "north"}, "number_invalid", "latitude", False),
        ({"area_code": "XA-X"}, "area_unknown", "area_code", False),
        ({"area_code": "XA-S"}, "area_mismatch", "latitude", False),
        ({"area_code": "XA-SW"}, "area_mismatch", "latitude", False),
        ({"coverage_areas": "XA-N;XA-Q"}, "area_unknown", "coverage_areas", False),
        ({"taxonomy_terms": "health.magic"}, "term_unknown", "taxonomy_terms", True),
        ({"taxonomy_terms": "health.primary;health.magic"}, "term_unknown", "taxonomy_terms", False),
        ({"taxonomy_terms": ""}, "required_missing", "taxonomy_terms", True),
        ({"service_name": ""}, "required_missing", "service_name", True),
        ({"organization_name": " "}, "required_missing", "organization_name", True),
        ({"minimum_age": "ten"}, "number_invalid", "minimum_age", True),
        ({"minimum_age": "18.5"}, "number_invalid", "minimum_age", True),
        ({"maximum_age": "200"}, "range_invalid", "maximum_age", True),
        ({"minimum_age": "60", "maximum_age": "18"}, "range_invalid", "minimum_age", True),
        ({"coverage_radius_km": "-5"}, "range_invalid", "coverage_radius_km", True),
        ({"capacity_available": "many"}, "number_invalid", "capacity_available", False),
        ({"assured_date": "yesterday"}, "date_invalid", "assured_date", False),
        ({"status_until": "31/02/2026"}, "date_invalid", "status_until", False),
        ({"opening_hours": "from 8 to 5"}, "hours_invalid", "opening_hours", False),
        ({"phone": "call me"}, "phone_invalid", "phone", False),
        ({"email": "nobody"}, "email_invalid", "email", False),
        ({"website": "not a site"}, "website_invalid", "website", False),
        ({"coverage_geojson": "{}"}, "geometry_invalid", "coverage_geojson", False),
        ({"sexes": "men;robots"}, "value_unknown", "sexes", True),
        ({"profiles": "heroes"}, "value_unknown", "profiles", True),
        ({"languages": "en;klingonese"}, "value_unknown", "languages", False),
        ({"cost": "a goat"}, "value_unknown", "cost", False),
        ({"status": "perhaps"}, "value_unknown", "status", True),
        ({"coverage": "the moon"}, "value_unknown", "coverage", True),
        ({"sensitivity": "L9"}, "value_unknown", "sensitivity", True),
        ({"taxonomy_terms": "health.hiv_tb", "sensitivity": "L0"}, "sensitivity_raised", "sensitivity", False),
        ({"description": "x" * 10_000}, "text_too_long", "description", False),
        ({"service_name": "x" * 10_000}, "text_too_long", "service_name", True),
        ({"description": "a\x00b"}, "control_characters", "description", False),
        ({"organization_name": "", "organization_id": "77"}, "reference_dangling", "organization_id", True),
    ],
)  # fmt: skip
def test_a_problem_is_reported_with_its_column(
    read: Read, cells: dict[str, str], code: str, column: str, is_skipped: bool
) -> None:
    draft = draft_of(read, **cells)
    assert [(one.code, one.column) for one in draft.issues] == [(code, column)]
    assert draft.is_skipped is is_skipped


@pytest.mark.parametrize(
    "cells",
    [
        {"latitude": "91"},
        {"latitude": "0", "longitude": "0"},
        {"latitude": "11.12345", "longitude": "3.12345"},
        {"latitude": "3.12345", "longitude": "15.12345"},
        {"latitude": "-23.1234", "longitude": "5.12345"},
    ],
)
def test_a_position_that_cannot_be_right_is_left_out_not_corrected(
    read: Read, cells: dict[str, str]
) -> None:
    draft = draft_of(read, **cells)
    assert "latitude" not in draft.values
    assert "longitude" not in draft.values
    assert draft.values["area_code"] == "XA-N"


def test_exchanged_numbers_come_with_a_proposal(read: Read) -> None:
    (issue,) = draft_of(read, latitude="11.12345", longitude="3.12345").issues
    assert issue.values["proposal"] == "3.12345, 11.12345"
    assert issue.values["country"] == "Exampleland"


def test_a_lost_sign_comes_with_a_proposal(read: Read) -> None:
    (issue,) = draft_of(read, latitude="-3.12345").issues
    assert issue.code == "coordinates_nowhere"
    assert issue.values["proposal"] == "3.12345, 11.12345"


def test_a_position_just_over_the_border_is_believed(read: Read) -> None:
    draft = draft_of(read, latitude="3.12345", longitude="14.02345")
    assert codes_of(draft) == []
    assert draft.values["longitude"] == 14.02345


def test_positions_may_be_written_in_degrees_and_minutes(read: Read) -> None:
    draft = draft_of(read, latitude="3°07'24\"N", longitude="11°07'24\"E")
    assert codes_of(draft) == []
    assert draft.values["latitude"] == pytest.approx(3.12333, abs=1e-4)


def test_a_decimal_comma_is_a_decimal_comma(read: Read) -> None:
    draft = draft_of(read, latitude="3,12345", longitude="11,12345")
    assert draft.values["latitude"] == 3.12345


def test_words_are_understood_in_four_languages(read: Read) -> None:
    draft = draft_of(
        read, cost="Gratuit", sexes="Mujeres", status="مغلق مؤقتا", languages="francés; العربية",
        required_documents="carte d'identité; two photos of the family", coverage="en ligne",
    )  # fmt: skip
    assert codes_of(draft) == []
    values = draft.values
    assert (values["cost"], values["sexes"], values["status"]) == (
        "free",
        ("female",),
        "temporarily closed",
    )
    assert values["languages"] == ("fr", "ar")
    assert values["required_documents"] == ("national_id", "two photos of the family")
    assert values["coverage"] == "remote"


def test_both_sexes_is_no_condition(read: Read) -> None:
    assert "sexes" not in draft_of(read, sexes="MIXED").values


def test_a_category_may_be_given_by_its_name(read: Read) -> None:
    assert draft_of(read, taxonomy_terms="Soins de santé primaires").values[
        "taxonomy_terms"
    ] == ("health.primary",)


def test_the_mark_against_formulas_is_taken_off(read: Read) -> None:
    assert draft_of(read, description="'=SUM(A1)").values["description"] == "=SUM(A1)"
    assert draft_of(read, phone="'+233302223333").values["phone"] == "+233 30 222 3333"


def test_a_self_crossing_shape_is_repaired_and_said(read: Read) -> None:
    bow = {
        "type": "Polygon",
        "coordinates": [[[11, 3], [12, 4], [12, 3], [11, 4], [11, 3]]],
    }
    draft = draft_of(read, coverage_geojson=json.dumps(bow))
    assert codes_of(draft) == ["geometry_repaired"]
    assert json.loads(draft.values["coverage_geojson"])["type"] == "MultiPolygon"


def test_a_shape_in_exchanged_order_is_left_out_and_said(read: Read) -> None:
    turned = {
        "type": "Polygon",
        "coordinates": [[[3, 11], [3.5, 11], [3.5, 11.5], [3, 11.5], [3, 11]]],
    }
    draft = draft_of(read, coverage_geojson=json.dumps(turned))
    assert codes_of(draft) == ["coordinates_exchanged"]
    assert "coverage_geojson" not in draft.values


def test_a_feature_is_a_shape_too(read: Read) -> None:
    ring = [[11, 3], [11.5, 3], [11.5, 3.5], [11, 3.5], [11, 3]]
    whole = {
        "type": "Feature",
        "properties": {},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    assert codes_of(draft_of(read, coverage_geojson=json.dumps(whole))) == []


def test_a_radius_without_a_position_says_so(read: Read) -> None:
    draft = draft_of(read, latitude="", longitude="", coverage_radius_km="5")
    assert codes_of(draft) == ["coordinates_missing", "radius_without_position"]


def test_an_organization_is_found_by_its_id_further_up(read: Read) -> None:
    data = csv_bytes(
        "organization_name,organization_id,service_name,taxonomy_terms",
        "Red Door,77,Post,health.primary", ",77,Clinic,health.primary",
    )  # fmt: skip
    assert read(data).drafts[1].values["organization_name"] == "Red Door"


def test_a_remote_service_needs_no_position(read: Read) -> None:
    assert codes_of(draft_of(read, latitude="", longitude="", coverage="remote")) == []


def facilities(read: Read, *rows: str, **said: Any) -> list[Draft]:
    return read(
        csv_bytes("Facility Name,Type,Ownership,Region,Lat,Long", *rows), **said
    ).drafts


def test_a_list_of_facilities_becomes_listings(read: Read) -> None:
    (draft,) = facilities(
        read, "St Mary,Health Centre,CHAG,North,3.12345,11.12345", country="XA"
    )
    assert codes_of(draft) == []
    assert draft.values["taxonomy_terms"] == ("health.primary",)
    assert draft.values["organization_name"] == "St Mary"
    assert draft.values["provider_type"] == "faith"
    assert draft.values["area_code"] == "XA-N"
    assert draft.values["description"] == "Health Centre · CHAG"


def test_two_facilities_of_one_name_are_two_organizations(read: Read) -> None:
    first, second = facilities(
        read, "Post,Clinic,,North,3.1234,11.1234", "Post,Clinic,,North,3.9234,11.9234"
    )
    assert first.values["organization_id"] != second.values["organization_id"]


def test_the_country_is_found_by_the_positions(read: Read) -> None:
    drafted = read(
        csv_bytes(
            "Name,Type,Lat,Long",
            "Post,Clinic,3.12345,11.12345",
            "Home,Clinic,3.22345,11.22345",
        )
    )
    assert (drafted.country, drafted.country_is_guess) == ("XA", True)


def test_an_unknown_kind_is_reported_unless_a_category_is_given(read: Read) -> None:
    (draft,) = facilities(read, "Post,Wibble,,North,3.12345,11.12345")
    assert codes_of(draft) == ["term_unknown"]
    assert draft.is_skipped
    (draft,) = facilities(
        read, "Post,Wibble,,North,3.12345,11.12345", term="health.primary"
    )
    assert codes_of(draft) == []
    assert draft.values["taxonomy_terms"] == ("health.primary",)


def test_a_persons_own_words_for_kinds_count_first(read: Read) -> None:
    words = {"Wibble": "education.school", "Clinic": ""}
    rows = (
        "Post,Wibble,,North,3.12345,11.12345",
        "Home,Clinic,,North,3.22345,11.22345",
    )
    school, left_out = facilities(read, *rows, kind_words=words)
    assert school.values["taxonomy_terms"] == ("education.school",)
    assert left_out.is_skipped


def test_a_region_that_nobody_knows_comes_with_a_proposal(read: Read) -> None:
    (draft,) = facilities(read, "Post,Clinic,,Noth,3.12345,11.12345", country="XA")
    (issue,) = draft.issues
    assert (issue.code, issue.column, issue.values["proposal"]) == (
        "area_unknown",
        "Region",
        "North",
    )


def test_numbers_exchanged_inside_one_country_are_seen_by_the_region(
    read: Read,
) -> None:
    # Both readings lie in Borderland's neighbour; only the stated region tells them apart.
    (draft,) = facilities(read, "Post,Clinic,,South,3.9,11.12345", country="XA")
    assert codes_of(draft)[-1] == "area_mismatch"


def test_texts_in_another_language_only_are_the_text(read: Read) -> None:
    data = csv_bytes(
        "organization_name,service_name:fr,taxonomy_terms", "Croix,Poste,health.primary"
    )
    (draft,) = read(data).drafts
    assert draft.values["service_name"] == "Poste"
    assert draft.values["language"] == "fr"
    assert draft.texts == {}


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"term": "health.magic"}, "term_not_known"),
        ({"country": "QQ"}, "country_not_known"),
    ],
)
def test_a_wrong_option_is_refused(read: Read, said: dict[str, str], code: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read(csv_bytes("Name,Type", "Post,Clinic"), **said)
    assert refused.value.code == code


def test_a_file_without_names_is_refused(read: Read) -> None:
    with pytest.raises(FileRefused) as refused:
        read(csv_bytes("Colour,Weight,Email", "red,5,a@example.org"))
    assert refused.value.code == "columns_unknown"


def test_a_table_of_tags_is_read_by_its_tags_and_hides_its_shelters(read: Read) -> None:
    data = csv_bytes(
        "X,Y,osm_id,name,name:fr,amenity,social_facility,social_facility:for,healthcare,level",
        "11.12345,3.12345,77,Post,Poste,clinic,,,,2",
        "11.22345,3.22345,78,Haven,,social_facility,shelter,abused,,",
        "11.32345,3.32345,79,Advice,,social_facility,outreach,woman,,",
    )
    drafted = read(data, country="XA")
    assert drafted.withheld == 1
    assert "Haven" not in repr(drafted)
    post = drafted.drafts[0]
    assert post.values["taxonomy_terms"] == ("health.primary",)
    assert (post.values["latitude"], post.values["service_id"]) == (3.12345, "77")
    assert post.texts == {("service_name", "fr"): "Poste"}


@pytest.mark.parametrize(
    "text",
    [
        '{"type":"Point","coordinates":[11.12345,3.12345]}',
        '{"type":"Feature","geometry":{"type":"Point","coordinates":[11.12345,3.12345]}}',
        "POINT (11.12345 3.12345)",
        "SRID=4326;Point Z (11.12345 3.12345 20)",
        "0101000020E6100000E561A1D6343F26409487855AD3FC0840",
    ],
)
def test_a_column_of_geometry_holds_the_position(read: Read, text: str) -> None:
    draft = draft_of(read, latitude="", longitude="", geometry=text)
    assert codes_of(draft) == []
    found = draft.values
    assert (found["latitude"], found["longitude"]) == (3.12345, 11.12345)
    assert "coverage_geojson" not in found


def test_a_column_of_geometry_may_hold_the_area_served_or_nothing_sound(
    read: Read,
) -> None:
    surface = "POLYGON ((11 3, 11.2 3, 11.2 3.2, 11 3.2, 11 3))"
    draft = draft_of(read, geometry=surface)
    assert (draft.values["latitude"], codes_of(draft)) == (3.12345, [])
    assert "coordinates" in json.loads(draft.values["coverage_geojson"])
    assert codes_of(draft_of(read, geometry="SRID=32632;POINT (1 2)")) == [
        "geometry_invalid"
    ]


def test_an_area_like_no_other_is_reported_without_a_proposal(read: Read) -> None:
    (issue,) = draft_of(read, area_code="Zzyzx").issues
    assert (issue.code, issue.variant) == ("area_unknown", "unlike")


def test_exchanged_numbers_are_found_by_what_the_other_rows_lie_in(read: Read) -> None:
    titles = "organization_name,service_name,taxonomy_terms,latitude,longitude,country"
    rows = ("3.12345,11.12345", "3.22345,11.22345", "11.32345,3.32345")
    lines = [
        f"Red Door,Post {n},health.primary,{place}," for n, place in enumerate(rows)
    ]
    wrong = ("coordinates_exchanged", {
        "value": "11.32345, 3.32345", "country": "Exampleland", "proposal": "3.32345, 11.32345",
    })  # fmt: skip
    for further in ((), (f"{lines[0]}XA", f"{lines[1]}XA", f"{lines[1]}XA")):
        drafts = read(csv_bytes(titles, *further, *lines)).drafts
        told = [(one.code, one.values) for one in drafts[-1].issues]
        assert told == [wrong]
        assert "latitude" not in drafts[-1].values
        assert not any(draft.issues for draft in drafts[:-1] if draft.line < 4)
    tied = read(csv_bytes(titles, lines[0], lines[2]))
    assert tied.country is None
