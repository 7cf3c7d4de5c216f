"""What each form sends: enough for the application to come to its decision.

In the values, ``{service_id}`` and the like are the ids of a corner of ``world``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from werkzeug.routing import Rule


@dataclass(frozen=True, slots=True)
class Body:
    """Fields of a form, or the JSON that a program posts."""

    form: Mapping[str, str | list[str]] = field(default_factory=dict)
    json: Mapping[str, Any] | None = None


NOTHING = Body()
_EDIT = {
    "service_name": "Clinic renamed",
    "taxonomy_terms": "health.primary",
    "language": "en",
    "latitude": "{latitude}",
    "longitude": "{longitude}",
    "coverage_areas": "{code}",
    "version": "1",
}
_ADVISORY = {
    "level": "information",
    "reason_class": "access",
    "reason": "Bridge is closed",
    "place": "XA-NW",
    "valid_from": "2026-11-23",
}
_MATCH = {
    "place": {"lat": 3.0, "lon": 11.0},
    "needs": [{"term": "health.primary"}],
    "limit": 50,
}
_NEED = {"term": "health.primary", "urgency": "medium", "status": "open"}

BODIES: Mapping[str, Body] = {
    "accounts.accept_invitation": Body({"password": "x", "again": "y"}),
    "accounts.change_password": Body({"current": "x", "password": "y", "again": "z"}),
    "accounts.edit_me": Body({"name": "Someone", "locale": "en"}),
    "accounts.sign_in": Body({"email": "", "password": ""}),
    "accounts.sign_out": NOTHING,
    "advisories.create": Body(_ADVISORY),
    "advisories.edit": Body(_ADVISORY),
    "advisories.lift": NOTHING,
    "agreements.create": Body({"referral_channel": "phone"}),
    "agreements.edit": Body({"referral_channel": "phone"}),
    "answers.answer": Body({"move": "accept"}),
    "answers.answer_link": Body({"move": "accept"}),
    "cases.create": Body({"decision_status": "exploring", "return_country": "XA"}),
    "cases.edit": Body({"decision_status": "exploring", "version": "1"}),
    "cases.fear": Body({"fears_return": "yes"}),
    "confirming.answer": Body({"answer": "right"}),
    "duplicates.keep_apart": NOTHING,
    "duplicates.merge": Body({"keep": "{service_id}", "first_version": "1"}),
    "duplicates.undo": NOTHING,
    "duplicates.search": NOTHING,
    "feedback.give": Body(
        {"category": "thanks", "text": "Good", "service": "{service_id}"}
    ),
    "feedback.handle": Body({"state": "acknowledged"}),
    "feedback.status": Body({"code": "{feedback_code}"}),
    "import_profiles.upload": NOTHING,
    "import_sync.decide": Body({"take": "file"}),
    "import_sync.lookalikes": Body({"become": "left_out"}),
    "import_sync.stop": NOTHING,
    "importers.again": NOTHING,
    "importers.apply": NOTHING,
    "importers.columns": NOTHING,
    "importers.undo": NOTHING,
    "importers.upload": NOTHING,
    "listing_edits.create": Body(
        {
            **_EDIT,
            "organization": "{organization_id}",
            "organization_name": "New house",
            "area_code": "{code}",
        }
    ),
    "listing_edits.edit": Body(_EDIT),
    "listing_history.restore": Body({"field": "description", "version": "1"}),
    "listing_upkeep.assure": Body({"method": "phone"}),
    "listing_upkeep.claim": NOTHING,
    "listing_upkeep.report": Body({"kind": "other", "text": "Wrong door"}),
    "listing_upkeep.seen_open": NOTHING,
    "listing_upkeep.verify": Body({"method": "phone", "result": "confirmed"}),
    "listing_upkeep.watch": NOTHING,
    "listing_upkeep.watch_area": NOTHING,
    "listings.assure": Body({"method": "phone"}),
    "listings.report": Body({"kind": "other", "text": "Wrong door"}),
    "matching.match": Body({"place": "XA-NW", "term": ["health.primary"]}),
    "matching_api.match": Body(json=_MATCH),
    "needs.add": Body(_NEED),
    "needs.drop": NOTHING,
    "needs.edit": Body(_NEED),
    "needs.keep": Body(
        {"term": "health.primary", "service_at_location": "{service_at_location_id}"}
    ),
    "needs.record_consent": Body(
        {
            "purposes": "referral",
            "recipients": "any_provider",
            "data_items": "code",
            "form": "written",
            "language": "en",
            "expires_on": "2027-01-01",
        }
    ),
    "organizations.edit": Body({"name": "Renamed", "version": "1"}),
    "photos.change": Body({"remove": "yes"}),
    "profiles.edit": Body({"language": "en", "risks": "Floods", "version": "0"}),
    "programmes.create": Body({"name": "Restart"}),
    "programmes.edit": Body({"name": "Restart"}),
    "proposals.close_report": NOTHING,
    "proposals.decide_many": Body({"proposal": ["{proposal_id}"], "state": "held"}),
    "proposals.decide": Body({"state": "held"}),
    "referrals.move": Body({"as": "sender", "move": "cancel", "reason": "mistake"}),
    "referrals.send": NOTHING,
    "referring.change_arrival": Body({"arrival_date": "2026-12-01"}),
    "referring.decide": Body({"decision_status": "undecided"}),
    "referring.make": Body(
        {
            "need": "{need_id}",
            "service_at_location": "{service_at_location_id}",
            "disclosed": "code",
            "keep": "draft",
        }
    ),
    "referring.withdraw_consent": NOTHING,
    "returnee.answer": Body({"move": "withdraw", "referral": "{referral_id}"}),
    "returnee.find": Body({"code": "{s/token}"}),
    "sheets.renew": NOTHING,
    "upkeep.called": Body({"service": "{service_id}", "result": "no_answer"}),
    "upkeep.close": NOTHING,
    "upkeep.verify": Body({"service": ["{service_id}"], "method": "phone"}),
    "users.create_user": Body({"email": "new@example.org", "role": "counsellor"}),
    "users.edit_user": Body({"role": "provider", "is_active": "1"}),
    "users.invite": NOTHING,
    "webhooks.register": Body({"url": "https://10.0.0.1/inside"}),
    "webhooks.remove": NOTHING,
    "webhooks.resume": NOTHING,
    "webhooks.test": NOTHING,
}

QUERIES: Mapping[str, Mapping[str, str]] = {
    "duplicates_api.similar": {"name": "Clinic own"},
    "figure_maps.unmet_needs": {"country": "XA"},
    "referring.new": {
        "need": "{need_id}",
        "service_at_location": "{service_at_location_id}",
    },
}
"""What an address needs behind its question mark to be about anything."""


def is_about_things(rule: Rule, method: str) -> bool:
    """Whether a request names a thing that belongs to somebody."""
    body = BODIES.get(rule.endpoint)
    named = (
        body is not None
        and method != "GET"
        and "{" in "".join(map(str, body.form.values()))
    )
    return bool(rule.arguments) or named
