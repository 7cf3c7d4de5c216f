"""Pages to sign in and out, to accept an invitation, and for one's own account."""

from typing import Any, Final

from flask import (
    Blueprint,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import gettext
from flask_login import login_user, logout_user
from werkzeug.wrappers import Response

from directory.accounts import attempts, forms, operations, queries, watches
from directory.errors import DomainError
from directory.models import User
from directory.web import clock, locale
from directory.web.identity import Identity, by_token, current_actor, public, signed_in
from directory.web.security import limiter
from directory.web.session import db

blueprint = Blueprint("accounts", __name__)

FROM_ONE_ADDRESS: Final = "30 per 15 minutes"
"""How often one network address may try a password or a link, whatever the account."""


@blueprint.get("/sign-in")
@public
def sign_in_form() -> Any:
    """Ask for address and password; somebody signed in goes on at once."""
    target = forms.safe_next(request.args.get("next"))
    if current_actor().is_signed_in:
        return redirect(target)
    return _sign_in_page(target)


@blueprint.post("/sign-in")
@public
@limiter.limit(FROM_ONE_ADDRESS)
def sign_in() -> Any:
    """Open a session, or say that address and password do not belong together.

    A wrong password is answered with status 200, because its count has to be kept.
    """
    target = forms.safe_next(request.form.get("next"))
    email, password = request.form.get("email", ""), request.form.get("password", "")
    try:
        user = operations.sign_in(db(), email=email, password=password, now=clock.now())
    except operations.WrongCredentials as error:
        return _sign_in_page(
            target, email=email, errors=forms.sentences(error, "password")
        )
    except attempts.TooManyAttempts as error:
        page = make_response(
            _sign_in_page(target, email=email, errors=forms.sentences(error, "email")),
            429,
        )
        page.headers["Retry-After"] = str(60 * error.values["minutes"])
        return page
    _open_session(user)
    return redirect(target, 303)


@blueprint.post("/sign-out")
@signed_in
def sign_out() -> Any:
    """End every session of the account and leave nothing of it in the browser."""
    operations.sign_out(db(), user=queries.get_own(db(), actor=current_actor()))
    logout_user()
    session.clear()
    response = redirect("/", 303)
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response


@blueprint.get("/invitations/<token>")
@by_token
@limiter.limit(FROM_ONE_ADDRESS)
def invitation(token: str) -> Any:
    """Let an invited person choose a password."""
    _, user = queries.invited_user(db(), token, now=clock.now())
    return _secret(_invitation_page(token, user))


@blueprint.post("/invitations/<token>")
@by_token
@limiter.limit(FROM_ONE_ADDRESS)
def accept_invitation(token: str) -> Any:
    """Set the password and sign the person in."""
    now = clock.now()
    _, user = queries.invited_user(db(), token, now=now)
    try:
        password = forms.repeated_password(request.form)
        operations.accept_invitation(db(), token=token, password=password, now=now)
    except DomainError as error:
        return _secret(
            _invitation_page(token, user, forms.sentences(error, "password")), 422
        )
    _open_session(user)
    flash(gettext("Welcome. Your password is set."), "success")
    return redirect("/", 303)


@blueprint.get("/account")
@signed_in
def me() -> Any:
    """Show one's own account."""
    return _own_page(queries.get_own(db(), actor=current_actor()))


@blueprint.post("/account")
@signed_in
def edit_me() -> Any:
    """Change one's own name and language."""
    user = queries.get_own(db(), actor=current_actor())
    chosen = request.form.get("locale") or None
    language = chosen if chosen in locale.OWN_NAMES else None
    operations.edit_profile(
        db(), user=user, name=request.form.get("name", "")[:200], locale=language
    )
    session.pop("lang", None)
    flash(gettext("Your account is saved."), "success")
    return redirect(url_for("accounts.me"), 303)


@blueprint.post("/account/password")
@signed_in
def change_password() -> Any:
    """Change one's own password; other devices are signed out.

    A wrong current password is answered with status 200, because its count has to be kept.
    """
    user = queries.get_own(db(), actor=current_actor())
    try:
        operations.change_password(
            db(),
            user=user,
            current=request.form.get("current", ""),
            password=forms.repeated_password(request.form),
            now=clock.now(),
        )
    except DomainError as error:
        return _own_page(user, forms.sentences(error, "password"))
    _open_session(user)
    flash(gettext("Your password is changed. Other devices are signed out."), "success")
    return redirect(url_for("accounts.me"), 303)


def _open_session(user: User) -> None:
    chosen_language = session.get("lang")
    session.clear()
    session.permanent = True
    if chosen_language and not user.locale:
        session["lang"] = chosen_language
    login_user(Identity(user))


def _sign_in_page(
    target: str, email: str = "", errors: dict[str, str] | None = None
) -> str:
    demonstration = queries.has_demonstration_accounts(db())
    return render_template(
        "accounts/sign_in.html",
        target=target,
        email=email,
        errors=errors,
        is_demonstration=demonstration,
    )


def _invitation_page(
    token: str, user: User, errors: dict[str, str] | None = None
) -> str:
    return render_template(
        "accounts/invitation.html", token=token, user=user, errors=errors
    )


def _own_page(user: User, errors: dict[str, str] | None = None) -> str:
    return render_template(
        "accounts/me.html",
        user=user,
        bindings=queries.bindings_of(db(), user.id),
        watched=watches.list_watched(db(), actor=current_actor()),
        own_languages=tuple(locale.OWN_NAMES.items()),
        errors=errors,
    )


def _secret(body: str, status: int = 200) -> Response:
    """A page whose address is a secret: not indexed, not told to other sites, not kept."""
    response = make_response(body, status)
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response
