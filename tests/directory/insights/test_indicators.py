"""The indicators, each by its definition."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from directory.insights import indicators
from directory.insights.indicators import Share
from directory.referrals.outcomes import Outcome
from directory.referrals.states import State
from tests.factories import NOW

SENT = NOW - timedelta(days=10)
ONE = Outcome(
    state=State.SENT,
    urgency="medium",
    category="health",
    area_id=None,
    sent_at=SENT,
    acknowledge_due_at=SENT + timedelta(days=3),
    acknowledged_at=None,
    decided_at=None,
    first_service_at=None,
    completed_at=None,
    confirmed_at=None,
    was_accepted=False,
    was_disputed=False,
    reason=None,
)


def after(hours: float) -> Any:
    return SENT + timedelta(hours=hours)


def total(*found: Outcome, name: str) -> Share:
    share = getattr(indicators.totals(found, now=NOW, below=1), name)
    assert isinstance(share, Share)
    return share


@pytest.mark.parametrize(
    ("changes", "name", "counted"),
    [
        ({"acknowledged_at": after(71)}, "answered_in_time", True),
        ({"acknowledged_at": after(73)}, "answered_in_time", False),
        ({"decided_at": after(5)}, "answered_in_time", True),
        ({}, "answered_in_time", False),
        ({}, "without_answer", True),
        ({"state": State.NO_RESPONSE}, "without_answer", True),
        ({"acknowledge_due_at": NOW + timedelta(hours=1)}, "without_answer", False),
        ({"acknowledged_at": after(99)}, "without_answer", False),
        ({"state": State.WITHDRAWN}, "without_answer", False),
        ({"was_accepted": True, "state": State.DECLINED}, "accepted", True),
        ({"state": State.DECLINED}, "not_accepted", True),
        ({"completed_at": after(200), "state": State.DISPUTED}, "completed", True),
        ({"completed_at": after(9), "state": State.VERIFIED}, "confirmed", True),
        ({"completed_at": after(9), "was_disputed": True}, "disputed", True),
        ({"state": State.LOST_TO_FOLLOW_UP}, "still_open", False),
        ({"state": State.DISPUTED}, "still_open", True),
    ],
)
def test_each_referral_counts_where_its_definition_says(
    changes: dict[str, Any], name: str, counted: bool
) -> None:
    one = replace(ONE, **changes)
    assert total(one, name=name).count == int(counted)


def test_shares_name_what_they_are_shares_of() -> None:
    done = replace(ONE, completed_at=after(9), state=State.COMPLETED)
    confirmed = replace(done, state=State.VERIFIED)
    found = [ONE, ONE, done, confirmed]
    assert total(*found, name="completed") == Share(2, 4)
    assert total(*found, name="confirmed") == Share(1, 2)
    assert total(*found, name="confirmed").percent == 50


def test_a_share_of_nothing_is_none_and_not_zero_percent() -> None:
    assert total(ONE, name="confirmed").percent is None


def test_small_groups_are_hidden_with_all_their_shares() -> None:
    groups = {"a": [ONE] * 9, "b": [ONE] * 3, "c": [ONE] * 20}
    found = [
        replace(one, category=name) for name, ones in groups.items() for one in ones
    ]
    by = indicators.by(found, key=lambda one: one.category, now=NOW, below=5)
    assert by["b"].sent is None
    assert by["b"].without_answer == Share(None, None)
    # The total is known, so the next smallest is hidden with it.
    assert by["a"].sent is None
    assert by["c"].sent == 20


def test_waits_are_the_middle_and_nine_of_ten() -> None:
    found = [replace(ONE, acknowledged_at=after(hours)) for hours in range(1, 11)]
    wait = indicators.waits(found)["medium"]["answer"]
    assert (wait.number, wait.median, wait.ninth_decile) == (10, 5.5, 9.0)
    assert "decision" not in indicators.waits(found)["medium"]


def test_a_wait_of_few_people_is_not_told() -> None:
    assert indicators.waits([replace(ONE, acknowledged_at=after(1))] * 4) == {}
