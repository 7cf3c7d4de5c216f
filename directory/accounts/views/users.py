"""Pages for all accounts: the administrator lists, adds, binds and closes them."""

import uuid
from datetime import datetime
from typing import Any

from flask import (
    Blueprint,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext

from directory.accounts import forms, operations, queries
from directory.errors import DomainError
from directory.models import Role, User
from directory.web import addresses, clock
from directory.web.api import translated
from directory.web.identity import current_actor, roles
from directory.web.session import db
from directory.web.templating import ROLE_NAMES

blueprint = Blueprint("users", __name__)


@blueprint.get("/admin/users")
@roles(Role.ADMIN)
def list_users() -> Any:
    """List the accounts."""
    text = request.args.get("q", "")[:200]
    users = queries.list_users(db(), actor=current_actor(), text=text)
    return render_template(
        "accounts/users.html", users=users, q=text, role_names=ROLE_NAMES
    )


@blueprint.route("/admin/users/new", methods=["GET", "POST"])
@roles(Role.ADMIN)
def create_user() -> Any:
    """Add an account and show the link that its person needs, once."""
    if request.method == "GET":
        return render_template("accounts/new_user.html", roles=_role_options(), form={})
    actor, now = current_actor(), clock.now()
    try:
        access = forms.access_of(db(), request.form)
        newcomer = operations.Newcomer(
            email=request.form.get("email", ""),
            name=request.form.get("name", "")[:200],
            role=access.role,
        )
        user = operations.create_user(db(), actor=actor, newcomer=newcomer, now=now)
        operations.edit_access(db(), actor=actor, user=user, access=access, now=now)
    except DomainError as error:
        page = render_template(
            "accounts/new_user.html",
            roles=_role_options(),
            form=request.form,
            errors=forms.sentences(error, "email"),
        )
        return page, 422
    return _invited_page(user, now)


@blueprint.get("/admin/users/<uuid:user_id>")
@roles(Role.ADMIN)
def show_user(user_id: uuid.UUID) -> Any:
    """Show one account and what it may do."""
    return _user_page(queries.get_user(db(), user_id, actor=current_actor()))


@blueprint.post("/admin/users/<uuid:user_id>")
@roles(Role.ADMIN)
def edit_user(user_id: uuid.UUID) -> Any:
    """Change what an account may do, or close it."""
    user = queries.get_user(db(), user_id, actor=current_actor())
    try:
        access = forms.access_of(db(), request.form)
        operations.edit_access(
            db(), actor=current_actor(), user=user, access=access, now=clock.now()
        )
    except DomainError as error:
        return _user_page(user, forms.sentences(error, "role"), request.form), 422
    flash(gettext("The account is saved."), "success")
    return redirect(url_for("users.show_user", user_id=user.id), 303)


@blueprint.post("/admin/users/<uuid:user_id>/invitation")
@roles(Role.ADMIN)
def invite(user_id: uuid.UUID) -> Any:
    """Make a new one-time link for an account, for instance after a lost password."""
    user = queries.get_user(db(), user_id, actor=current_actor())
    return _invited_page(user, clock.now())


def _invited_page(user: User, now: datetime) -> str:
    token = operations.invite(db(), actor=current_actor(), user=user, now=now)
    link = f"{addresses.opened_at()}{url_for('accounts.invitation', token=token)}"
    return render_template(
        "accounts/invited.html",
        user=user,
        link=link,
        until=now + operations.INVITATION_LASTS,
    )


def _user_page(
    user: User, errors: dict[str, str] | None = None, form: Any = None
) -> str:
    return render_template(
        "accounts/user.html",
        user=user,
        roles=_role_options(),
        bindings=queries.bindings_of(db(), user.id),
        form=form,
        errors=errors,
    )


def _role_options() -> list[tuple[str, str]]:
    return [(role.value, translated(ROLE_NAMES[role])) for role in forms.ROLES]
