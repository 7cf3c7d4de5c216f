"""No page is forgotten: each address that shows one is on the browser's list."""

import re

from flask import Flask
from werkzeug.exceptions import NotFound

from tests.site.places import PLACES

# Not pages: files, health, documents of their own with tests of their own, and a page whose secret
# works once (tests/directory/accounts/test_accept_invitation.py looks at it). The page that sends a
# referral needs an open need: tests/directory/referrals/test_pages_look.py and the journeys open it.
# Going back in a history needs a change: tests/directory/listings/test_pages_in_a_browser.py makes one.
ELSEWHERE = re.compile(
    r"/api/|/hsds/|/static/|/maps/|/healthz|/readyz|.*\.(csv|xlsx)$|/services/export$|.*/photo$"
    r"|/invitations/|.*/referrals/new$|.*/history/<uuid:change_id>$"
)
ANY = "00000000-0000-4000-8000-000000000000"


def test_every_page_is_on_the_browsers_list(whole_app: Flask) -> None:
    adapter = whole_app.url_map.bind("localhost")
    listed = set()
    for place in PLACES:
        path = re.sub(r"\{\w+\}", ANY, place.path.replace("{area}", "SN")).partition(
            "?"
        )[0]
        try:
            listed.add(adapter.match(path)[0])
        except NotFound:
            assert place.status == 404, place
    pages = {
        rule.endpoint
        for rule in whole_app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not ELSEWHERE.match(rule.rule)
    }
    assert pages - listed == set()
