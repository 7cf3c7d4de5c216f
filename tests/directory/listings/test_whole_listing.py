"""A listing with every field: stored, read back, changed, shown, filed, and true only while it holds."""

import re
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.listings import facts as offer_facts
from directory.listings import (
    filters,
    offer_sources,
    operations,
    rules,
    standing,
)
from directory.listings.record import FURTHER_COLUMNS, ListingRecord
from directory.models import Change, Offer, ServiceCapacity, Translation, User
from tests import factories
from tests.directory.listings.test_create_services import ADMIN, FULL, create
from tests.directory.listings.test_edit_page import form_of, read
from tests.pages import Page

Fetch = Callable[..., Page]
SignIn = Callable[[User], FlaskClient]
TODAY = factories.TODAY
WHOLE = replace(
    FULL,
    alternate_name="The blue door",
    organization_description="Runs health posts",
    help_level="individual",
    programmes=("Safe Return", "Home, again"),
    communities=("CI", "ML"),
    minimum_months_since_return=1,
    maximum_months_since_return=18,
    residence_areas=("XA-NW",),
    intake="waiting_list",
    intake_until=TODAY + timedelta(days=9),
    referral_channel="phone",
    referral_role="Nurse on duty",
    response_hours=48,
    capacity_available=4,
    capacity_maximum=10,
    capacity_unit="beds",
    capacity_updated=TODAY - timedelta(days=3),
    cost="subsidised",
    cost_amount=12.5,
    cost_currency="EUR",
    cost_waiver=True,
    alert="The bridge is closed",
    alert_until=TODAY + timedelta(days=2),
    valid_from=TODAY - timedelta(days=100),
    valid_to=TODAY + timedelta(days=100),
    funding_source="City fund",
    funding_until=TODAY + timedelta(days=90),
    interpretation_services="Arabic on Mondays",
    accreditations="Ministry of Health",
    licenses="HP-77",
    complaint_channel="Box at the gate",
    further_facts=("Dress code: none", "Waiting room: 12 seats"),
    transportation="Bus 12 to the market",
    location_type="postal",
    texts={**FULL.texts, ("alert", "fr"): "Le pont est fermé"},
)
LATER: dict[str, Any] = {
    "alternate_name": None,
    "organization_description": "Runs clinics",
    "help_level": "community",
    "programmes": ("Safe Return",),
    "minimum_months_since_return": None,
    "maximum_months_since_return": 24,
    "residence_areas": (),
    "intake": "closed",
    "intake_until": None,
    "referral_channel": "letter",
    "referral_role": None,
    "response_hours": 24,
    "capacity_maximum": 12,
    "capacity_unit": "places",
    "cost_amount": None,
    "cost_currency": None,
    "cost_waiver": False,
    "alert": None,
    "alert_until": None,
    "valid_from": None,
    "valid_to": TODAY,
    "funding_source": None,
    "funding_until": None,
    "interpretation_services": None,
    "accreditations": None,
    "licenses": "HP-78",
    "complaint_channel": None,
    "further_facts": ("Dress code: none",),
    "transportation": None,
    "location_type": None,
}


def change(session: Session, ids: Any, **changed: Any) -> None:
    record = read(session, ids)
    operations.update_services(
        session,
        actor=ADMIN,
        records={ids.service_at_location_id: replace(record, **changed)},
        now=factories.NOW,
        origin="form",
    )
    session.expire_all()


def test_every_field_is_stored_read_back_and_changed_with_a_trace(
    session: Session,
) -> None:
    ids = create(session, WHOLE)[0]
    found = read(session, ids)
    settled = replace(
        WHOLE, area_code="XA-NW", country="XA", sensitivity="L0", status="active"
    )
    for one in fields(ListingRecord):
        if one.name != "taxonomy_terms":
            assert getattr(found, one.name) == getattr(settled, one.name), one.name
    made = offer_facts.load(_offer(session, ids).facts)
    assert offer_sources.read(session, [ids.service_at_location_id])[0].facts == made
    change(session, ids, **LATER)
    found = read(session, ids)
    assert {name: getattr(found, name) for name in LATER} == LATER
    logged = session.scalars(
        select(Change.field_name).where(
            Change.resource_id == ids.service_id, Change.last_action_type == "update"
        )
    )
    # The day of the report moves with its numbers; a notice that is gone leaves its translation.
    assert set(logged) == {*LATER, "capacity_updated"}


def test_the_form_shows_and_keeps_every_field(
    page: Fetch, session: Session, client_of: SignIn, supervisor: User
) -> None:
    ids = create(session, WHOLE)[0]
    client, path = client_of(supervisor), f"/services/{ids.service_id}/edit"
    shown = page(path, by=client)
    names = {each.get("name") for each in shown.tree.iter()}
    missing = set(FURTHER_COLUMNS) - names
    assert missing == {
        "organization_description",
        "provider_type",
        "verification_method",
    }
    before = read(session, ids)
    page(path, by=client, method="POST", data=form_of(session, ids), status=303)
    assert read(session, ids) == before
    changed = form_of(
        session, ids, cost_waiver="no", programmes="A\n B  c\nA", cost_currency="xof"
    )
    page(path, by=client, method="POST", data=changed, status=303)
    found = read(session, ids)
    assert (found.cost_waiver, found.programmes, found.cost_currency) == (
        False,
        ("A", "B c"),
        "XOF",
    )


def test_the_page_says_all_of_it_in_words(page: Fetch, session: Session) -> None:
    ids = create(session, WHOLE)[0]
    words = page(f"/services/{ids.service_id}").words
    for sentence in (
        "The bridge is closed", "Also called: The blue door", "Runs health posts", "Safe Return",
        "1 to 18 months after the return", "For people who live in: North W", "Waiting list",
        "How to refer: By telephone (Nurse on duty)", "within 48 hours", "4 of 10", "(beds)",
        "€12.50", "may be let off", "City fund", "Arabic on Mondays", "Ministry of Health", "HP-77",
        "Bus 12 to the market", "Help for a person or family",
        "Box at the gate", "Waiting room", "12 seats",
    ):  # fmt: skip
        assert sentence in words, sentence
    assert "Le pont est fermé" in page(f"/services/{ids.service_id}?lang=fr").words


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"minimum_months_since_return": 20}, "maximum_months_since_return"),
        ({"valid_to": TODAY - timedelta(days=101)}, "valid_to"),
        ({"capacity_maximum": 3}, "capacity_maximum"),
        ({"cost_currency": "euro"}, "cost_currency"),
        ({"cost_amount": -1.0}, "cost_amount"),
        ({"cost": "free"}, "cost_amount"),
        ({"response_hours": 0}, "response_hours"),
        ({"intake": "maybe"}, "intake"),
        ({"further_facts": ("no colon",)}, "further_facts"),
        ({"referral_channel": "pigeon"}, "referral_channel"),
        ({"help_level": "big"}, "help_level"),
        ({"location_type": "moon"}, "location_type"),
        ({"referral_role": "x" * 301}, "referral_role"),
    ],
)
def test_it_refuses_what_cannot_be(
    session: Session, changed: dict[str, Any], field: str
) -> None:
    with pytest.raises(rules.InvalidListing) as refused:
        create(session, replace(WHOLE, **changed))
    assert field in refused.value.fields


def test_a_sealed_listing_does_not_tell_the_way(session: Session) -> None:
    sealed = replace(
        WHOLE, sensitivity="L3", latitude=None, longitude=None, address=None, landmark=None,
        coverage_radius_km=None,
    )  # fmt: skip
    with pytest.raises(rules.InvalidListing):
        create(session, sealed)
    ids = create(session, WHOLE)[0]
    bare = dict.fromkeys(
        (
            "latitude",
            "longitude",
            "address",
            "landmark",
            "transportation",
            "coverage_radius_km",
        )
    )
    change(session, ids, sensitivity="L3", **bare)
    assert read(session, ids).transportation is None
    logged = session.scalars(select(Change.previous_value)).all()
    assert not any("Bus 12" in (text or "") for text in logged)


def test_outside_of_its_dates_a_listing_is_in_no_list_and_no_match(
    page: Fetch, session: Session
) -> None:
    ids = create(session, WHOLE)[0]

    def is_listed() -> bool:
        chosen = filters.conditions(
            session, filters.Filters(), actor=ADMIN, today=TODAY
        )
        return session.scalar(select(Offer.service_id).where(*chosen)) is not None

    def status() -> str:
        return offer_facts.as_of(_offer(session, ids).facts, TODAY).status

    assert (is_listed(), status()) == (True, "active")
    change(session, ids, valid_to=TODAY - timedelta(days=1))
    assert (is_listed(), status()) == (False, "inactive")
    assert "This service ended on" in page(f"/services/{ids.service_id}").words
    change(session, ids, valid_to=None, valid_from=TODAY + timedelta(days=1))
    assert (is_listed(), status()) == (False, "inactive")
    assert "This service begins on" in page(f"/services/{ids.service_id}").words
    change(session, ids, valid_from=TODAY, valid_to=TODAY)
    assert (is_listed(), status()) == (True, "active")


def test_what_was_said_for_a_time_is_over_after_it(
    page: Fetch, session: Session
) -> None:
    past = TODAY - timedelta(days=1)
    over = replace(
        WHOLE, status="temporarily closed", status_until=past, alert_until=past, intake="closed",
        intake_until=past,
    )  # fmt: skip
    ids = create(session, over)[0]
    found = offer_facts.as_of(_offer(session, ids).facts, TODAY)
    assert (found.status, found.status_until, found.intake) == ("active", None, None)
    words = page(f"/services/{ids.service_id}").words
    assert "The bridge is closed" not in words
    assert "Call to make sure that it is open again" in words
    last_day = replace(over, alert_until=TODAY, intake_until=TODAY)
    assert standing.of(last_day, TODAY).has_alert
    assert standing.of(last_day, TODAY).intake == "closed"


def test_free_places_are_unknown_thirty_days_after_their_report(
    page: Fetch, session: Session
) -> None:
    old = TODAY - timedelta(days=31)
    ids = create(session, replace(WHOLE, capacity_updated=old))[0]
    text = _offer(session, ids).facts
    assert offer_facts.as_of(text, TODAY).capacity is None
    assert offer_facts.as_of(text, old + timedelta(days=30)).capacity == 4
    words = page(f"/services/{ids.service_id}").words
    assert "The last report is of" in words
    assert "4 of 10" not in words


def test_a_report_of_places_has_the_day_on_which_its_numbers_were_stated(
    session: Session,
) -> None:
    ids = create(session, WHOLE)[0]
    reported = WHOLE.capacity_updated
    change(session, ids, description="Other words", capacity_updated=None)
    assert read(session, ids).capacity_updated == reported
    change(session, ids, capacity_available=5)
    assert read(session, ids).capacity_updated == TODAY
    change(session, ids, capacity_updated=date(2026, 11, 1))
    assert read(session, ids).capacity_updated == date(2026, 11, 1)
    change(session, ids, capacity_available=None)
    found = read(session, ids)
    assert (found.capacity_maximum, found.capacity_unit) == (10, "beds")
    assert offer_facts.load(_offer(session, ids).facts).capacity is None
    change(session, ids, capacity_maximum=None)
    assert session.scalar(select(ServiceCapacity.id)) is None


def test_a_translation_says_how_far_it_can_be_trusted(
    page: Fetch, session: Session, client_of: SignIn, supervisor: User
) -> None:
    ids = create(session, WHOLE)[0]
    client, path = client_of(supervisor), f"/services/{ids.service_id}/edit"
    machine = form_of(
        session, ids, **{"description:fr": "Des soins", "machine:description:fr": "yes"}
    )
    page(path, by=client, method="POST", data=machine, status=303)
    assert _states(session)["description"] == "machine"
    french = page(f"/services/{ids.service_id}?lang=fr")
    # In French where the catalogue is compiled.
    assert re.search("Translated by a machine|Traduit par une machine", french.words)
    assert "Care for all" in french.words
    page(
        path,
        by=client,
        method="POST",
        data=form_of(session, ids, service_name="Clinic"),
        status=303,
    )
    assert _states(session)["name"] == "outdated"
    again = form_of(session, ids, **{"checked:service_name:fr": "yes"})
    page(path, by=client, method="POST", data=again, status=303)
    assert _states(session)["name"] == "human"
    page(path, by=client, method="POST", data=form_of(session, ids), status=303)
    assert _states(session)["description"] == "human"
    logged = session.scalars(
        select(Change.field_name).where(Change.field_name.startswith("text_state"))
    )
    assert set(logged) == {"text_state:service_name:fr", "text_state:description:fr"}


def test_the_editor_puts_original_and_translation_side_by_side(
    page: Fetch, session: Session, client_of: SignIn, supervisor: User
) -> None:
    ids = create(session, WHOLE)[0]
    change(session, ids, alert="The road is closed")
    shown = page(f"/services/{ids.service_id}/edit", by=client_of(supervisor))
    assert "1 text to look at" in shown.words
    assert re.search("The original has changed since", shown.words)


def _states(session: Session) -> dict[str, str]:
    session.expire_all()
    rows = session.execute(
        select(Translation.field, Translation.state).where(
            Translation.entity == "service", Translation.language == "fr"
        )
    )
    return {row.field: row.state for row in rows}


def _offer(session: Session, ids: Any) -> Offer:
    session.expire_all()
    return session.get_one(Offer, ids.service_at_location_id)
