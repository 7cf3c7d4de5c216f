"""Map documents: what is drawn, what cannot run, and that nothing foreign is asked for."""

import base64
import hashlib
import json
import re

import pytest

from geo.layers import Frame, Layer, Pin, Shape, Words
from geo.maps import MAX_FEATURES, MapDocument, TooManyFeatures, map_text, render
from geo.points import BoundingBox, Point
from tests.geo.attacks import ATTACKS

HERE = Point(latitude=14.69, longitude=-17.44)
SQUARE = {"type": "Polygon", "coordinates": [[[0, 0], [2, 0], [2, 1], [0, 1], [0, 0]]]}


def frame(
    title: str = "Services", language: str = "en", direction: str = "ltr"
) -> Frame:
    return Frame(
        title=title,
        language=language,
        direction=direction,
        asset=lambda path: f"/static/{path}?v=1",
        words={
            "zoom_in": "Zoom in",
            "zoom_out": "Zoom out",
            "close": "Close",
            "no_script": "List",
        },
    )


def drawn(words: Words) -> MapDocument:
    layer = Layer(pins=(Pin(HERE, words),), shapes=(Shape(SQUARE, "coverage", words),))
    return render([layer], frame=frame(words.title), outlines=[SQUARE])


@pytest.mark.parametrize("attack", ATTACKS)
def test_text_stays_text(attack: str) -> None:
    page = drawn(Words(attack, (attack,))).html
    assert page.count("<script") == 4
    assert page.count("</script>") == 4
    written = page[page.rindex("<script>") : page.rindex("</script>")]
    assert not set("`$") & set(written)
    assert "<" not in written.removeprefix("<script>")


def test_text_is_no_template_to_folium() -> None:
    page = drawn(
        Words("{{ 7*7 }}", ("{% for x in range(9) %}y{% endfor %}", "{# gone #}"))
    ).html
    assert "49" not in page.split("<script>")[1]
    assert "yyy" not in page
    assert "gone" in page


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_words_arrive_unchanged(attack: str) -> None:
    assert json.loads(map_text(attack)) == attack


@pytest.mark.parametrize("attack", ATTACKS)
def test_every_script_in_the_page_is_named_by_its_policy(attack: str) -> None:
    document = drawn(Words(attack))
    scripts = re.findall(r"<script>(.*?)</script>", document.html, flags=re.DOTALL)
    digests = [
        base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in scripts
    ]
    assert tuple(digests) == document.script_hashes
    policy = document.policy("https://home.example")
    assert all(f"'sha256-{digest}'" in policy for digest in digests)
    assert "unsafe" not in policy
    assert "sandbox allow-scripts" in policy
    assert "frame-ancestors 'self'" in policy


def test_nothing_foreign_is_asked_for() -> None:
    page = drawn(Words("Clinic", ("Dakar",), "/services/1")).html
    assert re.findall(r"https?:|//[a-z]", page) == []
    assert "style=" not in page


def test_the_page_says_its_language_direction_and_title() -> None:
    page = render([], frame=frame("خدمات <الصحة>", "ar", "rtl")).html
    assert '<html lang="ar" dir="rtl">' in page
    assert "<title>خدمات &lt;الصحة&gt;</title>" in page


def test_equal_maps_are_equal_documents() -> None:
    assert drawn(Words("Clinic")) == drawn(Words("Clinic"))


def test_it_shows_everything_drawn_or_what_was_asked() -> None:
    layer = Layer(
        pins=(Pin(HERE, Words("Clinic")),), shapes=(Shape(SQUARE, "coverage"),)
    )
    assert (
        "homewardMap.view(map_2, [[0,-17.44],[14.69,2]])"
        in render([layer], frame=frame()).html
    )
    view = BoundingBox(south=1, west=2, north=3, east=4)
    asked = render([layer], frame=frame(), view=view).html
    assert "homewardMap.view(map_2, [[1,2],[3,4]])" in asked


def test_it_refuses_more_than_a_phone_can_show() -> None:
    pins = (Pin(HERE, Words("Clinic")),) * (MAX_FEATURES + 1)
    with pytest.raises(TooManyFeatures):
        render([Layer(pins=pins)], frame=frame())


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example",
        "//evil.example",
        "javascript:alert(1)",
        "/a b",
        "/\\evil",
    ],
)
def test_a_link_stays_on_this_site(link: str) -> None:
    with pytest.raises(ValueError, match="path of this site"):
        Words("Clinic", link=link)


def test_it_refuses_a_look_that_is_no_name() -> None:
    with pytest.raises(ValueError, match="no name of a style"):
        render(
            [Layer(pins=(Pin(HERE, Words("Clinic"), look='x" onload="'),))],
            frame=frame(),
        )
