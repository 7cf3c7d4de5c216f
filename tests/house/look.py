"""The gallery of all components, as a page of the running application."""

from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from flask import Flask, Response, make_response, render_template_string
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.models import TaxonomyTerm
from directory.referrals.states import State

GALLERY = Path(__file__).with_name("gallery.html")
HOSTILE = '<script>alert("x")</script> Hôpital الأمل "d\'Espoir"'
MOMENTS = (
    datetime(2026, 11, 23, 9, 0, tzinfo=UTC),
    datetime(2026, 11, 2, 17, 30, tzinfo=UTC),
)


class Criterion(NamedTuple):
    """What the reasons row of a card reads of a match."""

    status: str
    reason: str


CRITERIA = (
    Criterion("met", "Serves Ashanti"),
    Criterion("not_met", "Asks for a national identity card"),
    Criterion("unknown", HOSTILE),
)


def categories(session: Session) -> list[tuple[str, str]]:
    """The thirteen top terms: code and English name."""
    terms = session.scalars(
        select(TaxonomyTerm)
        .where(TaxonomyTerm.parent_id.is_(None))
        .order_by(TaxonomyTerm.code)
    )
    return [(term.code, term.name) for term in terms]


def gallery(app: Flask, session: Session, language: str = "en") -> Response:
    """The gallery in ``language``, through everything a real answer goes through but the router."""
    with app.test_request_context(f"/?lang={language}"):
        app.preprocess_request()
        page = render_template_string(
            GALLERY.read_text(encoding="utf-8"),
            name=HOSTILE,
            errors={"name": "Enter a name", "age": HOSTILE, "agreed": "Tick the box"},
            categories=categories(session),
            criteria=CRITERIA,
            states=list(State),
            moments=MOMENTS,
            page_address=lambda number: f"/?page={number}",
        )
        return app.process_response(make_response(page))
