"""Who offers the same in the same area, and when the money and the agreements behind it end."""

import csv
import io
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from directory.models import Agreement, Funding, User
from tests.factories import NOW, TODAY, make_service_at_location, make_user
from tests.pages import Page

Sign = Callable[[User], FlaskClient]
Fetch = Callable[..., Page]
SOON = TODAY + timedelta(days=40)
PATH = "/insights/overlaps?country=XA"


def world(session: Session) -> dict[str, Any]:
    """Two providers of primary care in the north, one of them twice; one of housing in the south."""
    made = {
        name: make_service_at_location(
            session, organization_name=organization, service_name=name, **fields
        )
        for name, organization, fields in (
            ("Health post", "Red Door", {"funding_source": "City fund", "funding_until": SOON}),
            ("Night clinic", "Red Door", {"coverage_areas": ("XA-N",)}),
            ("Blue clinic", "Blue Hand", {"funding_until": TODAY - timedelta(days=1)}),
            ("General help", "Blue Hand", {"taxonomy_terms": ("housing",)}),
            ("Bed house", "Red Door", {"taxonomy_terms": ("housing.rental",), "latitude": 1.0,
                                       "funding_until": SOON}),
        )
    }  # fmt: skip
    agreement = {"organization_id": made["Blue clinic"].organization_id}
    session.add_all(
        (
            Agreement(**agreement, valid_to=SOON, note="Kept among staff", created_at=NOW),
            Agreement(**agreement, valid_to=TODAY + timedelta(days=500), created_at=NOW),
            Funding(organization_id=made["Bed house"].organization_id, source="Whole fund",
                    valid_to=date(SOON.year + 1, 1, 1)),
        )
    )  # fmt: skip
    session.commit()
    return made


def table(client: FlaskClient, query: str = "") -> dict[tuple[str, str], Any]:
    text = client.get(f"/insights/overlaps.csv?country=XA{query}").text
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    return {(row["area_code"], row["term"]): row for row in rows}


def test_it_names_who_offers_the_same_and_what_ends_when(
    session: Session, supervisor: User, client_of: Sign, page: Fetch
) -> None:
    by = client_of(supervisor)
    make_service_at_location(session, service_name="Alone")
    session.commit()
    assert "No kind of service is offered by two" in page(PATH, by=by).words
    assert "No end is known" in page(PATH, by=by).words
    made = world(session)
    shown = page(PATH, by=by)
    for sentence in ("In 1 pair of area and kind", "Funding by City fund", "January 2027",
                     "Blue clinic · General help", "to October 2027"):  # fmt: skip
        assert sentence in shown.words, sentence
    for absent in ("Whole fund", "Kept among staff", "November 2026"):
        assert absent not in shown.words, absent
    for name in ("Health post", "Night clinic", "Blue clinic"):
        assert f'/services/{made[name].service_id}"><bdi>{name}' in shown.text, name
    rows = table(by)
    assert set(rows) == {("XA-N", "health.primary")}
    row = rows["XA-N", "health.primary"]
    assert (row["services"], row["providers"]) == ("4", "2")
    assert row["provider_names"] == "Blue Hand; Red Door"
    assert row["service_names"] == "Blue clinic; Alone; Health post; Night clinic"
    south = page(f"{PATH}&area=XA-S", by=by).words
    assert "No kind of service is offered by two" in south
    assert "Bed house" in south
    assert "City fund" not in south
    assert table(by, "&area=XA-S") == {}
    assert by.get(f"{PATH}&area=XA-NW").status_code == 404
    link = 'href="/insights/overlaps?country=XA"'
    assert link in page("/insights/gaps?country=XA", by=by).text


def test_an_authority_sees_its_own_area_and_no_agreement(
    session: Session,
    authority: User,
    counsellor: User,
    client_of: Sign,
    page: Fetch,
    client: FlaskClient,
) -> None:
    world(session)
    by = client_of(authority)
    shown = page("/insights/overlaps", by=by).words
    assert "City fund" in shown
    assert "Agreement" not in shown
    assert "Bed house" not in shown
    assert "South" not in shown
    assert by.get(f"{PATH}&area=XA-S").status_code == 404
    other = client_of(
        make_user(
            session, role="authority", email="south@example.org", area_code="XA-S"
        )
    )
    shown = page("/insights/overlaps", by=other).words
    assert "Bed house" in shown
    assert "Blue clinic" not in shown
    for path in (PATH, "/insights/overlaps.csv"):
        assert client_of(counsellor).get(path).status_code == 403
        answer = client.get(path)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/sign-in")


def test_listings_that_the_reader_may_not_know_of_change_nothing(
    session: Session, authority: User, client_of: Sign
) -> None:
    world(session)
    trained = make_user(session, role="supervisor", can_see_restricted=True)
    readers = [client_of(trained), client_of(authority)]
    paths = (PATH, "/insights/overlaps.csv?country=XA")

    def answers(by: FlaskClient) -> list[str]:
        # The token of the form that signs out tells the second.
        return [
            re.sub(r'csrf_token" value="[^"]*', "", by.get(path).text) for path in paths
        ]

    before = [answers(by) for by in readers]
    for level in ("L2", "L3"):
        for organization in ("Quiet House", "Red Door"):
            make_service_at_location(
                session, organization_name=organization, service_name=f"Hidden {level}",
                sensitivity=level, area_code="XA-N", latitude=None, longitude=None,
                taxonomy_terms=("housing.rental", "health.primary"),
                funding_source="Quiet fund", funding_until=SOON,
            )  # fmt: skip
    session.commit()
    assert [answers(by) for by in readers] == before
    for organization in ("Quiet House", "Other Staff House"):
        make_service_at_location(
            session, organization_name=organization, service_name="Staff only",
            sensitivity="L1", funding_until=SOON,
        )  # fmt: skip
    session.commit()
    assert "Staff only" in answers(readers[0])[0]
    assert answers(readers[1]) == before[1]
