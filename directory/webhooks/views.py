"""Pages of webhooks, for administrators: register an address, see its last calls, test, remove."""

import uuid
from typing import Any, cast

from flask import (
    Blueprint,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext

from directory.config import Config
from directory.errors import Invalid
from directory.models import Role
from directory.web import clock
from directory.web.api import translated
from directory.web.identity import current_actor, roles
from directory.web.session import db
from directory.webhooks import calls, operations, queries, tasks

blueprint = Blueprint("webhooks", __name__)


@blueprint.get("/webhooks")
@roles(Role.ADMIN)
def index() -> Any:
    """List the webhooks."""
    return _list_page()


@blueprint.post("/webhooks")
@roles(Role.ADMIN)
def register() -> Any:
    """Add an address and show its secret, once."""
    config = _config()
    try:
        webhook = operations.register(
            db(),
            actor=current_actor(),
            url=request.form.get("url", "").strip(),
            now=clock.now(),
            to_loopback=config.webhooks_to_loopback,
        )
    except Invalid as error:
        return _list_page({"url": translated(error.message)}), 422
    secret = calls.secret_of(webhook.id, config.secret_key)
    return render_template("webhooks/secret.html", webhook=webhook, secret=secret)


@blueprint.get("/webhooks/<uuid:webhook_id>")
@roles(Role.ADMIN)
def show(webhook_id: uuid.UUID) -> Any:
    """Show one webhook and its last calls."""
    webhook = queries.get_webhook(db(), webhook_id, actor=current_actor())
    deliveries = queries.list_deliveries(db(), webhook)
    return render_template(
        "webhooks/show.html",
        webhook=webhook,
        deliveries=deliveries,
        kept=operations.KEPT,
    )


@blueprint.post("/webhooks/<uuid:webhook_id>/test")
@roles(Role.ADMIN)
def test(webhook_id: uuid.UUID) -> Any:
    """Have a call without news sent."""
    webhook = queries.get_webhook(db(), webhook_id, actor=current_actor())
    tasks.test_soon(webhook.id)
    flash(
        gettext(
            "The test is on its way. Open this page again in about 15 seconds to see its answer."
        ),
        "success",
    )
    return redirect(url_for("webhooks.show", webhook_id=webhook.id), 303)


@blueprint.post("/webhooks/<uuid:webhook_id>/resume")
@roles(Role.ADMIN)
def resume(webhook_id: uuid.UUID) -> Any:
    """Switch a webhook on again, or try it at once."""
    webhook = queries.get_webhook(db(), webhook_id, actor=current_actor())
    operations.resume(db(), actor=current_actor(), webhook=webhook, now=clock.now())
    flash(gettext("It is called again within a minute, if there is news."), "success")
    return redirect(url_for("webhooks.show", webhook_id=webhook.id), 303)


@blueprint.post("/webhooks/<uuid:webhook_id>/remove")
@roles(Role.ADMIN)
def remove(webhook_id: uuid.UUID) -> Any:
    """Forget a webhook."""
    webhook = queries.get_webhook(db(), webhook_id, actor=current_actor())
    operations.remove(db(), actor=current_actor(), webhook=webhook, now=clock.now())
    flash(
        gettext("The webhook is removed. Its address is not called any more."),
        "success",
    )
    return redirect(url_for("webhooks.index"), 303)


def _list_page(errors: dict[str, str] | None = None) -> str:
    webhooks = queries.list_webhooks(db(), actor=current_actor())
    return render_template(
        "webhooks/index.html",
        webhooks=webhooks,
        url=request.form.get("url", ""),
        errors=errors,
    )


def _config() -> Config:
    return cast("Config", current_app.extensions["homeward"])
