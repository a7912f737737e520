"""Every refusal is problem+json (RFC 9457), in the caller's language, with the way out."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI, Schema
from ninja.errors import HttpError, ValidationError
from pydantic import Field

from dacheng.api.asking import language_of
from dacheng.api.findings import ShownFinding, shown_findings
from dacheng.api.limiting import TooManyCalls
from dacheng.core.errors import Conflict, DachengError, Text
from dacheng.service.problems import RETRY_AFTER_SECONDS, expected, status_of

MEDIA_TYPE = "application/problem+json"
FIRST_REFUSAL = 400
TYPE = "urn:problem-type:dacheng:"

KINDS: dict[int, tuple[str, Text]] = {
    400: ("unreadable", Text("请求读不懂", "Unreadable request")),
    401: ("not-signed-in", Text("没有登录", "Not signed in")),
    403: ("not-allowed", Text("没有权限", "Not allowed")),
    404: ("not-found", Text("没有，或者看不到", "Not found")),
    405: ("no-such-method", Text("不支持这个方法", "Method not allowed")),
    409: ("conflict", Text("别人先改了", "Conflict")),
    413: ("too-large", Text("请求太大", "Too large")),
    422: ("refused", Text("被规则拒绝", "Refused by a rule")),
    429: ("too-many-calls", Text("请求太多", "Too many requests")),
    500: ("fault", Text("系统出错", "Internal fault")),
    503: ("unavailable", Text("暂时不可用", "Unavailable")),
}
"""Status -> name of the problem's type, and its title."""

SENTENCES: dict[int, tuple[Text, Text]] = {
    400: (
        Text("请求内容不是可读的 JSON 或表单。", "The body is not readable JSON or form data."),
        Text("检查 Content-Type 和内容。", "Check Content-Type and body."),
    ),
    401: (
        Text(
            "没有令牌或登录，或者令牌已过期、已撤销。", "No token or session, or the token has expired or was revoked."
        ),
        Text("带上 Authorization: Bearer 令牌。", "Send Authorization: Bearer with a token."),
    ),
    403: (Text("请求被拒绝。", "The request is refused."), Text("请先登录。", "Sign in first.")),
    404: (
        Text("没有这个地址，或者你看不到它。", "There is nothing here, or you may not see it."),
        Text("地址见 /api/v1/openapi.json。", "Addresses are listed in /api/v1/openapi.json."),
    ),
    405: (
        Text("这个地址不支持这个方法。", "This address does not take this method."),
        Text("可用的方法在 Allow 中。", "Allow names those it takes."),
    ),
    413: (Text("请求太大。", "The request is too large."), Text("分几次发送。", "Send it in parts.")),
    500: (
        Text("服务器出错，什么都没有写入。", "The server failed; nothing was written."),
        Text("请重试；仍然出错请告诉管理员。", "Try again, and tell an administrator if it fails again."),
    ),
}
"""Status -> what happened and the way out, where the error itself has no words."""

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


def problem_response(request: HttpRequest, status: int, message: Text, remedy: Text, **more: Any) -> HttpResponse:
    """Return a refusal as problem+json."""
    language = _language(request)
    name, title = KINDS.get(status, ("refused", Text(_phrase(status), _phrase(status))))
    body = {
        "type": TYPE + name,
        "title": title.in_language(language),
        "status": status,
        "detail": message.in_language(language),
        "remedy": remedy.in_language(language),
        **more,
    }
    response = HttpResponse(json.dumps(body, ensure_ascii=False), status=status, content_type=MEDIA_TYPE)
    response["Content-Language"] = language
    if status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = "Bearer"
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response["Retry-After"] = RETRY_AFTER_SECONDS
    return response


def status_response(request: HttpRequest, status: int) -> HttpResponse:
    """Return the refusal of a status that came without words of its own."""
    phrase = Text(_phrase(status), _phrase(status))
    return problem_response(request, status, *SENTENCES.get(status, (phrase, Text("", ""))))


@csrf_exempt
def nothing_here(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Answer for an address under the API that does not exist."""
    return status_response(request, HTTPStatus.NOT_FOUND)


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
    language = _language(request)
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


def _language(request: HttpRequest) -> str:
    """Return the caller's language; before he is known, what the request accepts."""
    caller = getattr(request, "auth", None)
    return str(caller.language) if caller else language_of(request)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return str(status)
