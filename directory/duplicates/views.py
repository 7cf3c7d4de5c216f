"""The queue of listings that may be one: compare, merge, keep apart, take a merge back."""

import uuid
from collections.abc import Sequence
from typing import Any, Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import event
from werkzeug.wrappers import Response

from directory.duplicates import forms, merges, merging, operations, queries, tasks
from directory.duplicates.queries import Shown
from directory.errors import DomainError, NotFound
from directory.listings import labels
from directory.models import Role
from directory.web import clock, errors
from directory.web.identity import current_actor, roles
from directory.web.pagination import Page, page_number, page_url
from directory.web.session import db

blueprint = Blueprint("duplicates", __name__, url_prefix="/duplicates")
editors = roles(Role.ADMIN, Role.SUPERVISOR, Role.AUTHORITY, Role.PROVIDER)
PAGE_SIZE: Final = 20


@blueprint.get("")
@editors
def index() -> str:
    """List the pairs that wait, the likest first, and the merges that can be taken back."""
    pairs = queries.open_pairs(db(), actor=current_actor())
    number = page_number()
    start = (number - 1) * PAGE_SIZE
    shown = queries.with_sides(db(), pairs[start : start + PAGE_SIZE])
    now = clock.now()
    return render_template(
        "duplicates/index.html",
        page=Page(shown, len(pairs), number, PAGE_SIZE),
        page_url=page_url,
        reasons=forms.reasons,
        compared=tasks.last_compared(),
        may_compare=current_actor().role in {Role.ADMIN, Role.SUPERVISOR},
        merges=[
            (done, service, merges.is_undoable(done, service.version, now))
            for done, service in queries.list_merges(
                db(), actor=current_actor(), now=now
            )
        ],
    )


@blueprint.post("/search")
@roles(Role.ADMIN, Role.SUPERVISOR)
def search() -> Response:
    """Compare all listings in the background, once this request's transaction is kept."""
    event.listen(db(), "after_commit", lambda _session: tasks.search_all(), once=True)
    flash(
        gettext(
            "The listings are being compared. What looks like one appears here in a few minutes."
        ),
        "success",
    )
    return redirect(url_for("duplicates.index"), 303)


@blueprint.get("/<uuid:pair_id>")
@editors
def show(pair_id: uuid.UUID) -> str:
    """Show both listings of a pair side by side, with what differs to choose from."""
    return _page(_shown(pair_id), {})


@blueprint.post("/<uuid:pair_id>/merge")
@editors
def merge(pair_id: uuid.UUID) -> Any:
    """Make one listing of the two, with the chosen values."""
    try:
        with db().begin_nested():  # what is refused half-way leaves nothing behind
            done = merges.merge(
                db(),
                actor=current_actor(),
                pair_id=pair_id,
                decision=forms.decision_of(request.form),
                now=clock.now(),
            )
    except NotFound:
        raise
    except DomainError as error:
        problems = dict(forms.problems(error))
        return _page(_shown(pair_id), problems), errors.status_of(error)
    flash(
        gettext("The two listings are one now. You can take this back for 30 days."),
        "success",
    )
    return redirect(url_for("listings.show", service_id=done.kept_id), 303)


@blueprint.post("/<uuid:pair_id>/apart")
@editors
def keep_apart(pair_id: uuid.UUID) -> Any:
    """Remember that the two are not the same."""
    operations.keep_apart(db(), actor=current_actor(), pair_id=pair_id, now=clock.now())
    flash(gettext("The two stay as they are and are not asked about again."), "success")
    return redirect(url_for("duplicates.index"), 303)


@blueprint.post("/merges/<uuid:merge_id>/undo")
@editors
def undo(merge_id: uuid.UUID) -> Any:
    """Take a merge back."""
    merges.undo(db(), actor=current_actor(), merge_id=merge_id, now=clock.now())
    flash(gettext("The two listings are as they were before."), "success")
    return redirect(url_for("duplicates.index"), 303)


@blueprint.app_errorhandler(NotFound)
def lead_on(error: NotFound) -> Response:
    """Lead from the address of a listing that was merged, or of its organization, to what is there now."""
    values = request.view_args or {}
    for name, instead in (
        ("service_id", queries.kept_instead),
        ("organization_id", queries.organization_instead),
    ):
        gone = values.get(name)
        if isinstance(gone, uuid.UUID) and request.method in {"GET", "HEAD"}:
            kept = instead(db(), gone, actor=current_actor())
            if kept is not None and request.endpoint:
                return redirect(
                    url_for(request.endpoint, **{**values, name: kept}), 308
                )
    return errors.answer(error)


def _shown(pair_id: uuid.UUID) -> Shown:
    pair = queries.get_pair(db(), pair_id, actor=current_actor())
    found: Sequence[Shown] = queries.with_sides(db(), [pair])
    if not found:
        raise NotFound
    return found[0]


def _page(shown: Shown, problems: dict[str, str]) -> str:
    first, second = shown.first.record, shown.second.record
    keeps_first = forms.keeps_first(request.form, first, second)
    return render_template(
        "duplicates/pair.html",
        shown=shown,
        keeps_first=keeps_first,
        differences=merging.compare(first, second, keeps_first=keeps_first),
        chosen=request.form,
        names=forms.NAMES,
        labels=labels,
        reasons=forms.reasons,
        errors=problems,
    )
