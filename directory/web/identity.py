"""The actor of this request, and the guards that say who may call a view.

Every route carries exactly one guard directly under its route decorator: ``public``, ``signed_in``,
``roles(…)`` or ``by_token`` (the secret in the address is the key). A test walks the URL map.
"""

import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast
from urllib.parse import urlencode

from flask import Flask, g, redirect, request
from flask_login import LoginManager, UserMixin, current_user
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from directory.authz import VISITOR, Actor, NotYours
from directory.errors import DomainError
from directory.models import Role, User
from directory.text import N_
from directory.web.session import db

View = TypeVar("View", bound=Callable[..., Any])


class SignInNeeded(DomainError):
    """The page needs an account."""

    code = "sign_in_needed"
    message = N_("Please sign in to see this page.")


class Identity(UserMixin):  # type: ignore[misc]  # Flask-Login has no types
    """What Flask-Login keeps in the cookie: the account's session key, not its id."""

    def __init__(self, user: User) -> None:
        self.user = user

    def get_id(self) -> str:
        """The key that sign-out replaces, which ends every session of the account."""
        return self.user.session_key


def install(app: Flask) -> None:
    """Let Flask-Login find the account of each request."""
    manager = LoginManager()
    manager.init_app(app)
    manager.session_protection = None

    def load(session_key: str) -> Identity | None:
        user = db().scalar(
            select(User)
            .where(User.session_key == session_key, User.is_active.is_(True))
            .options(selectinload(User.memberships))
        )
        return Identity(user) if user else None

    manager.user_loader(load)

    @app.before_request
    def identify() -> None:
        g.pop("actor", None)
        if request.endpoint != "static":
            current_actor()


def current_actor() -> Actor:
    """The actor of this request; a visitor when signed out."""
    if "actor" not in g:
        user = getattr(current_user, "user", None)
        g.actor = actor_of(user) if user is not None else VISITOR
    return cast("Actor", g.actor)


def actor_of(user: User) -> Actor:
    """The actor behind an account whose memberships are loaded."""
    return Actor(
        role=Role(user.role),
        user_id=user.id,
        name=user.name,
        email=user.email,
        organization_ids=frozenset(
            m.organization_id for m in user.memberships if m.organization_id is not None
        ),
        area_ids=frozenset(
            m.area_id for m in user.memberships if m.area_id is not None
        ),
        can_see_restricted=user.can_see_restricted,
        locale=user.locale,
    )


def public(view: View) -> View:
    """Anyone may call this view."""
    view.access = "public"  # type: ignore[attr-defined]  # read by the house test
    return view


def by_token(view: View) -> View:
    """Whoever holds the secret in the address may call this view; the view checks it."""
    view.access = "token"  # type: ignore[attr-defined]  # read by the house test
    return view


def signed_in(view: View) -> View:
    """Any account may call this view."""
    return _guarded(view, frozenset(set(Role) - {Role.VISITOR}))


def roles(*allowed: Role) -> Callable[[View], View]:
    """Only accounts with one of these roles may call this view."""
    return lambda view: _guarded(view, frozenset(allowed))


def _guarded(view: View, allowed: frozenset[Role]) -> View:
    @functools.wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        actor = current_actor()
        if not actor.is_signed_in:
            if request.path.startswith(("/api/", "/hsds/", "/ogc/")):
                raise SignInNeeded
            # What was posted cannot be carried through sign-in, so come back to the page itself.
            target = (
                request.full_path.rstrip("?")
                if request.method == "GET"
                else request.path
            )
            return redirect(f"/sign-in?{urlencode({'next': target})}")
        if actor.role not in allowed:
            raise NotYours
        return view(*args, **kwargs)

    guarded.access = allowed  # type: ignore[attr-defined]  # read by the house test
    return cast("View", guarded)
