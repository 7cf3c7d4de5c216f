"""The description of the JSON interface is complete and hangs together."""

from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from tests.directory.matching.conftest import HERE


def _document(client: FlaskClient) -> dict[str, Any]:
    response = client.get("/api/v1/openapi.json")
    assert response.status_code == 200
    document: dict[str, Any] = response.json or {}
    return document


def _references(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {value["$ref"]} if "$ref" in value else set()
        return own.union(*(_references(each) for each in value.values()))
    if isinstance(value, list):
        return set().union(*(_references(each) for each in value))
    return set()


def test_every_address_of_the_interface_is_described(
    whole_app: Flask, client: FlaskClient
) -> None:
    paths = _document(client)["paths"]
    rules = [
        rule
        for rule in whole_app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/")
    ]
    assert len(paths) == len({rule.rule for rule in rules})
    for operations in paths.values():
        for operation in operations.values():
            assert operation["summary"]
            assert {"200", "default"} <= operation["responses"].keys()


def test_every_reference_leads_to_a_schema(client: FlaskClient) -> None:
    document = _document(client)
    schemas = document["components"]["schemas"]
    missing = {
        reference
        for reference in _references(document)
        if reference.removeprefix("#/components/schemas/") not in schemas
    }
    assert not missing
    assert document["openapi"] == "3.1.0"


def test_the_match_is_described_by_what_checks_it(client: FlaskClient) -> None:
    document = _document(client)
    operation = document["paths"]["/api/v1/match"]["post"]
    body = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    request = document["components"]["schemas"][body.rpartition("/")[2]]
    assert set(request["required"]) == {"place", "needs"}
    person = document["components"]["schemas"]["PersonBody"]["properties"]
    assert "pregnant" in str(person["profiles"])
    answer = client.post(
        "/api/v1/match", json={"place": HERE, "needs": [{"term": "health"}]}
    ).json
    described = document["components"]["schemas"]["MatchAnswer"]["properties"]
    assert set(answer or {}) == set(described)


def test_what_is_answered_fits_the_description(client: FlaskClient) -> None:
    refused = client.post("/api/v1/match", json={}).json
    problem = _document(client)["components"]["schemas"]["Problem"]
    assert set(refused or {}) <= set(problem["properties"])
