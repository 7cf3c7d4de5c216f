"""The page behind "is this still right?": one answer, without an account."""

from collections.abc import Mapping
from typing import Final

from flask import Blueprint, Response, make_response, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from directory.authz import Actor
from directory.errors import Conflict, Invalid
from directory.listings import queries
from directory.models import User
from directory.taxonomy import codes
from directory.upkeep import links
from directory.upkeep.links import Asked, LinkEnded
from directory.web import clock
from directory.web.fields import sentences
from directory.web.identity import actor_of, by_token
from directory.web.locale import current_language
from directory.web.security import limiter
from directory.web.session import db

blueprint = Blueprint("confirming", __name__)
FROM_ONE_ADDRESS: Final = "60 per 10 minutes"


@blueprint.get("/v/<token>")
@by_token
@limiter.limit(FROM_ONE_ADDRESS)
def ask(token: str) -> Response:
    """Show what is asked about; opening the link changes nothing."""
    return _page(links.open_link(db(), token, now=clock.now()), token, {})


@blueprint.post("/v/<token>")
@by_token
@limiter.limit(FROM_ONE_ADDRESS)
def answer(token: str) -> Response:
    """Take the answer; the page says what became of it."""
    asked = links.open_link(db(), token, now=clock.now())
    try:
        links.answer(
            db(),
            asked=asked,
            actor=_actor(asked),
            said=request.form.get("answer", ""),
            text=request.form.get("text", ""),
            language=current_language(),
            now=clock.now(),
        )
    except (Invalid, Conflict) as error:
        status = 409 if isinstance(error, Conflict) else 422
        return _page(asked, token, sentences(error), status)
    return _page(asked, token, {})


def _actor(asked: Asked) -> Actor | None:
    """The account that was asked; one that may not sign in any more ends the link."""
    if asked.link.user_id is None:
        return None
    user = (
        db()
        .scalars(
            select(User)
            .where(User.id == asked.link.user_id, User.is_active.is_(True))
            .options(selectinload(User.memberships))
        )
        .one_or_none()
    )
    if user is None:
        raise LinkEnded
    return actor_of(user)


def _page(
    asked: Asked, token: str, errors: Mapping[str, str], status: int = 200
) -> Response:
    """What we say of the listing, and the answers; nothing of it is kept by anybody."""
    reader = _actor(asked) or links.provider_of(asked.service)
    listing = queries.get_listing(
        db(), asked.service.id, actor=reader, language=current_language()
    )
    page = render_template(
        "upkeep/confirm.html",
        asked=asked,
        listing=listing,
        record=listing.first,
        address=f"/v/{token}",
        form=request.form,
        errors=errors,
        codes=codes,
    )
    response = make_response(page, status)
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response
