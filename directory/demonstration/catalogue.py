"""Invented programmes and agreements, so that the catalogue and its comparison are not empty."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from directory.authz import Actor
from directory.demonstration.details import PROGRAMME
from directory.listings import agreements, programmes
from directory.listings.record import CreatedIds, ListingRecord
from directory.models import Organization, Program


def add(
    session: Session,
    *,
    actor: Actor,
    listings: Sequence[tuple[ListingRecord, CreatedIds]],
    now: datetime,
) -> list[Program]:
    """Write two programmes and one agreement of the first organizations down."""
    owners = list(dict.fromkeys(ids.organization_id for _, ids in listings))[:2]
    first, second = (session.get_one(Organization, key) for key in owners)
    made = [
        programmes.create(
            session, actor=actor, organization=owner, values=values, now=now
        )
        for owner, values in ((first, _grant(now)), (second, _training(now)))
    ]
    agreements.create(
        session,
        actor=actor,
        organization=first,
        values={
            "has_memorandum": True,
            "signed_on": now.date() - timedelta(days=200),
            "valid_to": now.date() + timedelta(days=165),
            "referral_channel": "phone",
            "has_data_sharing_clause": True,
            "note": "Invented for the demonstration.",
        },
        now=now,
    )
    return made


def _grant(now: datetime) -> dict[str, Any]:
    return {
        "name": PROGRAMME,
        "gives": "A grant in goods to begin a small business, with advice for a year",
        "for_whom": "Adults who returned with assistance",
        "amount": 1500.0,
        "currency": "EUR",
        "apply_within_days": 90,
        "host_countries": ("DE", "LY"),
        "countries": ("SN", "IQ"),
        "source": "Invented leaflet",
        "source_date": now.date() - timedelta(days=50),
        "valid_to": now.date() + timedelta(days=400),
    }


def _training(now: datetime) -> dict[str, Any]:
    return {
        "name": "Skills for Home",
        "gives": "A course of three months in a trade, with tools at its end",
        "for_whom": "Young people who return, and their neighbours",
        "apply_within_days": 180,
        "countries": ("GT", "SN"),
        "source": "Invented leaflet",
        "source_date": now.date() - timedelta(days=20),
    }
