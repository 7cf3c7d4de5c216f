"""Whether a place is open: in its own time, on its own week, on public holidays, or unknown."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from directory.listings import hours, local_time
from directory.listings.hours import Openness
from tests import factories
from tests.pages import Page

OFFICE = "Mo-Fr 08:00-16:00"
MONDAY_NINE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment", "country", "expected"),
    [
        (OFFICE, MONDAY_NINE, "SN", "open"),
        (OFFICE, MONDAY_NINE, "GT", "closed"),  # three in the morning
        ("Su-Th 08:00-14:00", datetime(2026, 11, 27, 8, 0, tzinfo=UTC), "IQ", "closed"),
        ("Su-Th 08:00-14:00", datetime(2026, 11, 29, 8, 0, tzinfo=UTC), "IQ", "open"),
        (OFFICE, datetime(2026, 12, 25, 9, 0, tzinfo=UTC), "SN", "unknown"),
        (f"{OFFICE}; PH off", datetime(2026, 12, 25, 9, 0, tzinfo=UTC), "SN", "closed"),
        (OFFICE, datetime(2026, 12, 25, 20, 0, tzinfo=UTC), "SN", "closed"),
        ("24/7", datetime(2026, 12, 25, 9, 0, tzinfo=UTC), "SN", "open"),
        (f"{OFFICE}; PH off", datetime(2026, 12, 25, 9, 0, tzinfo=UTC), "DE", "closed"),
        ("mornings, ask Ana", MONDAY_NINE, "SN", "unknown"),
        (None, MONDAY_NINE, "SN", "unknown"),
        (OFFICE, MONDAY_NINE, None, "unknown"),
        # Kinshasa opens at eight while Lubumbashi is an hour ahead.
        (OFFICE, datetime(2026, 11, 23, 9, 0, tzinfo=UTC), "CD", "open"),
        (OFFICE, datetime(2026, 11, 23, 6, 30, tzinfo=UTC), "CD", "unknown"),
    ],
)
def test_it_is_open_closed_or_unknown(
    text: str | None, moment: datetime, country: str | None, expected: str
) -> None:
    moments = local_time.moments(moment, country)
    assert hours.openness_of(text, moments, country) == expected


def test_a_country_of_many_zones_is_certain_where_all_of_them_agree() -> None:
    """The position leaves some zones out; those left must say the same."""
    evening = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
    assert (
        hours.openness_of(OFFICE, local_time.moments(evening, "US"), "US") == "unknown"
    )
    new_york = local_time.moments(evening, "US", -74.0)
    assert hours.openness_of(OFFICE, new_york, "US") is Openness.OPEN
    assert datetime(2026, 11, 23, 12, 0) in new_york  # noqa: DTZ001 -- local time
    kashgar = local_time.moments(evening, "CN", 76.0)
    assert datetime(2026, 11, 24, 1, 0) in local_time.moments(evening, "CN", 120.0)  # noqa: DTZ001
    assert len(kashgar) >= 1


def test_without_a_country_the_sun_tells_the_time_to_about_an_hour() -> None:
    assert local_time.moments(MONDAY_NINE, None) == ()
    near = local_time.moments(MONDAY_NINE, None, 30.0)
    assert sorted(each.hour for each in near) == [10, 11, 12]
    assert hours.openness_of(OFFICE, near) is Openness.OPEN
    assert hours.openness_of("Mo-Fr 11:30-16:00", near) is Openness.UNKNOWN


def test_a_holiday_of_the_week_is_named_with_its_usual_hours() -> None:
    week = hours.week(OFFICE, date(2026, 12, 23), "SN")
    christmas = week[2]
    assert (christmas.is_holiday, christmas.openness) == (True, Openness.UNKNOWN)
    assert christmas.spans[0].opens == "08:00"
    assert [day.is_holiday for day in week].count(True) == 1
    off = hours.week(f"{OFFICE}; PH off", date(2026, 12, 25), "SN")[0]
    assert (off.openness, off.spans) == (Openness.CLOSED, ())
    assert not any(day.is_holiday for day in hours.week(OFFICE, date(2026, 12, 23)))


def test_the_list_can_be_limited_to_what_is_open_now(
    page: Callable[..., Page], client: FlaskClient, session: Session
) -> None:
    """The tests happen at nine in the morning of Greenwich, about ten where XA lies."""
    for name, text in (
        ("Open house", "Mo-Fr 07:00-14:00"),
        ("Night shelter", "20:00-24:00"),
        ("Unclear", "ask Ana"),
        ("Without hours", None),
    ):
        factories.make_service_at_location(
            session, service_name=name, opening_hours=text, cost="free"
        )
    factories.make_service_at_location(
        session, service_name="Shut for now", opening_hours="24/7", status="temporarily closed"
    )  # fmt: skip
    session.flush()
    found = client.get("/api/v1/services?open_now=1").json
    assert found is not None
    assert [each["name"] for each in found["services"]] == ["Open house"]
    assert found["facets"]["cost"] == [{"value": "free", "count": 1}]
    shown = page("/services?open_now=1&cost=free")
    assert "Night shelter" not in shown.words
    assert "Open now" in shown.words
    assert "Night shelter" in page("/services").words
