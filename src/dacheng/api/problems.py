"""What the API answers when it refuses: the schemas of problems, and each error of ours as one of them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from ninja.errors import HttpError, ValidationError
from pydantic import Field

from dacheng.api.findings import ShownFinding, shown_findings
from dacheng.api.limiting import TooManyCalls
from dacheng.api.refusals import caller_language, problem_response, status_response
from dacheng.core.errors import Conflict, DachengError, Text
from dacheng.service.problems import expected, status_of

INVALID: dict[str, Text] = {
    "missing": Text("必须填写。", "It is required."),
    "extra_forbidden": Text("没有这个字段。", "There is no such field."),
    "uuid_parsing": Text("必须是一个 UUID。", "It must be a UUID."),
    "uuid_type": Text("必须是一个 UUID。", "It must be a UUID."),
    "date_from_datetime_parsing": Text("必须是日期，例如 2026-06-30。", "It must be a date such as 2026-06-30."),
    "date_parsing": Text("必须是日期，例如 2026-06-30。", "It must be a date such as 2026-06-30."),
    "date_type": Text("必须是日期，例如 2026-06-30。", "It must be a date such as 2026-06-30."),
    "date_out_of_range": Text("必须在 1970 到 9999 年之间。", "It must be between 1970 and 9999."),
    "string_type": Text("必须是文字。", "It must be text."),
    "string_too_long": Text("太长。", "It is too long."),
    "string_too_short": Text("不能为空。", "It must not be empty."),
    "string_pattern_mismatch": Text("格式不对：应符合 {pattern}。", "The form is wrong: it must match {pattern}."),
    "int_type": Text("必须是整数。", "It must be a whole number."),
    "int_parsing": Text("必须是整数。", "It must be a whole number."),
    "int_from_float": Text("必须是整数。", "It must be a whole number."),
    "bool_type": Text("必须是 true 或 false。", "It must be true or false."),
    "bool_parsing": Text("必须是 true 或 false。", "It must be true or false."),
    "literal_error": Text("可选：{expected}。", "Choose one of: {expected}."),
    "enum": Text("可选：{expected}。", "Choose one of: {expected}."),
    "greater_than_equal": Text("至少 {ge}。", "At least {ge}."),
    "less_than_equal": Text("至多 {le}。", "At most {le}."),
    "too_long": Text("最多 {max_length} 项。", "At most {max_length} items."),
    "too_short": Text("至少 {min_length} 项。", "At least {min_length} items."),
    "list_type": Text("必须是列表。", "It must be a list."),
    "model_attributes_type": Text("必须是对象。", "It must be an object."),
    "dict_type": Text("必须是对象。", "It must be an object."),
}
"""What pydantic found -> words; its own English is the last resort."""

UNKNOWN_VALUE = Text("这个值不能用。", "This value cannot be used.")
REFUSED_FIELDS = Text("有 {count} 个字段不能用。", "{count} fields cannot be used.")
LOOK = Text("逐个看 errors。", "See errors.")


UNSPOKEN: dict[type[Exception], int] = {Http404: 404, RequestDataTooBig: 413, SuspiciousOperation: 400}
"""Django's own refusals -> status."""


class Problem(Schema):
    """What went wrong (RFC 9457): `detail` says what, `remedy` the way out, in the caller's language."""

    type: str = Field(examples=["urn:problem-type:dacheng:not-found"])
    title: str
    status: int
    detail: str
    remedy: str = ""


class InvalidField(Schema):
    """One field that cannot be used: where it stands and why."""

    place: str = Field(description="body, query, path, header or form")
    name: str
    detail: str


class RefusedProblem(Problem):
    """A business rule refuses it; `errors` names fields that cannot be used, `findings` rows of a file."""

    errors: list[InvalidField] = []
    findings: list[ShownFinding] = []


class ConflictProblem(Problem):
    """Somebody else changed it first: the values that were sent and those that stand now."""

    yours: dict[str, Any] = {}
    theirs: dict[str, Any] = {}


SCHEMAS: dict[int, type[Problem]] = {
    **dict.fromkeys((400, 401, 403, 404, 429, 503), Problem),
    409: ConflictProblem,
    422: RefusedProblem,
}
"""The schema of every refusal, declared on every operation."""


class FieldsRefused(DachengError):
    """Fields that cannot be used, each with its reason.

    Args:
        fields: (place, name, reason).
    """

    def __init__(self, fields: list[tuple[str, str, Text]]) -> None:
        super().__init__(REFUSED_FIELDS.filled(count=len(fields)), LOOK)
        self.fields = fields


def add_handlers(api: NinjaAPI) -> None:
    """Let an API answer with problems; a fault of ours still fails loudly."""
    for kind in (Exception, Http404, HttpError, ValidationError):
        api.add_exception_handler(kind, _answer)


def _answer(request: HttpRequest, problem: Any) -> HttpResponse:
    if isinstance(problem, ValidationError):
        problem = FieldsRefused([_invalid(one) for one in problem.errors])
    if isinstance(problem, tuple(UNSPOKEN)):
        return status_response(request, next(UNSPOKEN[kind] for kind in UNSPOKEN if isinstance(problem, kind)))
    if isinstance(problem, HttpError):
        return status_response(request, problem.status_code)
    known = expected(problem)
    if known is None:
        raise problem
    if isinstance(known, TooManyCalls):
        response = problem_response(request, HTTPStatus.TOO_MANY_REQUESTS, known.message, known.remedy)
        response["Retry-After"] = str(known.seconds)
        return response
    return problem_response(request, status_of(known), known.message, known.remedy, **_more(request, known))


def _more(request: HttpRequest, problem: DachengError) -> dict[str, Any]:
    """Return what a conflict or refused fields carry beside the words."""
    if isinstance(problem, Conflict):
        return {"yours": problem.yours, "theirs": problem.theirs}
    language = caller_language(request)
    if findings := getattr(problem, "findings", ()):
        return {"findings": [one.model_dump() for one in shown_findings(findings, language)]}
    if isinstance(problem, FieldsRefused):
        return {
            "errors": [
                {"place": place, "name": name, "detail": reason.in_language(language)}
                for place, name, reason in problem.fields
            ]
        }
    return {}


def _invalid(error: dict[str, Any]) -> tuple[str, str, Text]:
    """Return place, name and reason of one of pydantic's errors."""
    place, *path = (str(part) for part in error["loc"])
    name = ".".join(part for part in path if part not in ("body", "query"))
    known = INVALID.get(error["type"])
    words = {key: value for key, value in error.get("ctx", {}).items() if isinstance(value, (str, int))}
    if known is None:
        return place, name, Text(UNKNOWN_VALUE.zh, str(error.get("msg") or UNKNOWN_VALUE.en))
    return place, name, known.filled(**words) if "{" in known.zh else known
