"""Each condition of a service is met, not met, or unknown; only what is not met excludes."""

from typing import Any

import pytest

from tests.directory.matching.conftest import Ask, List, criterion, failed, keys

AGES = {"minimum_age": 18, "maximum_age": 25}
PROGRAMME = {"programmes": ("Start Again",)}
MONTHS = {"minimum_months_since_return": 3, "maximum_months_since_return": 12}
RESIDENCE = {"residence_areas": ("XA-NW",)}
DOCUMENTS = {"required_documents": ("national_id", "passport")}


@pytest.mark.parametrize(
    ("fields", "person", "code", "status"),
    [
        ({}, {}, "age", "met"),
        (AGES, {}, "age", "unknown"),
        (AGES, {"age": None}, "age", "unknown"),
        (AGES, {"age": 17}, "age", "not_met"),
        (AGES, {"age": 18}, "age", "met"),
        (AGES, {"age": 25}, "age", "met"),
        (AGES, {"age": 26}, "age", "not_met"),
        ({"minimum_age": 60}, {"age": 60}, "age", "met"),
        ({"maximum_age": 0}, {"age": 1}, "age", "not_met"),
        ({}, {"sex": "other"}, "sex", "met"),
        ({"sexes": ("female",)}, {}, "sex", "unknown"),
        ({"sexes": ("female", "other")}, {"sex": "other"}, "sex", "met"),
        ({"sexes": ("female",)}, {"sex": "male"}, "sex", "not_met"),
        ({}, {"profiles": []}, "profile", "met"),
        ({"profiles": ("pregnant", "vot")}, {}, "profile", "unknown"),
        ({"profiles": ("pregnant", "vot")}, {"profiles": ["vot"]}, "profile", "met"),
        ({"profiles": ("pregnant",)}, {"profiles": []}, "profile", "not_met"),
        ({"profiles": ("pregnant",)}, {"profiles": ["older"]}, "profile", "not_met"),
        (
            {"profiles": ("pregnant", "vot")},
            {"profiles": [], "profiles_unknown": ["vot"]},
            "profile",
            "unknown",
        ),
        (
            {"profiles": ("pregnant",)},
            {"profiles": [], "profiles_unknown": ["vot"]},
            "profile",
            "not_met",
        ),
        ({"profiles": ("vot",)}, {"profiles_unknown": ["older"]}, "profile", "unknown"),
        ({}, {"documents": []}, "documents", "met"),
        (DOCUMENTS, {}, "documents", "unknown"),
        (DOCUMENTS, {"documents": ["national_id"]}, "documents", "not_met"),
        (
            DOCUMENTS,
            {"documents": ["passport", "national_id", "photo"]},
            "documents",
            "met",
        ),
        (
            {"required_documents": ("letter",)},
            {"documents": []},
            "documents",
            "unknown",
        ),
        ({"required_documents": ("letter",)}, {}, "documents", "unknown"),
        (
            {"required_documents": ("letter", "photo")},
            {"documents": ["photo"]},
            "documents",
            "unknown",
        ),
        (
            {"required_documents": ("letter", "photo")},
            {"documents": []},
            "documents",
            "not_met",
        ),
        ({"return_modalities": ("forced",)}, {}, "return_modality", "unknown"),
        (
            {"return_modalities": ("forced",)},
            {"return_modality": "forced"},
            "return_modality",
            "met",
        ),
        (
            {"return_modalities": ("forced",)},
            {"return_modality": "voluntary_own_means"},
            "return_modality",
            "not_met",
        ),
        ({"host_countries": ("DE",)}, {}, "host_country", "unknown"),
        ({"host_countries": ("DE",)}, {"host_country": "DE"}, "host_country", "met"),
        (
            {"host_countries": ("DE",)},
            {"host_country": "LY"},
            "host_country",
            "not_met",
        ),
        (PROGRAMME, {}, "programme", "unknown"),
        (PROGRAMME, {"programmes": ["start again", "x"]}, "programme", "met"),
        (PROGRAMME, {"programmes": []}, "programme", "not_met"),
        (PROGRAMME, {"programmes": ["Startup"]}, "programme", "not_met"),
        (MONTHS, {}, "months_since_return", "unknown"),
        (MONTHS, {"months_since_return": 2}, "months_since_return", "not_met"),
        (MONTHS, {"months_since_return": 3}, "months_since_return", "met"),
        (MONTHS, {"months_since_return": 12}, "months_since_return", "met"),
        (MONTHS, {"months_since_return": 13}, "months_since_return", "not_met"),
        (RESIDENCE, {}, "residence", "unknown"),
        (RESIDENCE, {"residence": "XA-NW"}, "residence", "met"),
        (RESIDENCE, {"residence": "XA-NE"}, "residence", "not_met"),
        (RESIDENCE, {"residence": "XA"}, "residence", "unknown"),
        ({"residence_areas": ("XA",)}, {"residence": "xa-se"}, "residence", "met"),
    ],
)
def test_a_condition_on_the_person(
    offer: List,
    ask: Ask,
    fields: dict[str, Any],
    person: dict[str, Any],
    code: str,
    status: str,
) -> None:
    key = offer(**fields)
    answer = ask(person=person)
    if status == "not_met":
        assert (answer["total"], keys(answer["matches"])) == (0, [])
        assert failed(answer["not_matched"][0]) == [code]
        assert criterion(answer["not_matched"][0], code)["remedy"]
        return
    assert keys(answer["matches"]) == [key]
    found = criterion(answer["matches"][0], code)
    assert found["status"] == status
    assert found["value"] == (1.0 if status == "met" else 0.5)
    assert found["reason"]


@pytest.mark.parametrize(
    ("cost", "free_only", "status"),
    [
        ("free", True, "met"),
        ("subsidised", True, "not_met"),
        ("paid", True, "not_met"),
        (None, True, "unknown"),
        ("paid", False, "met"),
        (None, False, "unknown"),
    ],
)
def test_only_free_services_when_nothing_may_be_paid(
    offer: List, ask: Ask, cost: str | None, free_only: bool, status: str
) -> None:
    offer(cost=cost)
    answer = ask(preferences={"free_only": free_only})
    listed = answer["matches"] or answer["not_matched"]
    assert criterion(listed[0], "cost")["status"] == status
    assert answer["total"] == (0 if status == "not_met" else 1)


def test_a_longer_way_than_wanted_excludes_visited_services_only(
    offer: List, ask: Ask
) -> None:
    visited = offer(latitude=3.2, longitude=11.0, coverage_areas=("XA",))
    remote = offer(latitude=3.2, longitude=11.0, coverage="remote")
    nowhere = offer(latitude=None, longitude=None, coverage_areas=("XA",))
    answer = ask(preferences={"max_distance_km": 20})
    assert set(keys(answer["matches"])) == {remote, nowhere}
    assert keys(answer["not_matched"]) == [visited]
    assert failed(answer["not_matched"][0]) == ["distance"]
    statuses = {
        each["service_at_location_id"]: criterion(each, "distance")["status"]
        for each in answer["matches"]
    }
    assert statuses == {remote: "met", nowhere: "unknown"}
    assert ask(preferences={"max_distance_km": 23})["total"] == 3


def test_distance_is_null_for_remote_services_and_those_without_position(
    offer: List, ask: Ask
) -> None:
    offer(latitude=3.2, longitude=11.0, coverage="remote")
    offer(latitude=None, longitude=None, coverage_areas=("XA",))
    assert [match["distance_km"] for match in ask()["matches"]] == [None, None]


class TestTheNeed:
    """Categories and leaves."""

    def test_a_category_is_met_by_its_leaves_and_itself(
        self, offer: List, ask: Ask
    ) -> None:
        leaf = offer(taxonomy_terms=("health.primary",))
        category = offer(taxonomy_terms=("health",))
        offer(taxonomy_terms=("legal.aid",))
        answer = ask("health")
        assert set(keys(answer["matches"])) == {leaf, category}
        assert {criterion(each, "need")["status"] for each in answer["matches"]} == {
            "met"
        }
        assert {each["term"] for each in answer["matches"]} == {"health"}

    def test_only_the_category_is_unknown_for_a_leaf(
        self, offer: List, ask: Ask
    ) -> None:
        offer(taxonomy_terms=("health",))
        match = ask("health.primary")["matches"][0]
        assert criterion(match, "need")["status"] == "unknown"
        assert match["service_terms"] == ["health"]

    def test_a_category_beside_a_leaf_adds_nothing(self, offer: List, ask: Ask) -> None:
        offer(taxonomy_terms=("health", "health.hospital"))
        assert ask("health.primary")["total"] == 0
        assert ask("health.hospital")["total"] == 1

    def test_one_entry_for_each_need_and_service(self, offer: List, ask: Ask) -> None:
        key = offer(taxonomy_terms=("health.primary", "legal.aid"))
        answer = ask("health.primary", "legal.aid", "health", "legal.aid", "housing")
        assert answer["total"] == 3
        assert keys(answer["matches"]) == [key] * 3
        assert {each["term"] for each in answer["matches"]} == {
            "health.primary", "legal.aid", "health",
        }  # fmt: skip
        assert answer["gaps"] == ["housing"]


@pytest.mark.parametrize("status", ["inactive", "defunct"])
def test_a_closed_service_is_nowhere(offer: List, ask: Ask, status: str) -> None:
    offer(status=status)
    answer = ask()
    assert (answer["matches"], answer["not_matched"]) == ([], [])


def test_an_empty_status_is_active(offer: List, ask: Ask) -> None:
    offer(status=None)
    assert criterion(ask()["matches"][0], "status")["status"] == "met"


def test_the_usual_criteria_are_always_listed_and_others_where_they_apply(
    offer: List, ask: Ask
) -> None:
    usual = [
        "need", "coverage", "status", "age", "sex", "profile", "documents", "cost", "distance",
        "language", "freshness",
    ]  # fmt: skip
    offer()
    assert [each["code"] for each in ask()["matches"][0]["criteria"]] == usual
    with_more = ask(preferences={"female_staff": True, "access": ["step_free"]})
    found = [each["code"] for each in with_more["matches"][0]["criteria"]]
    assert set(found) - set(usual) == {"staff_sex", "access"}
