"""The invented services: enough, everywhere, of every kind, and nobody's real number."""

from collections import Counter
from datetime import date

from directory.demonstration import courses, listings
from directory.demonstration.cast import MEMBERS
from directory.models import Role
from directory.referrals.states import State

TODAY = date(2026, 11, 23)
RECORDS = listings.make_records(TODAY)


def test_there_are_a_hundred_for_each_country_over_all_leaves() -> None:
    of_country = Counter(record.country for record in RECORDS)
    assert of_country == {"SN": 100, "IQ": 100, "GT": 100, "DE": 2}
    leaves = {code for code, row in listings.labels().items() if row["parent"]}
    assert {term for record in RECORDS for term in record.taxonomy_terms} == leaves


def test_they_are_the_same_every_time() -> None:
    assert listings.make_records(TODAY) == RECORDS
    assert len({record.service_id for record in RECORDS}) == len(RECORDS)


def test_every_kind_of_coverage_is_there() -> None:
    kinds = {
        "area": any(record.coverage_areas for record in RECORDS),
        "radius": any(record.coverage_radius_km for record in RECORDS),
        "shape": any(record.coverage_geojson for record in RECORDS),
        "national": any(record.coverage == "national" for record in RECORDS),
        "remote": any(record.coverage == "remote" for record in RECORDS),
        "excluded": any(record.coverage_excluded_areas for record in RECORDS),
    }
    assert all(kinds.values()), kinds


def test_every_one_is_marked_and_speaks_four_languages() -> None:
    for record in RECORDS[:300]:
        assert record.is_demonstration
        written = {
            language for field, language in record.texts if field == "service_name"
        }
        assert written | {record.language} == set(listings.LANGUAGES)


def test_sealed_ones_have_no_position_and_no_address() -> None:
    sealed = [record for record in RECORDS if listings.SEALED in record.taxonomy_terms]
    assert len(sealed) == 3
    for record in sealed:
        found = (record.latitude, record.longitude, record.address, record.landmark)
        assert found == (None, None, None, None)
        assert "–" not in record.service_name


def test_nobody_real_is_rung_up_or_written_to() -> None:
    for record in RECORDS:
        assert record.phone is not None
        assert record.phone.startswith(
            ("+221 33 000 ", "+964 1 000 ", "+502 0000 ", "+49 30 23125 ")
        )
        assert (record.email or "").endswith("@example.org")
        assert (record.website or "https://example.org/").startswith(
            "https://example.org/"
        )


def test_there_is_an_account_for_each_role_and_a_course_for_each_state() -> None:
    assert {member.role for member in MEMBERS} == set(Role) - {Role.VISITOR}
    assert set(courses.order()) == set(State)
    assert len({member.password for member in MEMBERS}) == len(MEMBERS)
