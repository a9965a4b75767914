"""openapi.yaml against the schemas that load requests, the routes, the types and real answers."""

import json
import re
from collections.abc import Iterator
from typing import get_args

import pytest
from jsonschema import Draft202012Validator
from marshmallow import fields, validate
from openapi_spec_validator import OpenAPIV31SpecValidator

from service import __version__
from service.api import errors, schemas
from service.core import digest, features, figures, mentions, quantities
from service.core.digest import METHODS, Options

from .conftest import ROOT

# The files of Swagger UI, and its path without the slash.
UNDOCUMENTED = {"/docs", "/docs/{name}"}

LOADED = {
    "ArticlesRequest": schemas.ManySchema,
    "ArticleRequest": schemas.OneSchema,
    "Article": schemas.ArticleSchema,
    "Options": schemas.OptionsSchema,
}
ANSWERED = [
    "Digest",
    "Summary",
    "SummarySentence",
    "Echo",
    "Entity",
    "EntityMention",
    "EntityRole",
    "Figure",
    "ConflictingValue",
    "FigureMention",
    "ArticleNote",
    "ArticleWarning",
    "Problem",
    "Info",
]


def target(contract: dict, node: dict) -> dict:
    """The node with what it refers to; its own words go before."""
    while "$ref" in node:
        found = contract
        for step in node["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        node = found | {key: value for key, value in node.items() if key != "$ref"}
    return node


def nullable(contract: dict, node: dict) -> tuple[dict, bool]:
    """What the node describes, and whether it may be null."""
    node = target(contract, node)
    alternatives = [target(contract, each) for each in node.get("anyOf", [])]
    if {"type": "null"} in alternatives:
        [node] = [each for each in alternatives if each != {"type": "null"}]
        return node, True
    types = node.get("type", [])
    if isinstance(types, list) and "null" in types:
        [only] = [each for each in types if each != "null"]
        return node | {"type": only}, True
    return node, False


def schema(contract: dict, name: str) -> dict:
    return contract["components"]["schemas"][name]


def validator(contract: dict, name: str) -> Draft202012Validator:
    return Draft202012Validator(
        {"$ref": f"#/components/schemas/{name}", "components": contract["components"]}
    )


def limits(field: fields.Field) -> dict:
    """What a field of marshmallow takes, in the words of JSON Schema."""
    if isinstance(field, fields.Nested):
        return {"type": "object"}
    found: dict = {"type": "string"}
    if isinstance(field, schemas._List):
        found = {"type": "array", "minItems": field.length.min, "maxItems": field.length.max}
    elif isinstance(field, schemas._Integer):
        found = {"type": "integer"}
    elif isinstance(field, schemas._Number):
        found = {"type": "number"}
    elif isinstance(field, schemas._Boolean):
        found = {"type": "boolean"}
    for check in field.validators:
        if isinstance(check, validate.Length):
            found |= {"minLength": check.min or None, "maxLength": check.max}
        elif isinstance(check, validate.OneOf):
            found["enum"] = list(check.choices)
        elif isinstance(check, validate.Range):
            low, high = (
                ("minimum", "maximum")
                if check.min_inclusive
                else ("exclusiveMinimum", "exclusiveMaximum")
            )
            found |= {low: check.min, high: check.max}
    if isinstance(field, schemas._Choices):
        found["uniqueItems"] = True
    return found


def test_the_contract_is_valid_openapi_3_1(contract):
    assert contract["openapi"].startswith("3.1.")
    assert list(OpenAPIV31SpecValidator(contract).iter_errors()) == []


def test_the_contract_is_of_this_release(contract):
    assert contract["info"]["version"] == __version__


@pytest.mark.parametrize("name", LOADED)
def test_a_request_has_the_fields_that_are_loaded(contract, name):
    described = schema(contract, name)
    loaded = LOADED[name]().fields

    assert set(described["properties"]) == set(loaded)
    assert set(described.get("required", [])) == {
        field for field, loader in loaded.items() if loader.required
    }
    assert described["additionalProperties"] is False


@pytest.mark.parametrize(
    ("name", "field"), [(name, field) for name in LOADED for field in LOADED[name]().fields]
)
def test_a_field_has_the_limits_that_it_is_loaded_with(contract, name, field):
    loader = LOADED[name]().fields[field]
    described, may_be_null = nullable(contract, schema(contract, name)["properties"][field])
    expected = limits(loader)

    assert {key: described.get(key) for key in expected} == expected
    assert may_be_null == bool(loader.allow_none)
    if isinstance(loader, schemas._Choices):
        items = target(contract, described["items"])
        assert items["enum"] == list(loader.choices)


@pytest.mark.parametrize("name", LOADED["Options"]().fields)
def test_an_option_has_the_default_of_the_core(contract, name):
    described, may_be_null = nullable(contract, schema(contract, "Options")["properties"][name])

    default = "codepoint" if name == "offset_unit" else getattr(Options(), name)
    if default is None:
        assert may_be_null
    else:
        expected = list(default) if isinstance(default, tuple) else default
        assert described["default"] == expected


def test_plain_text_takes_every_option_and_every_field_of_an_article(contract):
    parameters = [
        target(contract, each) for each in contract["paths"]["/v1/digest"]["post"]["parameters"]
    ]
    queries = {each["name"]: each["schema"] for each in parameters if each["in"] == "query"}
    whole = schema(contract, "Article")["properties"] | schema(contract, "Options")["properties"]

    assert set(queries) == set(whole) - {"text"}
    for name, described in queries.items():
        of_json, _ = nullable(contract, whole[name])
        of_query = target(contract, described)
        assert {key: of_query.get(key) for key in limits_of(of_json)} == limits_of(of_json)
        # Swagger UI fills defaults in, and would send them beside a JSON body.
        assert not {"default", "example", "examples"} & set(of_query)


def limits_of(described: dict) -> dict:
    return {key: value for key, value in described.items() if key not in ("description", "default")}


@pytest.mark.parametrize(
    ("name", "field", "values"),
    [
        ("Figure", "kind", get_args(quantities.Kind)),
        ("Figure", "agreement", get_args(figures.Agreement)),
        ("Figure", "comparator", (*get_args(quantities.Comparator), None)),
        ("Entity", "type", get_args(mentions.EntityType)),
        ("Options", "method", tuple(METHODS)),
        ("Digest", "offset_unit", get_args(schemas.OffsetUnit)),
    ],
)
def test_a_field_has_the_values_of_its_type(contract, name, field, values):
    described = target(contract, schema(contract, name)["properties"][field])

    assert tuple(described["enum"]) == values


@pytest.mark.parametrize("name", ANSWERED)
def test_every_field_of_an_answer_is_always_there(contract, name):
    described = schema(contract, name)

    assert described["additionalProperties"] is False
    assert described["required"] == list(described["properties"])


def test_the_contract_lists_every_type_of_problem_with_its_status(contract):
    kinds = {name: status for status, (name, _) in errors._KINDS.items()}
    kinds |= {
        errors._TOO_MANY_SENTENCES[0]: 422,
        errors._OVER_BUDGET[0]: 422,
        errors._DRAINING[0]: 503,
    }
    described = schema(contract, "Problem")["properties"]["type"]

    assert described["enum"] == [errors._TYPE + name for name in sorted(kinds, key=kinds.get)]
    told = re.findall(r"^- `(\S+)`: (\d+), ", described["description"], re.MULTILINE)
    assert {name: int(status) for name, status in told} == kinds


def test_the_contract_lists_every_code_of_a_warning(contract):
    described = schema(contract, "ArticleWarning")["properties"]["code"]

    assert described["enum"] == list(get_args(digest.WarningCode))
    assert re.findall(r"^- `(\S+)`: ", described["description"], re.MULTILINE) == described["enum"]


def test_a_warning_is_as_described(client, contract):
    answer = client.post("/v1/digest", json={"text": "Der Rat hat die alte Brücke gesperrt."}).json

    validator(contract, "Digest").validate(answer)
    assert [warning["code"] for warning in answer["articles"][0]["warnings"]] == ["other-language"]


def test_the_contract_lists_every_unit(contract):
    table = json.loads((ROOT / "service" / "core" / "resources" / "units.json").read_text("utf-8"))
    told = set(re.findall("`([^`]+)`", schema(contract, "Unit")["description"]))

    assert {row["unit"] for row in table["units"]} <= told
    assert told - {row["unit"] for rows in table.values() for row in rows} == {
        "value",
        "%",
        "percentage point",
    }


def test_the_contract_explains_every_feature_that_a_reason_names(contract):
    described = contract["components"]["schemas"]["Reason"]["properties"]["feature"]["description"]

    assert sorted(re.findall(r"`(\w+)`", described)) == sorted(features.FEATURES)


def test_the_contract_tells_the_limit_of_a_body(contract):
    assert f"{2 * 1024 * 1024:,} bytes" in contract["paths"]["/v1/digest"]["post"]["description"]


def test_every_route_is_documented_and_every_documented_path_is_routed(app, contract):
    routed = {
        (re.sub(r"<(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    documented = {(path, method) for path, entry in contract["paths"].items() for method in entry}

    assert {pair for pair in routed if pair[0] not in UNDOCUMENTED} == documented


def operations(contract: dict) -> Iterator[tuple[str, dict]]:
    for path, entry in contract["paths"].items():
        for method, operation in entry.items():
            yield f"{method} {path}", operation


def test_every_operation_parameter_and_response_is_described(contract):
    for name, operation in operations(contract):
        assert operation["operationId"], name
        assert operation["summary"], name
        for parameter in operation.get("parameters", []):
            assert target(contract, parameter)["description"], (name, parameter)
        for status, response in operation["responses"].items():
            response = target(contract, response)
            assert response["description"], (name, status)
            for header in response.get("headers", {}).values():
                assert target(contract, header)["description"], (name, status)


def described_nodes(contract: dict, node: dict, where: str) -> Iterator[tuple[str, dict]]:
    """Every property of every schema, with what it refers to."""
    for name, below in node.get("properties", {}).items():
        if set(below) != {"type"}:  # a condition of another schema
            yield f"{where}.{name}", below
        yield from described_nodes(contract, below, f"{where}.{name}")
    if "items" in node:
        yield from described_nodes(contract, node["items"], f"{where}[]")


def test_every_field_is_described(contract):
    for name, node in contract["components"]["schemas"].items():
        assert node.get("description"), name
        for where, field in described_nodes(contract, node, name):
            inner, _ = nullable(contract, field)
            assert field.get("description") or inner.get("description"), where


def test_every_refusal_has_a_valid_example(contract):
    problem = validator(contract, "Problem")
    for name, operation in operations(contract):
        for status, response in operation["responses"].items():
            if int(status) < 400:
                continue
            media = target(contract, response)["content"]["application/problem+json"]
            examples = [each["value"] for each in media.get("examples", {}).values()]
            examples += [media["example"]] if "example" in media else []
            assert examples, (name, status)
            for example in examples:
                problem.validate(example)
                assert example["status"] == int(status), (name, status)


@pytest.mark.parametrize(
    ("status", "make"),
    [
        (400, {"data": b"", "content_type": "application/json"}),
        (413, {"data": b" " * (2 * 1024 * 1024 + 1), "content_type": "text/plain"}),
        (415, {"data": b"a", "content_type": "text/html"}),
    ],
)
def test_the_example_of_a_refusal_is_what_is_answered(client, contract, status, make):
    responses = contract["paths"]["/v1/digest"]["post"]["responses"]
    example = responses[str(status)]["content"]["application/problem+json"]["example"]

    problem = client.post("/v1/digest", **make).json

    assert problem | {"request_id": ""} == example | {"request_id": ""}


def test_the_example_of_an_invalid_request_is_what_is_answered(client, contract):
    responses = contract["paths"]["/v1/digest"]["post"]["responses"]
    examples = responses["422"]["content"]["application/problem+json"]["examples"]

    problem = client.post(
        "/v1/digest", json={"articles": [{"text": " "}], "options": {"words": 5}}
    ).json

    assert problem | {"request_id": ""} == examples["invalid-request"]["value"] | {"request_id": ""}


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"include": ["figures"]},
        {"sentences": 100, "order": "score", "max_entities": 500, "max_figures": 500},
        {"words": 10, "offset_unit": "utf16"},
        {"ratio": 0.2, "method": "lexrank", "entity_types": ["LOC"], "offset_unit": "utf8"},
    ],
)
def test_a_real_answer_is_as_described(client, contract, two_articles, options):
    response = client.post("/v1/digest", json=two_articles | {"options": options})

    assert response.status_code == 200
    validator(contract, "Digest").validate(response.json)


def test_what_the_service_says_of_itself_is_as_described(client, contract):
    validator(contract, "Info").validate(client.get("/v1/info").json)
