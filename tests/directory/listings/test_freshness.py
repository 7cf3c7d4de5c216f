"""The bands of freshness and their edges."""

from datetime import date, timedelta

import pytest

from directory.listings.freshness import Band, freshness

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (0, "fresh"),
        (120, "fresh"),
        (121, "due"),
        (240, "due"),
        (241, "stale"),
        (-5, "fresh"),
    ],
)
def test_beyond_the_interval_it_is_due_and_beyond_twice_out_of_date(
    age: int, expected: str
) -> None:
    found = freshness(
        assured_date=TODAY - timedelta(days=age), review_days=120, today=TODAY
    )
    assert found.band == expected


def test_never_verified_is_unknown_not_stale() -> None:
    assert (
        freshness(assured_date=None, review_days=60, today=TODAY).band is Band.UNKNOWN
    )


def test_a_soft_confirmation_extends_by_a_third_once() -> None:
    verified = TODAY - timedelta(days=150)
    soft = freshness(
        assured_date=verified,
        review_days=120,
        today=TODAY,
        confirmed_on=TODAY - timedelta(days=10),
    )
    assert soft.band is Band.FRESH
    assert soft.due_date == verified + timedelta(days=160)


def test_a_soft_confirmation_before_the_verification_adds_nothing() -> None:
    verified = TODAY - timedelta(days=121)
    found = freshness(
        assured_date=verified,
        review_days=120,
        today=TODAY,
        confirmed_on=verified - timedelta(days=1),
    )
    assert found.band is Band.DUE
