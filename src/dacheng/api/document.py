"""The OpenAPI 3.1 document: what ninja writes, made complete and exact.

Refusals are problem+json, reports come as csv and xlsx too, POST takes an
Idempotency-Key, and headers are named where they are sent.
"""

from __future__ import annotations

from typing import Any

from dacheng.api.operations import KEY_HEADER, REPLAYED_HEADER
from dacheng.api.problems import FIRST_REFUSAL, MEDIA_TYPE
from dacheng.service.exporting import FORMATS

JSON = "application/json"

WHOLE = {"type": "integer"}
TEXT = {"type": "string"}

KEY_PARAMETER = {
    "name": KEY_HEADER,
    "in": "header",
    "required": False,
    "description": "同一个键只执行一次，再来答同样内容 · with one key a call acts once and is answered once",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
}
LANGUAGE_PARAMETER = {
    "name": "Accept-Language",
    "in": "header",
    "required": False,
    "description": "回答的语言 · language of the answer",
    "schema": {"type": "string", "examples": ["zh-CN", "en"]},
}
REFUSAL_HEADERS = {
    "401": {"WWW-Authenticate": {"schema": TEXT, "description": "Bearer"}},
    "429": {"Retry-After": {"schema": WHOLE, "description": "seconds"}},
    "503": {"Retry-After": {"schema": WHOLE, "description": "seconds"}},
}


def completed(document: dict[str, Any]) -> dict[str, Any]:
    """Complete the document that ninja wrote, in place, and return it."""
    document["openapi"] = "3.1.0"
    for path in document["paths"].values():
        for method, operation in path.items():
            _complete(method, operation)
    return document


def _complete(method: str, operation: dict[str, Any]) -> None:
    responses = {str(status): one for status, one in operation["responses"].items()}
    operation["responses"] = responses
    operation["parameters"] = [*operation.get("parameters", []), LANGUAGE_PARAMETER]
    for status, response in responses.items():
        if int(status) >= FIRST_REFUSAL:
            response["content"] = {MEDIA_TYPE: response["content"].pop(JSON)}
            response |= {"headers": REFUSAL_HEADERS[status]} if status in REFUSAL_HEADERS else {}
    success = next(one for status, one in responses.items() if int(status) < FIRST_REFUSAL)
    if method == "post":
        operation["parameters"].append(KEY_PARAMETER)
        replayed = {"schema": {"type": "string", "enum": ["true"]}, "description": "the answer of an earlier call"}
        success["headers"] = {REPLAYED_HEADER: replayed}
    if any(one["name"] == "format" for one in operation["parameters"]):
        success["content"] |= {kind: {"schema": {}} for kind in FORMATS.values() if kind != JSON}
