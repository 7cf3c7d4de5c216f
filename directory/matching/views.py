"""Pages of matching: `/match` without a case, `/cases/<id>/matches` with one."""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Blueprint, current_app, render_template, request

from directory.advisories import reach as advisories
from directory.advisories.reach import Spot
from directory.advisories.words import LEVELS
from directory.areas import forms as place_form
from directory.areas.forms import PlaceField
from directory.areas.labels import area_label
from directory.areas.places import ResolvedPlace
from directory.areas.queries import AreaRow
from directory.authz import CASE_STAFF
from directory.cases import queries as cases
from directory.cases.views import choices
from directory.countries import queries as countries
from directory.errors import Invalid
from directory.matching import case_needs, forms, queries, results, wider
from directory.matching.criteria import BY_CODE
from directory.matching.needs import MOST_MATCHES, Needs
from directory.matching.queries import MatchResult
from directory.matching.wider import Wider
from directory.text import N_
from directory.web import clock
from directory.web.fields import Form, sentences
from directory.web.identity import current_actor, public, roles
from directory.web.locale import current_language
from directory.web.session import db, reads, writes
from directory.web.wording import Speaker

blueprint = Blueprint("matching", __name__)

ON_THE_MAP = 50
QUESTIONS: Mapping[str, str] = {
    "person.age": N_("How old is the person?"),
    "person.sex": N_("Which sex does the person have?"),
    "person.profiles": N_("Which circumstances apply to the person?"),
    "person.documents": N_("Which documents does the person have?"),
    "person.languages": N_("Which languages does the person speak?"),
    "person.return_modality": N_("How does the person return?"),
    "person.host_country": N_("Which country does the person leave?"),
    "person.programmes": N_("In which programme is the person?"),
    "person.months_since_return": N_("When did the person come back?"),
    "person.residence": N_("In which district or town does the person live?"),
}


@blueprint.get("/match")
@public
def form() -> str:
    """The form; `?term=` and `?place=` fill it in."""
    typed = Form(request.args.items(multi=True))
    return _form_page(typed, place_form.read_place(typed, tree=True))


@blueprint.post("/match")
@public
@reads
def match() -> Any:
    """The services that match; nothing typed is stored or stands in an address."""
    language, typed = current_language(), request.form
    place = place_form.read_place(typed, needed=True, tree=True)
    if "edit" in typed or "place_open" in typed:
        return _form_page(typed, place)
    try:
        needs = forms.read(typed, place.place, language=language, today=clock.today())
        result = _match(needs)
    except Invalid as error:
        problems = sentences(error) if error.fields else {}
        return _form_page(typed, place, {**place.errors, **problems}), 422
    return render_template(
        "matching/results.html",
        form=typed,
        place=place.place,
        handed_over=_handed_over(typed, needs, place.place),
        **_shown(result, needs, place.place.country if place.place else None),
    )


@blueprint.get("/cases/<uuid:case_id>/matches")
@roles(*CASE_STAFF)
@writes
def of_case(case_id: uuid.UUID) -> str:
    """The services that match the open needs of a case, or the one of `?need=`.

    `?whole=1` asks for the whole category of each, `?area=` in an area that holds the place.
    """
    case = cases.get_case(db(), case_id, actor=current_actor())
    chosen = request.args.get("need", "")
    asked = [need for need in case.needs if need.status in {"open", "gap"}]
    asked = [need for need in asked if str(need.id) == chosen] or asked
    whole = (
        wider.categories(db(), [need.term for need in asked])
        if "whole" in request.args
        else {}
    )
    need_of = {whole.get(need.term, need.term): need for need in reversed(asked)}
    needs = case_needs.needs_of(
        case,
        [whole.get(need.term, need.term) for need in asked],
        language=current_language(),
        today=clock.today(),
        limit=MOST_MATCHES,
        limit_each=forms.EACH_MORE if "more" in request.args else forms.EACH,
    )
    area = _wider_area(needs, request.args.get("area", ""))
    if needs is not None and area is not None:
        needs = replace(needs, point=None, area_code=area.code)
    shown = {} if needs is None else _shown(_match(needs), needs, case.return_country)
    return render_template(
        "matching/case.html",
        case=case,
        place_name=area_label(db(), area, current_language())
        if area
        else cases.place_name(db(), case, current_language()),
        area=area,
        whole=bool(whole),
        need_of=need_of,
        advisories=advisories.holding(
            db(),
            [Spot(case.latitude, case.longitude, case.area_id)],
            today=clock.today(),
        ),
        advisory_levels=LEVELS,
        previous=request.args.get("previous", ""),
        **shown,
    )


def _wider_area(needs: Needs | None, code: str) -> AreaRow | None:
    """The area of that code, if it holds the place of the needs."""
    around = wider.around(db(), needs) if needs and code else ()
    return next((row for row in around if row.code == code), None)


def _match(needs: Needs) -> MatchResult:
    return queries.match(
        db(), current_actor(), needs, clock.now(), reach_km=_reach_km()
    )


def _reach_km() -> float:
    return float(current_app.extensions["homeward"].default_reach_km)


def _shown(result: MatchResult, needs: Needs, country: str | None) -> dict[str, Any]:
    """What every page of results reads; needs are called as in the country of return."""
    speaker = Speaker()
    ways = wider.NONE
    if result.gaps:
        ways = wider.ways_on(
            db(), current_actor(), needs, result.gaps, clock.now(), reach_km=_reach_km()
        )
    on_map = dict.fromkeys(match.service_at_location_id for match in result.matches)
    return {
        "result": result,
        "groups": results.by_need(
            result, needs.terms, today=clock.today(), packs=countries.packs(db())
        ),
        "term_names": countries.term_names(
            db(), _terms_of(result, needs, ways), current_language(), country
        ),
        "wider": ways,
        "say": speaker.say,
        "question_texts": QUESTIONS,
        "map_ids": list(on_map)[:ON_THE_MAP],
        "each": needs.limit_each,
    }


def _terms_of(result: MatchResult, needs: Needs, ways: Wider) -> set[str]:
    listed = (*result.matches, *result.not_matched)
    kin = (each for found in ways.kin.values() for each in found)
    return {
        *needs.terms,
        *ways.categories.values(),
        *(term for match in listed for term in match.service_terms),
        *(term for each in kin for term in each.offers),
    }


def _handed_over(
    form: Form, needs: Needs, place: ResolvedPlace | None
) -> list[tuple[str, str]]:
    """What a new case is filled in with (see `POST /cases/new`)."""
    carried = [("prefill", "1")]
    if place is not None:
        carried += [("place", place.label), ("precision_m", f"{place.precision_m:.0f}")]
        carried += [("place_token", place.token), ("place_picked", place.label)]
    if needs.area_code:
        carried.append(("area", needs.area_code))
    elif needs.point is not None:
        carried += [
            ("lat", str(needs.point.latitude)),
            ("lon", str(needs.point.longitude)),
        ]
    for term in needs.terms:
        carried += [("term", term), ("urgency", form.get("urgency") or "medium")]
    single = (
        "age",
        "sex",
        "profiles_asked",
        "documents_asked",
        "free_only",
        "female_staff",
        "return_modality",
        "host_country",
        "programmes",
        "programmes_none",
        "arrival_date",
    )
    carried += [(name, form[name]) for name in single if form.get(name)]
    for name in ("languages", "profiles", "documents"):
        carried += [(name, value) for value in form.getlist(name)]
    return carried


def _form_page(
    form: Form, place: PlaceField, errors: Mapping[str, str] | None = None
) -> str:
    language = current_language()
    return render_template(
        "matching/form.html",
        form=form,
        place=place,
        errors=errors or {},
        categories=countries.categories(
            db(), place.place.country if place.place else None
        ),
        spoken=choices.languages(language),
        countries=place_form.country_options(form.get("host_country")),
        weights=[
            (code, BY_CODE[code].weight * forms.WEIGHT_SCALE)
            for code in forms.WEIGHTS_SHOWN
        ],
    )
