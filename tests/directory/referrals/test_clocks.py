"""The answer clocks follow the urgency and the working week of the provider's country."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest

from directory.referrals import clocks
from directory.referrals.states import State
from directory.taxonomy.codes import Urgency

THURSDAY = datetime(2026, 11, 26, 15, 0, tzinfo=UTC)


@dataclass
class Stub:
    state: str = State.SENT
    acknowledge_due_at: datetime | None = None
    service_due_at: datetime | None = None
    expected_on: date | None = None


@pytest.mark.parametrize(
    ("urgency", "hours"), [(Urgency.EMERGENCY, 4), (Urgency.HIGH, 24)]
)
def test_hours_run_through_night_and_weekend(urgency: Urgency, hours: int) -> None:
    due = clocks.acknowledge_due(urgency, sent_at=THURSDAY, country="IQ")
    assert due == THURSDAY + timedelta(hours=hours)


@pytest.mark.parametrize(
    ("country", "expected"),
    [
        ("SN", datetime(2026, 12, 1, 15, 0, tzinfo=UTC)),  # Fri, Mon, Tue
        ("IQ", datetime(2026, 12, 1, 15, 0, tzinfo=UTC)),  # Sun, Mon, Tue
        ("DZ", datetime(2026, 12, 1, 15, 0, tzinfo=UTC)),
        (None, datetime(2026, 12, 1, 15, 0, tzinfo=UTC)),
    ],
)
def test_three_working_days_skip_the_weekend(
    country: str | None, expected: datetime
) -> None:
    due = clocks.acknowledge_due(Urgency.MEDIUM, sent_at=THURSDAY, country=country)
    assert due == expected


def test_the_weekend_is_that_of_the_country() -> None:
    friday = THURSDAY + timedelta(days=1)
    limit = clocks.Limit(working_days=1)
    assert clocks.due(limit, start=THURSDAY, country="SN") == friday
    assert clocks.due(limit, start=THURSDAY, country="IQ") == THURSDAY + timedelta(
        days=3
    )
    assert clocks.weekend("EG") == {4, 5}
    assert clocks.weekend("GT") == {5, 6}
    assert clocks.weekend("not a country") == {5, 6}


def test_the_service_clock_waits_for_the_arrival() -> None:
    arrival = date(2026, 12, 20)
    due = clocks.service_due(
        Urgency.HIGH, sent_at=THURSDAY, arrival=arrival, country="SN"
    )
    assert due == datetime(2026, 12, 23, 0, 0, tzinfo=UTC)
    past = clocks.service_due(
        Urgency.HIGH, sent_at=THURSDAY, arrival=date(2026, 1, 1), country="SN"
    )
    assert past == THURSDAY + timedelta(hours=72)


def test_a_sent_referral_past_its_limit_reads_as_without_answer() -> None:
    referral = Stub(acknowledge_due_at=THURSDAY)
    assert clocks.state_now(referral, now=THURSDAY) is State.SENT
    late = THURSDAY + timedelta(minutes=1)
    assert clocks.state_now(referral, now=late) is State.NO_RESPONSE
    assert clocks.is_overdue(referral, now=late)


def test_lateness_after_acceptance_is_a_flag_and_not_a_state() -> None:
    referral = Stub(state=State.ACCEPTED, service_due_at=THURSDAY)
    late = THURSDAY + timedelta(days=1)
    assert clocks.state_now(referral, now=late) is State.ACCEPTED
    assert clocks.is_overdue(referral, now=late)
    assert not clocks.is_overdue(Stub(state=State.VERIFIED), now=late)


def test_a_waiting_list_is_late_after_the_day_that_was_promised() -> None:
    referral = Stub(state=State.WAITLISTED, expected_on=date(2026, 12, 1))
    assert not clocks.is_overdue(referral, now=datetime(2026, 12, 1, 12, tzinfo=UTC))
    assert clocks.is_overdue(referral, now=datetime(2026, 12, 2, 0, 1, tzinfo=UTC))
