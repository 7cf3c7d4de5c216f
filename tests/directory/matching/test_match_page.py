"""Anybody asks `/match` and reads who helps, why, and what nearly fits; nothing personal is kept."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.models import Case, User
from tests.directory.matching.conftest import List
from tests.pages import Page

Fetch = Callable[..., Page]
ClientOf = Callable[[User], FlaskClient]
QUESTION = {"place": "3.0, 11.0", "term": ["health.primary"]}


def _ask(
    page: Fetch, by: FlaskClient | None = None, status: int = 200, **fields: Any
) -> Page:
    return page(
        "/match", method="POST", by=by, status=status, data={**QUESTION, **fields}
    )


@pytest.mark.parametrize("language", ["en", "fr", "es", "ar"])
def test_the_form_stands_in_every_language(page: Fetch, language: str) -> None:
    shown = page(f"/match?lang={language}")
    assert 'name="term" value="health.primary"' in shown.text
    assert 'name="place"' in shown.text


def test_the_address_may_name_needs_and_place(page: Fetch) -> None:
    shown = page("/match?term=health.primary&place=Tamale")
    assert 'value="health.primary" checked' in shown.text
    assert 'value="Tamale"' in shown.text


def test_results_are_listed_by_need_with_reasons(page: Fetch, offer: List) -> None:
    offer(
        service_name="Clinic of the hill",
        cost="free",
        minimum_age=18,
        languages=("fr",),
    )
    offer(service_name="Notary", taxonomy_terms=("legal.aid",), minimum_age=60)
    shown = _ask(page, term=["health.primary", "legal.aid", "housing"], age="30")
    assert "Clinic of the hill" in shown.text
    assert "For people from 18 years of age." in shown.text
    assert "Free" in shown.text
    assert "No service found for: Housing" in shown.text
    assert "Not quite: 1 service" in shown.text
    assert "Ask whether they make an exception" in shown.text
    assert "/maps/match?at=3.00,11.00&amp;id=" in shown.text


def test_questions_worth_asking_are_named(page: Fetch, offer: List) -> None:
    offer(minimum_age=18)
    shown = _ask(page)
    assert "How old is the person?" in shown.text
    assert "It would settle 1 result." in shown.text


def test_an_area_is_a_place_too(page: Fetch, offer: List) -> None:
    offer(coverage_areas=("XA-N",))
    shown = _ask(page, place="XA-N")
    assert "Serves North." in shown.text
    assert "about" in shown.text


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"term": []}, "Choose at least one need."),
        ({"place": ""}, "Say where: a town, an area or coordinates."),
        ({"place": "Xyzzyville"}, "We do not know the place"),
        ({"age": "old"}, "Enter a whole number."),
        ({"age": "200"}, "Enter an age between 0 and 130."),
        ({"max_distance_km": "-1"}, "Enter a number of kilometres, 0 or more."),
        ({"weight_cost": "11"}, "Enter a number from 0 to 10."),
    ],
)
def test_what_cannot_be_understood_is_said_beside_the_field(
    page: Fetch, fields: dict[str, Any], sentence: str
) -> None:
    shown = _ask(page, status=422, sex="female", **fields)
    assert sentence in shown.text
    assert "There is a problem" in shown.text
    assert '<option value="female" selected>' in shown.text, "nothing typed is lost"


def test_all_problems_are_said_at_once(page: Fetch) -> None:
    shown = _ask(page, status=422, place="", term=[], age="x")
    assert len(shown.all("li")) >= 3
    for sentence in (
        "Say where",
        "Choose at least one need",
        "Enter a whole number",
    ):
        assert sentence in shown.text


def test_going_back_keeps_what_was_typed(page: Fetch, offer: List) -> None:
    offer()
    results = _ask(page, age="44", documents=["passport"])
    assert '<input type="hidden" name="age" value="44">' in results.text
    form = _ask(page, age="44", documents=["passport"], edit="1")
    assert 'value="44"' in form.text
    assert 'value="passport" checked' in form.text


def test_more_results_are_shown_when_asked(page: Fetch, offer: List) -> None:
    for number in range(9):
        offer(service_name=f"Clinic {number}")
    assert "the best 6 are shown" in _ask(page).text
    assert "the best" not in _ask(page, more="1").text


def test_a_visitor_can_refer_nobody_and_sees_no_restricted_service(
    page: Fetch, offer: List
) -> None:
    offer(service_name="Open clinic")
    offer(service_name="Quiet clinic", sensitivity="L1")
    shown = _ask(page)
    assert "Open clinic" in shown.text
    assert "Quiet clinic" not in shown.text
    assert "1 match" in shown.text
    assert "/cases/new" not in shown.text


def test_staff_carry_the_question_on_to_a_new_case(
    page: Fetch, offer: List, client_of: ClientOf, counsellor: User, session: Session
) -> None:
    key = offer(service_name="Quiet clinic", sensitivity="L1")
    worker = client_of(counsellor)
    shown = _ask(page, by=worker, age="31", languages=["fr"], urgency="high")
    assert "Quiet clinic" in shown.text
    assert f'name="service_at_location" value="{key}"' in shown.text
    carried = {
        (field.get("name"), field.get("value"))
        for field in shown.all("input")
        if field.get("type") == "hidden"
    }
    assert {
        ("prefill", "1"), ("lat", "3.0"), ("lon", "11.0"), ("term", "health.primary"),
        ("urgency", "high"), ("age", "31"), ("languages", "fr"), ("chosen_term", "health.primary"),
    } <= carried  # fmt: skip
    fields = [(name, value) for name, value in carried if name and name != "csrf_token"]
    form = page(
        "/cases/new",
        method="POST",
        by=worker,
        data={**dict(fields), "service_at_location": key},
    )
    assert 'value="31"' in form.text
    assert session.scalar(select(func.count()).select_from(Case)) == 0


def test_a_provider_cannot_refer(
    page: Fetch, offer: List, client_of: ClientOf, provider: User
) -> None:
    offer()
    assert "/cases/new" not in _ask(page, by=client_of(provider)).text


def test_texts_of_listings_are_shown_as_text(page: Fetch, offer: List) -> None:
    offer(service_name="<script>alert(1)</script>", opening_hours='Mo "><b>x</b>')
    shown = _ask(page)
    assert "<script>alert" not in shown.text
    assert "<b>x</b>" not in shown.text


def test_conditions_on_the_return_are_asked_and_said_in_words(
    page: Fetch, offer: List
) -> None:
    offer(
        service_name="Fresh start",
        coverage="national",
        programmes=("Start Again",),
        minimum_months_since_return=3,
        residence_areas=("XA-NW", "XA-SE"),
        host_countries=("DE",),
        return_modalities=("forced",),
    )
    asked = _ask(page).words
    for question in (
        "In which programme is the person?",
        "When did the person come back?",
        "Which country does the person leave?",
        "How does the person return?",
    ):
        assert question in asked
    assert "For people who live in: North W and South E." in asked
    known: dict[str, Any] = {
        "programmes": "Other; start again",
        "arrival_date": "2026-08-23",
        "host_country": "DE",
        "return_modality": "forced",
    }
    told = _ask(page, **known).words
    assert "In which programme is the person?" not in told
    assert "For people in: Start Again." in told
    assert "For people who came back at least 3 months ago." in told
    early = _ask(page, **known | {"arrival_date": "2026-08-24"}).words
    assert "Ask again 3 months after the return." in early
    none = _ask(page, programmes_none="yes").words
    assert "Ask whether the person can still join the programme." in none
    elsewhere = _ask(page, place="3.0, 13.0").words
    assert "Ask whether people who live elsewhere may come too." in elsewhere


def test_hours_are_written_out_in_the_readers_language(
    page: Fetch, offer: List
) -> None:
    offer(
        service_name="Post",
        opening_hours="Mo-Fr 08:00-12:30,14:00-17:00; Sa 09:00-12:00",
    )
    offer(service_name="Riddle", opening_hours="when the gate is open")
    for language, expected in (
        ("en", "Mon – Fri 08:00–12:30, 14:00–17:00; Sat 09:00–12:00"),
        ("fr", "lun. – ven. 08:00–12:30, 14:00–17:00; sam. 09:00–12:00"),
        ("ar", "الاثنين – الجمعة 08:00–12:30، 14:00–17:00؛ السبت 09:00–12:00"),
    ):
        page(f"/match?lang={language}")
        words = _ask(page).words
        assert words.count(expected) == 2, words
        assert "Mo-Fr" not in words
        assert "when the gate is open" in words


def test_a_need_that_finds_nothing_has_ways_on_for_visitors_too(
    page: Fetch, offer: List
) -> None:
    offer(service_name="Night shelter", taxonomy_terms=("housing.emergency",))
    offer(service_name="Hidden", taxonomy_terms=("housing.rental",), sensitivity="L1")
    shown = _ask(page, term=["housing.temporary"], age="30")
    assert "Offers Emergency shelter, not: Temporary accommodation." in shown.words
    assert "Hidden" not in shown.text
    assert 'name="place_token" value="area:XA-N"' in shown.text
    assert '<input type="hidden" name="term" value="housing">' in shown.text
    assert shown.text.count('name="age" value="30"') >= 3
    whole = _ask(page, term=["housing"])
    assert "Night shelter" in whole.text
