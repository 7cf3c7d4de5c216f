from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from directory.models import User
from tests import factories
from tests.pages import Page

Fetch = Callable[..., Page]


def test_the_tree_is_walked_from_country_to_district(page: Fetch) -> None:
    countries = page("/areas")
    assert "Exampleland" in countries.words
    country = page("/areas/XA")
    assert "North" in country.words
    district = page("/areas/XA-NW")
    assert [link.get("href") for link in district.all("a")].count("/areas/XA-N") == 1


def test_land_without_people_is_offered_only_where_something_is_listed(
    session: Session, page: Fetch
) -> None:
    factories.make_area(session, "AQ", 0, None, "Antarctica", (-60, -80, 60, -75))
    session.commit()
    assert "Antarctica" not in page("/areas").words
    factories.make_service_at_location(session, latitude=-77.0, longitude=0.0)
    session.commit()
    assert "Antarctica" in page("/areas").words


def test_an_unknown_area_is_not_found(page: Fetch) -> None:
    page("/areas/nowhere", status=404)


def test_it_speaks_the_readers_language(page: Fetch) -> None:
    assert page("/areas?lang=ar").tree.get("dir") in {"rtl", None}
    assert page("/areas/XA?lang=fr").response.status_code == 200


def test_listings_are_counted_up_the_tree(session: Session, page: Fetch) -> None:
    factories.make_service_at_location(session, latitude=3.0, longitude=11.0)
    session.commit()
    assert "1 service" in page("/areas").words
    assert "Show 1 service" in page("/areas/XA-N").words
    assert "Show 1 service" in page("/areas/XA-NW").words
    assert "No service is listed here yet" in page("/areas/XA-S").words


def test_hidden_listings_are_counted_for_nobody_who_may_not_see_them(
    session: Session,
    page: Fetch,
    counsellor: User,
    supervisor: User,
    client_of: Callable[[User], FlaskClient],
) -> None:
    for level in ("L1", "L2"):
        factories.make_service_at_location(
            session, latitude=3.0, longitude=11.0, sensitivity=level
        )
    session.commit()
    for path in ("/areas/XA", "/areas/XA-N", "/areas/XA-NW"):
        assert "No service is listed here yet" in page(path).words
    # Staff see L1; L2 stands in no count by area, whoever asks.
    assert "Show 1 service" in page("/areas/XA-NW", by=client_of(counsellor)).words
    assert "Show 1 service" in page("/areas/XA-NW", by=client_of(supervisor)).words
