"""Pages of imports: upload, columns, preview, carrying out, taking back."""

import uuid
from collections.abc import Callable
from typing import Any, cast

from flask import (
    Blueprint,
    Response,
    current_app,
    redirect,
    render_template,
    request,
    url_for,
)
from sqlalchemy import event

from directory.config import Config
from directory.duplicates import tasks as duplicates
from directory.errors import Invalid
from directory.listings.record import FILE_COLUMNS
from directory.models import ImportRun, Role
from directory.web import clock
from directory.web.api import translated
from directory.web.identity import current_actor, roles
from directory.web.locale import current_language
from directory.web.pagination import Page, page_number
from directory.web.session import db
from importers import apply as applying
from importers import (
    choices,
    forms,
    left_out,
    operations,
    preview,
    queries,
    row_filters,
    sync,
    tasks,
    uploads,
)

blueprint = Blueprint("importers", __name__)
_PER_PAGE = 50
_LOOK_AGAIN_SECONDS = 2


@blueprint.get("/imports")
@roles(Role.ADMIN, Role.SUPERVISOR)
def index() -> Any:
    """List the imports, and offer to begin another."""
    return _index_page()


@blueprint.post("/imports")
@roles(Role.ADMIN, Role.SUPERVISOR)
def upload() -> Any:
    """Take a file, and read it in the background."""
    config, actor = _config(), current_actor()
    try:
        given = forms.upload_of(
            request.form, request.files.get("file"), language=config.default_locale,
            max_bytes=config.max_upload_mb * 1024 * 1024,
        )  # fmt: skip
    except Invalid as error:
        sentence = f"{translated(error.message, error.values)} {translated(error.remedy)}".strip()
        return _index_page({"file": sentence}), 422
    options = choices.with_mapping(db(), given.options, request.form.get("mapping"))
    run = operations.start_run(
        db(),
        actor=actor,
        options=options,
        checksum=tasks.checksum_of(given.data),
        now=clock.now(),
    )
    uploads.keep(config, run.id, given.data)
    _after_commit(lambda: tasks.plan_run(str(run.id)))
    return redirect(url_for("importers.show", run_id=run.id), 303)


@blueprint.get("/imports/template.csv")
@roles(Role.ADMIN, Role.SUPERVISOR)
def template() -> Response:
    """Offer an empty listing file with all its columns."""
    body = "\ufeff" + ",".join(FILE_COLUMNS) + "\r\n"
    response = Response(body, mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="listings.csv"'
    return response


@blueprint.get("/imports/<uuid:run_id>")
@roles(Role.ADMIN, Role.SUPERVISOR)
def show(run_id: uuid.UUID) -> Any:
    """Show how far an import is, what it would do, or what it did."""
    actor = current_actor()
    run = queries.get_run(db(), run_id, actor)
    if run.state in {"reading", "applying", "undoing"}:
        return _progress_page(run)
    wanted = row_filters.wanted(run, request.args)
    number = page_number()
    of_file, of_file_total = queries.file_issues(db(), run, wanted.code)
    rows, total = queries.list_rows(
        db(), run, wanted, actor=actor, offset=(number - 1) * _PER_PAGE, limit=_PER_PAGE
    )
    page = Page([preview.shown(row) for row in rows], total, number, _PER_PAGE)
    return render_template(
        "importers/run.html",
        run=run,
        page=page,
        wanted=wanted,
        counts=run.counts or {},
        missing=sync.count_missing(db(), run, actor),
        unseen=queries.count_unseen(db(), run, actor),
        alike=left_out.count(db(), run, left_out.MADE),
        alike_left_out=left_out.count(db(), run, left_out.LEFT_OUT),
        file_issues=[preview.issue(one) for one in of_file],
        further_issues=of_file_total - len(of_file),
        refusal=preview.sentences(run.refusal),
        failure=preview.sentences(run.failure),
        can_choose_columns=uploads.is_kept(_config(), run.id),
        is_mine=run.created_by == actor.user_id,
        was_applied=queries.applied_by_another(db(), run.checksum, run.id),
        link=row_filters.link(run, wanted),
        page_link=lambda number: f"{row_filters.link(run, wanted)(page=number)}#rows",
        **preview.words(),
    )


@blueprint.route("/imports/<uuid:run_id>/columns", methods=["GET", "POST"])
@roles(Role.ADMIN, Role.SUPERVISOR)
def columns(run_id: uuid.UUID) -> Any:
    """Say which column is which, and which word is which category; then read the file again."""
    actor = current_actor()
    run = queries.get_run(db(), run_id, actor)
    data = uploads.read(_config(), run.id)
    if data is None or run.state not in {"planned", "refused", "failed"}:
        raise tasks.UploadGone
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            chosen = forms.columns_of(request.form)
        except Invalid as error:
            errors = {
                name: translated(message) for name, message in error.fields.items()
            }
        else:
            operations.choose_columns(
                db(), actor=actor, run=run, columns=chosen.columns, kind_words=chosen.kind_words,
                name=chosen.name, now=clock.now(),
            )  # fmt: skip
            _after_commit(lambda: tasks.plan_run(str(run.id)))
            return redirect(url_for("importers.show", run_id=run.id), 303)
    known = choices.read_columns(
        db(), data, tasks.options_of(run, _config()), current_language()
    )
    page = render_template(
        "importers/columns.html",
        run=run,
        known=known,
        errors=errors,
        form=request.form,
        **preview.words(),
    )
    return page, 422 if errors else 200


@blueprint.post("/imports/<uuid:run_id>/apply")
@roles(Role.ADMIN, Role.SUPERVISOR)
def apply(run_id: uuid.UUID) -> Any:
    """Carry out a plan in the background; the second person who asks is told."""
    actor = current_actor()
    run = queries.get_run(db(), run_id, actor)
    applying.begin(db(), run, actor)
    user_id, now = str(actor.user_id), clock.now()
    _after_commit(lambda: tasks.apply_run(str(run.id), user_id, now))
    if (run.counts or {}).get("duplicates"):  # pairs wait at once, not from tomorrow on
        _after_commit(lambda: duplicates.search_since(now))
    return redirect(url_for("importers.show", run_id=run.id), 303)


@blueprint.post("/imports/<uuid:run_id>/undo")
@roles(Role.ADMIN, Role.SUPERVISOR)
def undo(run_id: uuid.UUID) -> Any:
    """Take an import back in the background."""
    actor = current_actor()
    run = queries.get_run(db(), run_id, actor)
    applying.begin_undo(db(), run)
    user_id, now = str(actor.user_id), clock.now()
    keep_edited = request.form.get("keep_edited") == "yes"
    _after_commit(lambda: tasks.undo_run(str(run.id), user_id, now, keep_edited))
    return redirect(url_for("importers.show", run_id=run.id), 303)


@blueprint.post("/imports/<uuid:run_id>/again")
@roles(Role.ADMIN, Role.SUPERVISOR)
def again(run_id: uuid.UUID) -> Any:
    """Start a job again that stopped without a word, for instance with the server."""
    actor = current_actor()
    run = queries.get_run(db(), run_id, actor)
    key, user_id, now = str(run.id), str(actor.user_id), clock.now()
    work: dict[str, Callable[[], Any]] = {
        "reading": lambda: tasks.plan_run(key),
        "applying": lambda: tasks.apply_run(key, user_id, now),
        "undoing": lambda: tasks.undo_run(key, user_id, now, keep_edited=False),
    }
    if run.state == "failed" and uploads.is_kept(_config(), run.id):
        run.state, run.failure = "reading", None
    if run.state in work:
        uploads.clear_step(_config(), run.id)
        _after_commit(work[run.state])
    return redirect(url_for("importers.show", run_id=run.id), 303)


def _progress_page(run: ImportRun) -> Response:
    """Show how far a job is; the header, not the page, asks the browser to look again."""
    step = uploads.step_of(_config(), run.id)
    page = render_template(
        "importers/progress.html", run=run, step=step, **preview.words()
    )
    return Response(
        page, headers={"Refresh": str(_LOOK_AGAIN_SECONDS)}, mimetype="text/html"
    )


def _index_page(errors: dict[str, str] | None = None) -> str:
    number = page_number()
    runs, total = queries.list_runs(
        db(), current_actor(), offset=(number - 1) * _PER_PAGE, limit=_PER_PAGE
    )
    return render_template(
        "importers/index.html",
        page=Page(runs, total, number, _PER_PAGE),
        errors=errors,
        form=request.form,
        limit_mb=_config().max_upload_mb,
        options=choices.upload_choices(db(), current_language()),
        page_link=lambda number: url_for("importers.index", page=number),
        **preview.words(),
    )


def _after_commit(work: Callable[[], Any]) -> None:
    """Hand work to the background once this request's transaction is kept, never before."""
    event.listen(db(), "after_commit", lambda _session: work(), once=True)


def _config() -> Config:
    return cast("Config", current_app.extensions["homeward"])
