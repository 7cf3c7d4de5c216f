"""Typed fields are read as people write them, and what cannot be read is named."""

from datetime import date
from uuid import UUID

import pytest

from directory.errors import Invalid
from directory.web.fields import Fields, Form


def fields(**typed: str) -> Fields:
    return Fields(Form(typed))


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("2026-11-23", date(2026, 11, 23)),
        ("23/11/2026", date(2026, 11, 23)),
        ("23.11.2026", date(2026, 11, 23)),
        ("٢٣/١١/٢٠٢٦", date(2026, 11, 23)),
        ("", None),
    ],
)
def test_dates_are_read_in_several_habits(typed: str, expected: date | None) -> None:
    read = fields(day=typed)
    assert read.day("day") == expected
    assert read.problems == {}


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("day", "2026-02-30"), ("day", "tomorrow"), ("whole", "-1"), ("whole", "1.5"),
        ("whole", "9" * 12), ("decimal", "nan"), ("decimal", "inf"), ("decimal", "many"),
        ("key", "42"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_a_problem_of_its_field(kind: str, typed: str) -> None:
    read = fields(value=typed)
    assert getattr(read, kind)("value") is None
    assert set(read.problems) == {"value"}
    with pytest.raises(Invalid) as refusal:
        read.done()
    assert set(refusal.value.fields) == {"value"}


def test_numbers_keys_and_boxes_are_read() -> None:
    key = "10bbd78d-b61a-4fcb-b8d4-99cc64ab73df"
    read = fields(age="٣١", km="3,5", key=key, box="yes", text="  a\x00b ")
    assert read.whole("age") == 31
    assert read.decimal("km") == 3.5
    assert read.key("key") == UUID(key)
    assert (read.ticked("box"), read.ticked("other")) == (True, False)
    assert read.text("text") == "ab"
    read.done()


def test_a_text_that_is_too_long_is_refused_and_choices_count_once() -> None:
    read = Fields(Form([("one", "a"), ("one", "a"), ("one", ""), ("one", "b")]))
    assert read.choices("one") == ["a", "b"]
    long = fields(text="x" * 11)
    long.text("text", longest=10)
    assert set(long.problems) == {"text"}
