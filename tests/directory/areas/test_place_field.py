from collections.abc import Callable
from html import escape

import html5lib
import pytest
from flask import Flask, render_template_string
from sqlalchemy.orm import Session

from directory.areas.forms import PlaceField, place_field, read_place
from directory.models import Place, PlaceName
from tests import factories

FORM = """
{% from "components/place_input.html" import place_input %}
<!DOCTYPE html><html><title>x</title><form>{{ place_input(field, "Where?") }}</form></html>
"""


@pytest.fixture
def twins(session: Session) -> Session:
    """Two towns of one name, one with markup in it."""
    for number, longitude, name in ((1, 11, "Twinford"), (2, 13, "Twinford <b>&")):
        place = Place(
            id=number,
            name=name,
            country="XA",
            latitude=1,
            longitude=longitude,
            population=900,
        )
        session.add(place)
        session.flush()
        spelling = PlaceName(
            place_id=number,
            normalised="twinford",
            name=name,
            skeleton="tnfrd",
            country="XA",
            population=900,
        )
        session.add(spelling)
    session.commit()
    return session


@pytest.fixture
def read(app: Flask, session: Session) -> Callable[..., tuple[PlaceField, str]]:
    """Reads a form and shows it again, as a view would."""

    def ask(form: dict[str, str], **options: object) -> tuple[PlaceField, str]:
        with app.test_request_context("/"):
            field = read_place(form, **options)  # type: ignore[arg-type]  # as views pass them
            return field, render_template_string(FORM, field=field)

    return ask


Read = Callable[..., tuple[PlaceField, str]]


def inputs(html: str) -> dict[str, str]:
    """What a browser without scripts would send back: nothing chosen, nothing typed."""
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    return {
        str(node.get("name")): node.get("value") or ""
        for node in tree.iter("input")
        if node.get("type") != "radio"
    }


def test_an_empty_field_is_empty_and_an_error_only_when_needed(read: Read) -> None:
    field, html = read({})
    assert field.is_empty
    assert field.errors == {}
    assert 'aria-invalid="true"' not in html
    field, html = read({"place": "  "}, needed=True)
    assert field.errors == {"place": "Say where: a town, an area or coordinates."}
    assert 'aria-invalid="true"' in html


def test_a_known_place_is_shown_with_its_precision(read: Read) -> None:
    field, html = read({"place": "3.00, 11.00"})
    assert field.place is not None
    assert "Exact to about 557 m" in html
    assert "North W" not in html  # the label names first level and country only
    assert "Exampleland" in html


def test_without_scripts_one_chooses_among_radio_buttons(
    twins: Session, read: Read
) -> None:
    field, html = read({"place": "Twinford"})
    assert field.place is None
    assert [choice.token for choice in field.choices] == ["town:1", "town:2"]
    assert html.count('type="radio"') == 2
    assert html.count("· Town or village") == 2
    assert escape("Twinford <b>&") in html
    assert "<b>" not in html
    chosen, html = read({**inputs(html), "place_token": "town:2"})
    assert chosen.place is not None
    assert chosen.place.point.longitude == 13
    # Sent again as it is, the form keeps the choice.
    again, _ = read(inputs(html))
    assert again.place == chosen.place


def test_typing_something_new_after_a_choice_means_the_new_text(
    twins: Session, read: Read
) -> None:
    _, html = read({"place": "Twinford", "place_token": "town:2"})
    changed, _ = read({**inputs(html), "place": "Borderland"})
    assert changed.place is not None
    assert changed.place.country == "XB"


def test_a_pin_is_taken_with_its_precision(read: Read) -> None:
    form = {"place": "3, 11", "place_lat": "3.0", "place_lon": "11.0"}
    field, _ = read({**form, "place_accuracy": "42"})
    assert field.place is not None
    assert field.place.precision_m == 42
    field, _ = read({**form, "place_lat": "nan"})
    assert field.place is not None
    assert field.place.precision_m > 42


def test_one_goes_down_the_tree_without_scripts(session: Session, read: Read) -> None:
    factories.make_area(session, "AQ", 0, None, "Antarctica", (-60, -80, 60, -75))
    field, html = read({}, tree=True)
    assert len(field.tree) == 1
    assert "AQ" not in dict(field.tree[0].options)
    opened, html = read({"place_area_0": "XA", "place_open": "1"}, tree=True)
    assert opened.place is None
    assert opened.error == ""
    assert [code for code, _ in opened.tree[1].options] == ["XA-N", "XA-S"]
    assert html.count("<select") == 2
    taken, _ = read({"place_area_0": "XA", "place_area_1": "XA-S"}, tree=True)
    assert taken.place is not None
    assert taken.place.token == "area:XA-S"
    # A list left over from another country is not believed.
    mixed, _ = read({"place_area_0": "XB", "place_area_1": "XA-S"}, tree=True)
    assert mixed.place is not None
    assert mixed.place.token == "area:XB"


def test_a_made_up_token_is_an_error_and_not_a_crash(read: Read) -> None:
    field, html = read({"place": "", "place_token": "<script>"})
    assert field.place is None
    assert field.error
    assert "<script>" not in html


def test_the_error_keeps_what_was_typed(read: Read) -> None:
    field, html = read({"place": "Atlantis <i>"})
    assert "Atlantis" in field.error
    assert escape("Atlantis <i>") in html
    assert "<i>" not in html


def test_a_form_opens_with_the_place_it_has(app: Flask, session: Session) -> None:
    with app.test_request_context("/"):
        resolved = read_place({"place": "XA-NW"}).place
        assert place_field(resolved).text == "North W, North, Exampleland"
        assert place_field().is_empty
        assert place_field(tree=True).tree
