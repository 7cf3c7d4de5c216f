"""The application factory: settings, features, blueprints; no logic."""

import importlib

from flask import Flask

from directory import cli, jobs
from directory.config import Config
from directory.database import make_engine, session_factory
from directory.duplicates import asking
from directory.listings import lookalikes, travel_time
from directory.search import tasks as search_tasks
from directory.web import errors, identity, locale, security, session, templating
from geo.engine import for_writing

# Each module has a ``blueprint``; the order is that of the addresses people meet.
BLUEPRINTS = (
    "directory.web.home", "directory.web.health", "directory.web.openapi",
    "directory.areas.views", "directory.areas.api", "directory.taxonomy.api",
    "directory.search.views", "directory.search.api",
    "directory.listings.views.listings", "directory.listings.api", "directory.listings.views.editing",
    "directory.listings.views.photos", "directory.listings.views.organizations",
    "directory.listings.views.programmes", "directory.listings.views.agreements",
    "directory.listings.views.proposals", "directory.listings.views.history", "directory.listings.views.words",
    "directory.duplicates.views", "directory.duplicates.api",
    "directory.upkeep.views.queue", "directory.upkeep.views.listings", "directory.upkeep.views.confirming",
    "directory.profiles.views",
    "directory.advisories.views", "directory.matching.views", "directory.matching.api",
    "directory.insights.views.figures", "directory.insights.views.overlaps", "directory.insights.views.unmet",
    "directory.readiness.views", "directory.webhooks.views", "directory.openreferral.api",
    "directory.openreferral.views", "directory.fhir.api", "directory.maps.views.services", "directory.maps.views.figures",
    "directory.maps.api",
    "directory.cases.views.cases", "directory.cases.views.needs",
    "directory.referrals.views.making", "directory.referrals.views.worklist",
    "directory.referrals.views.provider", "directory.referrals.views.returnee",
    "directory.referrals.views.sheet", "directory.referrals.views.words",
    "directory.feedback.views", "directory.accounts.views.own", "directory.accounts.views.users",
    "importers.views",
    "importers.workbook_views",
    "importers.sync_views",
    "importers.map_views", "importers.profile_views",
)  # fmt: skip
# Modules that only need to be imported: background tasks register themselves with the queue.
TASKS: tuple[str, ...] = (
    "directory.cases.tasks",
    "directory.duplicates.tasks",
    "directory.referrals.tasks",
    "directory.search.tasks",
    "directory.upkeep.tasks",
    "directory.webhooks.tasks",
    "importers.tasks",
)


def create_app(config: Config | None = None) -> Flask:
    """A ready application for ``config``, or for the environment's settings."""
    config = config or Config.from_environment()
    app = Flask(__name__, instance_path=str(config.instance_dir))
    app.extensions["homeward"] = config
    jobs.configure(config)
    travel_time.configure(config)
    engine = make_engine(config.database_url)
    security.install(app, config)
    session.install(
        app,
        reading=session_factory(engine),
        writing=session_factory(for_writing(engine)),
    )
    identity.install(app)
    locale.install(app, config)
    errors.install(app)
    templating.install(app)
    for name in TASKS:
        importlib.import_module(name)
    search_tasks.install(config)
    lookalikes.install(asking.lookalikes)
    for name in BLUEPRINTS:
        app.register_blueprint(importlib.import_module(name).blueprint)
    cli.register(app)
    return app
