"""`POST /api/v1/match`: a match as JSON, for anybody; nothing of it is stored."""

from collections.abc import Mapping
from typing import Any, Literal

from flask import Blueprint, Response, current_app
from flask_babel import force_locale
from pydantic import BaseModel

from directory.listings.hours_words import hours_in_words
from directory.matching import queries
from directory.matching.body import MatchRequest
from directory.matching.queries import Match, MatchResult, Reason
from directory.web import clock
from directory.web.api import json_body, json_response, validated
from directory.web.identity import current_actor, public
from directory.web.locale import current_language
from directory.web.openapi import described
from directory.web.security import csrf
from directory.web.session import db, reads
from directory.web.wording import Speaker

blueprint = Blueprint("matching_api", __name__, url_prefix="/api/v1")
# Programs have no form to carry a token in, and the question changes nothing.
csrf.exempt(blueprint)


class CriterionAnswer(BaseModel):
    """Why: one criterion of one result."""

    code: str
    status: Literal["met", "not_met", "unknown"]
    weight: float
    value: float
    reason: str
    remedy: str | None = None


class NearMissAnswer(BaseModel):
    """A service that nearly fits, and what would mend it."""

    service_id: str
    service_at_location_id: str
    external_id: str | None
    name: str
    term: str
    service_terms: list[str]
    distance_km: float | None
    distance_approximate: bool
    criteria: list[CriterionAnswer]


class MatchedAnswer(NearMissAnswer):
    """A service that fits."""

    score: float
    covered_by: Literal["shape", "radius", "area", "national", "remote", "near"]


class QuestionAnswer(BaseModel):
    """A field that is unknown, and how many listed results it would settle."""

    field: str
    would_change: int


class MatchAnswer(BaseModel):
    """Matches, best first; near misses, nearest first; questions to ask; needs without a match."""

    matches: list[MatchedAnswer]
    not_matched: list[NearMissAnswer]
    questions: list[QuestionAnswer]
    gaps: list[str]
    total: int


@blueprint.post("/match")
@public
@reads
@described(body=MatchRequest, answer=MatchAnswer)
def match() -> Response:
    """Match a question against the directory."""
    asked = validated(MatchRequest, json_body())
    language = asked.lang or current_language()
    result = queries.match(
        db(),
        current_actor(),
        asked.as_needs(language),
        clock.now(),
        reach_km=current_app.extensions["homeward"].default_reach_km,
    )
    with force_locale(language):
        return json_response(as_json(result))


def as_json(result: MatchResult) -> dict[str, Any]:
    """The answer of INTERFACES, in the language of the request."""
    speaker = Speaker()
    return {
        "matches": [
            {
                **_listed(each, speaker),
                "score": each.score,
                "covered_by": each.covered_by,
            }
            for each in result.matches
        ],
        "not_matched": [_listed(each, speaker) for each in result.not_matched],
        "questions": [
            {"field": each.field, "would_change": each.would_change}
            for each in result.questions
        ],
        "gaps": list(result.gaps),
        "total": result.total,
    }


def _listed(match: Match, speaker: Speaker) -> dict[str, Any]:
    return {
        "service_id": match.service_id,
        "service_at_location_id": match.service_at_location_id,
        "external_id": match.external_id,
        "name": match.name,
        "term": match.term,
        "service_terms": match.service_terms,
        "distance_km": None if match.kilometres is None else round(match.kilometres, 3),
        "distance_approximate": match.is_approximate,
        "criteria": [_criterion(reason, speaker) for reason in match.reasons],
    }


def _criterion(reason: Reason, speaker: Speaker) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "code": reason.code,
        "status": reason.status,
        "weight": reason.weight,
        "value": reason.value,
        "reason": speaker.say(reason.reason, _told(reason)),
    }
    if reason.remedy:
        answer["remedy"] = speaker.say(reason.remedy, reason.values)
    return answer


def _told(reason: Reason) -> Mapping[str, Any]:
    """The values of a reason; hours are kept as OSM's text, which only programs read."""
    text = reason.values.get("hours")
    words = hours_in_words(text, clock.today(), current_language()) if text else None
    return {**reason.values, "hours": words} if words else reason.values
