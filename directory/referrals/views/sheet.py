"""The printed sheet of a person, in the language chosen for it."""

import io
import uuid
from typing import Any, Final

import segno
from flask import Blueprint, current_app, redirect, render_template, request
from flask_babel import force_locale, gettext

from directory.cases import operations as case_operations
from directory.cases import queries as cases
from directory.cases.views.cases import CASE_STAFF
from directory.models import Case
from directory.referrals import sheet
from directory.tokens import grouped
from directory.web import addresses, clock
from directory.web.identity import current_actor, roles
from directory.web.locale import OWN_NAMES, current_language, direction, own_language
from directory.web.session import db, writes
from directory.web.wording import say

blueprint = Blueprint("sheets", __name__)
QUIET_ZONE: Final = 4
"""Modules of white round the code, as its standard asks."""


@blueprint.get("/cases/<uuid:case_id>/sheet")
@roles(*CASE_STAFF)
@writes
@own_language
def show(case_id: uuid.UUID) -> str:
    """The sheet to print; ``?lang=`` is the person's language and changes nothing else."""
    session, actor = db(), current_actor()
    case = cases.get_case(session, case_id, actor=actor)
    now = clock.now()
    case_operations.note_read(session, actor=actor, case=case, purpose="sheet", now=now)
    config = current_app.extensions["homeward"]
    code = grouped(
        case_operations.sheet_code(
            session, actor=actor, case=case, secret_key=config.secret_key
        )
    )
    site = addresses.opened_at()
    language = _language(case)
    controls = _controls(language)
    with force_locale(language):
        built = sheet.build(session, case=case, actor=actor, language=language, now=now)
        return render_template(
            "sheet/sheet.html",
            sheet=built,
            case=case,
            code=code,
            address=f"{site}/s",
            qr=_qr(f"{site}/s/{code}"),
            office_name=config.office_name,
            office_phone=config.office_phone,
            worker=actor.name,
            controls=controls,
            say=say,
            now=now,
        )


@blueprint.post("/cases/<uuid:case_id>/sheet/renew")
@roles(*CASE_STAFF)
def renew(case_id: uuid.UUID) -> Any:
    """Make a new code, for a sheet that was lost; the old one stops working at once."""
    session, actor = db(), current_actor()
    case = cases.get_case(session, case_id, actor=actor)
    config = current_app.extensions["homeward"]
    case_operations.sheet_code(
        session, actor=actor, case=case, secret_key=config.secret_key, renew=True
    )
    return redirect(f"/cases/{case.id}/sheet", 303)


def _language(case: Case) -> str:
    known = current_app.config["LOCALES"]
    for candidate in (request.args.get("lang"), case.sheet_language):
        if candidate in known:
            return str(candidate)
    return current_language()


def _controls(language: str) -> dict[str, Any]:
    """The words round the sheet, which the worker reads and nobody prints, in the worker's language."""
    reader = current_language()
    return {
        "lang": reader,
        "dir": direction(reader),
        "back": gettext("Back to the case"),
        "hint": gettext(
            "Print this page with your browser. Only the sheet is printed."
        ),
        "language": gettext("Language of the sheet"),
        "renew": gettext("New code (the sheet was lost)"),
        "renew_hint": gettext("The code on earlier sheets stops working at once."),
        "languages": [
            (code, OWN_NAMES.get(code, code), code == language)
            for code in current_app.config["LOCALES"]
        ],
    }


def _qr(text: str) -> dict[str, Any]:
    """A QR code as one path of an SVG drawing: no markup is made here."""
    code = segno.make(text, error="m", micro=False)
    size = code.symbol_size(border=QUIET_ZONE)[0]
    runs = io.StringIO()
    for y, row in enumerate(code.matrix):
        for x, dark in enumerate(row):
            if dark:
                runs.write(f"M{x + QUIET_ZONE} {y + QUIET_ZONE}h1v1h-1z")
    return {"size": size, "path": runs.getvalue()}
