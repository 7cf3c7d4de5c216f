"""Pages of an import that a person decides on: conflicts, what the source lacks, stopping the work."""

import uuid
from typing import Any, cast

from flask import Blueprint, current_app, redirect, render_template, request, url_for

from directory.config import Config
from directory.errors import Invalid
from directory.models import Role
from directory.text import N_
from directory.web.identity import current_actor, roles
from directory.web.pagination import Page, page_number
from directory.web.session import db
from importers import conflicts, left_out, operations, queries, sync, tasks, uploads

blueprint = Blueprint("import_sync", __name__)
_PER_PAGE = 50


@blueprint.post("/imports/<uuid:run_id>/rows/<int:line>")
@roles(Role.ADMIN, Role.SUPERVISOR)
def decide(run_id: uuid.UUID, line: int) -> Any:
    """Take what the file says of one disputed row, or keep what the directory says."""
    actor = current_actor()
    run = queries.get_run(db(), run_id, actor)
    answer = request.form.get("take")
    if answer not in {"file", "directory"}:
        raise Invalid(fields={"take": N_("Choose one of the answers in the list.")})
    conflicts.decide(db(), actor=actor, run=run, line=line, takes_file=answer == "file")
    left = (run.counts or {}).get("conflicts")
    address = url_for(
        "importers.show", run_id=run.id, action="conflict" if left else None
    )
    return redirect(f"{address}#rows", 303)


@blueprint.post("/imports/<uuid:run_id>/lookalikes")
@roles(Role.ADMIN, Role.SUPERVISOR)
def lookalikes(run_id: uuid.UUID) -> Any:
    """Leave out the rows that look like a listing of the directory, or take them in again."""
    actor = current_actor()
    run = queries.get_run(db(), run_id, actor)
    answer = request.form.get("become")
    if answer not in {"left_out", "listings"}:
        raise Invalid(fields={"become": N_("Choose one of the answers in the list.")})
    left_out.leave_out(db(), actor=actor, run=run, is_out=answer == "left_out")
    return redirect(url_for("importers.show", run_id=run.id), 303)


@blueprint.get("/imports/<uuid:run_id>/missing")
@roles(Role.ADMIN, Role.SUPERVISOR)
def missing(run_id: uuid.UUID) -> Any:
    """List what the directory has from this source and the file does not name any more."""
    actor = current_actor()
    run = queries.get_run(db(), run_id, actor)
    number = page_number()
    total = sync.count_missing(db(), run, actor)
    found = sync.list_missing(
        db(), run, actor, offset=(number - 1) * _PER_PAGE, limit=_PER_PAGE
    )
    return render_template(
        "importers/missing.html",
        run=run,
        page=Page(found, total, number, _PER_PAGE),
        page_link=lambda number: url_for(
            "import_sync.missing", run_id=run.id, page=number
        ),
    )


@blueprint.post("/imports/<uuid:run_id>/stop")
@roles(Role.ADMIN, Role.SUPERVISOR)
def stop(run_id: uuid.UUID) -> Any:
    """Stop the work on an import; nothing of it is kept."""
    config = cast("Config", current_app.extensions["homeward"])
    run = queries.get_run(db(), run_id, current_actor())
    step = uploads.step_of(config, run.id)
    if step is None or step.is_stalled:
        operations.stop(run, error=tasks.Stopped())
    else:
        uploads.ask_to_stop(config, run.id)
    return redirect(url_for("importers.show", run_id=run.id), 303)
