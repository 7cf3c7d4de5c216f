"""Protected listings leak nowhere: every address, read by people who may not know of them.

Two worlds are compared: one without protected listings, and one with some of each level. What a
person without training may read must be the same, byte for byte, in both.
"""

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from directory.models import User
from tests.factories import TODAY, make_service_at_location

Sign = Callable[[User], FlaskClient]
CANARY = "Qxzvyw"
LATITUDE, LONGITUDE = 3.21987, 11.43987
QUERIES = (
    "",
    "?q=Qxzvyw",
    "?q=door",
    "?term=health",
    "?term=health.primary&country=XA",
    "?lat=3.22&lon=11.44&radius_km=30&sort=distance",
    "?covers=3.22,11.44",
    "?area=XA-NW",
    "?country=XA&status=all",
    "?cost=free&sort=verified",
    "?bbox=11,3,12,4&zoom=9",
    "?lat=3.22&lon=11.44",
    "?place=North",
    "?freshness=fresh&language=fr",
)
LISTS = re.compile(
    r"^/(services|maps|organizations|areas|insights|api/v1/(map|services|suggest|areas))"
)
SKIPPED = re.compile(r"^/static/|^/admin/|^/account$|/readyz|/healthz|\.csv$")
CHANGING = re.compile(
    r'name="csrf_token" value="[^"]*"|"csrf_token": ?"[^"]*"|[?&]v=[0-9a-f]+|nonce="[^"]*"'
)


def addresses(app: Flask) -> Iterator[str]:
    """Every address that can be read and names no thing."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if (
            "GET" in (rule.methods or ())
            and not rule.arguments
            and not SKIPPED.search(rule.rule)
        ):
            yield rule.rule


def readings(client: FlaskClient, app: Flask) -> dict[str, str]:
    """What the person reads at every address, with every kind of question."""
    found: dict[str, str] = {}
    for path in addresses(app):
        for query in QUERIES if LISTS.match(path) else ("",):
            response = client.get(path + query)
            body = CHANGING.sub("", response.get_data(as_text=True))
            found[path + query] = f"{response.status_code} {body}"
    match = {
        "place": {"lat": LATITUDE, "lon": LONGITUDE},
        "needs": [{"term": "health.primary"}, {"term": "protection.gbv"}],
        "limit": 500,
    }
    found["POST match"] = client.post("/api/v1/match", json=match).get_data(
        as_text=True
    )
    for term in ("health.primary", "protection.gbv"):
        asked = {"place": {"area": "XA-N"}, "needs": [{"term": term}]}
        found[f"POST match {term}"] = client.post("/api/v1/match", json=asked).get_data(
            as_text=True
        )
    return found


def make_protected(session: Session, level: str) -> list[str]:
    """Listings of one level, full of words and numbers that must be seen nowhere."""
    has_place = level != "L3"
    created = make_service_at_location(
        session,
        organization_name=f"{CANARY} house {level}",
        service_name=f"{CANARY} door {level}",
        description=f"{CANARY} text",
        taxonomy_terms=("health.primary",) if level != "L2" else ("protection.gbv",),
        sensitivity=level,
        latitude=LATITUDE if has_place else None,
        longitude=LONGITUDE if has_place else None,
        address=f"{CANARY} street" if has_place else None,
        area_code="XA-NW",
        coverage_areas=("XA-N",),
        phone="+1 202 555 0117",
        email="qxzvyw@example.org",
        cost="free",
        languages=("fr",),
        assured_date=TODAY,
    )
    return [str(created.service_id), str(created.organization_id)]


@pytest.mark.parametrize(
    ("reader", "levels"),
    [
        ("visitor", ("L1", "L2", "L3")),
        ("authority", ("L1", "L2", "L3")),
        ("provider", ("L1", "L2", "L3")),
        ("counsellor", ("L2", "L3")),
    ],
)
def test_they_change_nothing_for_who_may_not_know_of_them(
    app: Flask,
    client: FlaskClient,
    client_of: Sign,
    session: Session,
    request: pytest.FixtureRequest,
    reader: str,
    levels: tuple[str, ...],
) -> None:
    make_service_at_location(
        session, service_name="Open door", cost="free", languages=("fr",)
    )
    session.commit()
    by = client if reader == "visitor" else client_of(request.getfixturevalue(reader))
    before = readings(by, app)
    ids = [key for level in levels for key in make_protected(session, level)]
    session.commit()
    after = readings(by, app)
    changed = [address for address, text in after.items() if text != before[address]]
    assert changed == []
    said = "\n".join(after.values())
    for secret in ("3.2198", "11.4398", "555 0117", *ids):
        assert secret not in said, secret


@pytest.mark.parametrize("level", ["L1", "L2", "L3"])
def test_their_own_addresses_are_not_found(
    app: Flask, client: FlaskClient, session: Session, level: str
) -> None:
    service_id, organization_id = make_protected(session, level)
    session.commit()
    answered = []
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()):
            continue
        for name in rule.arguments:
            key = organization_id if "organization" in name else service_id
            if len(rule.arguments) == 1 and (
                "service" in name or "organization" in name
            ):
                path = re.sub(r"<[^>]*>", key, rule.rule)
                if client.get(path).status_code == 200:
                    answered.append(path)
    assert answered == []
