"""Random requests: any route, about anything, with any parameters, hidden words and places among them."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Flask
from werkzeug.routing import Rule

from tests.proofs.asking import Asker, body_of, learning, path_of, rules
from tests.proofs.confidential import FIRST, STEP, Hidden
from tests.proofs.questions import QUESTIONS
from tests.proofs.world import World

WORDS = (
    "door", "open door", "clinic", "clinik", "legal", "health", "hea", "gender violence", "shelter",
    "qx", "Qxzvywservicename", "qxzvywdescription 4", "Qxzvyworganizationname", "qxzvywalternatename", "Qxzvywservicenamefr",
    "provider", "own", "near", "+1 202 555 0140", "5550141", "qxzvywmail1@example.org", "a", "",
)  # fmt: skip
TERMS = (
    "health", "health.primary", "protection", "protection.gbv", "housing", "housing.safe_shelter",
    "legal", "nonsense",
)  # fmt: skip
AREAS = ("XA", "XA-N", "XA-S", "XA-NW", "XA-NE", "XA-SE", "XB", "XZ")
CHOICES: Mapping[str, Sequence[str]] = {
    "q": WORDS,
    "name": WORDS,
    "text": WORDS,
    "term": TERMS,
    "area": AREAS,
    "place": (*AREAS, "North", "North W", "Exampleland", "qxzvyw"),
    "country": ("XA", "XB", "XZ", ""),
    "host": ("XA", "XB"),
    "language": ("en", "fr", "ti", "ar", "xx"),
    "lang": ("en", "fr", "es", "ar"),
    "cost": ("free", "paid", "subsidised", "unknown"),
    "status": ("active", "all", "inactive"),
    "freshness": ("fresh", "due", "stale", "green", "amber", "red"),
    "open_to": ("returnees", "residents"),
    "community": ("XA", "CI"),
    "sort": ("name", "distance", "verified", "relevance"),
    "show": ("open", "all", "due", "red", "reported", "proposals", "tasks", "ended"),
    "page": ("1", "2", "3", "99"),
    "limit": ("1", "2", "5", "100"),
    "offset": ("0", "1", "2"),
    "radius_km": ("1", "5", "10", "50", "200"),
    "zoom": ("3", "6", "9", "12", "16"),
    "mine": ("1",),
    "format": ("csv", "xlsx", "geojson", "hsds", "json", "hxl"),
    "changed_since": ("2026-01-01", "2026-11-23", "2027-01-01"),
    "phone": ("+1 202 555 0140", "+1 202 555 0100"),
    "name:contains": WORDS,
    "name:exact": WORDS,
    "service-type": TERMS,
    "active": ("true", "false"),
    "_lastUpdated": (
        "ge2020",
        "gt2026-11-22",
        "lt2026-11-23",
        "2026-11",
        "le2026-11-23T12:00Z",
    ),
    "_count": ("0", "1", "2", "100"),
}
"""What may stand behind the names of parameters; others get a value out of ``ANYTHING``."""
ANYTHING = ("1", "0", "yes", "XA", "XA-N", "health", "2026-11-23", "x", "", "3.0,11.0")
OF_THINGS = {
    "_id": ("organization_id", "location_id", "service_at_location_id"),
    "organization": ("organization_id",),
    "organization_id": ("organization_id",),
    "partof": ("organization_id",),
    "location": ("location_id",),
}
"""Parameters that name a thing, and what it may be."""
PLACED = ("lat", "lon", "covers", "bbox", "at", "near")
SLOW = ("/maps/", "/sign-in", "/invitations", "/account/password", "/imports")
"""Drawn less often: a map page or a password takes as long as ten others."""

_LEARNED: dict[str, list[str]] = {}


@dataclass(frozen=True, slots=True)
class Asked:
    """One request."""

    method: str
    path: str
    options: Mapping[str, Any] = field(default_factory=dict)


def parameter_names(app: Flask, asker: Asker, built: World) -> dict[str, list[str]]:
    """The parameters of each endpoint: those that its view looks for, and those of the questions.

    Learned once for all readers.
    """
    if _LEARNED:
        return _LEARNED
    with learning(app) as learner:
        for rule, method in rules(app):
            if method == "GET":
                learner.endpoint = rule.endpoint
                asker.ask(method, path_of(rule, built.corners["own"].ids))
    names = learner.names
    for endpoint, queries in QUESTIONS.items():
        for query in queries:
            names.setdefault(endpoint, set()).update(dict(parse_qsl(query)))
    _LEARNED.update({endpoint: sorted(found) for endpoint, found in names.items()})
    return _LEARNED


def throw(
    app: Flask,
    built: World,
    hidden: Hidden,
    names: Mapping[str, Sequence[str]],
    *,
    seed: int,
    count: int,
) -> Iterator[Asked]:
    """So many random requests, the same ones for the same seed."""
    dice = random.Random(seed)  # noqa: S311  # not a secret: a failure must come again
    every = list(rules(app))
    asking = [one for one in every if one[0].endpoint in QUESTIONS]
    while count:
        rule, method = dice.choice(asking if dice.random() < 0.6 else every)
        if rule.rule.startswith(SLOW) and dice.random() < 0.8:
            continue
        ids = _ids(dice, built, hidden)
        if method == "GET":
            path = path_of(rule, ids).partition("?")[0]
            query = _query(dice, names.get(rule.endpoint, ()), ids)
            yield Asked(method, f"{path}?{query}" if query else path)
        else:
            yield Asked(method, path_of(rule, ids), _body(dice, rule, method, ids))
        count -= 1


def _ids(dice: random.Random, built: World, hidden: Hidden) -> dict[str, str]:
    corner = built.corners[dice.choice(("own", "near", "far"))].ids
    if dice.random() < 0.4:
        return dict(corner)
    if dice.random() < 0.1:
        return {**corner, **_strange(dice, hidden)}
    number = dice.randrange(20)
    return corner | {
        name: keys[number % len(keys)] for name, keys in hidden.ids.items()
    }


def _strange(dice: random.Random, hidden: Hidden) -> dict[str, str]:
    """Ids of other kinds of things, or of nothing."""
    keys = [dice.choice(keys) for keys in hidden.ids.values()]
    nothing = "00000000-0000-4000-8000-000000000000"
    return {name: dice.choice([*keys, nothing]) for name in hidden.ids}


def _query(dice: random.Random, names: Sequence[str], ids: Mapping[str, str]) -> str:
    chosen = dice.sample(names, min(len(names), dice.choice((0, 1, 1, 2, 2, 3, 4))))
    if {"lat", "lon"} & set(chosen):
        chosen = sorted({*chosen, "lat", "lon"} & {*names})
    return urlencode({name: _value(dice, name, ids) for name in chosen})


def _value(dice: random.Random, name: str, ids: Mapping[str, str]) -> str:
    if name == "identifier":
        return f"urn:uuid:{ids['service_id']}"
    if name in OF_THINGS:
        return ids[dice.choice(OF_THINGS[name])]
    if name in PLACED:
        latitude, longitude = _position(dice)
        half = dice.choice((0.001, 0.01, 0.2, 3))
        return {
            "lat": f"{latitude:.5f}",
            "lon": f"{longitude:.5f}",
            "near": f"{latitude:.5f}|{longitude:.5f}|{half * 100}|km",
            "bbox": f"{longitude - half},{latitude - half},{longitude + half},{latitude + half}",
        }.get(name, f"{latitude:.5f},{longitude:.5f}")
    return dice.choice(CHOICES.get(name, ANYTHING))


def _position(dice: random.Random) -> tuple[float, float]:
    """At a hidden place, close to one, or anywhere in the country."""
    number = dice.randrange(20)
    latitude, longitude = FIRST[0] + number * STEP, FIRST[1] + number * STEP
    spread = dice.choice((0, 0.0005, 0.05, 1))
    return latitude + dice.uniform(-spread, spread), longitude + dice.uniform(
        -spread, spread
    )


def _body(
    dice: random.Random, rule: Rule, method: str, ids: Mapping[str, str]
) -> dict[str, Any]:
    body = body_of(rule, method, ids)
    if "json" in body:
        return {"json": _match(dice)}
    form = dict(body["data"])
    for name in list(form):
        if name in CHOICES and dice.random() < 0.5:
            form[name] = dice.choice(CHOICES[name])
    return {"data": form}


def _match(dice: random.Random) -> dict[str, Any]:
    latitude, longitude = _position(dice)
    place: dict[str, Any] = {"lat": round(latitude, 5), "lon": round(longitude, 5)}
    if dice.random() < 0.3:
        place = {"area": dice.choice(AREAS)}
    terms = dice.sample(TERMS[:-1], dice.choice((1, 1, 2, 3)))
    asked: dict[str, Any] = {
        "place": place,
        "needs": [{"term": term} for term in terms],
        "limit": dice.choice((1, 5, 50, 500)),
    }
    if dice.random() < 0.5:
        asked["person"] = {
            "age": dice.choice((8, 17, 31, 70)),
            "sex": dice.choice(("female", "male")),
            "languages": [dice.choice(("fr", "ti", "en"))],
        }
    return asked
