"""The OpenAPI document is valid 3.1, says every refusal, and keeps its names."""

from __future__ import annotations

import re
from typing import Any

import pytest

from dacheng.api.activity import ActionCode
from dacheng.api.app import api
from dacheng.core.activity.schema import KINDS
from scripts.write_api_reference import PAGE, page_with_operations
from tests.api.calling import Caller

DOCUMENT: dict[str, Any] = api.get_openapi_schema(path_prefix="/api/v1/")
OPERATIONS = [
    (path, method, one) for path, methods in DOCUMENT["paths"].items() for method, one in sorted(methods.items())
]
REFUSALS = {"400", "401", "403", "404", "409", "422", "429", "503"}
TYPES = {"string", "integer", "number", "boolean", "array", "object", "null"}
SCHEMA_WORDS = {
    "$ref", "type", "properties", "required", "items", "anyOf", "oneOf", "allOf", "enum", "const", "format", "pattern",
    "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minItems", "maxItems",
    "additionalProperties", "title", "description", "default", "examples", "prefixItems",
}  # fmt: skip


def every(kind: str, node: Any, at: str = "") -> list[tuple[str, Any]]:
    """Return where a key stands in the document, with its value."""
    found = []
    if isinstance(node, dict):
        found += [(f"{at}/{kind}", node[kind])] if kind in node else []
        found += [one for name, value in node.items() for one in every(kind, value, f"{at}/{name}")]
    if isinstance(node, list):
        found += [one for place, value in enumerate(node) for one in every(kind, value, f"{at}/{place}")]
    return found


def resolved(reference: str) -> Any:
    node: Any = DOCUMENT
    for part in reference.removeprefix("#/").split("/"):
        node = node[part]
    return node


def check_schema(schema: Any, at: str) -> list[str]:
    """Return what is no JSON Schema 2020-12, of the words that we use."""
    wrong = [f"{at}: {word}" for word in schema if word not in SCHEMA_WORDS]
    if "type" in schema and schema["type"] not in TYPES:
        wrong.append(f"{at}: type {schema['type']}")
    if "$ref" in schema:
        resolved(schema["$ref"])
    if "pattern" in schema:
        re.compile(schema["pattern"])
    for name in ("anyOf", "oneOf", "allOf"):
        wrong += [one for part in schema.get(name, []) for one in check_schema(part, f"{at}/{name}")]
    for name, part in schema.get("properties", {}).items():
        wrong += check_schema(part, f"{at}/{name}")
    missing = set(schema.get("required", [])) - set(schema.get("properties", {}))
    wrong += [f"{at}: required {name}" for name in missing]
    for name in ("items", "additionalProperties"):
        if isinstance(schema.get(name), dict):
            wrong += check_schema(schema[name], f"{at}/{name}")
    return wrong


def test_the_document_has_the_parts_of_openapi_3_1():
    assert DOCUMENT["openapi"] == "3.1.0"
    assert {"title", "version"} <= set(DOCUMENT["info"])
    assert set(DOCUMENT) <= {"openapi", "info", "paths", "components", "servers", "tags"}
    assert set(DOCUMENT["components"]) == {"schemas", "responses", "parameters", "securitySchemes"}
    assert all(path.startswith("/api/v1/") and "?" not in path for path in DOCUMENT["paths"])


def test_every_schema_is_json_schema():
    schemas = [*DOCUMENT["components"]["schemas"].items(), *every("schema", DOCUMENT)]

    assert [one for name, schema in schemas for one in check_schema(schema, name)] == []


def test_every_reference_leads_somewhere():
    references = every("$ref", DOCUMENT)

    assert len(references) > 100
    assert [reference for _, reference in references if not isinstance(resolved(reference), dict)] == []


def test_every_operation_has_a_name_of_its_own_words_and_a_right():
    names = [one["operationId"] for _, _, one in OPERATIONS]

    assert len(names) == len(set(names))
    assert [one["operationId"] for _, _, one in OPERATIONS if not (one["summary"] and one["description"])] == []
    assert [name for name in names if not re.fullmatch(r"[a-z]+(_[a-z]+)*", name)] == []
    assert all(one["security"] == [{"BearerToken": []}, {"SignedIn": []}] for _, _, one in OPERATIONS)


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS, ids=lambda one: None)
def test_an_operation_declares_its_refusals_parameters_and_answer(path, method, operation):
    responses = operation["responses"]
    successes = set(responses) - REFUSALS
    parameters = [resolved(one["$ref"]) if "$ref" in one else one for one in operation["parameters"]]
    in_path = {one["name"] for one in parameters if one["in"] == "path"}

    assert set(responses) >= REFUSALS
    assert successes in ({"200"}, {"201"})
    assert in_path == set(re.findall(r"{(\w+)}", path))
    assert len({(one["in"], one["name"]) for one in parameters}) == len(parameters)
    assert all(one["required"] for one in parameters if one["in"] == "path")
    assert ("Idempotency-Key" in {one["name"] for one in parameters}) == (method == "post")
    assert method != "get" or "requestBody" not in operation
    for status in REFUSALS:
        refusal = resolved(responses[status]["$ref"])
        assert list(refusal["content"]) == ["application/problem+json"]
        assert refusal["content"]["application/problem+json"]["schema"]["$ref"].endswith("Problem")


def test_the_document_is_served_as_it_is_here(sqlite_database):
    answer = Caller().client.get("/api/v1/openapi.json")

    assert answer.status_code == 200
    assert answer.json() == DOCUMENT


def test_the_reference_page_lists_the_operations_there_are():
    assert PAGE.read_text("utf-8") == page_with_operations(), "run `make reference`"


def test_every_kind_of_action_has_its_name():
    assert set(ActionCode.__args__) == {code for _, code, _ in KINDS}
