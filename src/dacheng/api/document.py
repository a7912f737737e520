"""The OpenAPI 3.1 document: what ninja writes, made complete and exact.

Refusals are problem+json and named once, reports come as csv and xlsx too, POST takes an
Idempotency-Key, and headers are named where they are sent.
"""

from __future__ import annotations

from typing import Any

from dacheng.api.operations import KEY_HEADER, REPLAYED_HEADER
from dacheng.api.problems import SCHEMAS
from dacheng.api.refusals import FIRST_REFUSAL, KINDS, MEDIA_TYPE
from dacheng.service.exporting import FORMATS
from dacheng.store.actions.idempotency import LONGEST_KEY

JSON = "application/json"
WHOLE = {"type": "integer"}
TEXT = {"type": "string"}

PARAMETERS = {
    "AcceptLanguage": {
        "name": "Accept-Language",
        "in": "header",
        "required": False,
        "description": "回答的语言 · language of the answer",
        "schema": {"type": "string", "examples": ["zh-CN", "en"]},
    },
    "IdempotencyKey": {
        "name": KEY_HEADER,
        "in": "header",
        "required": False,
        "description": "同一个键只执行一次，再来答同样的内容 · one key, one effect, one answer",
        "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY},
    },
}
REFUSAL_HEADERS = {
    401: {"WWW-Authenticate": {"schema": TEXT, "description": "Bearer"}},
    429: {"Retry-After": {"schema": WHOLE, "description": "seconds"}},
    503: {"Retry-After": {"schema": WHOLE, "description": "seconds"}},
}
REPLAYED = {"schema": {"type": "string", "enum": ["true"]}, "description": "the answer of an earlier call"}


def completed(document: dict[str, Any]) -> dict[str, Any]:
    """Complete the document that ninja wrote, in place, and return it."""
    if not document["servers"]:
        del document["servers"]
    document["components"] |= {
        "responses": {_name(status): _refusal(status) for status in SCHEMAS},
        "parameters": PARAMETERS,
    }
    for path in document["paths"].values():
        for method, operation in path.items():
            _complete(method, operation)
    return document


def _complete(method: str, operation: dict[str, Any]) -> None:
    operation["responses"] = {str(status): one for status, one in operation["responses"].items()}
    operation["parameters"] = [*operation.get("parameters", []), _reference("parameters", "AcceptLanguage")]
    success = next(one for status, one in operation["responses"].items() if int(status) < FIRST_REFUSAL)
    for status in operation["responses"]:
        if int(status) >= FIRST_REFUSAL:
            operation["responses"][status] = _reference("responses", _name(int(status)))
    if method == "post":
        operation["parameters"].append(_reference("parameters", "IdempotencyKey"))
        success["headers"] = {REPLAYED_HEADER: REPLAYED}
    if any(one.get("name") == "format" for one in operation["parameters"]):
        success["content"] |= {kind: {"schema": {}} for kind in FORMATS.values() if kind != JSON}


def _name(status: int) -> str:
    """Return the name of a refusal: ``not-found`` is ``NotFound``."""
    return "".join(part.capitalize() for part in KINDS[status][0].split("-"))


def _refusal(status: int) -> dict[str, Any]:
    title = KINDS[status][1]
    schema = _reference("schemas", SCHEMAS[status].__name__)
    headers = {"headers": REFUSAL_HEADERS[status]} if status in REFUSAL_HEADERS else {}
    return {"description": f"{title.zh} · {title.en}", "content": {MEDIA_TYPE: {"schema": schema}}, **headers}


def _reference(kind: str, name: str) -> dict[str, str]:
    return {"$ref": f"#/components/{kind}/{name}"}
