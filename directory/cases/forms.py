"""What a person typed about a case, a need or a consent, as values the operations understand."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from directory.areas.forms import PlaceField, read_place
from directory.cases import consents, whereabouts
from directory.cases.details import CaseDetails, ConsentDetails, NeedDetails
from directory.cases.whereabouts import Whereabouts
from directory.errors import Invalid
from directory.models import Case, Need
from directory.taxonomy import codes
from directory.web import clock
from directory.web.fields import Fields, Form

PREFERENCES: Final = (
    "female_staff",
    "male_staff",
    "private_room",
    "free_only",
    "interpreter",
)
QUICK_CONSENT: Final = ("age_band", "need", "sex", "languages", "place_of_return")
"""What a person is asked about when the consent is taken together with the case."""


def case_details(
    form: Form, place_field: PlaceField, *, kept: Case | None = None
) -> CaseDetails:
    """The facts typed about a person; raises Invalid by field.

    ``place_field`` comes from ``place_typed``; ``kept``: the case being edited.
    """
    fields = Fields(form)
    place = _place(place_field, kept, fields.text("place", longest=200))
    profiles_asked = fields.ticked("profiles_asked")
    profiles = fields.choices("profiles")
    documents = fields.choices("documents")
    details = CaseDetails(
        decision_status=fields.text("decision_status") or "exploring",
        stage=fields.text("stage") or "pre_departure",
        return_modality=fields.text("return_modality"),
        host_country=fields.text("host_country", longest=2),
        return_country=place.country,
        area_id=place.area_id,
        latitude=place.latitude,
        longitude=place.longitude,
        precision_m=place.precision_m,
        place_label=place.label,
        arrival_date=fields.day("arrival_date"),
        age=fields.whole("age"),
        sex=fields.text("sex"),
        languages=fields.choices("languages") or None,
        profiles=profiles if profiles or profiles_asked else None,
        profiles_unknown=None if profiles_asked else _not_asked(profiles),
        documents=documents if documents or fields.ticked("documents_asked") else None,
        programmes=fields.names("programmes", none="programmes_none"),
        preferences={name: True for name in PREFERENCES if fields.ticked(name)} or None,
        fears_return=fields.ticked("fears_return"),
        is_restricted=fields.ticked("is_restricted"),
        given_name=fields.text("given_name", longest=100),
        family_name=fields.text("family_name", longest=100),
        phone=fields.text("phone", longest=40),
        best_interests_reference=fields.text("best_interests_reference", longest=100),
        best_interests_on=fields.day("best_interests_on"),
        risk_assessed_on=fields.day("risk_assessed_on"),
        sheet_language=fields.text("sheet_language", longest=8) or "en",
    )
    fields.done()
    return details


def _not_asked(profiles: list[str]) -> list[str] | None:
    """Ticked profiles are known; the others were not asked unless somebody says so."""
    if not profiles:
        return None
    return [code for code in codes.PROFILES if code not in profiles]


def place_typed(form: Form, *, kept: Case | None = None) -> PlaceField:
    """The place field as typed, picked, or carried over from a match (``lat`` and ``lon``)."""
    given = form.to_dict()
    if "lat" in given and not given.get("place_token"):
        given |= {"place_lat": given["lat"], "place_lon": given.get("lon", "")}
        given["place_accuracy"] = given.get("precision_m", "")
    if kept is not None and _is_kept(given, kept):
        return PlaceField(text=kept.place_label or "")
    return read_place(given)


def _is_kept(given: Mapping[str, str], kept: Case) -> bool:
    """Whether the place of a case was left as it was."""
    is_same = given.get("place", "") == (kept.place_label or "")
    return is_same and not given.get("place_token") and not given.get("place_lat")


def _place(field: PlaceField, kept: Case | None, label: str | None) -> Whereabouts:
    if field.error:
        # The field says it in its own words; the form only must not go on.
        raise Invalid(fields=field.errors)
    if field.place is not None:
        return replace(
            whereabouts.of_place(field.place), label=label or field.place.label
        )
    return whereabouts.of_case(kept) if kept and field.text else whereabouts.NOWHERE


@dataclass(frozen=True, slots=True)
class Chosen:
    """The service that was chosen in a match before the case existed."""

    service_at_location_id: uuid.UUID
    term: str


def chosen_service(form: Form) -> Chosen | None:
    """What to refer to as soon as the case is saved, if anything was chosen."""
    fields = Fields(form)
    key, term = fields.key("service_at_location"), fields.text("chosen_term")
    return Chosen(key, term) if key and term else None


def first_needs(form: Form) -> list[NeedDetails]:
    """The needs typed with a new case: parallel lists of terms and urgencies."""
    terms = form.getlist("term")
    urgencies = form.getlist("urgency")
    urgencies += ["medium"] * (len(terms) - len(urgencies))
    pairs = dict(zip(reversed(terms), reversed(urgencies[: len(terms)]), strict=True))
    return [
        NeedDetails(term=term, urgency=pairs[term] or "medium")
        for term in dict.fromkeys(terms)
        if term
    ]


def need_details(form: Form) -> NeedDetails:
    """One need as typed; raises Invalid by field."""
    fields = Fields(form)
    details = NeedDetails(
        term=fields.text("term") or "",
        urgency=fields.text("urgency") or "medium",
        importance_to_person=fields.whole("importance_to_person"),
        note=fields.text("note"),
        owner_id=fields.key("owner"),
        next_date=fields.day("next_date"),
        status=fields.text("status") or "open",
    )
    fields.done()
    return details


def need_values(need: Need) -> Form:
    """A need as its form shows it."""
    return Form(
        {
            "term": need.term,
            "urgency": need.urgency,
            "importance_to_person": str(need.importance_to_person or ""),
            "note": need.note or "",
            "owner": str(need.owner_id or ""),
            "next_date": need.next_date.isoformat() if need.next_date else "",
            "status": need.status,
        }
    )


def consent_details(form: Form) -> ConsentDetails:
    """A consent as typed; raises Invalid by field."""
    fields = Fields(form)
    assent = fields.text("child_assent", longest=3)
    details = ConsentDetails(
        purposes=fields.choices("purposes"),
        recipients=fields.choices("recipients"),
        data_items=fields.choices("data_items"),
        form=fields.text("form") or "",
        language=fields.text("language", longest=8) or "en",
        given_by=fields.text("given_by") or "self",
        interpreter=fields.text("interpreter", longest=100),
        explained_by=fields.text("explained_by", longest=100),
        child_assent=None if assent is None else assent == "yes",
        given_on=fields.day("given_on") or clock.today(),
        expires_on=fields.day("expires_on"),
    )
    fields.done()
    return details


def quick_consent(form: Form, *, language: str) -> ConsentDetails | None:
    """The consent ticked together with a new case: to be referred, with these facts, for a year."""
    fields = Fields(form)
    if not fields.ticked("consent_given"):
        return None
    late = [
        item
        for item in consents.AFTER_ACCEPTANCE_ITEMS
        if fields.ticked(f"consent_{item}")
    ]
    return ConsentDetails(
        recipients=[consents.ANY_PROVIDER],
        data_items=[*QUICK_CONSENT, *sorted(late)],
        form=fields.text("consent_form") or "written",
        language=language,
        given_by=fields.text("given_by") or "self",
        child_assent=fields.ticked("child_assent") or None,
        given_on=clock.today(),
    )


def case_values(case: Case) -> Form:
    """A case as its form shows it."""
    plain = (
        "decision_status", "stage", "return_modality", "host_country", "return_country", "sex",
        "given_name", "family_name", "phone", "best_interests_reference", "sheet_language",
    )  # fmt: skip
    form: Form = Form({name: getattr(case, name) or "" for name in plain})
    form["place"] = case.place_label or ""
    form["programmes"] = "; ".join(case.programmes or ())
    form["age"] = "" if case.age is None else str(case.age)
    for name in ("arrival_date", "best_interests_on", "risk_assessed_on"):
        value: Any = getattr(case, name)
        form[name] = value.isoformat() if value else ""
    for name in ("languages", "profiles", "documents"):
        # A multidict cannot hold a name without values.
        if getattr(case, name):
            form.setlist(name, getattr(case, name))
    ticked = {
        "profiles_asked": case.profiles is not None and not case.profiles_unknown,
        "documents_asked": case.documents is not None,
        "programmes_none": case.programmes == [],
        "is_restricted": case.is_restricted,
        **(case.preferences or {}),
    }
    form.update({name: "yes" for name, is_ticked in ticked.items() if is_ticked})
    return form
