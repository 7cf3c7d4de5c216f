"""Hiding small counts, and those that would give them away."""

from hypothesis import given
from hypothesis import strategies as st

from directory.small_counts import (
    suppress,
    suppress_groups,
    suppress_parts,
    suppress_table,
)

COUNTS = st.dictionaries(st.text(max_size=3), st.integers(0, 30), max_size=8)


def test_small_counts_are_hidden_and_one_more_with_a_lone_one() -> None:
    assert suppress({"a": 3, "b": 9, "c": 20}) == {"a": None, "b": None, "c": 20}


def test_two_hidden_ones_that_make_enough_hide_each_other() -> None:
    assert suppress({"a": 3, "b": 4, "c": 20}) == {"a": None, "b": None, "c": 20}


def test_two_hidden_ones_that_make_few_take_a_third() -> None:
    assert suppress({"a": 1, "b": 2, "c": 8, "d": 20}) == {
        "a": None,
        "b": None,
        "c": None,
        "d": 20,
    }


def test_nobody_is_no_secret() -> None:
    assert suppress({"a": 0, "b": 9}) == {"a": 0, "b": 9}


def test_a_lone_small_count_is_hidden_even_where_nothing_can_cover_it() -> None:
    assert suppress({"a": 2, "b": 0}) == {"a": None, "b": 0}


def test_a_part_that_leaves_a_small_rest_is_hidden() -> None:
    parts = suppress_parts({"a": 19, "b": 0, "c": 8}, {"a": 20, "b": 7, "c": 30})
    assert parts == {"a": None, "b": 0, "c": None}


@given(COUNTS)
def test_no_shown_count_is_small_and_no_hidden_one_can_be_worked_out(
    counts: dict[str, int],
) -> None:
    shown = suppress(counts)
    hidden = [counts[key] for key, count in shown.items() if count is None]
    assert all(
        count == 0 or count >= 5 for count in shown.values() if count is not None
    )
    assert all(shown[key] in {None, count} for key, count in counts.items())
    if hidden and any(shown.values()):
        assert len(hidden) > 1
        assert sum(hidden) >= 5


@given(
    st.dictionaries(
        st.text(max_size=2),
        st.fixed_dictionaries({name: st.integers(0, 12) for name in "xyz"}),
        max_size=5,
    )
)
def test_rows_and_columns_of_a_table_give_nothing_away(
    table: dict[str, dict[str, int]],
) -> None:
    shown = suppress_table(table)
    lines = [[(table[row][name], shown[row][name]) for name in "xyz"] for row in table]
    lines += [[(table[row][name], shown[row][name]) for row in table] for name in "xyz"]
    for line in lines:
        hidden = [count for count, told in line if told is None]
        assert all(told is None or told == 0 or told >= 5 for _, told in line)
        if hidden and any(told for _, told in line):
            assert len(hidden) > 1
            assert sum(hidden) >= 5


@given(
    st.dictionaries(st.integers(0, 30), st.integers(0, 15), max_size=9),
    st.integers(1, 4),
)
def test_groups_and_their_sum_give_nothing_away(
    counts: dict[int, int], number: int
) -> None:
    groups = {key: key % number for key in counts}
    shown = suppress_groups(counts, groups)
    for chosen in (*({group} for group in groups.values()), set(groups.values())):
        own = {key: count for key, count in counts.items() if groups[key] in chosen}
        hidden = [count for key, count in own.items() if shown[key] is None]
        assert all(shown[key] is None for key, count in own.items() if 0 < count < 5)
        if hidden and any(shown[key] for key in own):
            assert len(hidden) > 1
            assert sum(hidden) >= 5
